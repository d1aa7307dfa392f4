package transfer

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Part is the beginning of a body that is there already.
type Part struct {
	From    int64   // octets that are there
	Version Version // of which; without IfRange it is not known

	// Since is when the last of them was written; zero when that is not known.
	// It serves where the version is not known.
	Since time.Time
}

// Verdict says what a response to a request for the rest is.
type Verdict int

// What it may be.
const (
	Rest     Verdict = iota // 206: the rest
	Whole                   // a success, but from the first octet
	Complete                // nothing is missing: no body to be taken
	Changed                 // of another version: the whole is to be asked for
	Useless                 // no success: the part stays as it is
)

// Judged is a Verdict and what belongs to it.
type Judged struct {
	Verdict Verdict

	// Unverified tells that nothing speaks for or against the version.
	Unverified bool

	// End is the last octet that a Rest brings, and that the whole has, plus 1;
	// each -1 when it is not known. A Rest may be only the next piece.
	End, Length int64
}

// ErrRange: the server sent another range than was asked for. curl's exit code
// 33.
var ErrRange = errors.New("the server sent another range than was asked for")

// Ask makes the request one for what follows the part, up to and with the octet
// last; -1 is to the end.
func (p Part) Ask(last int64, set func(name, value string)) {
	to := ""
	if last >= 0 {
		to = strconv.FormatInt(last, 10)
	}
	set("Range", fmt.Sprintf("bytes=%d-%s", p.From, to))
	if v := p.Version.IfRange(); v != "" {
		set("If-Range", v)
	}
}

// Judge tells what the response to such a request is. The error wraps ErrRange.
func (p Part) Judge(resp *http.Response) (Judged, error) {
	switch {
	case resp.StatusCode == http.StatusPartialContent:
		return p.judgeRest(resp)
	case resp.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		return p.judgeNone(resp), nil
	case resp.StatusCode/100 != 2:
		return Judged{Verdict: Useless}, nil
	case p.Version.IfRange() == "" && resp.ContentLength == p.From && !p.outdated(resp):
		// As curl: a server without ranges, and a file that is as long.
		return Judged{Verdict: Complete, Unverified: !p.dated(resp)}, nil
	}
	return Judged{Verdict: Whole}, nil
}

func (p Part) judgeRest(resp *http.Response) (Judged, error) {
	s, ok := parseContentRange(resp.Header.Get("Content-Range"))
	switch n := resp.ContentLength; {
	case !ok:
		return Judged{}, fmt.Errorf("%w: it does not say which", ErrRange)
	case s.first != p.From:
		return Judged{}, fmt.Errorf("%w: from octet %d, not from %d", ErrRange, s.first, p.From)
	case n >= 0 && n != s.last-s.first+1:
		return Judged{}, fmt.Errorf("%w: %d octets that it calls %d to %d", ErrRange, n, s.first, s.last)
	}
	if p.Version.differs(resp) || p.outdated(resp) {
		return Judged{Verdict: Changed}, nil
	}
	return Judged{Rest, !p.Version.confirmedBy(resp) && !p.dated(resp), s.last + 1, s.length}, nil
}

// judgeNone reads a 416: with nothing missing, or after a part that is longer
// than the whole now is.
func (p Part) judgeNone(resp *http.Response) Judged {
	s, ok := parseContentRange(resp.Header.Get("Content-Range"))
	v := p.Version
	v.Length = -1 // that of a 416's own body is no length of the whole
	switch {
	case ok && s.first < 0 && s.length != p.From, v.differs(resp), p.outdated(resp):
		return Judged{Verdict: Changed}
	case ok:
		return Judged{Verdict: Complete}
	}
	return Judged{Verdict: Complete, Unverified: p.Version.Length != p.From}
}

// outdated reports whether the resource has changed after a part of unknown
// version was written.
func (p Part) outdated(resp *http.Response) bool {
	t, err := http.ParseTime(resp.Header.Get("Last-Modified"))
	return p.Version.IfRange() == "" && err == nil && !p.Since.IsZero() && t.After(p.Since)
}

// dated reports whether the resource is no newer than a part of unknown version.
func (p Part) dated(resp *http.Response) bool {
	t, err := http.ParseTime(resp.Header.Get("Last-Modified"))
	return p.Version.IfRange() == "" && err == nil && !t.After(p.Since)
}

// Missing returns the error of a Rest that ended before the whole did, else nil.
func (j Judged) Missing() error {
	if j.Verdict != Rest || j.Length < 0 || j.End >= j.Length {
		return nil
	}
	return fmt.Errorf("the server sent the octets up to %d of %d only: %w", j.End, j.Length, io.ErrUnexpectedEOF)
}
