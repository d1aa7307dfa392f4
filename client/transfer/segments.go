package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// LeastSegment is the shortest segment, in octets: a shorter one costs more
	// in making its connection than it gains.
	LeastSegment = 1 << 20

	// stateEvery is how often the state is written: what a killed run has to
	// fetch again.
	stateEvery = time.Second
)

// Segments fetches one file by ranges, over several connections at once, into a
// file beside it (PartName) that gets its name when it is whole. Until then a
// state lies beside the part, so that another run can go on.
type Segments struct {
	Path    string
	Version Version // with IfRange and Length
	Count   int     // at least 2

	// CreateDirs makes the directories of Path that are missing.
	CreateDirs bool

	// Get requests what follows the part, up to and with the octet last. It is
	// called on many goroutines at once.
	Get func(ctx context.Context, p Part, last int64) (*http.Response, error)

	// Again is asked on the goroutine of a segment that broke off, and waits as
	// long as is right before another try. Nil: no other tries.
	Again func(ctx context.Context, err error) bool

	// Progress is told of n more octets, on many goroutines at once; before them,
	// of those that another run has left, with left.
	Progress func(n int64, left bool)

	list  []*segment
	moved atomic.Int64
}

// segment is a stretch of the file. Between runs it is part of the state.
type segment struct {
	From int64 `json:"from"`
	To   int64 `json:"to"` // the last octet, plus 1
	Done int64 `json:"done"`

	done atomic.Int64 // octets that are in the part
}

// PartName is where the octets are gathered.
func (s *Segments) PartName() string { return s.Path + ".getin-part" }

func (s *Segments) stateName() string { return s.PartName() + ".json" }

// Moved returns how many octets have come in this run.
func (s *Segments) Moved() int64 { return s.moved.Load() }

// Run fetches what is missing. first is the body of a response with the whole; it
// serves for as long as it is of use, and is closed. When an error is returned,
// the part and its state are kept for another run. A *WriteError is of the part;
// errors of Get come back as they are, and one wraps ErrOtherVersion when the
// resource has changed.
func (s *Segments) Run(ctx context.Context, first io.ReadCloser) error {
	defer first.Close()
	if err := s.open(); err != nil {
		return &WriteError{s.PartName(), err}
	}
	if left := s.left(); left > 0 && s.Progress != nil {
		s.Progress(left, true)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := context.AfterFunc(ctx, func() { _ = first.Close() }) // ends its reading
	defer stop()
	var group sync.WaitGroup
	for i, g := range s.list {
		from := io.ReadCloser(nil)
		if i == 0 && g.done.Load() == 0 {
			from = first
		}
		group.Go(func() {
			if err := s.fetch(ctx, g, from); err != nil {
				cancel(err)
			}
		})
	}
	saved := make(chan struct{})
	finished := make(chan struct{})
	go func() { s.saveNowAndThen(finished); close(saved) }()
	group.Wait()
	close(finished)
	<-saved
	if err := context.Cause(ctx); err != nil {
		_ = s.save() // err counts; the state of a moment ago will do
		return err
	}
	return nil
}

// left returns how many octets the segments have.
func (s *Segments) left() (n int64) {
	for _, g := range s.list {
		n += g.done.Load()
	}
	return n
}

// fetch brings one segment, in as many requests as it takes.
func (s *Segments) fetch(ctx context.Context, g *segment, first io.ReadCloser) error {
	file, err := openFile(s.PartName(), os.O_WRONLY|noFollow, 0)
	if err != nil {
		return &WriteError{s.PartName(), err}
	}
	defer file.Close()
	if first != nil {
		err = s.copy(file, g, io.LimitReader(first, g.To-g.From))
		_ = first.Close() // what follows is of other segments
	}
	for g.From+g.done.Load() < g.To {
		if err != nil && (ctx.Err() != nil || s.Again == nil || !s.Again(ctx, err)) {
			return err
		}
		err = s.request(ctx, file, g)
	}
	return err
}

// request asks for what is missing of a segment, once.
func (s *Segments) request(ctx context.Context, file *os.File, g *segment) error {
	p := Part{From: g.From + g.done.Load(), Version: s.Version}
	resp, err := s.Get(ctx, p, g.To-1)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if p.From == 0 && resp.StatusCode == http.StatusOK {
		return fmt.Errorf("%w: the whole", ErrRange)
	}
	j, err := p.Judge(resp)
	switch {
	case err != nil:
		return err
	case j.Verdict == Useless:
		return fmt.Errorf("%w: the answer is %s", ErrRange, resp.Status)
	case j.Verdict != Rest:
		return ErrOtherVersion
	case j.End > g.To:
		return fmt.Errorf("%w: up to octet %d, not %d", ErrRange, j.End-1, g.To-1)
	}
	return s.copy(file, g, resp.Body)
}

// copy writes a body behind what there is of the segment.
func (s *Segments) copy(file *os.File, g *segment, body io.Reader) error {
	if _, err := file.Seek(g.From+g.done.Load(), io.SeekStart); err != nil {
		return &WriteError{s.PartName(), err}
	}
	to := &segmentWriter{file, g, s}
	var err error
	if w, ok := body.(io.WriterTo); ok {
		_, err = w.WriteTo(to)
	} else {
		_, err = io.CopyBuffer(to, body, make([]byte, chunk))
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return &WriteError{s.PartName(), err}
	}
	if err == nil && g.From+g.done.Load() < g.To {
		return io.ErrUnexpectedEOF
	}
	return err
}

// segmentWriter writes a segment and counts its octets. It is an h1.SpliceTarget.
type segmentWriter struct {
	file *os.File
	g    *segment
	all  *Segments
}

// Write implements io.Writer.
func (w *segmentWriter) Write(p []byte) (int, error) {
	n, err := w.file.Write(p)
	w.Spliced(int64(n))
	return n, err
}

// SpliceFile returns the file, whose offset is the segment's own.
func (w *segmentWriter) SpliceFile() *os.File { return w.file }

// Spliced counts octets that are in the file.
func (w *segmentWriter) Spliced(n int64) {
	w.g.done.Add(n)
	w.all.moved.Add(n)
	if w.all.Progress != nil && n > 0 {
		w.all.Progress(n, false)
	}
}
