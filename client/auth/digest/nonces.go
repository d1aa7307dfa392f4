package digest

import (
	"crypto/rand"
	"fmt"
	"slices"

	"getin/client/auth"
)

// testOnlyCnonce makes the client nonces: 26 characters of base32 with at least
// 128 bits of randomness.
var testOnlyCnonce = rand.Text

// maxNonces bounds the challenges that a Live remembers: more than there are
// parallel requests, each of which may get a nonce of its own.
const maxNonces = 64

// nonces is the state of an auth.Live: for the nonce of every challenge that was
// answered, what became of it.
type nonces struct {
	line map[string]*line
	age  []string // keys of line, oldest first
}

// line is the life of one nonce and of those that replaced it by nextnonce.
type line struct {
	nonce  string
	opaque *string
	count  uint32 // of requests sent with nonce

	// What the session key of a -sess algorithm is made of: fixed for the line,
	// RFC 7616 section 3.4.2.
	firstNonce, firstCnonce string
}

// turn is the right to send one request.
type turn struct {
	line
	cnonce string
}

// count returns nc-value, RFC 7616 section 3.4: 8LHEX.
func (t turn) count() string { return fmt.Sprintf("%08x", t.line.count) }

// nextTurn counts a request that answers the challenge.
func nextTurn(live *auth.Live, a ask) turn {
	t := turn{cnonce: testOnlyCnonce()}
	with(live, func(n *nonces) {
		l := n.line[a.nonce]
		if l == nil {
			l = &line{nonce: a.nonce, opaque: a.opaque, firstNonce: a.nonce, firstCnonce: t.cnonce}
			n.put(a.nonce, l)
		}
		l.count++
		t.line = *l
	})
	if a.algorithm.session {
		t.cnonce = t.firstCnonce
	}
	return t
}

// replaced tells that a's nonce took the place of the old challenge's, which was
// stale. Whoever comes with the old one from now on gets the new.
func replaced(live *auth.Live, old string, a ask) {
	cnonce := testOnlyCnonce()
	with(live, func(n *nonces) {
		stale, fresh := n.line[old], n.line[a.nonce]
		if fresh == nil {
			fresh = &line{nonce: a.nonce, opaque: a.opaque, firstNonce: a.nonce, firstCnonce: cnonce}
			n.put(a.nonce, fresh)
		}
		for key, l := range n.line {
			if l == stale {
				n.line[key] = fresh
			}
		}
	})
}

// announced takes a nextnonce, RFC 7616 section 3.5. Of several that answer
// requests with the same nonce the first is used.
func announced(live *auth.Live, challenge, used, next string) {
	with(live, func(n *nonces) {
		if l := n.line[challenge]; l != nil && l.nonce == used && next != used {
			l.nonce, l.count = next, 0
		}
	})
}

func (n *nonces) put(key string, l *line) {
	if len(n.age) == maxNonces {
		delete(n.line, n.age[0])
		n.age = slices.Delete(n.age, 0, 1)
	}
	n.line[key] = l
	n.age = append(n.age, key)
}

func with(live *auth.Live, f func(*nonces)) {
	live.Update(func(state any) any {
		n, ok := state.(*nonces)
		if !ok {
			n = &nonces{line: map[string]*line{}}
		}
		f(n)
		return n
	})
}
