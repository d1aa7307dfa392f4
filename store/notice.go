package store

import "getin/client/auth"

// Notice is something that the user may want to be told about, beside the
// response. It holds no secret.
type Notice struct {
	Kind    NoticeKind
	Space   auth.Space  // zero when the notice is about no space
	Account string      // may be empty
	Place   string      // the name of the store, "keyring"; may be empty
	ID      string      // of the index entry, 64 hex digits; may be empty
	Wants   auth.Kind   // for Refused: of the credential
	From    auth.Origin // for UsedAfterRedirect: the origin that was typed
	Err     error       // for NotSaved, StoreFailed and IndexFailed
}

// NoticeKind is what a Notice says.
type NoticeKind int

// The kinds of notices.
const (
	// NoticeSaved: the credential was saved.
	NoticeSaved NoticeKind = iota + 1

	// NoticeNotSaved: it was accepted and could not be saved.
	NoticeNotSaved

	// NoticeNothingKept: there is no store to save in. Once a run.
	NoticeNothingKept

	// NoticeStoreFailed: the store did not give the credential that lies in it;
	// a person is asked instead. Once a run.
	NoticeStoreFailed

	// NoticeIndexFailed: what is remembered cannot be read or written. Once a
	// run.
	NoticeIndexFailed

	// NoticeUsedAfterRedirect: a stored credential answered at an origin that
	// was not typed (RULES R5). Once a space.
	NoticeUsedAfterRedirect

	// NoticeRefused: the stored credential was refused. It stays stored (RULES
	// R2).
	NoticeRefused

	// NoticeElsewhere: a credential for the space lies in Place, which is not
	// the store in use. Once a space.
	NoticeElsewhere
)

// notify hands over a notice, one at a time.
func (w *Wallet) notify(n Notice) {
	if w.Notify == nil {
		return
	}
	w.telling.Lock()
	defer w.telling.Unlock()
	w.Notify(n)
}

// notifyOnce hands over a notice unless one like it was given in this run.
func (w *Wallet) notifyOnce(n Notice) {
	like := told{n.Kind, n.Space, n.Place}
	if n.Kind != NoticeUsedAfterRedirect && n.Kind != NoticeElsewhere {
		like.space, like.place = auth.Space{}, ""
	}
	w.mu.Lock()
	again := w.told[like]
	if w.told == nil {
		w.told = map[told]bool{}
	}
	w.told[like] = true
	w.mu.Unlock()
	if !again {
		w.notify(n)
	}
}

type told struct {
	kind  NoticeKind
	space auth.Space
	place string
}
