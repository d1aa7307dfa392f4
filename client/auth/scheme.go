package auth

import (
	"context"
	"io"
	"sync"
)

// Scheme is one authentication scheme, RFC 9110 section 11.1. Implementations
// hold no state of a run and may be used by many goroutines at once.
type Scheme interface {
	// Name returns the registered name, as written for people: "Basic".
	Name() string

	// Traits tells what answering the challenge takes, or why this challenge
	// cannot be answered: an error such as
	// `digest: algorithm "MD4" not supported`.
	Traits(Challenge) (Traits, error)

	// Begin starts to answer the challenge with the credential. live is the
	// memory that all exchanges of one space, account and strength share in a
	// run; it is never nil. A credential that the scheme cannot send (a colon
	// in a Basic user-id) is an error.
	Begin(Challenge, Credential, *Live) (Exchange, error)
}

// Traits is what answering one challenge takes.
type Traits struct {
	Wants    Kind
	Strength Strength

	// SendsSecret: the answer gives the secret away to whoever reads it.
	SendsSecret bool

	// Unasked: the answer may go with later requests before they are
	// challenged, in this run (Basic, and Digest with what Live remembers).
	Unasked bool

	// Issuer is who gets the credential's secret in the party's place, and makes
	// of it what the party is sent; zero: there is none.
	Issuer Origin

	// Scope is what the issuer's token is for, by which one that was kept is found
	// again (Kind Access); "": none is kept.
	Scope string

	// Anonymous: an Acquirer may get in for nobody in particular. It is asked
	// before anything that is stored.
	Anonymous bool

	// SignsIn: a person gets the credential by signing in elsewhere, and types
	// none here.
	SignsIn bool

	// ConnectionBound: the answer authenticates the connection, not the
	// request. All legs go over one connection, which nobody else uses, and
	// requests that follow on it are answered for. Begin pays no heed to the
	// challenge's token68: it may be of a handshake that is over.
	ConnectionBound bool
}

// Exchange is the answering of one request, over as many legs as the scheme
// takes. It is used by one goroutine at a time.
type Exchange interface {
	// Answer returns the fields to send with the request: the credentials
	// under name party.Answer, and what goes with them.
	Answer(context.Context, *Party, Message) ([]Field, error)

	// Challenged judges a further challenge of the same scheme and space that
	// came in reply to Answer. After Continue the caller answers again.
	Challenged(Challenge) (Verdict, error)

	// Accepted is called with the final response. It checks what the server
	// says about itself and returns the credential worth keeping. An error
	// that wraps ErrServerUnverified means that the server did not prove to
	// know the secret.
	Accepted(Final) (Credential, error)
}

// Partial is implemented by an Exchange that has answers with which nobody is let
// in yet.
type Partial interface {
	// Partial reports that the last Answer is one of these. Its request goes
	// without content: that waits for the last leg.
	Partial() bool
}

// Verdict is what a further challenge means.
type Verdict int

// The verdicts. Refused comes first: a challenge repeated is a refusal unless
// the scheme knows better.
const (
	Refused Verdict = iota
	Continue
	Renew // nothing is held against the credential, of which a new answer is to be made
)

// Field is one header field, name as written.
type Field struct{ Name, Value string }

// Message is the part of a request that schemes sign.
type Message struct {
	Method string
	Target string // request-target exactly as it goes on the wire, RFC 9112 section 3.2

	// Body opens the request's content from its start, for schemes that hash
	// it. Nil when there is none. It may be called more than once; an error
	// means that the content cannot be read twice.
	Body func() (io.ReadCloser, error)

	// Host is the party's, in A-labels, for schemes whose Traits say
	// ConnectionBound, and for a Signer: they name the service that they speak to.
	Host string

	// Authority is the value of the Host field, and Fields are those of the
	// other fields that the user set by hand, as they are sent. They are there
	// for a Signer.
	Authority string
	Fields    []Field

	// EndPoint is the tls-server-end-point of the party (RFC 5929 section 4), a
	// hash of its certificate; nil without TLS, and when a certificate has none.
	// It is there for the same schemes.
	EndPoint []byte
}

// Final is the part of the final response that schemes check.
type Final struct {
	Status int
	Info   []string // values of the party.Info field

	// Challenges are those of the party.Challenge field, in which some schemes
	// send their last token (RFC 4559 section 5). They are there for schemes
	// whose Traits say ConnectionBound.
	Challenges []Challenge
}

// Continuer is implemented by an Exchange whose further legs need not repeat the
// realm (SCRAM, RFC 7804 section 5).
type Continuer interface {
	// Continues reports whether the challenge is such a leg.
	Continues(Challenge) bool
}

// ContentChecker is implemented by an Exchange that can judge a response only
// when it has seen all of its content (Digest with qop=auth-int).
type ContentChecker interface {
	// CheckContent returns a writer that is to be given the content as it
	// passes, and a function to be called at its end with the trailer's values
	// of party.Info. Both are nil when the content does not matter. The
	// function's error is as that of Exchange.Accepted.
	CheckContent(Final) (io.Writer, func(info []string) error)
}

// Live is the memory shared by all exchanges of one space, account and
// strength in a run: the current nonce, its count, a session key. The zero
// value is ready. It may be used by many goroutines at once.
type Live struct {
	mu    sync.Mutex
	state any
}

// Update calls f with the scheme's own state, nil at first, and keeps what it
// returns. Calls are serialised; f must not block.
func (l *Live) Update(f func(state any) any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state = f(l.state)
}
