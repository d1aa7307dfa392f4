package client

import (
	"crypto/rand"
	"strconv"
	"sync/atomic"

	"getin/client/auth"
)

// identity is a person by one credential and one scheme, to one party. The same
// always has the same pointer in a Client. Its name is no other's, of another
// Client that has the same Sender neither, and tells nothing about it.
type identity struct {
	party      *auth.Party
	origin     auth.Origin
	scheme     string
	credential auth.Credential
	name       string

	// each: the party wants an answer with each request, although the scheme
	// authenticates the connection.
	each atomic.Bool
}

// identity returns the one that the answer in force is for.
func (d *dialogue) identity() *identity {
	m := &d.client.memory
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, i := range m.known {
		if i.party == d.party && i.origin == d.origin && i.scheme == d.scheme.Name() && i.credential.Equal(d.credential) {
			return i
		}
	}
	i := &identity{party: d.party, origin: d.origin, scheme: d.scheme.Name(), credential: d.credential}
	if m.own == "" {
		m.own = rand.Text()
	}
	i.name = m.own + strconv.Itoa(len(m.known)+1)
	m.known = append(m.known, i)
	return i
}

// byParty orders identities as the parties of a hop: the proxy, which is met
// first, before the server.
func byParty(a, b *identity) int {
	switch {
	case a.party == b.party:
		return 0
	case a.party == auth.Proxy:
		return -1
	}
	return 1
}
