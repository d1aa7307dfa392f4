package cli

import (
	"fmt"
	"io"
	"iter"
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"getin/client/auth"
	"getin/client/cli/glob"
)

// isInput reports whether -T reads standard input. "." is curl's word for reading
// it without waiting, which makes no difference here.
func isInput(name string) bool { return name == "-" || name == "." }

// upload returns the n-th -T as it was given, "" when there is none.
func (o *options) upload(n int) string {
	if n >= len(o.uploads) {
		return ""
	}
	return o.uploads[n]
}

// uploadsTo yields the files that go to the n-th URL, in turn; without a -T that
// is one, "".
func (o *options) uploadsTo(n int) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		g, err := glob.New(o.upload(n), o.globOff)
		if err != nil {
			yield("", badURL("%v", err))
			return
		}
		for name, _, ok := g.Next(); ok; name, _, ok = g.Next() {
			if !yield(name, nil) {
				return
			}
		}
	}
}

// fromLive returns standard input as it comes: it may be a stream that somebody
// waits for at the other end.
func fromLive(r io.Reader) *content {
	if c := fromOpenFile(r); c != nil {
		return c
	}
	return &content{size: -1, stream: r}
}

// body returns what the request carries, or nil.
func (p *plan) body(upload string) (*content, error) {
	switch {
	case upload == "":
		return p.content, nil
	case isInput(upload):
		return p.input, nil
	}
	return fromNamed(upload, nil)
}

// nameUpload puts the file's name behind a URL that names a directory.
func nameUpload(u *url.URL, file string) {
	dir := u.EscapedPath()
	if !strings.HasSuffix(dir, "/") && dir != "" {
		return
	}
	var b strings.Builder
	for _, c := range []byte(filepath.Base(file)) {
		if isUnreserved(c) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02x", c) // in curl 7.88's case
		}
	}
	u.Path = path.Join("/", u.Path, filepath.Base(file))
	u.RawPath = dir + b.String()
}

// withContentRange returns the plan's fields for a body that is a part of
// something of that size, -1 when it is not known: what -r and -C mean for a
// request with one, as in curl.
func (p *plan) withContentRange(ranges string, whole int64) []auth.Field {
	size := "*"
	if whole >= 0 {
		size = fmt.Sprint(whole)
	}
	fields := make([]auth.Field, 0, len(p.fields)+1)
	fields = append(fields, auth.Field{Name: "Content-Range", Value: "bytes " + ranges + "/" + size})
	for _, f := range p.fields {
		switch {
		case strings.EqualFold(f.Name, "Content-Range"):
			fields[0] = f
		case !strings.EqualFold(f.Name, "Range"):
			fields = append(fields, f)
		}
	}
	return fields
}
