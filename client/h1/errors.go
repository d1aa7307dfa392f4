package h1

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
)

// Kind tells at what a request failed. The values are curl's exit codes, which
// are the exit codes of getin.
type Kind int

// What may fail. Zero is everything else, cancelling among it.
const (
	NotHTTP      Kind = 1  // the reply is not HTTP/1, HTTP/0.9 among it
	BadRequest   Kind = 3  // the request cannot be written: its URL, a field, its method
	ProxyName    Kind = 5  // the proxy cannot be resolved, or is misspelt
	HostName     Kind = 6  // the host cannot be resolved
	Connect      Kind = 7  // no connection
	WeirdReply   Kind = 8  // the reply breaks RFC 9112
	Partial      Kind = 18 // the body ended early
	Upload       Kind = 25 // the request's body cannot be sent in this version of HTTP
	ReadBody     Kind = 26 // the request's body cannot be read, or is not as long as it says
	Timeout      Kind = 28
	TLSHandshake Kind = 35 // TLS failed, but not for the certificate
	Interface    Kind = 45 // no socket at the interface, the address or the port that was asked for
	EmptyReply   Kind = 52 // the server closed without a word
	Send         Kind = 55
	Receive      Kind = 56 // also: a broken chunk; CONNECT refused with another status than 407
	ClientCert   Kind = 58 // the client's own certificate, or its key, cannot be used
	Certificate  Kind = 60 // the peer's certificate is not trusted
	Encoding     Kind = 61 // a transfer coding other than chunked
	CAFile       Kind = 77 // the CA certificates cannot be read
	Pin          Kind = 90 // the peer's key is none of the pinned, or has changed
	SOCKS        Kind = 97
	TooLarge     Kind = 100 // the head of the response is too large
)

// Error is an error of RoundTrip, or of reading a body, with its Kind. Err says
// it all.
type Error struct {
	Kind Kind
	Err  error
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// fault returns an Error; format is fmt.Errorf's.
func fault(k Kind, format string, args ...any) error { return &Error{k, fmt.Errorf(format, args...)} }

// ErrKeyChanged: under TLS.Insecure, the origin showed another key than before
// in this run.
var ErrKeyChanged = errors.New("the unverified server shows another key than before")

// ConnectError is a proxy's answer to CONNECT other than 2xx. It is wrapped by
// an Error whose Kind is Receive. The Wire of the request has its head.
type ConnectError struct {
	// Response is the proxy's. Its Request is the CONNECT request; its body is
	// in memory, cut at 64 KiB.
	Response *http.Response

	head string
	link link
}

func (e *ConnectError) Error() string {
	return fmt.Sprintf("CONNECT to %s: the proxy answered %s", e.Response.Request.Host, e.Response.Status)
}

// over returns why the context has ended, nil while it has not: an error that
// is both its Err and its Cause.
func over(ctx context.Context) error {
	err := ctx.Err()
	if cause := context.Cause(ctx); cause != err {
		return &stopped{cause, err}
	}
	return err
}

// stopped is the end of a context whose cause is not its error.
type stopped struct{ cause, err error }

func (e *stopped) Error() string   { return e.cause.Error() }
func (e *stopped) Unwrap() []error { return []error{e.cause, e.err} }

// Classify returns the kind of an error that came from RoundTrip or from
// reading a response's body; 0 for nil and for context.Canceled.
func Classify(err error) Kind {
	var known *Error
	var timeout net.Error
	var op *net.OpError
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return 0
	case errors.As(err, &known):
		return known.Kind
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return Timeout
	case errors.Is(err, io.ErrUnexpectedEOF):
		return Partial
	case errors.As(err, &op) && op.Op == "write", errors.Is(err, syscall.EPIPE):
		return Send
	default:
		return Receive
	}
}

// dialKind tells the failure of a dial: the name, the time or the rest.
func dialKind(err error, proxy bool) Kind {
	var dns *net.DNSError
	var timeout net.Error
	var known *Error
	var call *os.SyscallError
	switch {
	case errors.As(err, &known):
		return known.Kind
	case errors.As(err, &call) && (call.Syscall == "bind" || call.Syscall == "setsockopt"):
		return Interface
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout
	case errors.As(err, &dns) && proxy:
		return ProxyName
	case errors.As(err, &dns):
		return HostName
	case errors.As(err, &timeout) && timeout.Timeout():
		return Timeout
	default:
		return Connect
	}
}

// bare drops what net says of the addresses, which the message around it says
// already.
func bare(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}
