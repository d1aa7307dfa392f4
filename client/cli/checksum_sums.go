package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// sums are what --checksum gave: of one URL each, in order, and lists of files.
type sums struct {
	literal []checksum
	listed  []listedSum
	files   []string // that they were read from
}

// listedSum is a line of a list.
type listedSum struct {
	name string // "" for a list that is one sum and nothing else
	checksum
}

// readSums reads the values of --checksum and the lists that they name.
func readSums(values []string) (*sums, error) {
	s := &sums{}
	for _, v := range values {
		name, isFile := strings.CutPrefix(v, "@")
		if !isFile {
			c, err := readChecksum(v)
			if err != nil {
				return nil, err
			}
			s.literal = append(s.literal, c)
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, &readError{err}
		}
		list := readSumList(string(b))
		if len(list) == 0 {
			return nil, &readError{fmt.Errorf("%s: no checksums in it", name)}
		}
		s.listed, s.files = append(s.listed, list...), append(s.files, name)
	}
	return s, nil
}

// readSumList reads the lines that are checksums and passes over the others, which
// may be remarks or a signature.
func readSumList(text string) (list []listedSum) {
	for line := range strings.Lines(text) {
		if l, ok := readSumLine(strings.TrimRight(line, "\r\n")); ok {
			list = append(list, l)
		}
	}
	return list
}

// readSumLine reads a line as GNU's sha256sum writes it, as BSD does ("--tag"), or
// a sum alone. A backslash in front says that those in the name are doubled.
//
//	line = [ "\" ] HEX " " ( " " / "*" ) name
//	line = [ "\" ] ALGORITHM " (" name ") = " HEX
//	line = HEX
func readSumLine(line string) (listedSum, bool) {
	rest, escaped := strings.CutPrefix(line, `\`)
	unescape := func(name string) string {
		if escaped {
			return strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r").Replace(name)
		}
		return name
	}
	if before, digits, ok := cutLast(rest, ") = "); ok {
		algorithm, name, ok := strings.Cut(before, " (")
		c, err := newChecksum(algorithm, digits)
		return listedSum{unescape(name), c}, ok && algorithm != "" && err == nil
	}
	digits, name, named := strings.Cut(strings.TrimLeft(rest, " \t"), " ")
	c, err := newChecksum("", digits)
	if named && name != "" && (name[0] == ' ' || name[0] == '*') {
		name = name[1:]
	}
	return listedSum{unescape(strings.TrimSpace(name)), c}, err == nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// find returns the checksum of the n-th URL, by the name of its file or, when
// the list has none of that, by the URL's own. Nil: none was asked for.
func (s *sums) find(n int, path, urlName string) (*checksum, error) {
	switch {
	case s == nil:
		return nil, nil
	case n < len(s.literal):
		return &s.literal[n], nil
	case len(s.listed) == 0:
		return nil, nil
	}
	for _, name := range []string{path, filepath.Base(path), urlName} {
		c, err := s.named(name)
		if c != nil || err != nil {
			return c, err
		}
	}
	if len(s.listed) == 1 && s.listed[0].name == "" {
		return &s.listed[0].checksum, nil
	}
	return nil, &checksumError{name: urlName, why: "no checksum of that name in " + strings.Join(s.files, ", ")}
}

// named returns the strongest checksum of a file's name; folders in the list do
// not matter.
func (s *sums) named(name string) (found *checksum, err error) {
	for i := range s.listed {
		l := &s.listed[i]
		if l.name == "" || l.name != name && filepath.Base(l.name) != name {
			continue
		}
		switch {
		case found == nil || l.size > found.size:
			found = &l.checksum
		case l.size == found.size && !bytes.Equal(l.sum, found.sum):
			return nil, &checksumError{name: name, why: "several checksums in " + strings.Join(s.files, ", ")}
		}
	}
	return found, nil
}
