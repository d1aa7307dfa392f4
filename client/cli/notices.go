package cli

import (
	"cmp"
	"errors"
	"fmt"

	"getin/client/auth"
	"getin/store"
	"getin/store/index"
)

// tell shows what the wallet has to say.
func (r *run) tell(n store.Notice) {
	who := n.Space.Origin.Display()
	if n.Account != "" {
		who = fmt.Sprintf("%q at %s", n.Account, who)
	}
	switch n.Kind {
	case store.NoticeSaved:
		r.report.notice("saved in %s for this realm (getin realms remove %s to undo)", placeText(n.Place), r.shortID(n.ID))
	case store.NoticeNotSaved:
		r.report.notice("getin: not saved in %s: %v%s", placeText(n.Place), n.Err, vaultHint(n))
	case store.NoticeNothingKept:
		r.report.notice("getin: nothing is kept: no store is in use")
	case store.NoticeStoreFailed:
		r.report.notice("getin: %s does not give the password of %s: %v", placeText(n.Place), who, n.Err)
	case store.NoticeIndexFailed:
		r.report.notice("getin: what is remembered cannot be used: %v", n.Err)
	case store.NoticeUsedAfterRedirect:
		if n.Place == "" {
			r.report.notice("getin: answered as %s, after a redirect from %s", who, n.From.Display())
			return
		}
		r.report.notice("getin: answered as %s with the stored password, after a redirect from %s", who, n.From.Display())
	case store.NoticeRefused:
		r.report.notice("getin: the stored %s of %s was refused; it stays stored", cmp.Or(n.Wants, auth.Password), who)
	case store.NoticeElsewhere:
		r.report.notice("getin: a password for %s lies in %s, which is not in use (--store %s)", who, placeText(n.Place), n.Place)
	}
}

// shortID is what of an entry's ID people need to type.
func (r *run) shortID(id string) string {
	if r.index == nil {
		return index.Short(id, nil)
	}
	entries, _ := r.index.All() // what cannot be read is told when it is listed
	return index.Short(id, entries)
}

// vaultHint ends the line about a save that failed for want of a keyring: one
// line is all that a failed save may say (rule R3).
func vaultHint(n store.Notice) string {
	if n.Place == placeKeyring && errors.Is(n.Err, store.ErrUnavailable) {
		return "; \"getin store init\" makes a vault instead"
	}
	return ""
}
