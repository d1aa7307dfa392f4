package auth

import (
	"context"
	"time"
)

// Credential is what a user holds for a protection space: a user name and a
// secret. For a token User may be empty.
type Credential struct {
	User   string // UTF-8
	Secret Secret

	// Proven is the strongest answer with this credential that was accepted in
	// its space before; 0 when there is none.
	Proven Strength

	// Given tells that the user gave the secret for this run and its URLs (an
	// option, a URL, an environment variable): it was neither stored nor
	// prompted for.
	Given bool

	// Expires is when a token says of itself that it expires; zero when it does
	// not. It is for people to read, and decides nothing.
	Expires time.Time

	// Kept tells that the secret lies somewhere of its own (a Kerberos ticket
	// cache) and is not to be stored: Secret is empty.
	Kept bool

	// Grant is what stands behind Secret when that is an access token that an
	// authorization server has issued; else nil. Who holds a Credential does not
	// change it.
	Grant *Grant

	// Issued is a token that was issued for Secret and is worth keeping beside it;
	// nil: there is none. It is no part of Equal.
	Issued *Credential

	// Made is what an Acquirer has made of the credential for its own Begin: an
	// access token. It is neither stored nor a part of Equal.
	Made any
}

// Anonymous reports whether the credential is nobody's: it holds neither a user
// nor a secret, and what it is good for is elsewhere (Made).
func (c Credential) Anonymous() bool { return c.Kept && c.User == "" }

// Equal reports whether user and secret are the same, to the letter, wherever
// they came from.
func (c Credential) Equal(d Credential) bool { return c.User == d.User && c.Secret.Equal(d.Secret) }

// Kind is the kind of credential that a scheme wants. It is part of the key
// under which a credential is stored.
type Kind string

// The kinds that schemes want, and one that none does.
const (
	Password Kind = "password" // a user-id and a password
	Token    Kind = "token"    // an opaque token, no user-id needed
	Key      Kind = "key"      // the pass phrase of a client's private key; the user is its file

	// Access is a token that was issued for a password which is stored itself. It
	// is kept beside that until it expires; nobody asks for one.
	Access Kind = "access"
)

// Query describes the credential that a dialogue needs, and goes with it when
// it is settled. It holds no secret.
type Query struct {
	Space    Space
	Scheme   string   // the scheme's registered name, for people: "Digest"
	Strength Strength // of the answer that is to be given
	Wants    Kind
	Target   string // absolute URL that was challenged, without userinfo, query and fragment

	// Scope is Traits.Scope: what a token that was kept has to have been issued for.
	Scope string

	// Challenge is the one to be answered. Zero when the credential goes
	// unasked and no challenge is known.
	Challenge Challenge

	// Person allows asking one. Without it Fill answers from what it has.
	Person bool

	// Unasked tells that the credential goes, or went, with no challenge in
	// this request.
	Unasked bool

	// Redirected names the origin that the user typed when the challenge came
	// from another one, after a redirect; else it is zero.
	Redirected Origin

	// Method is the request's method.
	Method string

	// AcquireFirst asks Acquire before what is stored: Traits.Anonymous.
	AcquireFirst bool

	// Acquire, when not nil, gets a credential that nobody has to type, for the
	// account if that is not "". Its errors are those of Acquirer.
	Acquire func(ctx context.Context, account string) (Credential, error)
}

// Outcome is what an answer proved, once the response to it has come.
type Outcome int

// The three outcomes. Undecided is the zero value: when in doubt, nothing is
// saved and nothing is held against the credential.
const (
	Undecided Outcome = iota
	Accepted
	Rejected
)

// String returns the outcome in lower case.
func (o Outcome) String() string {
	switch o {
	case Accepted:
		return "accepted"
	case Rejected:
		return "rejected"
	default:
		return "undecided"
	}
}

// Recalled is what is remembered about a URL before a request goes there. The
// zero value remembers nothing.
type Recalled struct {
	// Strongest is the strongest answer ever accepted over this path, whatever
	// the realm; 0 when there is none.
	Strongest Strength

	// Ready tells that Credential may answer Query.Challenge unasked. The
	// challenge is then made up from what is remembered: scheme, realm,
	// charset.
	Ready      bool
	Query      Query
	Credential Credential

	// ClearText tells that sending the secret of Query.Space in clear was
	// agreed to for good.
	ClearText bool
}
