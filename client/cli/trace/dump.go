package trace

import (
	"fmt"
	"strings"
)

const (
	// dumpBytes and dumpText are the octets in a line of --trace and of
	// --trace-ascii: curl's.
	dumpBytes = 0x10
	dumpText  = 0x40
)

// dump writes octets as curl does. A line of text ends with the CRLF in it, too.
func (l *Log) dump(what string, p []byte) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s, %d bytes (0x%x)\n", l.stamp(), what, len(p), len(p))
	for at := 0; at < len(p); {
		fmt.Fprintf(&b, "%04x: ", at)
		if l.form == Text {
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
	l.write(b.String())
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
