package cli

import (
	"context"
	"net/url"

	"getin/client/auth"
	"getin/client/cli/mask"
	"getin/store"
)

// walletFor returns a wallet that holds what was given to the group. What was
// given to one must answer for no other (rule R4), so they have wallets of their
// own, which meet in the store as two runs do. Groups that were given nothing
// and want the same share one, so that a person is asked once.
func (r *run) walletFor(o *options, given []store.Given) (*store.Wallet, error) {
	h, err := r.helperFor(o)
	if err != nil {
		return nil, err
	}
	for _, g := range given {
		r.mask.Add(g.Credential)
	}
	w := &store.Wallet{
		Given: given, Account: o.account, Tries: o.tries, Saving: o.savingTerms(), Renew: o.renew,
		Keep: r.keep, Index: r.index, Helper: h, Person: r.person, Notify: r.tell,
	}
	for _, p := range r.joined {
		if other := p.wallet; len(given)+len(other.Given) == 0 && other.Account == w.Account &&
			other.Tries == w.Tries && other.Saving == w.Saving && other.Renew == w.Renew && other.Helper == w.Helper {
			return other, nil
		}
	}
	return w, nil
}

func (o *options) savingTerms() store.Saving {
	return map[saving]store.Saving{savingUnset: store.SaveAsked, savingAll: store.SaveAll, savingNone: store.SaveNone}[o.saving]
}

// watchedWallet makes every secret that the wallet hands out known to the mask.
type watchedWallet struct {
	*store.Wallet
	mask *mask.Mask
}

// Recall implements client.Wallet.
func (w *watchedWallet) Recall(ctx context.Context, p *auth.Party, u *url.URL) auth.Recalled {
	r := w.Wallet.Recall(ctx, p, u)
	w.mask.Add(r.Credential)
	return r
}

// Fill implements client.Wallet.
func (w *watchedWallet) Fill(ctx context.Context, q auth.Query) (auth.Credential, error) {
	c, err := w.Wallet.Fill(ctx, q)
	w.mask.Add(c)
	return c, err
}
