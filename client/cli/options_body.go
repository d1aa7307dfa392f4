package cli

import (
	"fmt"
	"slices"
	"strings"
)

// bodyOptions are what a group says of the data that its requests carry.
type bodyOptions struct {
	data    []datum
	json    bool // the fields of --json go along
	get     bool // -G: the data goes into the URL
	query   []datum
	form    form
	uploads []string // of -T, as given: the n-th is the n-th URL's; "" is none
}

// datum is one -d, --data-raw, --data-binary, --data-urlencode, --json or
// --url-query.
type datum struct {
	value  string
	file   bool // "@name" reads a file
	binary bool // and keeps its line ends
	glued  bool // joined to the one before without "&": --json
	encode bool // --data-urlencode, in its five forms
}

// fileName returns the name of the file that the datum reads, "-" for standard
// input.
func (d datum) fileName() (string, bool) {
	if d.encode {
		_, content, isFile := d.split()
		return content, isFile
	}
	name, ok := strings.CutPrefix(d.value, "@")
	return name, d.file && ok
}

// split takes what --data-urlencode was given apart:
//
//	content / "=" content / name "=" content / "@" file / name "@" file
func (d datum) split() (name, content string, isFile bool) {
	i := strings.IndexByte(d.value, '=')
	if i < 0 {
		i = strings.IndexByte(d.value, '@')
	}
	if i < 0 {
		return "", d.value, false
	}
	return d.value[:i], d.value[i+1:], d.value[i] == '@'
}

// checkBody refuses what cannot be meant together, as curl does: a request has
// one body, and HEAD has none.
func (o *options) checkBody() error {
	var given []string
	add := func(flag string, is bool) {
		if is {
			given = append(given, flag)
		}
	}
	add("-I", o.head)
	add("-d", len(o.data) > 0 && !(o.get && o.head)) // with -G and -I it is no body
	add("-F", len(o.form.parts) > 0)
	add("-T", slices.ContainsFunc(o.uploads, func(name string) bool { return name != "" }))
	if len(given) < 2 {
		return nil
	}
	return &usageError{why: fmt.Sprintf("%s and %s do not go together", given[0], given[1]), code: exitUsage}
}

// inputUses counts what of the group reads standard input.
func (o *options) inputUses() int {
	uses := 0
	add := func(name string, isFile bool) {
		if isFile && name == "-" {
			uses++
		}
	}
	for _, d := range slices.Concat(o.data, o.query) {
		add(d.fileName())
	}
	o.form.each(func(p *formPart) { add(p.file, p.isFile) })
	for _, name := range o.uploads {
		add(name, true)
		add(strings.Replace(name, ".", "-", 1), name == ".")
	}
	for _, h := range o.headers {
		add(strings.CutPrefix(h, "@"))
	}
	return uses
}
