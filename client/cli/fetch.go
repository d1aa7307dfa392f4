package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"getin/client"
	"getin/client/auth"
	"getin/client/cli/mask"
	"getin/client/transfer"
)

// fetch is a run that fetches: one fetcher for each group of options, and what
// they share.
type fetch struct {
	*run
	groups []*fetcher
}

// fetcher fetches the URLs of one group of options.
type fetcher struct {
	*parts
	plan   *plan
	write  *writeOut     // nil: no -w
	sums   *sums         // nil: no --checksum
	lists  map[int]*list // of --input-file, by the number of the source
	light  bool          // its transfers may be put off; see line
	before int           // how many URLs the groups before have
	home   []auth.Origin // those that the group's secrets are for
	first  *target       // of the group's URLs; nil: not read yet

	warnedHome sync.Once

	dumped   io.Writer // of -D, once it is open
	dumpFile *os.File
}

// newFetch reads every URL, and every file that a request is made of, before
// anything is sent.
func newFetch(ctx context.Context, sys *System, o *runOptions, m *mask.Mask) (*fetch, error) {
	typed := make([][]*target, len(o.groups))
	lists := make([]map[int]*list, len(o.groups))
	for i, g := range o.groups {
		var err error
		if lists[i], err = openLists(g, sys.Stdin); err != nil {
			return nil, err
		}
		if typed[i], err = readTargets(g, lists[i]); err != nil {
			return nil, err
		}
	}
	r, err := newRun(ctx, sys, o, m)
	if err != nil {
		return nil, err
	}
	all := &fetch{run: r}
	for i, g := range o.groups {
		f, err := newFetcher(r, g, typed[i])
		if err != nil {
			return nil, err
		}
		f.lists = lists[i]
		for _, before := range o.groups[:i] {
			f.before += len(before.urls)
		}
		all.groups = append(all.groups, f)
	}
	for i, f := range all.groups {
		f.remark(typed[i])
	}
	return all, r.har.Begin(sys.Stdout)
}

func newFetcher(r *run, o *options, typed []*target) (*fetcher, error) {
	if err := o.checkDownloads(); err != nil {
		return nil, err
	}
	p, err := r.join(o, typed)
	if err != nil {
		return nil, err
	}
	f := &fetcher{parts: p, home: originsOf(typed)}
	if len(typed) > 0 {
		f.first = typed[0]
	}
	if f.plan, err = newPlan(o, r.sys.Stdin); err != nil {
		return nil, err
	}
	f.client.Policy.NoExpect = !f.plan.expects || o.speaks == http10
	if len(o.checksums) > 0 {
		if f.sums, err = readSums(o.checksums); err != nil {
			return nil, err
		}
	}
	if o.writeOut != "" {
		f.write, err = newWriteOut(o.writeOut, r.mask, r.sys.Stdin)
	}
	f.light = f.putsOff()
	return f, err
}

// checkStdin: standard input can be read for one purpose.
func (r *runOptions) checkStdin() error {
	uses := 0
	for _, o := range r.groups {
		if o.secret.twice {
			return &usageError{why: errTwoSecrets.Error(), code: exitUsage}
		}
		if o.secret.kind == secretStdin {
			uses++
		}
		for _, u := range o.urls {
			if u.list && u.text == "-" {
				uses++
			}
		}
		uses += o.inputUses()
		if slices.Contains(o.files, "-") {
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
func (all *fetch) all(ctx context.Context) int {
	code := all.transfers(ctx)
	all.meter.Stop()
	defer all.verbose.Close()
	for _, f := range all.groups {
		// Saving goes on beside the transfers; its failures were told already.
		_ = f.wallet.Close(ctx)
		f.saveCookies()
		if f.dumpFile == nil {
			continue
		}
		if err := f.dumpFile.Close(); err != nil {
			code = f.report.fail(ctx, &transfer.WriteError{Name: f.options.dumpHeader, Err: err})
		}
	}
	if err := all.har.Close(); err != nil {
		code = all.report.fail(ctx, err)
	}
	return code
}

// one fetches one URL, tells how it went, and returns its exit code. What is left
// in the line is told of later; its exit code is not known yet.
func (f *fetcher) one(ctx context.Context, todo task, l *line) int {
	t, err := f.options.urlRules.read(todo.url, f.first)
	if err != nil {
		l.flush()
		return f.report.fail(ctx, todo.at(err))
	}
	rec := &record{target: t, upload: todo.upload, number: todo.number, before: f.before, listed: todo.listed, noConnectHeads: f.options.noConnectHeads, line: l, putOff: todo.more && f.light, started: time.Now()}
	if f.skips(rec, todo.sets) {
		return exitOK
	}
	f.meter.Begin(&rec.progress, t.url, t.origin.Host, f.toFile(rec))
	rec.err = f.tries(withRecord(ctx, rec), rec, todo.sets)
	if l.last == rec {
		return exitOK
	}
	l.flush()
	return f.end(ctx, rec)
}

// end tells how a transfer went, and returns its exit code.
func (f *fetcher) end(ctx context.Context, rec *record) int {
	f.meter.End(&rec.progress, rec.err)
	rec.ended = time.Now()
	rec.code = f.report.fail(ctx, rec.err)
	f.removeFailed(rec)
	rec.rounds.End(errorText(rec.err))
	if f.write != nil {
		f.writing.Lock()
		release := f.meter.Hold()
		err := f.write.write(rec, f.sys.Stdout, f.sys.Stderr)
		release()
		f.writing.Unlock()
		if err != nil {
			f.report.line("getin: " + errorText(err)) // with -s too, as in curl
		}
	}
	return rec.code
}

// transfer sends the request and puts the response where it belongs.
func (f *fetcher) transfer(ctx context.Context, rec *record, sets []string) error {
	req, err := f.plan.request(ctx, rec.target, rec.upload)
	if err != nil {
		return err
	}
	by, done := f.partsFor(rec, req)
	defer done(ctx)
	paceOf(ctx).upload(req)
	newRateLimit(f.options.limitRate).upload(req)
	rec.part.ask(req)
	if f.meter != nil {
		rec.progress.Upload(req)
	}
	if rec.line.last != nil {
		client.OutlineOf(req.Context()).Meanwhile = rec.line.flush
	}
	resp, err := by.client.Do(req)
	rec.line.flush()
	if derr := f.dump(rec); err == nil {
		err = derr
	}
	var unanswered *client.Unanswered
	switch {
	case resp == nil:
		return cmp.Or(f.deliverEarlier(rec, sets), err)
	case errors.As(err, &unanswered):
		return f.refused(rec, resp, sets, unanswered)
	case err != nil:
		_ = resp.Body.Close() // the error is what counts
		return err
	}
	if f.options.unless.unmet(resp) {
		asNotModified(resp)
	}
	if rec.retry != nil && f.plan.repeatable(rec.upload) {
		if err := rec.retry.busy(resp); err != nil {
			_ = resp.Body.Close() // the next try brings another
			return err
		}
	}
	o := f.options
	failed := resp.StatusCode >= 400 && (o.fail || o.failWithBody) && !rec.part.atEnd(resp)
	if failed && !o.failWithBody || o.head && resp.Request.Method != http.MethodHead {
		_ = resp.Body.Close() // nobody wants it
		if err := f.deliverHeads(rec, resp, sets); err != nil {
			return err
		}
	} else if err := f.deliver(rec, resp, sets); err != nil {
		return err
	}
	if err := f.saveETag(resp); err != nil {
		return err
	}
	if rec.judged.Verdict == transfer.Complete {
		return nil
	}
	return f.judge(rec, resp, failed)
}

// refused handles a challenge that stays unanswered. A file keeps what it has;
// standard output gets the server's words, as with curl.
func (f *fetcher) refused(rec *record, resp *http.Response, sets []string, why *client.Unanswered) error {
	o := f.options
	// The page of a proxy that opens no tunnel is not the site's (SECURITY D16).
	if why.Tunnel || f.toFile(rec) && !o.failWithBody || o.fail && !o.failWithBody {
		_ = resp.Body.Close() // nobody wants it
		return why
	}
	if err := f.deliver(rec, resp, sets); err != nil && f.report.errors {
		f.report.line("getin: " + errorText(err))
	}
	return why
}

// longBody, in octets, takes a hundred times as long as it takes to map what shed
// gives back, on a network of 10 Gbit/s.
const longBody = 32 << 20

// deliver writes the heads, when they are wanted, and the body.
func (f *fetcher) deliver(rec *record, resp *http.Response, sets []string) error {
	if resp.StatusCode == http.StatusNotModified && !f.options.include {
		_ = resp.Body.Close() // there is none
		return nil            // the file stays what it is
	}
	sink := f.sink(rec, resp, sets)
	if p := paceOf(resp.Request.Context()); p != nil {
		last := int64(0)
		sink.Progress = func(total int64) { p.moved.Add(total - last); last = total }
	}
	if done, err := f.join(rec, resp, sink); done || err != nil {
		_ = resp.Body.Close() // nobody wants it
		return err
	}
	decoded, err := f.prepare(rec, resp, sink)
	if err != nil {
		_ = resp.Body.Close() // too large, or nothing that can be read
		return err
	}
	if s := f.segments(rec, resp, sink); s != nil {
		return f.fetchSegments(rec, resp, sink, s)
	}
	if f.meter != nil {
		rec.progress.Download(resp, sink)
	}
	if resp.ContentLength >= longBody {
		f.shed.Do(shed)
	}
	if decoded == nil {
		if held, err := f.hold(rec, resp, sink); held || err != nil {
			return err
		}
	}
	if _, shown := sink.Out.(*textOnly); shown {
		defer f.report.hold()()
		defer f.meter.Hold()()
	}
	if f.options.include && sink.From == 0 {
		if err := rec.writeHeads(f.styled(sink)); err != nil {
			_ = resp.Body.Close() // the error is what counts
			return err
		}
	}
	end := f.prettify(resp, sink)
	n, err := transfer.Deliver(resp, sink)
	if end != nil {
		err = cmp.Or(err, end())
	}
	if rec.received = n; decoded != nil {
		rec.received = decoded.Encoded()
	}
	return f.finish(rec, resp, sink, err)
}

// deliverHeads writes the heads of a response whose body -f withholds, when they
// are wanted. What is there of a file already is worth more than they are.
func (f *fetcher) deliverHeads(rec *record, resp *http.Response, sets []string) error {
	if !f.options.include || rec.part != nil {
		return nil
	}
	sink := f.sink(rec, resp, sets)
	err := rec.writeHeads(f.styled(sink))
	if cerr := sink.Close(); err == nil {
		err = cerr
	}
	return err
}

// deliverEarlier writes the heads of what led to an error, such as a redirect to a
// host that is not there. A file stays as it was.
func (f *fetcher) deliverEarlier(rec *record, sets []string) error {
	if len(rec.heads) == 0 || f.toFile(rec) {
		return nil
	}
	return f.deliverHeads(rec, nil, sets)
}

func (r *record) writeHeads(to io.Writer) error {
	for _, head := range r.heads {
		if _, err := io.WriteString(to, head); err != nil {
			return err
		}
	}
	return nil
}
