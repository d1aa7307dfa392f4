package store

import (
	"time"

	"getin/client/auth"
	"getin/store/index"
)

// site is an origin as one party: what one index file is about.
type site struct {
	party  *auth.Party
	origin auth.Origin
}

// memory is what a run knows of a site: what it learnt itself, which holds
// without an index as well, and what it has read.
type memory struct {
	run  index.File // strengths that were accepted in this run
	read index.File
	at   time.Time // when read was read; zero: not at all
}

// fresh is how long what was read of a file serves the look-ups before a
// request, which come by the thousand. What another process learns may go
// unnoticed for so long; Fill always reads.
const fresh = time.Second

// memory returns what is known of the site. Wallet.mu is held.
func (w *Wallet) memory(s site) *memory {
	m := w.sites[s]
	if m == nil {
		m = &memory{run: index.File{Party: s.party, Origin: s.origin}}
		if w.sites == nil {
			w.sites = map[site]*memory{}
		}
		w.sites[s] = m
	}
	return m
}

// load reads what is remembered of the site. What cannot be read is told once,
// and taken as empty.
func (w *Wallet) load(s site) index.File {
	if w.Index == nil {
		return index.File{Party: s.party, Origin: s.origin}
	}
	f, err := w.Index.Load(s.party, s.origin)
	if err != nil {
		w.notifyOnce(Notice{Kind: NoticeIndexFailed, Err: err})
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	m := w.memory(s)
	m.read, m.at = f, testOnlyNow()
	return f
}

// glance is load, but for what was read a moment ago.
func (w *Wallet) glance(s site) index.File {
	w.mu.Lock()
	m := w.memory(s)
	f, age := m.read, testOnlyNow().Sub(m.at)
	w.mu.Unlock()
	if age >= 0 && age < fresh {
		return f
	}
	return w.load(s)
}

// stale makes the next glance read.
func (w *Wallet) stale(s site) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.memory(s).at = time.Time{}
}
