// Package trace tells what a transfer does while it does it: -v, --trace and
// --trace-ascii, in curl's forms, masked by rule R16 and cleaned for a terminal.
//
// A Log is told what is decided (its methods go into a client.Trace) and, by its
// Taps, what passes on connections.
package trace

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"getin/client/auth"
	"getin/client/cli/mask"
	"getin/prompt"
)

// lineCells bounds a line of -v, in terminal cells: longer than any head that is
// accepted.
const lineCells = 1 << 20

// Log tells what happens: what is sent, what came and what was decided. A nil one
// tells nothing. Secrets are masked, and what a server wrote is cleaned for a
// terminal. It may be used by many goroutines at once.
type Log struct {
	mask  *mask.Mask
	form  Form
	timed bool // --trace-time

	mu   sync.Mutex
	to   io.Writer
	file *os.File // nil: not ours to close
}

// Form is how it is written.
type Form int

// The forms.
const (
	None  Form = iota
	Lines      // -v: ">" for what is sent, "<" for what came, "*" for the rest
	Bytes      // --trace: everything, in hexadecimal
	Text       // --trace-ascii
)

// Info tells of something that is no octets.
func (l *Log) Info(format string, args ...any) {
	if l == nil {
		return
	}
	text := prompt.Clean(l.mask.Text(fmt.Sprintf(format, args...)), lineCells)
	if l.form == Lines {
		l.lines("*", text)
	} else {
		l.write(l.stamp() + "== Info: " + text + "\n")
	}
}

// lines writes what -v says; each line has its mark.
func (l *Log) lines(mark string, texts ...string) {
	var b strings.Builder
	for _, text := range texts {
		b.WriteString(l.stamp() + strings.TrimRight(mark+" "+prompt.Clean(text, lineCells), " ") + "\n")
	}
	l.write(b.String())
}

// stamp is the time of day, where it is wanted.
func (l *Log) stamp() string {
	if !l.timed {
		return ""
	}
	return time.Now().Format("15:04:05.000000 ")
}

func (l *Log) write(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = io.WriteString(l.to, s) // a trace that cannot be written stops no transfer
}

// head tells of a head, which came or is sent.
func (l *Log) head(sent bool, head []byte) {
	if l == nil {
		return
	}
	lines := l.mask.Head(string(head))
	switch {
	case l.form == Lines && sent:
		l.lines(">", lines...)
	case l.form == Lines:
		l.lines("<", lines...)
	case sent:
		l.dump("=> Send header", []byte(strings.Join(lines, "\r\n")+"\r\n"))
	default:
		for _, line := range lines {
			l.dump("<= Recv header", []byte(line+"\r\n"))
		}
	}
}

// content tells of a piece of a body, which is masked already.
func (l *Log) content(sent bool, p []byte) {
	switch {
	case l == nil || l.form == Lines || len(p) == 0:
	case sent:
		l.dump("=> Send data", p)
	default:
		l.dump("<= Recv data", p)
	}
}

// Challenged tells who asks, and for what.
func (l *Log) Challenged(p *auth.Party, list []auth.Challenge, err error) {
	for _, c := range list {
		l.Info("the %s asks: %s", p, c)
	}
	if err != nil {
		l.Info("not readable: %v", err)
	}
}

// PassedOver tells why a challenge is not answered.
func (l *Log) PassedOver(c auth.Challenge, err error) {
	l.Info("%s is passed over: %v", c.Scheme, err)
}

// Chosen tells what is answered, and as whom.
func (l *Log) Chosen(q auth.Query, c auth.Credential) {
	why := "the strongest offered that can be answered"
	if q.Unasked {
		why = "unasked"
	}
	l.Info("answering with %s as %q (%s)", q.Strength, c.User, why)
}

// Settled tells what an answer was worth.
func (l *Log) Settled(q auth.Query, o auth.Outcome) {
	l.Info("the answer to %s was %s", q.Space.Origin.Display(), o)
}

// Redirected tells of a further hop, and which fields do not go along.
func (l *Log) Redirected(next *http.Request, dropped []string) {
	if l == nil {
		return
	}
	l.Info("redirected to %s", l.mask.URL(next.URL))
	if len(dropped) > 0 {
		l.Info("not sent along: %s", strings.Join(dropped, ", "))
	}
}

// Retried tells of a request that is made once more.
func (l *Log) Retried(r *http.Response) {
	l.Info("once more, because of %d", r.StatusCode)
}
