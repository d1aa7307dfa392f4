package client

import (
	"io"
	"sync"
	"sync/atomic"
)

// maxKept is how much of a stream is kept, in octets, to be sent once more: what
// most requests are, and what no machine will miss.
const maxKept = 1 << 20

// stream is a body that can be read once. As long as no more than maxKept of it
// was read, it can be begun again: what was read is kept.
//
// A reader that was given up may still wait in Read when the next has begun; what
// it gets there is not lost to the next.
type stream struct {
	from io.Reader

	read atomic.Int64 // octets of from, so far; set under mu

	mu   sync.Mutex // held while from is read
	kept []byte     // what was read, until that is too much
	end  error      // of from
}

// again returns a reader of the whole stream, or ErrBodySpent.
func (s *stream) again() (io.ReadCloser, error) {
	if s.spent() {
		return nil, ErrBodySpent
	}
	return &streamReader{stream: s}, nil
}

// spent reports whether more was read than is kept.
func (s *stream) spent() bool { return s.read.Load() > maxKept }

// streamReader reads a stream from its beginning. Close leaves the stream open:
// the sender's Close is not the caller's.
type streamReader struct {
	stream *stream
	at     int64
}

// Read implements io.Reader. It fails with ErrBodySpent when what it should read
// next has gone to another reader and was not kept.
func (r *streamReader) Read(p []byte) (int, error) {
	s := r.stream
	s.mu.Lock()
	defer s.mu.Unlock()
	read := s.read.Load()
	if r.at < read {
		if read > maxKept {
			return 0, ErrBodySpent
		}
		n := copy(p, s.kept[r.at:])
		r.at += int64(n)
		return n, nil
	}
	if s.end != nil {
		return 0, s.end
	}
	n, err := s.from.Read(p)
	s.end = err
	r.at += int64(n)
	if s.read.Add(int64(n)) > maxKept {
		s.kept = nil
	} else {
		s.kept = append(s.kept, p[:n]...)
	}
	return n, err
}

// Close implements io.Closer.
func (r *streamReader) Close() error { return nil }
