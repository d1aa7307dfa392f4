package store

import (
	"context"
	"errors"
	"sync"
	"time"

	"getin/client/auth"
	"getin/store/index"
)

// Wallet finds credentials for a run, learns what became of them, and keeps
// those that were accepted. It is the client's wallet; the three verbs are
// Recall (before a request), Fill (after a challenge) and Settle (once the answer
// is judged).
//
// The zero value knows nothing, asks nobody and keeps nothing. Fields must not
// change once the Wallet is in use; it may be used by many goroutines at once
// and must not be copied. Its owner calls Close at the end of the run.
type Wallet struct {
	// Given is what the user gave for this run, in the order of preference.
	Given []Given

	// Keep is the place that credentials are read from and saved in. The zero
	// Place, like a nil Index, keeps nothing.
	Keep Place

	// Others are places that Remove may find entries in, beside Keep. Nothing
	// else reads or writes them: two places are never mixed in silence.
	Others []Place

	// Index says where credentials lie, and remembers what was accepted and
	// agreed to. Nil: nothing is remembered (--no-store).
	Index *index.Index

	// Helper is asked when nothing that is stored answers. Nil: there is none.
	Helper *Helper

	// Person is asked when nothing else answers. Nil: nobody is.
	Person Person

	// Account is the account to use at servers (--account); "" is any.
	Account string

	// Tries is how many answers of a person may be refused in one space; 0 is 3.
	Tries int

	Saving Saving

	// Renew ignores what is stored, and asks (--ask).
	Renew bool

	// Insist tries a stored credential however often it was refused before: a
	// person wants to know whether it is good (realms check; RULES R2).
	Insist bool

	// Notify, when not nil, is told what the user may want to know, from any
	// goroutine, one notice at a time.
	Notify func(Notice)

	mu     sync.Mutex // guards what follows, and is never held while waiting
	spaces map[auth.Space]*space
	sites  map[site]*memory
	told   map[told]bool
	failed error // why Keep does not answer in this run
	deaf   bool  // Keep.Quiet did not answer in time
	unkept []error

	offered map[string]auth.Space // where what is unbound was offered first, by its entry's ID

	telling sync.Mutex // held round Notify
	issuing sync.Mutex // held while a token beside a password comes or goes
	jobs    sync.WaitGroup
	once    sync.Once
	base    context.Context // of the jobs
	stop    context.CancelFunc
}

// Place is a store with its name, as the index notes it: "keyring", "vault".
type Place struct {
	Name  string
	Store Store

	// Quiet is the same place, opened so that it never puts up a dialog. It
	// serves the look-up before a request (RULES R12). Nil: there is none.
	Quiet Store
}

// Saving is which accepted credentials are saved.
type Saving int

// The ways of saving.
const (
	SaveAsked Saving = iota // those that a person typed
	SaveAll                 // given ones as well (--save)
	SaveNone                // none (--no-save)
)

// Times that the wallet grants.
const (
	// quietTime is how long a look-up before a request may take (RULES R12).
	quietTime = 250 * time.Millisecond

	// saveTime is how long one save may take: the minute that a person gets to
	// unlock a keyring, and some seconds for the rest.
	saveTime = 70 * time.Second

	// giveUpTime is how long Close waits after it has told the saves to stop:
	// they need no more than to take note.
	giveUpTime = time.Second
)

// maxTries is how many answers may be refused when Tries does not say (RULES
// R4).
const maxTries = 3

// testOnlyNow stands in for the clock.
var testOnlyNow = time.Now

// keeps reports whether credentials can be stored at all: an item that the
// index does not list could never be found again.
func (w *Wallet) keeps() bool { return w.Keep.Store != nil && w.Index != nil }

func (w *Wallet) tries() int {
	if w.Tries > 0 {
		return w.Tries
	}
	return maxTries
}

// later runs the job beside the transfer (RULES R3).
func (w *Wallet) later(job func(context.Context)) {
	w.once.Do(func() { w.base, w.stop = context.WithCancel(context.Background()) })
	w.jobs.Go(func() {
		ctx, cancel := context.WithTimeout(w.base, saveTime)
		defer cancel()
		job(ctx)
	})
}

// Close waits for the saves that run beside the transfer, until ctx ends; then
// it tells them to stop. It returns what could not be saved, for those to whom
// that matters: login, realms add. Nothing may be settled after it was called.
func (w *Wallet) Close(ctx context.Context) error {
	w.once.Do(func() { w.stop = nil }) // no job was ever begun
	if w.stop != nil {
		w.wait(ctx)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return errors.Join(w.unkept...)
}

// wait waits for the jobs, until ctx ends.
func (w *Wallet) wait(ctx context.Context) {
	defer w.stop()
	done := make(chan struct{})
	go func() { w.jobs.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
		w.stop()
		select {
		case <-done:
		case <-time.After(giveUpTime):
		}
	}
}

// KeyOf returns the key of the credential that the entry tells of.
func KeyOf(e index.Entry) Key {
	k := Key{Space: e.Space, Kind: e.Kind, Account: e.Account, Unbound: e.Unbound != ""}
	if k.Kind == auth.Access {
		k.Scope = e.Scope
	}
	return k
}
