package cli

import (
	"context"
	"net/http"

	"getin/client/transfer"
)

// line is a sequence of transfers, one after the other. While the server thinks
// about a request, what came for the one before is written: on a fast network the
// one takes as long as the other. It belongs to one goroutine.
type line struct {
	code  int    // of the last transfer that was put off and failed, until it is taken
	flush func() // ends what is put off; made once

	last *record // whose body is held, or nil
	by   *fetcher
	sink *transfer.Sink
	resp *http.Response
	held *transfer.Held
}

func newLine(ctx context.Context) *line {
	l := &line{}
	l.flush = func() {
		if code := l.end(ctx); code != exitOK {
			l.code = code
		}
	}
	return l
}

// end ends the transfer that was put off, if there is one, and returns its exit
// code.
func (l *line) end(ctx context.Context) int {
	rec := l.last
	if rec == nil {
		return exitOK
	}
	l.last = nil
	n, err := l.held.Deliver(l.sink)
	rec.received = n
	rec.err = l.by.finish(rec, l.resp, l.sink, err)
	return l.by.end(ctx, rec)
}

// take returns the exit code of what was ended while the next was under way, once.
func (l *line) take() int {
	code := l.code
	l.code = exitOK
	return code
}

// putsOff reports whether the transfers of the group may end while the next one is
// under way: nobody is told of every step, or of the time that each took, and
// nothing hangs on how the one before has ended.
func (f *fetcher) putsOff() bool {
	o := f.options
	return f.write == nil && f.verbose == nil && f.har == nil && !o.failEarly && !o.include &&
		o.retry.times == 0 && o.maxTime == 0 && o.speedLimit == 0 && o.limitRate == 0 && o.rate == 0 &&
		!o.resume && o.etagSave == ""
}

// hold takes the body of the response, to be written when the next request is on
// its way, if that is of any use: a small one, which is here already, for a file.
func (f *fetcher) hold(rec *record, resp *http.Response, sink *transfer.Sink) (bool, error) {
	if !rec.putOff || sink.Path == "" || sink.Sum != nil || resp.StatusCode != http.StatusOK {
		return false, nil
	}
	held, err := transfer.Hold(resp)
	if held == nil {
		return false, err
	}
	l := rec.line
	l.last, l.by, l.sink, l.resp, l.held = rec, f, sink, resp, held
	return true, nil
}
