package index

import (
	"net/url"
	"slices"
	"time"

	"getin/client/auth"
)

// File is what is remembered about one origin as one party.
type File struct {
	Party  *auth.Party
	Origin auth.Origin

	Entries   []Entry    // the credentials that are stored
	Consents  []Consent  // what a person agreed to for good
	Strengths []Accepted // what was accepted where, whatever the realm (RULES R8)

	// Clients are whom getin is registered as with the issuers of this origin: the
	// client by its issuer (RFC 7591). None has a secret.
	Clients map[string]string

	extra extra // fields of the file that this program does not know
}

// Entry tells of one stored credential: where it lies, and where it was used.
// ID and Store together are its identity.
type Entry struct {
	ID      string // 64 hex digits: the ID of the credential's key
	Space   auth.Space
	Kind    auth.Kind
	Account string // UTF-8 as typed; empty for a token
	Store   string // the name of the place that holds the secret: "keyring"
	State   State

	// Unbound, when not empty, tells that no realm is known yet, and who said so:
	// the protocol or the file that the credential came from (RULES R14). Space
	// names the origin alone, and Prefixes, if any, the paths that it is for.
	Unbound string

	Strength auth.Strength // the strongest that was accepted with it
	Charset  string        // of the challenge, RFC 7617 section 2.1; may be empty
	Domain   string        // of the challenge, RFC 7616 section 3.3; may be empty
	Prefixes []string      // paths where it goes unasked, oldest first (auth.Covers)
	Last     string        // path of the last use, without query
	Expires  time.Time     // as the token says of itself, for people to read
	Default  bool          // the account to take when nothing names one (RULES R10)

	// Of a token that an authorization server has issued (auth.Grant): by whom,
	// for what, and whether the next one can be had without a person.
	Issuer, Scope string
	Refreshable   bool

	Saved     time.Time // when the secret was put there
	Used      time.Time // last acceptance, exact to the hour
	RefusedAt time.Time // last refusal since the last acceptance
	Refused   int       // runs that were refused since the last acceptance

	extra extra
}

// State is how far the saving of an entry got (RULES R3).
type State string

// The states of an entry. A pending one may or may not have its secret in the
// store: the process that wrote it was interrupted, or is still at it.
const (
	Pending State = "pending"
	Saved   State = "saved"
)

// Consent is what a person agreed to for good at one protection space (RULES R6
// and R7).
type Consent struct {
	Space     auth.Space
	ClearText bool     // the secret may cross the network unencrypted
	Keys      []string // public keys, "sha256//BASE64", taken without verification
	Issuers   []string // origins of token servers that may be sent the secret

	extra extra
}

// Accepted is a strength that was accepted below a path.
type Accepted struct {
	Prefix   string // as auth.Covers takes it
	Strength auth.Strength
}

// maxPrefixes is the number of path prefixes that one entry, and the list of
// strengths, may hold (RULES R13): a file stays below a few kilobytes, and more
// paths than this are of one tree in practice.
const maxPrefixes = 20

// Find returns the entry of that ID in that store, or nil. The pointer is good
// until Entries changes.
func (f *File) Find(id, store string) *Entry {
	for i := range f.Entries {
		if f.Entries[i].ID == id && f.Entries[i].Store == store {
			return &f.Entries[i]
		}
	}
	return nil
}

// Put replaces the entry of the same ID and store, or adds it.
func (f *File) Put(e Entry) {
	if old := f.Find(e.ID, e.Store); old != nil {
		e.extra = old.extra
		*old = e
		return
	}
	f.Entries = append(f.Entries, e)
}

// Remove drops the entry of that ID and store. With the last entry of a space
// its consents go, with the last of all everything.
func (f *File) Remove(id, store string) {
	e := f.Find(id, store)
	if e == nil {
		return
	}
	space := e.Space
	f.Entries = slices.DeleteFunc(f.Entries, func(e Entry) bool { return e.ID == id && e.Store == store })
	if len(f.Entries) == 0 {
		f.Consents, f.Strengths = nil, nil
		return
	}
	if !slices.ContainsFunc(f.Entries, func(e Entry) bool { return e.Space == space }) {
		f.Consents = slices.DeleteFunc(f.Consents, func(c Consent) bool { return c.Space == space })
	}
}

// Consent returns what was agreed to for the space, making room for it when
// there is nothing yet.
func (f *File) Consent(s auth.Space) *Consent {
	for i := range f.Consents {
		if f.Consents[i].Space == s {
			return &f.Consents[i]
		}
	}
	f.Consents = append(f.Consents, Consent{Space: s})
	return &f.Consents[len(f.Consents)-1]
}

// Agreed returns what was agreed to for the space; nothing is the zero value.
func (f File) Agreed(s auth.Space) Consent {
	for _, c := range f.Consents {
		if c.Space == s {
			return c
		}
	}
	return Consent{Space: s}
}

// Strongest returns the strongest answer accepted over the URL's path, or 0. A
// path that servers may read in two ways counts as under every prefix: it must
// not be a way round the memory.
func (f File) Strongest(u *url.URL) auth.Strength {
	if len(f.Strengths) == 0 {
		return 0
	}
	ambiguous := !auth.Covers("/", u)
	var best auth.Strength
	for _, a := range f.Strengths {
		if a.Strength > best && (ambiguous || auth.Covers(a.Prefix, u)) {
			best = a.Strength
		}
	}
	return best
}

// TakeGrant takes from another entry what it says of its token, and reports
// whether that is news.
func (e *Entry) TakeGrant(from Entry) bool {
	same := e.Expires.Equal(from.Expires) && e.Issuer == from.Issuer && e.Scope == from.Scope && e.Refreshable == from.Refreshable
	e.Expires, e.Issuer, e.Scope, e.Refreshable = from.Expires, from.Issuer, from.Scope, from.Refreshable
	return !same
}

// Covering returns the longest of the entry's prefixes that covers the URL, or
// "".
func (e Entry) Covering(u *url.URL) string {
	best := ""
	for _, p := range e.Prefixes {
		if len(p) > len(best) && auth.Covers(p, u) {
			best = p
		}
	}
	return best
}

// Touched returns the time of the last use, or of the saving when that is later.
func (e Entry) Touched() time.Time {
	if e.Saved.After(e.Used) {
		return e.Saved
	}
	return e.Used
}

func (c Consent) empty() bool { return !c.ClearText && len(c.Keys)+len(c.Issuers) == 0 }

func (f File) empty() bool {
	return len(f.Entries)+len(f.Strengths)+len(f.Clients) == 0 && !slices.ContainsFunc(f.Consents, func(c Consent) bool {
		return !c.empty()
	})
}
