package index

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"getin/client/auth"
)

// All returns the entries of all files, file by file in the order of their
// names, and what is wrong with those files that cannot be read. It changes
// nothing; a damaged file stays where it is.
func (ix *Index) All() ([]Entry, []error) {
	return ix.walk(func(_ *os.File, names []string) ([]Entry, []error) { return ix.readAll(names) })
}

func (ix *Index) readAll(names []string) (entries []Entry, problems []error) {
	for _, name := range names {
		f, _, err := ix.readNamed(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed since the folder was read
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
		}
		entries = append(entries, f.Entries...)
	}
	return entries, problems
}

// walk calls each with the folder and the names of the index files, in order.
func (ix *Index) walk(each func(dir *os.File, names []string) ([]Entry, []error)) ([]Entry, []error) {
	dir, err := os.Open(ix.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, []error{fmt.Errorf("index: %w", err)}
	}
	defer func() { _ = dir.Close() }() // only read
	all, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, []error{fmt.Errorf("index: %w", err)}
	}
	names := slices.DeleteFunc(all, func(name string) bool {
		return strings.HasPrefix(name, ".") || !strings.HasSuffix(name, suffix)
	})
	slices.Sort(names)
	return each(dir, names)
}

// readNamed reads the file of that name, which says itself whose it is. The
// stamp is that of a file with nothing in it that this program does not know.
func (ix *Index) readNamed(name string) (f File, s stamp, err error) {
	text, s, err := readFile(filepath.Join(ix.dir, name))
	if err != nil {
		return File{}, stamp{}, err
	}
	if w, ok := readPlain(text); ok {
		if p, o, ok := whose(w.Party, w.Origin, name); ok {
			f, err := w.file(p, o)
			return f, s, err
		}
	}
	f, err = readOther(text, name)
	return f, stamp{}, err
}

// readOther reads what readPlain does not.
func readOther(text []byte, name string) (File, error) {
	if err := checkVersion(text); err != nil {
		return File{}, err
	}
	var said struct {
		Party  string `json:"party"`
		Origin string `json:"origin"`
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return File{}, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	p, o, ok := whose(said.Party, said.Origin, name)
	if !ok {
		return File{}, fmt.Errorf("%w: the file's name is not that of its origin", ErrDamaged)
	}
	return decode(text, p, o)
}

// whose returns party and origin of a file that says they are so, and reports
// whether its name is theirs.
func whose(party, origin, name string) (*auth.Party, auth.Origin, bool) {
	p := auth.PartyNamed(party)
	o, err := auth.ParseOrigin(origin)
	return p, o, p != nil && err == nil && base(p, o)+suffix == name
}
