package index

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// The list is a copy of all entries in one file: to open thousands of files
// takes some twenty times as long as to look at their dates. It holds for each
// file what was read there and how the file looked then (stamp); what looks the
// same is not read again. It can be deleted at any time, and what is wrong with
// it is as if it were not there.
const (
	listFile = ".list"
	listTemp = ".list.new"
	listLock = ".list.lock"
)

// worthwhile is how many files are read before the list is written, or looked
// at: so many take about a millisecond, as long as a program takes to start.
const worthwhile = 100

// settled is how old a file must be before its stamp tells it from what another
// program may write into it afterwards: longer than the coarsest clock of a file
// system, FAT's, whose unit is two seconds. (git calls others "racy".) What this
// package writes is another file each time, and told apart by its inode.
const settled = 3 * time.Second

// Hooks for tests, which have fewer files and less time.
var testOnlyWorthwhile, testOnlySettled = worthwhile, settled

// stamp is how a file looks without being read. Times are in nanoseconds since
// 1970; the zero value is of no file.
type stamp struct {
	inode             uint64
	size              int64
	modified, changed int64
}

// listed is what one file held.
type listed struct {
	name    string
	stamp   stamp
	entries string // encoded
}

// List is All for those who show what there is: a file that looks as it did when
// it was last read is not read again. Who repairs or changes anything asks All,
// which reads every file.
func (ix *Index) List() ([]Entry, []error) {
	return ix.walk(func(dir *os.File, names []string) ([]Entry, []error) {
		if len(names) < testOnlyWorthwhile {
			return ix.readAll(names)
		}
		known := readList(filepath.Join(ix.dir, listFile))
		now := make([]listed, 0, len(names))
		entries := make([]Entry, 0, len(names))
		var problems []error
		fresh := 0
		for _, name := range names {
			for len(known) > 0 && known[0].name < name {
				known = known[1:] // that file is gone
			}
			if len(known) > 0 && known[0].name == name {
				var ok bool
				if entries, ok = known[0].reuse(dir, entries); ok {
					now = append(now, known[0])
					continue
				}
			}
			f, s, err := ix.readNamed(name)
			if errors.Is(err, fs.ErrNotExist) {
				continue // removed since the folder was read
			}
			fresh++
			if err != nil {
				problems = append(problems, fmt.Errorf("%s: %w", name, err))
			} else if s != (stamp{}) {
				now = append(now, listed{name, s, encodeEntries(f.Entries)})
			}
			entries = append(entries, f.Entries...)
		}
		if fresh >= testOnlyWorthwhile {
			ix.writeList(now)
		}
		return entries, problems
	})
}

// reuse appends the file's entries, when the file looks as it did.
func (l *listed) reuse(dir *os.File, entries []Entry) ([]Entry, bool) {
	if s, ok := stampAt(dir, l.name); !ok || s != l.stamp {
		return entries, false
	}
	return appendDecoded(entries, l.entries)
}

// writeList replaces the list. Where that does not work, or another process is
// at it, there is none, and nothing is lost.
func (ix *Index) writeList(all []listed) {
	l := newLock(filepath.Join(ix.dir, listLock))
	if ok, err := l.TryLock(); err != nil || !ok {
		return
	}
	defer func() { _ = l.Close() }() // the lock goes with the process at the latest
	temp := filepath.Join(ix.dir, listTemp)
	_ = os.Remove(temp) // of a process that was killed
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL|noFollow, fileMode)
	if err != nil {
		return
	}
	fi, err := f.Stat()
	if err == nil {
		// By the file system's clock, which need not be ours.
		since := fi.ModTime().Add(-testOnlySettled).UnixNano()
		all = slices.DeleteFunc(all, func(l listed) bool { return l.stamp.changed >= since })
		_, err = f.Write(encodeList(all))
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = rename(temp, filepath.Join(ix.dir, listFile))
	}
	if err != nil {
		_ = os.Remove(temp)
	}
}

// readList returns what the list holds, in the order of the names; nothing when
// there is none that is whole and of this program.
func readList(path string) []listed {
	text, _, err := readFile(path)
	if err != nil {
		return nil
	}
	return decodeList(text)
}
