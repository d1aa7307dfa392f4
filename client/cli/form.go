package cli

import (
	"errors"
	"path/filepath"
	"strings"
)

// form is what -F and --form-string have gathered.
type form struct {
	parts     []*formPart
	open      []*formPart // the groups that "=(" has begun and "=)" has not ended
	backslash bool        // --form-escape
}

// formPart is one part of a form, RFC 7578 section 4.
type formPart struct {
	name     string // "": none
	text     string // the content itself
	file     string // where it comes from
	isFile   bool
	fileName string // as the server is told, if named
	named    bool
	mime     string // as given by type=; "" is a guess
	encoder  string
	headers  []formHeader
	parts    []*formPart // of a group, in the place of a content
	group    bool
}

// formHeader is one headers=: a field, or a file of fields.
type formHeader struct {
	text   string
	isFile bool
}

// each calls do for every part, those within others too.
func (f *form) each(do func(*formPart)) {
	var walk func([]*formPart)
	walk = func(parts []*formPart) {
		for _, p := range parts {
			do(p)
			walk(p.parts)
		}
	}
	walk(f.parts)
}

// put adds a part to the innermost group that is open.
func (f *form) put(p *formPart) {
	if n := len(f.open); n > 0 {
		f.open[n-1].parts = append(f.open[n-1].parts, p)
		return
	}
	f.parts = append(f.parts, p)
}

// addText is --form-string.
func (f *form) addText(v string) error {
	name, text, ok := strings.Cut(v, "=")
	if !ok {
		return errNoField
	}
	f.put(&formPart{name: name, text: text})
	return nil
}

// add is -F:
//
//	field   = [ name ] "=" ( "@" file *( "," file ) / "<" file / "(" / ")" / text ) *option
//	option  = ";" *SP ( ( "type=" / "filename=" / "encoder=" / "headers=" ) word )
//	word    = DQUOTE *( char / "\" char ) DQUOTE / *char
func (f *form) add(o *options, v string) error {
	name, content, ok := strings.Cut(v, "=")
	if !ok {
		return errNoField
	}
	r := &formReader{rest: content, warn: func(s string) { o.warned = append(o.warned, "flag --form: "+s) }}
	p := &formPart{name: name}
	switch {
	case strings.HasPrefix(content, "("):
		r.rest = content[1:]
		p.group = true
		if _, _, err := r.read(p, 0); err != nil {
			return err
		}
		f.put(p)
		f.open = append(f.open, p)
		return nil
	case content == ")" && name == "":
		if len(f.open) == 0 {
			return errors.New("\"=)\" ends a group, and none has begun")
		}
		f.open = f.open[:len(f.open)-1]
		return nil
	case strings.HasPrefix(content, "@"):
		r.rest = content[1:]
		return f.addFiles(r, p)
	case strings.HasPrefix(content, "<"):
		r.rest = content[1:]
		p.isFile = true
	}
	value, _, err := r.read(p, 0)
	if err != nil {
		return err
	}
	if p.text = value; p.isFile {
		p.text, p.file, p.fileName, p.named = "", value, "", false
	}
	f.put(p)
	return nil
}

// addFiles reads the files of "@a,b;type=x/y,c". Several are a group, as RFC 2388
// section 4.2 has it and RFC 7578 no more.
func (f *form) addFiles(r *formReader, p *formPart) error {
	group := &formPart{name: p.name, group: true}
	for more := true; more; {
		file := &formPart{isFile: true}
		var err error
		if file.file, more, err = r.read(file, ','); err != nil {
			return err
		}
		if !file.named {
			file.fileName, file.named = filepath.Base(file.file), true
		}
		group.parts = append(group.parts, file)
	}
	if len(group.parts) > 1 {
		f.put(group)
		return nil
	}
	group.parts[0].name = p.name
	f.put(group.parts[0])
	return nil
}

// formReader reads what stands behind the "=" of a field.
type formReader struct {
	rest string
	warn func(string)
}

// read reads a content and its options into p, up to the end octet or the end of
// the text, which a zero one is. more tells that the octet was there, and that
// something may follow.
func (r *formReader) read(p *formPart, end byte) (value string, more bool, err error) {
	value = r.word(end)
	for strings.HasPrefix(r.rest, ";") {
		r.rest = strings.TrimLeft(r.rest[1:], spaces)
		if err := r.option(p, end); err != nil {
			return "", false, err
		}
	}
	if r.rest == "" {
		return value, false, nil
	}
	r.rest = r.rest[1:]
	return value, true, nil
}

const spaces = " \t\r\n\v\f"

func (r *formReader) option(p *formPart, end byte) error {
	is := func(name string) bool {
		if len(r.rest) < len(name) || !strings.EqualFold(r.rest[:len(name)], name) {
			return false
		}
		r.rest = r.rest[len(name):]
		return true
	}
	switch {
	case is("type="):
		return r.mime(p, end)
	case is("filename="):
		p.fileName, p.named = r.word(end), true
	case is("headers="):
		h := formHeader{isFile: strings.HasPrefix(r.rest, "@") || strings.HasPrefix(r.rest, "<")}
		if h.isFile {
			r.rest = r.rest[1:]
		}
		h.text = r.word(end)
		p.headers = append(p.headers, h)
		if !h.isFile {
			return checkText(h.text)
		}
	case is("encoder="):
		p.encoder = strings.ToLower(r.word(end))
		return checkEncoder(p.encoder)
	default:
		if r.word(end) != "" {
			r.warn("what stands behind a semicolon is no option, and is not sent; quotes around the content keep it")
		}
	}
	return nil
}

// mime reads a media type. Its parameters may stand behind further semicolons:
// everything up to the next option is its own.
func (r *formReader) mime(p *formPart, end byte) error {
	r.rest = strings.TrimLeft(r.rest, spaces)
	n := 0
	for {
		n += plainEnd(r.rest[n:], end)
		if n == len(r.rest) || r.rest[n] != ';' || formOption(strings.TrimLeft(r.rest[n+1:], spaces)) {
			break
		}
		n++
	}
	p.mime, r.rest = strings.TrimRight(r.rest[:n], spaces), r.rest[n:]
	major, minor, ok := strings.Cut(p.mime, "/")
	if !ok || major == "" || strings.ContainsAny(major, " ;") || minor == "" || strings.ContainsRune(";, \n", rune(minor[0])) {
		return errors.New("type= needs a media type, as in text/plain")
	}
	return checkText(p.mime)
}

// formOption reports whether an option begins here that a media type does not
// have.
func formOption(s string) bool {
	for _, name := range []string{"filename=", "headers=", "encoder="} {
		if len(s) >= len(name) && strings.EqualFold(s[:len(name)], name) {
			return true
		}
	}
	return false
}

// plainEnd returns the length of what comes before ";", the end octet or the end.
func plainEnd(s string, end byte) int {
	for i := range len(s) {
		if s[i] == ';' || s[i] == end && end != 0 {
			return i
		}
	}
	return len(s)
}

// word reads a word, in quotes or up to ";" or the end octet, without the spaces
// around it. A quote that is not closed is an octet like others.
func (r *formReader) word(end byte) string {
	r.rest = strings.TrimLeft(r.rest, spaces)
	word, n, quoted := quotedWord(r.rest)
	if quoted {
		r.rest = r.rest[n:]
	}
	n = plainEnd(r.rest, end)
	plain := strings.TrimRight(r.rest[:n], spaces)
	r.rest = r.rest[n:]
	if !quoted {
		return plain
	}
	if plain != "" {
		r.warn("something stands behind the closing quote of a field")
	}
	return word
}

// quotedWord reads the quoted word at the beginning of s, which is n octets long.
// A backslash escapes itself and the quote.
func quotedWord(s string) (word string, n int, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		return "", 0, false
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), i + 1, true
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '\\' || s[i+1] == '"'):
			i++
		}
		b.WriteByte(s[i])
	}
	return "", 0, false
}
