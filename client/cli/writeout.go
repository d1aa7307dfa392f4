package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"getin/client/cli/mask"
	"getin/client/transfer"
)

// writeOut is a format of -w:
//
//	format = *( "%%" / "%{" name "}" / "%header{" name "}" /
//	         "%output{" [ ">>" ] file "}" / "\" char / char )
//
// What does not close is text.
type writeOut struct {
	format string
	mask   *mask.Mask
}

// newWriteOut reads the format, which may be in a file: "@name", "@-", whose
// line ends do not count.
func newWriteOut(format string, m *mask.Mask, stdin io.Reader) (*writeOut, error) {
	if name, ok := strings.CutPrefix(format, "@"); ok {
		b, err := readNamed(name, stdin)
		if err != nil {
			return nil, err
		}
		format = string(lessLineEnds(b))
	}
	return &writeOut{format, m}, nil
}

// writing is one -w being written.
type writing struct {
	*writeOut
	rec            *record
	stdout, stderr io.Writer
	to             io.Writer
	file           *os.File // of %output, or nil
	err            error    // the first
}

// write writes what the format says of the record. An unknown name and a file
// that cannot be written are errors, after everything else was written.
func (w *writeOut) write(r *record, stdout, stderr io.Writer) error {
	out := &writing{writeOut: w, rec: r, stdout: stdout, stderr: stderr, to: stdout}
	more := true
	for f := w.format; f != "" && more; {
		var kind tokenKind
		var text string
		kind, text, f = nextToken(f)
		more = out.token(kind, text)
	}
	out.redirect(nil, nil)
	return out.err
}

// token writes one token, and reports whether the format goes on.
func (w *writing) token(kind tokenKind, text string) bool {
	switch {
	case kind == tokenField:
		w.text(w.field(w.rec, text))
	case kind == tokenOutput:
		w.open(text)
	case kind == tokenText:
		w.text(text)
	case text == "stdout":
		w.redirect(w.stdout, nil)
	case text == "stderr":
		w.redirect(w.stderr, nil)
	case text == "onerror":
		return w.rec.code != exitOK
	default:
		value, ok := w.variable(w.rec, text)
		if !ok {
			w.fails(fmt.Errorf("--write-out: unknown variable %q", text))
		}
		w.text(value)
	}
	return true
}

func (w *writing) text(s string) {
	if _, err := io.WriteString(w.to, s); err != nil && w.file != nil {
		w.fails(&transfer.WriteError{Name: w.file.Name(), Err: err})
	}
}

func (w *writing) fails(err error) {
	if w.err == nil {
		w.err = err
	}
}

// open makes the file of %output{file}, or of %output{>>file}, which is added
// to, the place to write to.
func (w *writing) open(name string) {
	name, more := strings.CutPrefix(name, ">>")
	mode := os.O_TRUNC
	if more {
		mode = os.O_APPEND
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|mode, 0o666)
	if err != nil {
		w.fails(&transfer.WriteError{Name: name, Err: err})
		return
	}
	w.redirect(f, f)
}

func (w *writing) redirect(to io.Writer, file *os.File) {
	if w.file != nil {
		if err := w.file.Close(); err != nil {
			w.fails(&transfer.WriteError{Name: w.file.Name(), Err: err})
		}
	}
	w.to, w.file = to, file
}

type tokenKind int

const (
	tokenText     tokenKind = iota
	tokenVariable           // %{name}
	tokenField              // %header{name}
	tokenOutput             // %output{file}
)

// nextToken cuts the next token off the format, and returns what is between its
// braces.
func nextToken(f string) (kind tokenKind, text, rest string) {
	for _, named := range []struct {
		kind   tokenKind
		opener string
	}{{tokenVariable, "%{"}, {tokenField, "%header{"}, {tokenOutput, "%output{"}} {
		inside, ok := strings.CutPrefix(f, named.opener)
		if !ok {
			continue
		}
		if text, rest, ok = strings.Cut(inside, "}"); ok {
			return named.kind, text, rest
		}
		return tokenText, named.opener, inside
	}
	if f[0] == '\\' || f[0] == '%' {
		n := min(2, len(f))
		return tokenText, unescape(f[:n]), f[n:]
	}
	n := strings.IndexAny(f[1:], `%\`) + 1
	if n == 0 {
		n = len(f)
	}
	return tokenText, f[:n], f[n:]
}

func unescape(token string) string {
	switch token {
	case `\n`:
		return "\n"
	case `\r`:
		return "\r"
	case `\t`:
		return "\t"
	case "%%":
		return "%"
	}
	return token
}

// field returns the first value of a response field, without line ends.
func (w *writeOut) field(r *record, name string) string {
	if r.response == nil || len(r.response.Header.Values(name)) == 0 {
		return ""
	}
	return w.mask.Field(name, r.response.Header.Get(name))
}

// variable returns the text of a variable, whose name has no case.
func (w *writeOut) variable(r *record, name string) (string, bool) {
	name = strings.ToLower(name)
	switch name {
	case "json":
		return w.json(r), true
	case "header_json":
		return w.headerJSON(r), true
	}
	if part, ok := strings.CutPrefix(name, "url."); ok {
		return w.part(r.target.url, part)
	}
	if part, ok := strings.CutPrefix(name, "urle."); ok {
		if r.request == nil {
			return "", true
		}
		return w.part(r.request.URL, part)
	}
	for _, v := range variables {
		if v.name == name {
			return w.mask.Text(v.text(w, r)), true
		}
	}
	return "", false
}
