package cli

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"getin/client"
	"getin/client/auth"
	"getin/client/transfer"
)

// fetcher fetches the URLs of a command line, one after the other or, with -Z,
// several at once.
type fetcher struct {
	*parts
	plan  *plan
	write *writeOut // nil: no -w

	shared   sync.Mutex // held while what all transfers share is written: -D, -w
	dumped   io.Writer  // of -D, once it is open
	dumpFile *os.File
}

func newFetcher(ctx context.Context, sys *System, o *options) (*fetcher, error) {
	typed, err := readTargets(o)
	if err != nil {
		return nil, err
	}
	if err := o.checkStdin(); err != nil {
		return nil, err
	}
	p, err := join(ctx, sys, o, typed)
	if err != nil {
		return nil, err
	}
	f := &fetcher{parts: p}
	if f.plan, err = newPlan(o, sys.Stdin); err != nil {
		return nil, err
	}
	if o.writeOut != "" {
		if f.write, err = newWriteOut(o.writeOut, p.mask, sys.Stdin); err != nil {
			return nil, err
		}
	}
	f.remark(typed)
	return f, nil
}

// checkStdin: standard input can be read for one purpose.
func (o *options) checkStdin() error {
	if o.secret.twice {
		return &usageError{why: errTwoSecrets.Error(), code: exitUsage}
	}
	uses := 0
	if o.secret.kind == secretStdin {
		uses++
	}
	for _, d := range o.data {
		if d.file && d.value == "@-" {
			uses++
		}
	}
	if uses > 1 {
		return &usageError{why: "standard input is wanted twice", code: exitUsage}
	}
	return nil
}

// all fetches everything, and returns the exit code: that of the last transfer
// that failed.
func (f *fetcher) all(ctx context.Context) int {
	code := f.run(ctx)
	// Saving goes on beside the transfers; its failures were told already.
	_ = f.wallet.Close(ctx)
	if f.dumpFile != nil {
		if err := f.dumpFile.Close(); err != nil {
			code = f.report.fail(ctx, &transfer.WriteError{Name: f.options.dumpHeader, Err: err})
		}
	}
	return code
}

// one fetches one URL, tells how it went, and returns its exit code.
func (f *fetcher) one(ctx context.Context, typed string, n int, sets []string) int {
	t, err := readURL(typed)
	if err != nil {
		return f.report.fail(ctx, err)
	}
	rec := &record{target: t, number: n, started: time.Now()}
	ctx, stop := withLimit(withRecord(ctx, rec), f.options.maxTime)
	defer stop()
	ctx, stopPace := withPace(ctx, f.options.speedLimit, f.options.speedTime)
	defer stopPace()
	rec.err = f.transfer(ctx, rec, sets)
	rec.ended = time.Now()
	rec.code = f.report.fail(ctx, rec.err)
	if f.write != nil {
		f.shared.Lock()
		err := f.write.write(rec, f.sys.Stdout, f.sys.Stderr)
		f.shared.Unlock()
		if err != nil {
			f.report.notice("getin: %v", err)
		}
	}
	return rec.code
}

// transfer sends the request and puts the response where it belongs.
func (f *fetcher) transfer(ctx context.Context, rec *record, sets []string) error {
	req, err := f.plan.request(ctx, rec.target)
	if err != nil {
		return err
	}
	paceOf(ctx).upload(req)
	resp, err := f.client.Do(req)
	if derr := f.dump(rec); err == nil {
		err = derr
	}
	var unanswered *client.Unanswered
	switch {
	case resp == nil:
		return err
	case errors.As(err, &unanswered):
		return f.refused(rec, resp, sets, unanswered)
	case err != nil:
		_ = resp.Body.Close() // the error is what counts
		return err
	}
	o := f.options
	failed := resp.StatusCode >= 400 && (o.fail || o.failWithBody)
	if failed && !o.failWithBody {
		_ = resp.Body.Close() // nobody wants it
	} else if err := f.deliver(rec, resp, sets); err != nil {
		return err
	}
	return f.judge(rec, resp, failed)
}

// refused handles a challenge that stays unanswered. A file keeps what it has;
// standard output gets the server's words, as with curl.
func (f *fetcher) refused(rec *record, resp *http.Response, sets []string, why *client.Unanswered) error {
	o := f.options
	// The page of a proxy that opens no tunnel is not the site's (SECURITY D16).
	theirs := why.Party == auth.Proxy && resp.Request.URL.Scheme == "https"
	if theirs || f.toFile(rec.number) && !o.failWithBody || o.fail && !o.failWithBody {
		_ = resp.Body.Close() // nobody wants it
		return why
	}
	if err := f.deliver(rec, resp, sets); err != nil && f.report.errors {
		f.report.line("getin: " + errorText(err))
	}
	return why
}

// deliver writes the heads, when they are wanted, and the body.
func (f *fetcher) deliver(rec *record, resp *http.Response, sets []string) error {
	sink := f.sink(rec, resp, sets)
	if p := paceOf(resp.Request.Context()); p != nil {
		last := int64(0)
		sink.Progress = func(total int64) { p.moved.Add(total - last); last = total }
	}
	if _, shown := sink.Out.(*textOnly); shown {
		defer f.report.hold()()
	}
	if f.options.include {
		for _, head := range rec.heads {
			if _, err := io.WriteString(sink, head); err != nil {
				_ = resp.Body.Close() // the error is what counts
				return err
			}
		}
	}
	n, err := transfer.Deliver(resp, sink)
	rec.received, rec.file = n, sink.Name()
	return err
}
