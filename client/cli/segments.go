package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"getin/client/transfer"
)

// segmentsError: the server does not do with ranges what it says. The file is
// fetched over one connection then.
type segmentsError struct{ err error }

func (e *segmentsError) Error() string { return e.err.Error() }
func (e *segmentsError) Unwrap() error { return e.err }

// segments returns what --segments makes of the response, nil when one connection
// is to do: for a small file, and without what segments need.
func (f *fetcher) segments(rec *record, resp *http.Response, sink *transfer.Sink) *transfer.Segments {
	n := int64(f.options.segments)
	if n < 2 || rec.single || sink.Path == "" || resp.StatusCode != http.StatusOK ||
		resp.Request.Method != http.MethodGet || resp.ContentLength < 2*transfer.LeastSegment {
		return nil
	}
	v := transfer.VersionOf(resp)
	why := ""
	switch path, ok := whereTo(sink); {
	case f.options.include || f.plan.carries("Range") || f.plan.carries("If-Range"):
		why = "the request is one for a part"
	case !ok:
		why = "the output is no file"
	case !strings.Contains(strings.ToLower(resp.Header.Get("Accept-Ranges")), "bytes"):
		why = "the server offers no ranges"
	case v.IfRange() == "":
		why = "the server does not tell versions apart"
	case resp.Header.Get("Content-Encoding") != "":
		why = "the content is encoded"
	default:
		return &transfer.Segments{
			Path: path, Version: v, Count: int(min(n, resp.ContentLength/transfer.LeastSegment)), CreateDirs: sink.CreateDirs,
		}
	}
	f.report.notice("getin: --segments: one connection: %s", why)
	return nil
}

// whereTo returns the name of the file behind the sink's, and whether it is, or
// can be, a regular one. A link that the user typed is followed.
func whereTo(sink *transfer.Sink) (string, bool) {
	path := sink.Path
	if !sink.NoFollow {
		if to, err := filepath.EvalSymlinks(path); err == nil {
			path = to
		}
	}
	info, err := os.Lstat(path)
	return path, err != nil || info.Mode().IsRegular()
}

// fetchSegments is the transfer of one file over several connections. resp has
// begun to bring the whole, and serves for the first segment.
func (f *fetcher) fetchSegments(rec *record, resp *http.Response, sink *transfer.Sink, s *transfer.Segments) error {
	ctx := resp.Request.Context()
	tries := &segmentTries{f: f, rec: rec, retry: f.options.retry.begin()}
	s.Get = func(ctx context.Context, p transfer.Part, last int64) (*http.Response, error) {
		return f.getSegment(ctx, tries.record(), p, last)
	}
	if tries.retry != nil {
		s.Again = tries.again
	}
	s.Progress = f.segmentsProgress(rec, resp, s)
	err := s.Run(ctx, resp.Body)
	for _, own := range tries.records {
		own.rounds.End(errorText(err))
	}
	rec.received, rec.file = s.Moved(), ""
	switch {
	case errors.Is(err, transfer.ErrOtherVersion), errors.Is(err, transfer.ErrRange):
		s.Discard()
		return &segmentsError{err}
	case err != nil && f.options.removeOnError:
		s.Discard()
		return &brokenOff{err}
	case err != nil:
		f.report.notice("getin: what has come is kept in %s, for the same command", s.PartName())
		return &brokenOff{err}
	}
	if rec.file, err = s.Publish(sink.Exists); err != nil {
		return err
	}
	if err := f.verifyFile(rec); err != nil {
		return err
	}
	if f.options.remoteTime {
		f.setTime(rec.file, resp)
	}
	return nil
}

// segmentsProgress returns who is told of what comes: the pace and the meter, nil
// where there is neither.
func (f *fetcher) segmentsProgress(rec *record, resp *http.Response, s *transfer.Segments) func(int64, bool) {
	pace := paceOf(resp.Request.Context())
	if pace == nil && f.meter == nil {
		return nil
	}
	rec.progress.Expect(&s.Path, resp.ContentLength)
	return func(n int64, left bool) {
		rec.progress.Add(n, left)
		if pace != nil && !left {
			pace.moved.Add(n)
		}
	}
}

// brokenOff is an error after every segment has had its tries.
type brokenOff struct{ err error }

func (e *brokenOff) Error() string { return e.err.Error() }
func (e *brokenOff) Unwrap() error { return e.err }

// getSegment makes the request of one segment by the ordinary way, redirects and
// all: what the first was answered with answers this one as well. rec is the
// request's own.
func (f *fetcher) getSegment(ctx context.Context, rec *record, p transfer.Part, last int64) (*http.Response, error) {
	req, err := f.plan.request(withRecord(ctx, rec), rec.target, "")
	if err != nil {
		return nil, err
	}
	askFor(req, p, last)
	resp, err := f.client.Do(req)
	switch {
	case err != nil && resp != nil:
		_ = resp.Body.Close() // the challenge is told by err
		return nil, err
	case err != nil:
		return nil, err
	case transient(resp.StatusCode):
		_ = resp.Body.Close() // nobody wants it
		wait := retryAfter(resp.Header.Get("Retry-After"))
		return nil, &busyError{fmt.Sprintf("%d %s", resp.StatusCode, statusName(resp.StatusCode)), wait}
	}
	rec.limit.download(resp)
	return resp, nil
}

// segmentTries are the tries of all segments of a file together.
type segmentTries struct {
	f   *fetcher
	rec *record

	mu      sync.Mutex
	retry   *retry
	records []*record // of the requests
}

// record makes that of one more request.
func (t *segmentTries) record() *record {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := &record{target: t.rec.target, number: t.rec.number, started: time.Now(), limit: t.rec.limit}
	t.records = append(t.records, r)
	return r
}

// again waits before another try of one segment; false when there is to be none.
func (t *segmentTries) again(ctx context.Context, err error) bool {
	wait, ok := t.next(ctx, err)
	if !ok {
		return false
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(wait):
		return true
	}
}

func (t *segmentTries) next(ctx context.Context, err error) (time.Duration, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var busy *busyError
	after := time.Duration(0)
	if errors.As(err, &busy) {
		after = busy.wait
	} else if errors.Is(err, transfer.ErrRange) || !t.retry.worth(codeOf(ctx, err), http.MethodGet, err) {
		return 0, false
	}
	wait, ok := t.retry.next(after)
	if ok {
		t.retry.take()
		t.rec.retries++
		t.f.report.notice("getin: %s; trying again in %v, %d retries left", errorText(err), wait.Round(time.Millisecond), t.retry.left)
	}
	return wait, ok
}
