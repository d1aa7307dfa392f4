package cli

import (
	"context"
	"errors"
	"io"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"getin/client/cli/glob"
)

// task is one transfer to be made: by whom, a URL, the number in its group of the
// source it came from, what that source's globs stand for in it, and the file that
// goes there.
type task struct {
	by     *fetcher
	url    string
	number int
	sets   []string
	upload string // of -T; "": none
	more   bool   // another one follows at once, to the same origin
	listed
}

func (t task) do(ctx context.Context, l *line) int { return t.by.one(ctx, t, l) }

// tasks yields the run's transfers in order. It holds one at a time, however many
// the patterns and the lists make. An error is one of a list.
func (all *fetch) tasks(ctx context.Context) iter.Seq2[task, error] {
	return func(yield func(task, error) bool) {
		for _, f := range all.groups {
			for n := range f.options.urls {
				for t, err := range f.tasksOf(n) {
					if ctx.Err() != nil || !yield(t, err) {
						return
					}
				}
			}
		}
	}
}

// tasksOf yields those of the n-th source.
func (f *fetcher) tasksOf(n int) iter.Seq2[task, error] {
	return func(yield func(task, error) bool) {
		if l := f.lists[n]; l != nil {
			for e, err := l.next(); err != io.EOF; e, err = l.next() {
				if !yield(task{by: f, url: e.url, number: n, upload: f.options.upload(n), listed: e.listed}, err) {
					return
				}
			}
			return
		}
		for upload, err := range f.options.uploadsTo(n) {
			if err != nil {
				yield(task{}, err)
				return
			}
			g, err := glob.New(f.options.urls[n].text, f.options.globOff)
			if err != nil {
				yield(task{}, badURL("%v", err)) // read before, so it was well
				return
			}
			near := g.OneOrigin() // the connection is there
			u, sets, ok := g.Next()
			for ok {
				t := task{by: f, url: u, number: n, sets: sets, upload: upload}
				u, sets, ok = g.Next()
				t.more = ok && near
				if !yield(t, nil) {
					return
				}
			}
		}
	}
}

// transfers makes all of them, with -Z several at once, and returns the exit
// code: without -Z that of the last transfer, as in curl; with it that of the
// last that failed.
func (all *fetch) transfers(ctx context.Context) int {
	if all.options.parallel {
		return all.together(ctx)
	}
	code, l := exitOK, newLine(ctx)
	pause := pacer{every: all.options.rate}
	for t, err := range all.tasks(ctx) {
		pause.wait(ctx)
		if code = all.report.fail(ctx, err); err == nil {
			code = t.do(ctx, l)
		}
		if code != exitOK && all.options.failEarly {
			return code
		}
	}
	if l.last != nil {
		code = l.end(ctx)
	}
	if ctx.Err() != nil {
		return exitInterrupted
	}
	return code
}

// errFailEarly ends the transfers beside one that failed.
var errFailEarly = errors.New("another transfer failed")

func (all *fetch) together(ctx context.Context) int {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	var over atomic.Bool
	failed := func(code int) int {
		if code == exitOK || !all.options.failEarly {
			return code
		}
		if over.Swap(true) {
			return exitOK // the first has told
		}
		end(errFailEarly)
		return code
	}
	do, wait := inParallel(ctx, all.options.parallelMax, func(t task, l *line) int { return failed(t.do(ctx, l)) })
	code := exitOK
	for t, err := range all.tasks(ctx) {
		if err != nil {
			code = failed(all.report.fail(ctx, err))
			continue
		}
		do(t)
	}
	if c := wait(); c != exitOK {
		code = c
	}
	return code
}

// pacer spaces the beginnings of transfers (--rate).
type pacer struct {
	every time.Duration // 0: at once
	next  time.Time
}

// wait waits until the next transfer may begin, or ctx ends.
func (p *pacer) wait(ctx context.Context) {
	if p.every == 0 {
		return
	}
	if left := time.Until(p.next); left > 0 {
		timer := time.NewTimer(left)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	p.next = time.Now().Add(p.every)
}

// inParallel returns a do that hands the task to one of at most n workers, which
// are started as they are needed, and a wait that ends them and returns the last
// exit code that was not 0.
func inParallel(ctx context.Context, n int, work func(task, *line) int) (do func(task), wait func() int) {
	var (
		group   sync.WaitGroup
		mu      sync.Mutex
		code    = exitOK
		queue   = make(chan task)
		workers int
	)
	note := func(c int) {
		if c != exitOK {
			mu.Lock()
			code = c
			mu.Unlock()
		}
	}
	worker := func() {
		l := newLine(ctx)
		for {
			var t task
			var ok bool
			select {
			case t, ok = <-queue:
			default: // the next may take its time
				note(l.end(ctx))
				t, ok = <-queue
			}
			if !ok {
				note(l.end(ctx))
				return
			}
			note(work(t, l))
			note(l.take())
		}
	}
	do = func(t task) {
		if workers < n {
			select {
			case queue <- t: // somebody is idle
				return
			default:
				workers++
				group.Go(worker)
			}
		}
		queue <- t
	}
	wait = func() int {
		close(queue)
		group.Wait()
		return code
	}
	return do, wait
}
