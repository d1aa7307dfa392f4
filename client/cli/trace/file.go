package trace

import (
	"io"
	"os"

	"getin/client/cli/mask"
)

// Options say what is told, and where.
type Options struct {
	Form  Form
	File  string // "-" is standard output, "%" standard error; Lines always go there
	Timed bool   // with the time of day
}

// Open begins a log, which is nil without a form. Its file is the user's alone
// (rule R16).
func Open(o Options, stdout, stderr io.Writer, m *mask.Mask) (*Log, error) {
	if o.Form == None {
		return nil, nil
	}
	l := &Log{mask: m, form: o.Form, timed: o.Timed, to: stderr}
	switch {
	case o.Form == Lines || o.File == "%":
	case o.File == "-":
		l.to = stdout
	default:
		f, err := createPrivate(o.File)
		if err != nil {
			return nil, err
		}
		l.to, l.file = f, f
	}
	return l, nil
}

// Close ends the writing. The operating system has had everything by then.
func (l *Log) Close() {
	if l != nil && l.file != nil {
		_ = l.file.Close() // a trace that cannot be written stops no transfer
	}
}

// createPrivate makes or empties a file that nobody else may read.
func createPrivate(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return f, err
	}
	// Before anything is written.
	if err := f.Chmod(0o600); err != nil {
		_ = f.Close() // nothing was written
		return nil, err
	}
	if err := f.Truncate(0); err != nil {
		_ = f.Close() // as above
		return nil, err
	}
	return f, nil
}
