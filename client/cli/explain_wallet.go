package cli

import (
	"context"
	"net/url"

	"getin/client/auth"
	"getin/store"
)

// foreseer is the wallet for the client to look ahead with: it finds what would
// answer, without its secret.
type foreseer struct{ wallet *store.Wallet }

// Recall implements client.Wallet.
func (f foreseer) Recall(_ context.Context, p *auth.Party, u *url.URL) auth.Recalled {
	r, _ := f.wallet.ForeseeRecall(p, u)
	return r
}

// Fill implements client.Wallet.
func (f foreseer) Fill(ctx context.Context, q auth.Query) (auth.Credential, error) {
	by, err := f.wallet.Foresee(ctx, q)
	return by.Credential(), err
}

// Settle implements client.Wallet: nothing was sent.
func (foreseer) Settle(context.Context, auth.Query, auth.Credential, auth.Outcome) {}

// foreseeSigner is signAs without the secret.
func foreseeSigner(w *store.Wallet) func(context.Context, auth.Origin) (*auth.Credential, error) {
	return func(_ context.Context, o auth.Origin) (*auth.Credential, error) {
		by, ok := w.ForeseeTold(o)
		if !ok {
			return nil, nil
		}
		return &auth.Credential{User: by.Account, Given: true}, nil
	}
}

// targetOf is the URL that a query is about.
func targetOf(q auth.Query) *url.URL {
	u, err := url.Parse(q.Target)
	if err != nil {
		return &url.URL{} // auth.Target made it
	}
	return u
}
