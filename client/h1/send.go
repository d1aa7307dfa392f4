package h1

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// payload is the body of a request, and how far it has gone.
type payload struct {
	body    io.ReadCloser // nil: there is none
	length  int64         // in octets; -1 is unknown, sent in chunks
	again   func() (io.ReadCloser, error)
	expects bool   // the server is asked first (RFC 9110 section 10.1.1)
	begun   bool   // it is on its way, or was read
	inline  []byte // all of it, once it was read to go with the head
	sender  *sender
	handed  bool // net/http closes it

	tap    Tap   // nil, or told of a long body
	passed int64 // octets that it was told of
}

func newPayload(req *http.Request, w *Wire) payload {
	p := payload{body: req.Body, length: req.ContentLength, again: req.GetBody, tap: w.Tap}
	switch {
	case req.Body == nil:
	case req.Body == http.NoBody:
		p.body = nil
	case p.length == 0:
		p.length = -1 // as http.Request says
	}
	p.expects = p.body != nil && strings.EqualFold(fieldOf(req, w, "Expect"), "100-continue")
	return p
}

// repeatable tells whether the body can be sent from its start.
func (p *payload) repeatable() bool {
	return p.body == nil || !p.begun || p.inline != nil || p.again != nil
}

// rewind makes ready for that.
func (p *payload) rewind() error {
	if p.body == nil || !p.begun {
		return nil
	}
	if p.inline != nil {
		p.begun = false
		return nil
	}
	body, err := p.again()
	if err != nil {
		return &Error{ReadBody, err}
	}
	p.body, p.begun, p.sender, p.handed, p.passed = body, false, nil, false, 0
	return nil
}

// close closes the body, unless a sender does.
func (p *payload) close() {
	if p.body != nil && p.sender == nil && !p.handed {
		_ = p.body.Close() // read to its end or given up
	}
}

// short tells that the body goes in one write, on the caller's goroutine.
func (p *payload) short() bool { return p.length >= 0 && p.length <= inlineBody }

// read returns all of a short body. What its source has beyond the length is not
// looked at: that may be a wait.
func (p *payload) read() ([]byte, error) {
	p.begun = true
	if p.inline != nil {
		return p.inline, nil
	}
	b := make([]byte, p.length)
	n, err := io.ReadFull(p.body, b)
	switch {
	case ended(err):
		return nil, tooFew(int64(n), p.length)
	case err != nil:
		return nil, &Error{ReadBody, err}
	}
	p.inline = b
	return b, nil
}

func tooFew(n, length int64) error {
	return fault(ReadBody, "the request's body ended after %d of %d octets", n, length)
}

// sender sends a long body beside the reading of the answer, which may come
// before its end: "413 Content Too Large", and then nobody reads on at the other
// end. It is the one goroutine of a request.
type sender struct {
	done chan struct{}
	err  error     // nil: all was sent. Valid once done is closed, as is
	at   time.Time // when that was
}

// start begins to send the body on c.
func (p *payload) start(c *conn) {
	s := &sender{done: make(chan struct{})}
	p.begun, p.sender = true, s
	go func() {
		defer close(s.done)
		s.err = p.copyTo(c.nc)
		p.uploaded(s.err)
		s.at = time.Now()
		_ = p.body.Close() // read to its end or given up
		var known *Error
		if errors.As(s.err, &known) && known.Kind == ReadBody {
			c.cancel() // no answer will come to half a request
		}
	}()
}

// stop ends the sending, and waits for it when the body's source is to be read
// again. The connection is of no use for another request then.
func (s *sender) stop(c *conn, wait bool) {
	_ = c.sock.SetWriteDeadline(past) // fails on a closed socket, where nothing is sent
	if wait {
		<-s.done
	}
}

// finished waits a moment for the end of the sending.
func (s *sender) finished() bool {
	select {
	case <-s.done:
		return true
	default:
	}
	t := time.NewTimer(sentGrace)
	defer t.Stop()
	select {
	case <-s.done:
		return true
	case <-t.C:
		return false
	}
}

// failed returns why the sending ended, nil while it goes on.
func (s *sender) failed() error {
	if s == nil {
		return nil
	}
	select {
	case <-s.done:
		return s.err
	default:
		return nil
	}
}

// copyTo sends a long body. In chunks (RFC 9112 section 7.1), when its length
// is not known:
//
//	chunked-body = *chunk last-chunk trailer-section CRLF
func (p *payload) copyTo(w io.Writer) error {
	if p.length < 0 {
		return p.chunksTo(w)
	}
	buf := make([]byte, sendBuffer)
	for sent := int64(0); sent < p.length; {
		n, err := p.body.Read(buf[:min(p.length-sent, sendBuffer)])
		sent += int64(n)
		if _, werr := w.Write(buf[:n]); werr != nil {
			return fault(Send, "sending: %w", bare(werr))
		}
		p.pass(buf[:n])
		switch {
		case sent == p.length:
		case err == io.EOF:
			return tooFew(sent, p.length)
		case err != nil:
			return &Error{ReadBody, err}
		}
	}
	return nil
}

// chunkHead is the room for a chunk's size and line end before it, in octets.
const chunkHead = 10

func (p *payload) chunksTo(w io.Writer) error {
	buf := make([]byte, sendBuffer)
	for {
		n, err := p.body.Read(buf[chunkHead : len(buf)-2])
		if n > 0 {
			size := strconv.FormatInt(int64(n), 16) + "\r\n"
			start := chunkHead - len(size)
			copy(buf[start:], size)
			copy(buf[chunkHead+n:], "\r\n")
			if _, werr := w.Write(buf[start : chunkHead+n+2]); werr != nil {
				return fault(Send, "sending: %w", bare(werr))
			}
			p.pass(buf[chunkHead : chunkHead+n])
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return &Error{ReadBody, err}
		}
	}
	if _, err := io.WriteString(w, "0\r\n\r\n"); err != nil {
		return fault(Send, "sending: %w", bare(err))
	}
	return nil
}
