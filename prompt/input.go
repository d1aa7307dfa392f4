package prompt

import (
	"io"
	"os"
)

// chunkSize, in bytes, is what one read takes. A terminal gives at most 4,096
// at once; other files that stand in for one may give more.
const chunkSize = 16 << 10

// chunk is what one read gave.
type chunk struct {
	bytes []byte
	err   error
}

// input reads a terminal in a goroutine of its own, so that a question can end
// although no key is pressed, and leaves unread what comes after its end.
type input struct {
	chunks chan chunk
	quit   chan struct{}
	done   chan struct{}
	waiter *waiter
}

func newInput(f *os.File) (*input, error) {
	w, err := newWaiter(f)
	if err != nil {
		return nil, err
	}
	in := &input{chunks: make(chan chunk), quit: make(chan struct{}), done: make(chan struct{}), waiter: w}
	go in.run(f)
	return in, nil
}

func (in *input) run(f *os.File) {
	defer close(in.done)
	for {
		ready, err := in.waiter.wait()
		if !ready && err == nil {
			return
		}
		c := chunk{err: err}
		if err == nil {
			c = read(f)
		}
		select {
		case in.chunks <- c:
		case <-in.quit:
			return
		}
		if c.err != nil {
			return
		}
	}
}

func read(f *os.File) chunk {
	b := make([]byte, chunkSize)
	n, err := f.Read(b)
	if n == 0 && err == nil {
		err = io.EOF
	}
	return chunk{b[:n], err}
}

// stop ends the goroutine and waits for its end.
func (in *input) stop() {
	close(in.quit)
	in.waiter.wake()
	in.waiter.settle(in.done)
}
