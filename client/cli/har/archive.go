// Package har writes HTTP Archives, which browsers show in their network panel:
// HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/), masked by rule R16.
//
// An Archive is the file. The Rounds of a transfer hear what passes (h1.Tap), and
// each round, once it has ended, is an Entry. What has no meaning here is left
// out: pages, caches, and bodies that are long or no text.
package har

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"getin/client/cli/mask"
	"getin/client/transfer"
)

// Archive is the file of an archive. Entries are written as they are complete, so that
// the memory does not grow with their number, into a file of its own, which gets
// its name when it is whole. Nobody but the user may read it (rule R16). A nil one
// takes nothing. It may be used by many goroutines at once.
type Archive struct {
	mask    *mask.Mask
	name    string // as the user gave it
	version string // of the program

	mu    sync.Mutex
	to    io.Writer
	file  *os.File // nil: standard output
	place string   // where the file goes when it is whole; "": it is there
	n     int      // entries so far
	err   error    // the first one
}

// New returns an archive of the program's version that goes to the named file.
func New(name, version string, m *mask.Mask) *Archive {
	return &Archive{mask: m, name: name, version: version}
}

// Begin begins the archive; "-" is standard output. Errors are
// *transfer.WriteError.
func (h *Archive) Begin(stdout io.Writer) error {
	if h == nil {
		return nil
	}
	if h.to = stdout; h.name != "-" {
		if err := h.create(); err != nil {
			return &transfer.WriteError{Name: h.name, Err: err}
		}
		h.to = h.file
	}
	h.write(`{"log":{"version":"1.2","creator":{"name":"getin","version":"` + h.version + `"},"entries":[`)
	return h.err
}

func (h *Archive) create() error {
	info, err := os.Stat(h.name)
	switch {
	case err == nil && !info.Mode().IsRegular(): // a pipe, or /dev/null
		h.file, err = os.OpenFile(h.name, os.O_WRONLY, 0)
		return err
	case err == nil:
		if h.place, err = filepath.EvalSymlinks(h.name); err != nil {
			return err
		}
	case errors.Is(err, fs.ErrNotExist):
		h.place = h.name
	default:
		return err
	}
	h.file, err = os.CreateTemp(filepath.Dir(h.place), "."+filepath.Base(h.place)+".*") // of mode 0600
	return err
}

func (h *Archive) write(s string) {
	if h.err == nil {
		_, h.err = io.WriteString(h.to, s)
	}
}

// add writes an entry.
func (h *Archive) add(e *Entry) {
	b, err := json.Marshal(e)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.err == nil {
		h.err = err
	}
	before := "\n"
	if h.n++; h.n > 1 {
		before = ",\n"
	}
	h.write(before + string(b))
}

// Close ends the archive and names it. Errors are *transfer.WriteError.
func (h *Archive) Close() error {
	if h == nil {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.write("\n]}}\n")
	err := h.err
	if h.file != nil {
		if cerr := h.file.Close(); err == nil {
			err = cerr
		}
	}
	if h.place != "" && err == nil {
		err = os.Rename(h.file.Name(), h.place)
	}
	if err == nil {
		return nil
	}
	if h.place != "" {
		_ = os.Remove(h.file.Name()) // half an archive is none
	}
	return &transfer.WriteError{Name: h.name, Err: err}
}
