package cli

import (
	"context"
	"iter"
	"sync"
)

// task is one transfer to be made: by whom, a URL, the number in its group of the
// pattern it came from, and what that pattern's globs stand for in it.
type task struct {
	by     *fetcher
	url    string
	number int
	sets   []string
}

func (t task) do(ctx context.Context) int { return t.by.one(ctx, t.url, t.number, t.sets) }

// tasks yields the run's transfers in order. It holds one at a time, however many
// the patterns make.
func (all *fetch) tasks(ctx context.Context) iter.Seq2[task, error] {
	return func(yield func(task, error) bool) {
		for _, f := range all.groups {
			for t, err := range f.tasks(ctx) {
				if !yield(t, err) {
					return
				}
			}
		}
	}
}

func (f *fetcher) tasks(ctx context.Context) iter.Seq2[task, error] {
	return func(yield func(task, error) bool) {
		for n, pattern := range f.options.urls {
			g, err := newGlob(pattern, f.options.globOff)
			if err != nil {
				yield(task{}, badURL("%v", err)) // read before, so it was well
				return
			}
			for u, sets, ok := g.next(); ok && ctx.Err() == nil; u, sets, ok = g.next() {
				if !yield(task{f, u, n, sets}, nil) {
					return
				}
			}
		}
	}
}

// transfers makes all of them, with -Z several at once, and returns the exit
// code of the last that failed.
func (all *fetch) transfers(ctx context.Context) int {
	do := func(t task) int { return t.do(ctx) }
	wait := func() int { return exitOK }
	if all.options.parallel {
		do, wait = inParallel(all.options.parallelMax, do)
	}
	code := exitOK
	for t, err := range all.tasks(ctx) {
		c := all.report.fail(ctx, err)
		if err == nil {
			c = do(t)
		}
		if c != exitOK {
			code = c
		}
	}
	if c := wait(); c != exitOK {
		code = c
	}
	return code
}

// inParallel returns a do that hands the task to one of at most n workers, which
// are started as they are needed, and a wait that ends them and returns the last
// exit code that was not 0.
func inParallel(n int, work func(task) int) (do func(task) int, wait func() int) {
	var (
		group   sync.WaitGroup
		mu      sync.Mutex
		code    = exitOK
		queue   = make(chan task)
		workers int
	)
	worker := func() {
		for t := range queue {
			if c := work(t); c != exitOK {
				mu.Lock()
				code = c
				mu.Unlock()
			}
		}
	}
	do = func(t task) int {
		if workers < n {
			select {
			case queue <- t: // somebody is idle
				return exitOK
			default:
				workers++
				group.Go(worker)
			}
		}
		queue <- t
		return exitOK
	}
	wait = func() int {
		close(queue)
		group.Wait()
		return code
	}
	return do, wait
}
