package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// writeOut is a format of -w, read once.
//
//	format   = *( "%" "%" / "%{" name "}" / "%header{" name "}" / "\" char / text )
type writeOut struct {
	format string
	mask   *mask
}

// newWriteOut reads the format, which may be in a file: "@name", "@-".
func newWriteOut(format string, m *mask, stdin io.Reader) (*writeOut, error) {
	if name, ok := strings.CutPrefix(format, "@"); ok {
		b, err := readNamed(name, stdin)
		if err != nil {
			return nil, err
		}
		format = string(b)
	}
	return &writeOut{format, m}, nil
}

// write writes what the format says of the record. The first unknown name is
// an error, after everything else was written.
func (w *writeOut) write(r *record, stdout, stderr io.Writer) error {
	to := stdout
	var unknown error
	for f := w.format; f != ""; {
		token, rest := nextToken(f)
		f = rest
		name, isVariable := strings.CutPrefix(token, "%{")
		field, isField := strings.CutPrefix(token, "%header{")
		name, field = strings.TrimSuffix(name, "}"), strings.TrimSuffix(field, "}")
		switch {
		case isField:
			_, _ = io.WriteString(to, w.field(r, field))
		case !isVariable:
			_, _ = io.WriteString(to, unescape(token))
		case name == "stdout":
			to = stdout
		case name == "stderr":
			to = stderr
		case name == "onerror":
			if r.code == exitOK {
				return unknown
			}
		default:
			text, ok := w.variable(r, name)
			if !ok && unknown == nil {
				unknown = fmt.Errorf("--write-out: unknown variable %q", name)
			}
			_, _ = io.WriteString(to, text)
		}
	}
	return unknown
}

// nextToken cuts the next variable, escape or stretch of text off the format.
func nextToken(f string) (token, rest string) {
	if f[0] == '\\' || strings.HasPrefix(f, "%%") {
		n := min(2, len(f))
		return f[:n], f[n:]
	}
	if strings.HasPrefix(f, "%{") || strings.HasPrefix(f, "%header{") {
		if end := strings.IndexByte(f, '}'); end >= 0 {
			return f[:end+1], f[end+1:]
		}
	}
	n := strings.IndexAny(f[1:], `%\`)
	if n < 0 {
		return f, ""
	}
	return f[:n+1], f[n+1:]
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
	return w.mask.field(name, r.response.Header.Get(name))
}

// variable returns the text of a variable.
func (w *writeOut) variable(r *record, name string) (string, bool) {
	switch name {
	case "json":
		return w.json(r), true
	case "header_json":
		return w.headerJSON(r), true
	}
	for _, v := range variables {
		if v.name == name {
			return w.mask.text(v.text(w, r)), true
		}
	}
	return "", false
}

func (w *writeOut) json(r *record) string {
	all := map[string]any{}
	for _, v := range variables {
		text := w.mask.text(v.text(w, r))
		all[v.name] = text
		if v.number {
			all[v.name] = json.Number(text)
		}
		if text == "" {
			all[v.name] = nil
		}
	}
	b, err := json.Marshal(all)
	if err != nil {
		return "{}"
	}
	return string(b)
}

func (w *writeOut) headerJSON(r *record) string {
	all := map[string][]string{}
	if r.response != nil {
		for name, values := range r.response.Header {
			for _, v := range values {
				name := strings.ToLower(name)
				all[name] = append(all[name], w.mask.field(name, v))
			}
		}
	}
	b, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		return "{}"
	}
	return string(b)
}
