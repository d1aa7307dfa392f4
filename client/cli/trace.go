package cli

import (
	"fmt"
	"os"
	"strings"
)

const (
	// dumpBytes and dumpText are the octets in a line of --trace and of
	// --trace-ascii: curl's.
	dumpBytes = 0x10
	dumpText  = 0x40
)

// dump writes octets as curl does. A line of text ends with the CRLF in it, too.
func (v *verbose) dump(what string, p []byte) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s, %d bytes (0x%x)\n", v.stamp(), what, len(p), len(p))
	for at := 0; at < len(p); {
		fmt.Fprintf(&b, "%04x: ", at)
		if v.form == formText {
			at += dumpLine(&b, p[at:])
			continue
		}
		n := min(dumpBytes, len(p)-at)
		for _, c := range p[at : at+n] {
			fmt.Fprintf(&b, "%02x ", c)
		}
		b.WriteString(strings.Repeat("   ", dumpBytes-n))
		for _, c := range p[at : at+n] {
			b.WriteByte(dot(c))
		}
		b.WriteByte('\n')
		at += n
	}
	v.write(b.String())
}

// dumpLine writes a line of text, and returns how many octets it stands for.
func dumpLine(b *strings.Builder, p []byte) int {
	n := 0
	for n < min(len(p), dumpText) && !endsLine(p[n:]) {
		b.WriteByte(dot(p[n]))
		n++
	}
	b.WriteByte('\n')
	if endsLine(p[n:]) {
		n += 2
	}
	return n
}

func endsLine(p []byte) bool { return len(p) > 1 && p[0] == '\r' && p[1] == '\n' }

// dot is what stands for an octet.
func dot(c byte) byte {
	if c < ' ' || c > '~' {
		return '.'
	}
	return c
}

// newVerbose opens what -v or a trace is written to, "-" being standard output and
// "%" stderr. A file that cannot be opened is told, and nothing else, as in curl.
// It is the user's alone (rule R16).
func newVerbose(sys *System, o *runOptions, m *mask, rep *report) *verbose {
	if o.display.trace == formNone {
		return nil
	}
	v := &verbose{mask: m, form: o.display.trace, timed: o.display.traceTime, to: sys.Stderr}
	switch name := o.display.traceFile; {
	case v.form == formLines || name == "%":
	case name == "-":
		v.to = sys.Stdout
	default:
		f, err := createPrivate(name)
		if err != nil {
			rep.notice("getin: no trace is written: %v", err)
			return nil
		}
		v.to, v.file = f, f
	}
	return v
}

// close ends the writing. The operating system has had everything by then.
func (v *verbose) close() {
	if v != nil && v.file != nil {
		_ = v.file.Close() // a trace that cannot be written stops no transfer
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
