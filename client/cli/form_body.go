package cli

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

// formMIME is the type of a form's body, RFC 7578 section 4.1.
const formMIME = "multipart/form-data"

// content returns the body of the form; mime is its type without the boundary.
// Files are read when they are sent.
func (f *form) content(mime string, stdin io.Reader) (*content, error) {
	w := &formWriter{stdin: stdin, backslash: f.backslash}
	boundary := newBoundary()
	if err := w.multipart(f.parts, mime, boundary); err != nil {
		return nil, err
	}
	c := join(w.done())
	c.mime = mime + "; boundary=" + boundary
	return c, nil
}

// newBoundary is as long as curl's, so that a form is as long too.
func newBoundary() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b) // never fails
	return strings.Repeat("-", 24) + hex.EncodeToString(b)
}

// formWriter puts the pieces of a form one after the other.
type formWriter struct {
	stdin     io.Reader
	backslash bool
	pieces    []*content
	text      bytes.Buffer // behind the last piece
}

// done returns the pieces.
func (w *formWriter) done() []*content {
	if w.text.Len() > 0 {
		w.pieces = append(w.pieces, fromMemory(bytes.Clone(w.text.Bytes())))
		w.text.Reset()
	}
	return w.pieces
}

// multipart writes RFC 2046 section 5.1.1:
//
//	multipart-body = dash-boundary CRLF body-part *( CRLF dash-boundary CRLF body-part ) CRLF dash-boundary "--"
func (w *formWriter) multipart(parts []*formPart, mime, boundary string) error {
	disposition := "attachment"
	if strings.HasPrefix(strings.ToLower(mime), formMIME) {
		disposition = "form-data"
	}
	for _, p := range parts {
		fmt.Fprintf(&w.text, "--%s\r\n", boundary)
		if err := w.part(p, disposition); err != nil {
			return err
		}
		w.text.WriteString("\r\n")
	}
	fmt.Fprintf(&w.text, "--%s--\r\n", boundary)
	return nil
}

func (w *formWriter) part(p *formPart, disposition string) error {
	own, err := p.fields(w.stdin)
	if err != nil {
		return err
	}
	mime, boundary := p.mimeType(), ""
	if p.group {
		boundary = newBoundary()
	}
	if !hasField(own, "Content-Disposition") {
		w.disposition(p, disposition, mime)
	}
	if mime != "" && !hasField(own, "Content-Type") {
		w.text.WriteString("Content-Type: " + mime)
		if p.group {
			w.text.WriteString("; boundary=" + boundary)
		}
		w.text.WriteString("\r\n")
	}
	if p.encoder != "" && !hasField(own, "Content-Transfer-Encoding") {
		w.text.WriteString("Content-Transfer-Encoding: " + p.encoder + "\r\n")
	}
	for _, f := range own {
		w.text.WriteString(f + "\r\n")
	}
	w.text.WriteString("\r\n")
	if p.group {
		return w.multipart(p.parts, mime, boundary)
	}
	return w.content(p)
}

// disposition writes the field that names the part and its file (RFC 7578 section
// 4.2). An attachment without either needs none.
func (w *formWriter) disposition(p *formPart, disposition, mime string) {
	bare := p.name == "" && !p.named
	if disposition == "attachment" && (bare || mime == "" && p.name == "" && !p.named) {
		return
	}
	w.text.WriteString("Content-Disposition: " + disposition)
	if p.name != "" {
		fmt.Fprintf(&w.text, "; name=\"%s\"", w.escaped(p.name))
	}
	if p.named {
		fmt.Fprintf(&w.text, "; filename=\"%s\"", w.escaped(p.fileName))
	}
	w.text.WriteString("\r\n")
}

// escaped makes a name safe within quotes: by percent as browsers do, or by
// backslash. Line ends are never let through.
func (w *formWriter) escaped(name string) string {
	if w.backslash {
		return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "%0D", "\n", "%0A").Replace(name)
	}
	return strings.NewReplacer(`"`, "%22", "\r", "%0D", "\n", "%0A").Replace(name)
}

func (w *formWriter) content(p *formPart) error {
	if !p.isFile && p.encoder == "" {
		w.text.WriteString(p.text)
		return nil
	}
	c := fromMemory([]byte(p.text))
	if p.isFile {
		var err error
		if c, err = fromNamed(p.file, w.stdin); err != nil {
			return err
		}
	}
	w.pieces = append(w.done(), encoded(c, p.encoder))
	return nil
}

// fields returns the part's own fields, those of files too. In a file, "#" begins
// a comment and white space continues a line.
func (p *formPart) fields(stdin io.Reader) ([]string, error) {
	var all []string
	for _, h := range p.headers {
		if !h.isFile {
			all = append(all, h.text)
			continue
		}
		b, err := readNamed(h.text, stdin)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(b)) {
			text := strings.TrimRight(line, spaces)
			folded := strings.TrimLeft(text, spaces)
			switch {
			case folded == "" || text[0] == '#':
			case len(folded) < len(text) && len(all) > 0:
				all[len(all)-1] += " " + folded
			default:
				all = append(all, text)
			}
			if err := checkText(text); err != nil {
				return nil, &usageError{why: fmt.Sprintf("flag --form: headers of %s: %v", h.text, err), code: exitUsage}
			}
		}
	}
	return all, nil
}

func hasField(fields []string, name string) bool {
	for _, f := range fields {
		if n, _, _ := strings.Cut(f, ":"); strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// mimeType is what was given, or guessed as curl does; "" is none. A text that is
// no file needs none (RFC 7578 section 4.4).
func (p *formPart) mimeType() string {
	if p.mime != "" {
		return p.mime
	}
	if p.group {
		return "multipart/mixed"
	}
	mime := ""
	if p.named {
		mime = mimeByName(p.fileName)
	}
	if p.isFile && p.file != "-" {
		if mime == "" {
			mime = mimeByName(p.file)
		}
		if mime == "" && p.named {
			mime = "application/octet-stream"
		}
	}
	if mime == "text/plain" && !p.named {
		return ""
	}
	return mime
}

// mimeByName guesses from the end of a file's name: curl's list, so that both say
// the same of a file.
func mimeByName(name string) string {
	name = strings.ToLower(name)
	for _, t := range []struct{ end, mime string }{
		{".gif", "image/gif"},
		{".jpg", "image/jpeg"},
		{".jpeg", "image/jpeg"},
		{".png", "image/png"},
		{".svg", "image/svg+xml"},
		{".txt", "text/plain"},
		{".htm", "text/html"},
		{".html", "text/html"},
		{".pdf", "application/pdf"},
		{".xml", "application/xml"},
	} {
		if strings.HasSuffix(name, t.end) {
			return t.mime
		}
	}
	return ""
}
