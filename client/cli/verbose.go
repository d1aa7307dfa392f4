package cli

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"getin/client/auth"
	"getin/prompt"
)

// lineCells bounds a line of -v, in terminal cells: longer than any head that is
// accepted.
const lineCells = 1 << 20

// verbose tells what happens, for -v and the traces: what is sent, what came and
// what was decided. A nil one tells nothing. Secrets are masked, and what a server
// wrote is cleaned for a terminal. It may be used by many goroutines at once.
type verbose struct {
	mask  *mask
	form  traceForm
	timed bool // --trace-time

	mu   sync.Mutex
	to   io.Writer
	file *os.File // nil: not ours to close
}

// traceForm is how it is written.
type traceForm int

const (
	formNone  traceForm = iota
	formLines           // -v: ">" for what is sent, "<" for what came, "*" for the rest
	formBytes           // --trace: everything, in hexadecimal
	formText            // --trace-ascii
)

// info tells of something that is no octets.
func (v *verbose) info(format string, args ...any) {
	if v == nil {
		return
	}
	text := prompt.Clean(v.mask.text(fmt.Sprintf(format, args...)), lineCells)
	if v.form == formLines {
		v.lines("*", text)
	} else {
		v.write(v.stamp() + "== Info: " + text + "\n")
	}
}

// lines writes what -v says; each line has its mark.
func (v *verbose) lines(mark string, texts ...string) {
	var b strings.Builder
	for _, text := range texts {
		b.WriteString(v.stamp() + strings.TrimRight(mark+" "+prompt.Clean(text, lineCells), " ") + "\n")
	}
	v.write(b.String())
}

// stamp is the time of day, where it is wanted.
func (v *verbose) stamp() string {
	if !v.timed {
		return ""
	}
	return time.Now().Format("15:04:05.000000 ")
}

func (v *verbose) write(s string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	_, _ = io.WriteString(v.to, s) // a trace that cannot be written stops no transfer
}

// head tells of a head, which came or is sent.
func (v *verbose) head(sent bool, head []byte) {
	if v == nil {
		return
	}
	lines := v.mask.head(string(head))
	switch {
	case v.form == formLines && sent:
		v.lines(">", lines...)
	case v.form == formLines:
		v.lines("<", lines...)
	case sent:
		v.dump("=> Send header", []byte(strings.Join(lines, "\r\n")+"\r\n"))
	default:
		for _, line := range lines {
			v.dump("<= Recv header", []byte(line+"\r\n"))
		}
	}
}

// content tells of a piece of a body, which is masked already.
func (v *verbose) content(sent bool, p []byte) {
	switch {
	case v == nil || v.form == formLines || len(p) == 0:
	case sent:
		v.dump("=> Send data", p)
	default:
		v.dump("<= Recv data", p)
	}
}

func (v *verbose) challenged(p *auth.Party, list []auth.Challenge, err error) {
	for _, c := range list {
		v.info("the %s asks: %s", p, c)
	}
	if err != nil {
		v.info("not readable: %v", err)
	}
}

func (v *verbose) passedOver(c auth.Challenge, err error) {
	v.info("%s is passed over: %v", c.Scheme, err)
}

func (v *verbose) chosen(q auth.Query, c auth.Credential) {
	why := "the strongest offered that can be answered"
	if q.Unasked {
		why = "unasked"
	}
	v.info("answering with %s as %q (%s)", q.Strength, c.User, why)
}

func (v *verbose) settled(q auth.Query, o auth.Outcome) {
	v.info("the answer to %s was %s", q.Space.Origin.Display(), o)
}

func (v *verbose) redirected(next *http.Request, dropped []string) {
	if v == nil {
		return
	}
	v.info("redirected to %s", v.mask.url(next.URL))
	if len(dropped) > 0 {
		v.info("not sent along: %s", strings.Join(dropped, ", "))
	}
}

func (v *verbose) retried(r *http.Response) {
	v.info("once more, because of %d", r.StatusCode)
}
