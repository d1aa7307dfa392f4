package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"getin/client/auth"
)

// ownField is one -H.
type ownField struct {
	auth.Field
	remove bool
}

// takeField notes what -H or --proxy-header gives. A word that is no field is left
// out, as in curl, but not in silence.
func (o *options) takeField(fields *[]string, flag, v string) error {
	if v != "" && v[0] != '@' && !isFieldLine(v) {
		o.warned = append(o.warned, flag+" without a colon is left out")
		return nil
	}
	*fields = append(*fields, v)
	return nil
}

// isFieldLine reports whether the line may give a field; if not, it is a comment.
func isFieldLine(line string) bool {
	return strings.Contains(line, ":") || strings.HasSuffix(line, ";")
}

// ownFields reads every -H, files among them.
func (o *options) ownFields(stdin io.Reader) ([]ownField, error) {
	var all []ownField
	for _, h := range o.headers {
		list, err := readFields(h, "header", stdin)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// readFields reads what a flag such as -H gives: one field, or "@file" with one
// a line. As in curl, an empty word is none, and neither is a line of a file that
// has no colon: a comment.
func readFields(given, flag string, stdin io.Reader) ([]ownField, error) {
	lines := []string{given}
	name, isFile := strings.CutPrefix(given, "@")
	if isFile {
		b, err := readNamed(name, stdin)
		if err != nil {
			return nil, err
		}
		lines = strings.Split(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n")
	}
	var all []ownField
	for _, line := range lines {
		if line == "" || isFile && !isFieldLine(line) {
			continue
		}
		f, err := readField(line, flag)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

// valueOf returns the last value of the field, "" when there is none.
func valueOf(own []ownField, name string) string {
	value := ""
	for _, f := range own {
		if strings.EqualFold(f.Name, name) {
			value = f.Value
		}
	}
	return value
}

// removed reports whether the user takes the field out.
func removed(own []ownField, name string) bool {
	return slices.ContainsFunc(own, func(f ownField) bool { return f.remove && strings.EqualFold(f.Name, name) })
}

// readField reads "name: value", "name:" (removes ours) and "name;" (sends an
// empty value). The value is not repeated in an error.
func readField(line, flag string) (ownField, error) {
	bad := func(why string) (ownField, error) {
		return ownField{}, &usageError{why: "flag --" + flag + ": " + why, code: exitUsage}
	}
	name, value, colon := strings.Cut(line, ":")
	if !colon {
		name = strings.TrimSuffix(line, ";")
	}
	value = strings.Trim(value, " \t")
	if !auth.IsToken(name) {
		return bad(fmt.Sprintf("bad field name %q", name))
	}
	if i := strings.IndexFunc(value, isControl); i >= 0 {
		return bad("a control character in the value of " + name)
	}
	return ownField{auth.Field{Name: name, Value: value}, value == "" && colon}, nil
}

// isControl is what RFC 9110 section 5.5 keeps out of field values: every
// control character but HTAB.
func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

func checkMethod(m string) error {
	if !auth.IsToken(m) {
		return fmt.Errorf("%q is no method", m)
	}
	return nil
}

// carries reports whether the user set the field by hand.
func (p *plan) carries(name string) bool {
	for _, f := range p.fields {
		if strings.EqualFold(f.Name, name) {
			return true
		}
	}
	return false
}
