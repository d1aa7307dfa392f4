package h1

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// intake reads the heads of the responses to one request.
type intake struct {
	conn    *conn
	tap     Tap       // nil, or told of the heads
	began   bool      // something has come
	first   time.Time // when that was
	size    int       // octets of the heads so far
	interim []string  // the heads of informational responses
}

// final reads up to the head of the final response.
func (in *intake) final() (string, error) {
	for {
		head, status, err := in.next()
		if err != nil || !interim(status) {
			return head, err
		}
	}
}

// interim tells of a status that another response follows (RFC 9110 section
// 15.2). After 101 none follows that this engine could read.
func interim(status string) bool { return len(status) == 3 && status[0] == '1' && status != "101" }

// next reads one head, and what stands in it as the status code.
func (in *intake) next() (head, status string, err error) {
	if err := in.begin(); err != nil {
		return "", "", err
	}
	head, err = in.conn.head(maxHead - in.size)
	if err != nil {
		return "", "", in.explain(err)
	}
	in.size += len(head)
	if in.tap != nil {
		in.tap.Received(Head, []byte(head))
	}
	status = statusOf(head)
	if interim(status) {
		in.interim = append(in.interim, head)
		_, err = parseHead(head, http.MethodGet, &http.Response{}) // what is broken is no interim one
	}
	return head, status, err
}

// statusOf returns what stands where the status code is.
func statusOf(head string) string {
	line, _, _ := strings.Cut(head, "\n")
	_, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimLeft(rest, " ") // as parseStatus does
	return rest[:min(len(rest), 3)]
}

// startOfHead is what every response of HTTP/1 begins with.
const startOfHead = "HTTP/"

// begin waits until it can be told whether the answer is HTTP. So one that is
// not, and has no line ends perhaps, is not read to no end.
func (in *intake) begin() error {
	c := in.conn
	for {
		n := min(c.buffered(), len(startOfHead))
		if n > 0 && !in.began {
			in.began, in.first = true, time.Now()
		}
		if string(c.buf[c.r:c.r+n]) != startOfHead[:n] {
			return fault(NotHTTP, "the reply is not HTTP/1")
		}
		if n == len(startOfHead) {
			return nil
		}
		c.room(readBuffer) // a few octets always fit
		if err := c.fill(); err != nil {
			return in.explain(err)
		}
	}
}

// wait waits at most d for the beginning of an answer, and reports whether it
// has come.
func (in *intake) wait(d time.Duration) (bool, error) {
	c := in.conn
	if c.buffered() > 0 {
		return true, nil
	}
	c.setReadDeadline(time.Now().Add(d))
	err := c.fill()
	c.setReadDeadline(time.Time{})
	switch {
	case err == nil:
		return true, nil
	case isTimeout(err):
		return false, nil
	}
	return false, in.explain(err)
}

// explain says what the end of the reading means.
func (in *intake) explain(err error) error {
	ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	switch {
	case errors.Is(err, errLongLine):
		return fault(TooLarge, "the head of the response is larger than %d KiB", maxHead>>10)
	case ended && !in.began && in.conn.buffered() == 0:
		return fault(EmptyReply, "empty reply from the server")
	case ended:
		return fault(Receive, "the connection ended within the head of the response")
	}
	return &Error{Classify(err), bare(err)}
}
