package store

import (
	"context"
	"net/url"
	"time"

	"getin/client/auth"
)

// signInTime bounds the wait for another process in which somebody signs in: a
// second factor that lies upstairs. To ask twice is the lesser evil after that.
const signInTime = 5 * time.Minute

// AwaitSignIn waits while another process has somebody sign in for the query's
// space, and returns what lies in the store by then, if it is another credential
// than those that were looked at. Others wait in turn, until what is had for the
// space is settled and saved, or release is called (RULES R11).
func (w *Wallet) AwaitSignIn(ctx context.Context, q auth.Query) (c auth.Credential, found bool, release func()) {
	f := &fill{Wallet: w, space: w.space(q.Space), query: q, redirected: q.Redirected != (auth.Origin{})}
	f.url, _ = url.Parse(q.Target) // who asks has parsed it
	f.account, f.fixed = w.account(q.Space.Party, q.Space.Origin, f.redirected)
	f.claim(ctx, signInTime)
	release = func() { w.unclaim(f.space) }
	h := f.again(ctx)
	if h == nil {
		return auth.Credential{}, false, release
	}
	return h.credential, true, release
}
