package index

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"getin/client/auth"
)

// All returns the entries of all files, file by file in the order of their
// names, and what is wrong with those files that cannot be read. It changes
// nothing; a damaged file stays where it is.
func (ix *Index) All() ([]Entry, []error) {
	dir, err := os.ReadDir(ix.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, []error{fmt.Errorf("index: %w", err)}
	}
	var entries []Entry
	var problems []error
	for _, d := range dir {
		if strings.HasPrefix(d.Name(), ".") || !strings.HasSuffix(d.Name(), suffix) {
			continue
		}
		f, err := ix.readNamed(d.Name())
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed since the folder was read
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", d.Name(), err))
		}
		entries = append(entries, f.Entries...)
	}
	return entries, problems
}

// readNamed reads the file of that name, which says itself whose it is.
func (ix *Index) readNamed(name string) (File, error) {
	text, err := readFile(filepath.Join(ix.dir, name))
	if err != nil {
		return File{}, err
	}
	if err := checkVersion(text); err != nil {
		return File{}, err
	}
	var whose struct {
		Party  string `json:"party"`
		Origin string `json:"origin"`
	}
	if err := json.Unmarshal(text, &whose); err != nil {
		return File{}, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	p := auth.PartyNamed(whose.Party)
	o, err := auth.ParseOrigin(whose.Origin)
	if p == nil || err != nil || base(p, o)+suffix != name {
		return File{}, fmt.Errorf("%w: the file's name is not that of its origin", ErrDamaged)
	}
	return decode(text, p, o)
}
