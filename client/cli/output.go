package cli

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"golang.org/x/term"

	"getin/client/cli/glob"
	"getin/client/transfer"
)

// sink says where the body of the n-th URL goes. sets are what the URL's globs
// stand for; resp is nil before there is one, and then -J has no say.
func (f *fetcher) sink(rec *record, resp *http.Response, sets []string) *transfer.Sink {
	o := f.options
	out := o.outputOf(rec.number)
	name := glob.FillIn(out.file, sets)
	if rec.out != "" {
		out, name = output{file: rec.out}, rec.out
	}
	switch {
	case out.file == "-":
		return &transfer.Sink{Out: f.sys.Stdout}
	case out == output{}:
		return &transfer.Sink{Out: f.standardOutput()}
	}
	s := &transfer.Sink{Path: name, CreateDirs: o.createDirs}
	if o.noClobber {
		s.Exists = transfer.Number
	}
	if out.remote {
		s.Path, s.NoFollow = rec.target.fileName(), true
		if o.remoteHeaderName && resp != nil {
			if name, ok := transfer.HeaderName(resp.Header.Get("Content-Disposition")); ok {
				s.Path, s.Exists = name, transfer.Refuse
			}
		}
	}
	if o.outputDir != "" {
		s.Path = filepath.Join(o.outputDir, s.Path)
	}
	return s
}

// toFile reports whether the transfer has a file of its own.
func (f *fetcher) toFile(rec *record) bool {
	out := f.options.outputOf(rec.number)
	if rec.out != "" {
		out.file = rec.out
	}
	return out.remote || out.file != "" && out.file != "-"
}

// standardOutput is where a body goes that has no file. A terminal gets no
// binary data.
func (f *fetcher) standardOutput() io.Writer {
	if file, ok := f.sys.Stdout.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return &textOnly{to: file}
	}
	return f.sys.Stdout
}

// errBinary refuses binary output to a terminal, as curl does.
var errBinary = errors.New("binary output would garble the terminal")

// textOnly lets a body through unless its beginning has a zero octet.
type textOnly struct {
	to    io.Writer
	begun bool
}

func (t *textOnly) Write(p []byte) (int, error) {
	if !t.begun && bytes.IndexByte(p, 0) >= 0 {
		return 0, errBinary
	}
	t.begun = true
	return t.to.Write(p)
}

// makeDirFor makes the folder that the file of -D or --etag-save is to be in, where
// --create-dirs says so.
func (o *options) makeDirFor(name string) error {
	if !o.createDirs {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(name), transfer.DirMode); err != nil {
		return &transfer.WriteError{Name: name, Err: err}
	}
	return nil
}

// dump writes the heads to the file of -D, which all transfers of the group
// share.
func (f *fetcher) dump(rec *record) error {
	name := f.options.dumpHeader
	if name == "" {
		return nil
	}
	f.writing.Lock()
	defer f.writing.Unlock()
	if f.dumped == nil {
		switch {
		case name != "-":
			if err := f.options.makeDirFor(name); err != nil {
				return err
			}
			file, err := os.Create(name)
			if err != nil {
				return &transfer.WriteError{Name: name, Err: err}
			}
			f.dumped, f.dumpFile = file, file
		case isTerminal(f.sys.Stdout):
			f.dumped = f.shownHeads(f.sys.Stdout, f.sys.Stdout)
		default:
			f.dumped = f.sys.Stdout
		}
	}
	for _, head := range rec.heads {
		if _, err := io.WriteString(f.dumped, head); err != nil {
			return &transfer.WriteError{Name: name, Err: err}
		}
	}
	return nil
}
