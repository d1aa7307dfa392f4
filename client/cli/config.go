package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"
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
	fs := flagSet(table, o, true)
	for i, line := range strings.Split(string(b), "\n") {
		flag, value, has := configLine(line)
		if flag == "" {
			continue
		}
		err := fs.Parse(configWords(fs, flag, value, has))
		if err == nil {
			continue
		}
		err = explainParse(table, err)
		var u *usageError
		if errors.As(err, &u) {
			return &usageError{why: fmt.Sprintf("%s:%d: %s", name, i+1, u.why), hint: u.hint, code: u.code}
		}
		return err
	}
	return nil
}

// configLine reads a line of a config file as curl does:
//
//	line  = *WSP [ "#" *char / name [ 1*( WSP / "=" / ":" ) [ value ] ] /
//	        "-" *VCHAR [ 1*WSP value ] ]
//	value = DQUOTE *( char / "\" char ) [ DQUOTE *char ] / 1*VCHAR [ WSP *char ]
//
// What follows the value does not count.
func configLine(line string) (flag, value string, has bool) {
	line = strings.Trim(line, " \t\r\v\f")
	if line == "" || line[0] == '#' {
		return "", "", false
	}
	between := " \t\r\v\f"
	if line[0] != '-' {
		between += "=:"
	}
	end := strings.IndexAny(line, between)
	if end < 0 {
		end = len(line)
	}
	flag = line[:end]
	rest := strings.TrimLeft(line[end:], between)
	if rest == "" {
		return flag, "", false
	}
	if rest[0] == '"' {
		return flag, quotedValue(rest[1:]), true
	}
	if i := strings.IndexAny(rest, " \t\r\v\f"); i >= 0 {
		rest = rest[:i]
	}
	return flag, rest, true
}

// quotedValue reads up to the closing quote, or all there is.
func quotedValue(s string) string {
	var b strings.Builder
	for i := 0; i < len(s) && s[i] != '"'; i++ {
		c := s[i]
		if c == '\\' && i+1 < len(s) {
			i++
			c = s[i]
			if j := strings.IndexByte("ntrv", c); j >= 0 {
				c = "\n\t\r\v"[j]
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}

// configWords turns a line into the words of a command line. A boolean takes no
// value, whatever is there.
func configWords(fs *pflag.FlagSet, flag, value string, has bool) []string {
	var rest []string
	if has {
		rest = []string{value}
	}
	if len(flag) > 1 && flag[0] == '-' && flag[1] != '-' {
		words, _ := spellLetters(fs, nil, flag, rest)
		return words
	}
	flag = "--" + strings.TrimPrefix(flag, "--")
	words := spell(fs, append([]string{flag}, rest...))
	if len(words) < 2 {
		return words
	}
	if f := fs.Lookup(strings.TrimPrefix(words[0], "--")); f == nil || f.NoOptDefVal != "" {
		return words[:1]
	}
	return words
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
