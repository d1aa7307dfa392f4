package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxConfigs bounds how deep config files may name each other with -K: deeper
// than anybody does on purpose, and the end of a file that names itself.
const maxConfigs = 20

// readDefaultConfig reads the user's own config file, if there is one. Nothing
// is ever read from the working directory.
func readDefaultConfig(o *options, sys *System) error {
	dir := configDir(sys)
	if dir == "" {
		return nil
	}
	err := o.readConfig(o, filepath.Join(dir, "config"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// readConfig reads the flags of a file, "-" for standard input.
func readConfig(table []flagDef, o *options, name string, stdin io.Reader) error {
	if o.inConfig++; o.inConfig > maxConfigs {
		return &usageError{why: "config files name each other without end", code: exitUsage}
	}
	defer func() { o.inConfig-- }()
	b, err := readNamed(name, stdin)
	if err != nil {
		return err
	}
	words, err := configWords(string(b), table)
	if err != nil {
		return &usageError{why: fmt.Sprintf("%s: %v", name, err), code: exitUsage}
	}
	if err := parse(table, o, words); err != nil {
		var u *usageError
		if errors.As(err, &u) {
			return &usageError{why: name + ": " + u.why, hint: u.hint, code: u.code}
		}
		return err
	}
	return nil
}

// configWords turns a config file in curl's syntax into words:
//
//	line  = *WSP [ "#" comment / flag [ ( *WSP ( "=" / ":" ) *WSP / 1*WSP ) value ] ]
//	flag  = [ "--" ] name / "-" letter
//	value = DQUOTE *( char / "\" char ) DQUOTE / 1*VCHAR
func configWords(text string, table []flagDef) ([]string, error) {
	var words []string
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		end := strings.IndexAny(line, " \t=:")
		if strings.HasPrefix(line, "-:") || end < 0 {
			end = len(line)
		}
		name, rest := line[:end], strings.TrimLeft(line[end:], " \t")
		if rest != "" && (rest[0] == '=' || rest[0] == ':') {
			rest = strings.TrimLeft(rest[1:], " \t")
		}
		value, err := configValue(rest)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		if !strings.HasPrefix(name, "-") {
			name = "--" + name
		}
		words = append(words, name)
		if rest != "" && takesValue(table, name) {
			words = append(words, value)
		}
	}
	return words, nil
}

func configValue(s string) (string, error) {
	if s == "" || s[0] != '"' {
		word, _, _ := strings.Cut(s, " ")
		return word, nil
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), nil
		case s[i] == '\\' && i+1 < len(s):
			i++
			c, ok := map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'v': '\v'}[s[i]]
			if !ok {
				c = s[i]
			}
			b.WriteByte(c)
		default:
			b.WriteByte(s[i])
		}
	}
	return "", errors.New("a quote is not closed")
}

// takesValue: a flag that is not known takes its value along, to be named in
// the error.
func takesValue(table []flagDef, word string) bool {
	for i := range table {
		d := &table[i]
		if word == "--"+d.name || word == "-"+d.letter || word == "--"+d.alias {
			return d.on == nil
		}
	}
	return false
}

// configDir is where getin's own configuration lies, or "" when the user has no
// place for it.
func configDir(sys *System) string { return baseDir(sys, "XDG_CONFIG_HOME", ".config") }

// stateDir is where getin remembers what is no secret.
func stateDir(sys *System) string {
	return baseDir(sys, "XDG_STATE_HOME", filepath.Join(".local", "state"))
}

// baseDir reads the XDG Base Directory Specification, version 0.8: an absolute
// path in the variable, or a folder of the home.
func baseDir(sys *System, variable, under string) string {
	if dir := sys.env(variable); filepath.IsAbs(dir) {
		return filepath.Join(dir, "getin")
	}
	home := sys.env("HOME")
	if home == "" {
		if h, err := os.UserHomeDir(); err == nil {
			home = h
		}
	}
	if !filepath.IsAbs(home) {
		return ""
	}
	return filepath.Join(home, under, "getin")
}
