package client

import (
	"crypto/tls"
	"net/url"
	"slices"
	"sync"

	"getin/client/auth"
)

// memory is what a Client has learnt in this run: which answer held where, and
// the live state that exchanges share. The zero value is empty.
type memory struct {
	mu     sync.Mutex
	lives  map[liveKey]*auth.Live
	stands []*standing // the newest last
	known  []*identity
	own    string // what sets the names of these apart from those of other Clients
}

type liveKey struct {
	space    auth.Space
	user     string
	strength auth.Strength
}

// standing is an answer that was accepted and may go unasked with later
// requests.
type standing struct {
	query      auth.Query // with the challenge that was answered
	credential auth.Credential
	prefixes   []string
	tls        *tls.ConnectionState // with the party, when it challenged; nil without
}

// live returns the state that all exchanges of one space, account and strength
// share.
func (m *memory) live(s auth.Space, user string, strength auth.Strength) *auth.Live {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := liveKey{s, user, strength}
	l := m.lives[k]
	if l == nil {
		l = &auth.Live{}
		if m.lives == nil {
			m.lives = map[liveKey]*auth.Live{}
		}
		m.lives[k] = l
	}
	return l
}

// standing returns the answer that covers the URL with the longest prefix, or
// nil.
func (m *memory) standing(p *auth.Party, o auth.Origin, u *url.URL) *standing {
	m.mu.Lock()
	defer m.mu.Unlock()
	var best *standing
	longest := 0
	for _, s := range m.stands {
		if s.query.Space.Party != p || s.query.Space.Origin != o {
			continue
		}
		for _, prefix := range s.prefixes {
			// >=: of two equal ones the newer answered last.
			if len(prefix) >= longest && auth.Covers(prefix, u) {
				best, longest = s, len(prefix)
			}
		}
	}
	return best
}

// remember notes an accepted answer, in place of an older one of the same space
// and account, whose prefixes it takes over.
func (m *memory) remember(s *standing) {
	m.mu.Lock()
	defer m.mu.Unlock()
	prefixes := slices.Clone(s.prefixes)
	kept := m.stands[:0:0]
	for _, old := range m.stands {
		if old.query.Space != s.query.Space || old.credential.User != s.credential.User {
			kept = append(kept, old)
			continue
		}
		for _, p := range old.prefixes {
			if !slices.Contains(prefixes, p) {
				prefixes = append(prefixes, p)
			}
		}
	}
	m.stands = append(kept, &standing{s.query, s.credential, prefixes, s.tls})
}

// forget drops what was remembered of a credential that was refused.
func (m *memory) forget(s auth.Space, c auth.Credential) {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept := m.stands[:0:0]
	for _, old := range m.stands {
		if old.query.Space != s || !old.credential.Equal(c) {
			kept = append(kept, old)
		}
	}
	m.stands = kept
}
