package cli

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// rateLimit keeps octets to a number a second, over the whole of a transfer
// (--limit-rate). It belongs to one direction, and may be used by many goroutines
// at once. Nil is no limit.
type rateLimit struct {
	rate int64

	mu    sync.Mutex
	began time.Time
	moved int64
}

func newRateLimit(rate int64) *rateLimit {
	if rate == 0 {
		return nil
	}
	return &rateLimit{rate: rate}
}

// piece is how many octets to move at once: those of an eighth of a second, so
// that the flow is even.
func (l *rateLimit) piece() int64 { return max(l.rate/8, 1) }

// took waits until n more octets may have moved.
func (l *rateLimit) took(ctx context.Context, n int) error {
	wait := time.NewTimer(time.Until(l.due(n)))
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-wait.C:
		return nil
	}
}

// limited is a body that is read no faster than the limit.
type limited struct {
	io.ReadCloser
	ctx   context.Context
	limit *rateLimit
}

// due counts n octets, and returns when they are due.
func (l *rateLimit) due(n int) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.began.IsZero() {
		l.began = time.Now()
	}
	l.moved += int64(n)
	return l.began.Add(time.Duration(float64(l.moved) / float64(l.rate) * float64(time.Second)))
}

// Read implements io.Reader.
func (b *limited) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.limit.piece())])
	if lerr := b.limit.took(b.ctx, n); err == nil {
		err = lerr
	}
	return n, err
}

// download slows the response's body.
func (l *rateLimit) download(resp *http.Response) {
	if l != nil {
		resp.Body = &limited{resp.Body, resp.Request.Context(), l}
	}
}

// upload slows the request's body.
func (l *rateLimit) upload(r *http.Request) {
	if l == nil || r.Body == nil || r.Body == http.NoBody {
		return
	}
	r.Body = &limited{r.Body, r.Context(), l}
	if open := r.GetBody; open != nil {
		r.GetBody = func() (io.ReadCloser, error) {
			rc, err := open()
			return &limited{rc, r.Context(), l}, err
		}
	}
}
