package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"getin/client/h1"
	"getin/client/transfer"
)

const (
	// longestPause bounds the doubling of the pause between tries, as in curl.
	longestPause = 10 * time.Minute

	// longestAfter bounds what a server may ask for by Retry-After: as in curl
	// since 8.7. Whoever says years means no.
	longestAfter = 6 * time.Hour
)

// testOnlyFirstPause is the pause before the second try, without --retry-delay.
var testOnlyFirstPause = time.Second

// retry counts the tries of one transfer. Nil is no --retry.
type retry struct {
	options retryOptions
	left    int
	pause   time.Duration // before the next try, unless the server asks for more
	began   time.Time
}

func (o retryOptions) begin() *retry {
	if o.times == 0 {
		return nil
	}
	r := &retry{options: o, left: o.times, pause: o.delay, began: time.Now()}
	if r.pause == 0 {
		r.pause = testOnlyFirstPause
	}
	return r
}

// busyError is a status that may be another one later. Only when there is a next
// try does a response become one.
type busyError struct {
	status string
	wait   time.Duration
}

func (e *busyError) Error() string { return e.status }

// busy returns the error of a response that is not worth delivering because
// there will be another try; nil when there will not.
func (r *retry) busy(resp *http.Response) error {
	if r == nil || !transient(resp.StatusCode) {
		return nil
	}
	after := retryAfter(resp.Header.Get("Retry-After"))
	wait, ok := r.next(after)
	if !ok {
		return nil
	}
	return &busyError{fmt.Sprintf("%d %s", resp.StatusCode, statusName(resp.StatusCode)), wait}
}

// transient tells the statuses after which curl tries again.
func transient(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// retryAfter reads RFC 9110 section 10.2.3; 0 is none, or none that can be read.
//
//	Retry-After   = HTTP-date / delay-seconds
//	delay-seconds = 1*DIGIT
func retryAfter(value string) time.Duration {
	if n, err := strconv.ParseUint(value, 10, 63); err == nil {
		return time.Duration(min(n, uint64(longestAfter/time.Second))) * time.Second
	}
	if t, err := http.ParseTime(value); err == nil {
		return min(max(time.Until(t), 0), longestAfter)
	}
	return 0
}

// next returns the pause before another try, at least after, and whether there
// is to be one.
func (r *retry) next(after time.Duration) (time.Duration, bool) {
	if r == nil || r.left == 0 {
		return 0, false
	}
	wait := max(r.pause, after)
	if limit := r.options.maxTime; limit > 0 {
		// In whole seconds, as in curl: a limit of 1 s allows a pause of 1 s.
		spent := time.Since(r.began).Truncate(time.Second)
		return wait, spent < limit && (after == 0 || spent+wait <= limit)
	}
	return wait, true
}

// take uses up one try.
func (r *retry) take() {
	r.left--
	if r.options.delay == 0 {
		r.pause = min(2*r.pause, longestPause)
	}
}

// tries makes the transfer, and makes it again as --retry says.
func (f *fetcher) tries(ctx context.Context, rec *record, sets []string) error {
	if rec.checksum != "" {
		if _, err := readChecksum(rec.checksum); err != nil {
			return rec.at(badURL("checksum=: %v", err))
		}
	}
	rec.retry = f.options.retry.begin()
	f.begin(rec, sets)
	for {
		err := f.try(ctx, rec, sets)
		if f.startsOver(rec, err) {
			rec.again()
			continue
		}
		wait, again := f.again(ctx, rec, err)
		if !again {
			return err
		}
		rec.retry.take()
		f.report.notice("getin: %s; trying again in %v, %d retries left", errorText(err), wait.Round(time.Millisecond), rec.retry.left)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
		rec.again()
		rec.retries++
	}
}

// startsOver reports whether the transfer is to be made at once, and for the
// whole: what is there is of another version, or --segments did not work.
func (f *fetcher) startsOver(rec *record, err error) bool {
	var failed *segmentsError
	switch {
	case errors.As(err, &failed):
		rec.single = true
		f.report.notice("getin: --segments: %v; starting over with one connection", err)
		return true
	case errors.Is(err, transfer.ErrOtherVersion) && rec.part.restarts():
		f.report.notice("getin: %s: %v; starting over", rec.part.path, err)
		rec.part.forget()
		return true
	}
	return false
}

// try makes the transfer once, within the times of -m and -y.
func (f *fetcher) try(ctx context.Context, rec *record, sets []string) error {
	ctx, stop := withLimit(ctx, f.options.maxTime)
	defer stop()
	ctx, stopPace := withPace(ctx, f.options.speedLimit, f.options.speedTime)
	defer stopPace()
	return overdue(ctx, f.transfer(ctx, rec, sets))
}

// again returns the pause before the next try, and whether there is to be one.
func (f *fetcher) again(ctx context.Context, rec *record, err error) (time.Duration, bool) {
	if err == nil {
		return 0, false
	}
	var busy *busyError
	var broken *brokenOff
	switch {
	case ctx.Err() != nil || errors.As(err, &broken):
		return 0, false
	case errors.As(err, &busy):
		return busy.wait, true
	case !rec.retry.worth(codeOf(ctx, err), f.plan.method, err):
		return 0, false
	case !f.plan.repeatable(rec.upload), rec.part.lost():
		return 0, false
	}
	if errors.Is(err, transfer.ErrRange) {
		if !rec.part.restarts() {
			return 0, false
		}
		rec.part.forget()
	}
	return rec.retry.next(0)
}

// worth reports whether another try may end better. curl takes a connection
// that breaks for an end, unless --retry-all-errors is given; here it is gone on
// with, if the method may be repeated.
func (r *retry) worth(code int, method string, err error) bool {
	if r == nil {
		return false
	}
	var refused *h1.ConnectError
	switch code {
	case exitTimeout, exitHostName, exitProxyName:
		return true
	case exitConnect:
		return r.options.all || r.options.refused && errors.Is(err, syscall.ECONNREFUSED)
	case exitReceive, exitPartial, exitEmptyReply, exitSend:
		return r.options.all || h1.Idempotent(method) && !errors.As(err, &refused)
	case exitRange:
		return errors.Is(err, transfer.ErrRange)
	case exitUsage, exitURL, exitProtocol, exitNotBuilt, exitInterrupted, exitLogin, exitAuth,
		exitRewind, exitChecksum, exitTooLarge:
		return false
	}
	return r.options.all
}

// overdue adds to an error why the context ended before it.
func overdue(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	cause := context.Cause(ctx)
	var slow *slowError
	if errors.Is(err, cause) || !errors.Is(cause, errTimeLimit) && !errors.As(cause, &slow) {
		return err
	}
	return &overdueError{cause, err}
}

// overdueError is an error after -m or -y had ended the transfer.
type overdueError struct{ cause, err error }

func (e *overdueError) Error() string   { return e.err.Error() }
func (e *overdueError) Unwrap() []error { return []error{e.cause, e.err} }
