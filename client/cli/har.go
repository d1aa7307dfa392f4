package cli

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"getin/client/transfer"
)

// har is the archive of --har. Entries are written as they are complete, so that
// the memory does not grow with their number, into a file of its own, which gets
// its name when it is whole. Nobody but the user may read it (rule R16). A nil one
// takes nothing. It may be used by many goroutines at once.
type har struct {
	mask *mask
	name string // as the user gave it

	mu    sync.Mutex
	to    io.Writer
	file  *os.File // nil: standard output
	place string   // where the file goes when it is whole; "": it is there
	n     int      // entries so far
	err   error    // the first one
}

// begin begins the archive; "-" is standard output. Errors are
// *transfer.WriteError.
func (h *har) begin(stdout io.Writer) error {
	if h == nil {
		return nil
	}
	if h.to = stdout; h.name != "-" {
		if err := h.create(); err != nil {
			return &transfer.WriteError{Name: h.name, Err: err}
		}
		h.to = h.file
	}
	h.write(`{"log":{"version":"1.2","creator":{"name":"getin","version":"` + versionNumber + `"},"entries":[`)
	return h.err
}

func (h *har) create() error {
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

func (h *har) write(s string) {
	if h.err == nil {
		_, h.err = io.WriteString(h.to, s)
	}
}

// add writes an entry.
func (h *har) add(e *harEntryJSON) {
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

// close ends the archive and names it. Errors are *transfer.WriteError.
func (h *har) close() error {
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
