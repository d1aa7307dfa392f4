package curltest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// Case is one command line and what comes of it.
type Case struct {
	Name    string
	Flags   []string // long names
	Env     []string // "NAME=value"
	Stdout  string   // "" for all of it, else as Stderr
	Stderr  string   // "", "any", "has TEXT" or "like REGEXP"
	Differs string   // why getin does something else
	Own     string   // why curl cannot be asked

	args    string
	stdin   string
	files   map[string]string
	records map[string]string // by program
	file    string
	archive *txtar.Archive
}

// Read reads every case of a folder.
func Read(dir string) ([]*Case, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil {
		return nil, err
	}
	var all []*Case
	for _, name := range names {
		c, err := readCase(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, c)
	}
	return all, nil
}

func readCase(file string) (*Case, error) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		return nil, err
	}
	c := &Case{
		Name: strings.TrimSuffix(filepath.Base(file), ".txtar"),
		file: file, archive: a, files: map[string]string{}, records: map[string]string{},
	}
	for _, line := range strings.Split(string(a.Comment), "\n") {
		c.directive(line)
	}
	for _, f := range a.Files {
		name, isInput := strings.CutPrefix(f.Name, "in/")
		switch {
		case isInput:
			c.files[name] = string(f.Data)
		case f.Name == "args":
			c.args = string(f.Data)
		case f.Name == "stdin":
			c.stdin = string(f.Data)
		case f.Name == "curl" || f.Name == "getin":
			c.records[f.Name] = string(f.Data)
		default:
			return nil, fmt.Errorf("section %q: not known", f.Name)
		}
	}
	return c, c.check()
}

func (c *Case) directive(line string) {
	word, value, _ := strings.Cut(line, ": ")
	switch word {
	case "flags":
		c.Flags = strings.Split(value, ", ")
	case "env":
		c.Env = append(c.Env, value)
	case "stdout":
		c.Stdout = value
	case "stderr":
		c.Stderr = value
	case "differs":
		c.Differs = value
	case "own":
		c.Own = value
	}
}

func (c *Case) check() error {
	_, byHand := c.records["getin"]
	_, recorded := c.records["curl"]
	switch {
	case c.args == "":
		return errors.New("no args")
	case c.Own != "" && c.Differs != "":
		return errors.New("own: and differs: exclude each other")
	case byHand != (c.Own != "" || c.Differs != ""):
		return errors.New("a section getin and one of own: and differs: need each other")
	case c.Own != "" && recorded:
		return errors.New("own: and a record of curl exclude each other")
	}
	return nil
}

// Want returns what the program ("curl" or "getin") must do.
func (c *Case) Want(program string) string {
	if own, ok := c.records[program]; ok {
		return own
	}
	return c.records["curl"]
}

// Save writes what curl did into the file of the case.
func (c *Case) Save(record string) error {
	c.records["curl"] = record
	i := slices.IndexFunc(c.archive.Files, func(f txtar.File) bool { return f.Name == "curl" })
	if i < 0 {
		i = len(c.archive.Files)
		c.archive.Files = append(c.archive.Files, txtar.File{Name: "curl"})
	}
	c.archive.Files[i].Data = []byte(record)
	return os.WriteFile(c.file, txtar.Format(c.archive), 0o644)
}

// Commands returns the words of each command, not yet expanded.
func (c *Case) Commands() (all [][]string) {
	for line := range strings.Lines(strings.ReplaceAll(c.args, "\\\n", "")) {
		all = append(all, split(line))
	}
	return all
}

// Without returns the commands without the flag in any of its spellings, such
// as "-d" and "--data", and without its argument when it takes one; found tells
// that it was there.
func (c *Case) Without(spellings []string, takesArgument bool) (rest [][]string, found bool) {
	for _, words := range c.Commands() {
		var kept []string
		for i := 0; i < len(words); i++ {
			if !slices.Contains(spellings, words[i]) {
				kept = append(kept, words[i])
				continue
			}
			found = true
			if takesArgument {
				i++
			}
		}
		rest = append(rest, kept)
	}
	return rest, found
}

// split takes words apart as a shell does, without any expansion.
func split(s string) (words []string) {
	var word strings.Builder
	begun, quote := false, byte(0)
	end := func() {
		if begun {
			words = append(words, word.String())
		}
		word.Reset()
		begun = false
	}
	for i := 0; i < len(s); i++ {
		switch ch := s[i]; {
		case quote != 0 && ch == quote:
			quote = 0
		case ch == '\\' && quote != '\'' && i+1 < len(s):
			i++
			if quote == '"' && s[i] != '"' && s[i] != '\\' {
				word.WriteByte('\\')
			}
			word.WriteByte(s[i])
			begun = true
		case quote == 0 && (ch == '\'' || ch == '"'):
			quote, begun = ch, true
		case quote == 0 && (ch == ' ' || ch == '\t' || ch == '\n'):
			end()
		default:
			word.WriteByte(ch)
			begun = true
		}
	}
	end()
	return words
}
