package store_test

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"getin/client"
	"getin/client/auth"
	"getin/store"
	"getin/store/index"
	"getin/store/storetest"
)

var _ client.Wallet = (*store.Wallet)(nil)

// world is what outlives a run: a keyring of files, and an index.
type world struct {
	t    *testing.T
	keep storetest.Dir
	ix   *index.Index
}

func newWorld(t *testing.T) world {
	t.Helper()
	return worldIn(t, t.TempDir())
}

func worldIn(t *testing.T, dir string) world {
	t.Helper()
	ring := filepath.Join(dir, "keyring")
	if err := os.MkdirAll(ring, 0o700); err != nil {
		t.Fatal(err)
	}
	return world{t, storetest.Dir{Path: ring}, index.Open(filepath.Join(dir, "index"))}
}

// run begins a run that asks nobody. It is closed at the end of the test, if
// not before.
func (w world) run() *store.Wallet {
	wallet := &store.Wallet{Keep: store.Place{Name: "keyring", Store: w.keep, Quiet: w.keep}, Index: w.ix}
	w.t.Cleanup(func() { closeRun(w.t, wallet) })
	return wallet
}

// asking begins a run with a person.
func (w world) asking(p *person) *store.Wallet {
	wallet := w.run()
	wallet.Person = p
	return wallet
}

func closeRun(t *testing.T, w *store.Wallet) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := w.Close(ctx); err != nil && ctx.Err() != nil {
		t.Errorf("close: %v", err)
	}
}

func (w world) file(party *auth.Party, origin string) index.File {
	w.t.Helper()
	f, err := w.ix.Load(party, originOf(w.t, origin))
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

// only returns the one entry of https://a.test.
func (w world) only() index.Entry {
	w.t.Helper()
	f := w.file(auth.Server, "https://a.test")
	if len(f.Entries) != 1 {
		w.t.Fatalf("%d entries at https://a.test, want 1", len(f.Entries))
	}
	return f.Entries[0]
}

// calls returns how often the keyring was asked to do what begins so.
func (w world) calls(what string) int {
	w.t.Helper()
	lines, err := w.keep.Noted()
	if err != nil {
		w.t.Fatal(err)
	}
	n := 0
	for _, l := range lines {
		if strings.HasPrefix(l, what) {
			n++
		}
	}
	return n
}

// stored puts a credential into the world, as an earlier run would have.
func (w world) stored(q auth.Query, user, secret string, change ...func(*index.Entry)) index.Entry {
	w.t.Helper()
	u, err := url.Parse(q.Target)
	if err != nil {
		w.t.Fatal(err)
	}
	e := index.Entry{Strength: q.Strength, Prefixes: auth.Prefixes(q.Challenge, u)}
	run := &store.Wallet{Keep: store.Place{Name: "keyring", Store: w.keep}, Index: w.ix}
	k := store.Key{Space: q.Space, Kind: q.Wants, Account: user}
	if err := run.Add(w.t.Context(), k, cred(user, secret), e); err != nil {
		w.t.Fatal(err)
	}
	var now index.Entry
	err = w.ix.Update(w.t.Context(), q.Space.Party, q.Space.Origin, func(f *index.File) error {
		e := f.Find(k.ID(), "keyring")
		for _, c := range change {
			c(e)
		}
		now = *e
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return now
}

func originOf(t testing.TB, s string) auth.Origin {
	t.Helper()
	o, err := auth.ParseOrigin(s)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// basic returns the query of a Basic challenge at the URL.
func basic(t testing.TB, target, realm string) auth.Query {
	t.Helper()
	ch := auth.Challenge{Scheme: "basic", Params: []auth.Param{{Name: "realm", Value: realm}}}
	return auth.Query{
		Space: ch.Space(auth.Server, originOf(t, target)), Scheme: "Basic", Strength: auth.StrengthBasic,
		Wants: auth.Password, Target: target, Challenge: ch, Person: true, Method: "GET",
	}
}

// digest returns the query of a Digest challenge at the URL.
func digest(t testing.TB, target, realm string) auth.Query {
	t.Helper()
	q := basic(t, target, realm)
	q.Scheme, q.Strength, q.Challenge.Scheme = "Digest", auth.StrengthDigestSHA256, "digest"
	return q
}

func cred(user, secret string) auth.Credential {
	return auth.Credential{User: user, Secret: auth.NewSecret(secret)}
}

// fill ends the test unless the wallet has that credential.
func fill(t *testing.T, w *store.Wallet, q auth.Query, want auth.Credential) auth.Credential {
	t.Helper()
	c, err := w.Fill(t.Context(), q)
	if err != nil {
		t.Fatalf("fill: %v, want %s", err, want.User)
	}
	if !c.Equal(want) {
		t.Fatalf("fill: %s/%s, want %s/%s", c.User, c.Secret.Reveal(), want.User, want.Secret.Reveal())
	}
	return c
}

// lacks ends the test unless Fill ends in that error.
func lacks(t *testing.T, w *store.Wallet, q auth.Query, want error) {
	t.Helper()
	if c, err := w.Fill(t.Context(), q); !errors.Is(err, want) {
		t.Fatalf("fill: %s, %v; want %v", c.User, err, want)
	}
}

// settled fills, compares and settles.
func settled(t *testing.T, w *store.Wallet, q auth.Query, want auth.Credential, o auth.Outcome) {
	t.Helper()
	w.Settle(t.Context(), q, fill(t, w, q, want), o)
}

// person answers in turn what it was told to.
type person struct {
	mu        sync.Mutex
	says      []auth.Credential // to Credential; after the last ErrDeclined
	err       error             // instead
	before    func()            // is called while the question is put
	account   string
	consent   store.Answer
	questions []store.Question
	menus     [][]string
	concerns  []auth.Concern
}

func (p *person) Credential(ctx context.Context, q store.Question) (auth.Credential, error) {
	p.mu.Lock() // one question at a time, as at a terminal
	defer p.mu.Unlock()
	if p.before != nil {
		p.before()
	}
	if c, ok := q.Again(ctx); ok {
		return c, nil
	}
	p.questions = append(p.questions, q)
	if p.err != nil {
		return auth.Credential{}, p.err
	}
	if len(p.says) == 0 {
		return auth.Credential{}, auth.ErrDeclined
	}
	c := p.says[0]
	p.says = p.says[1:]
	return c, nil
}

func (p *person) Account(_ context.Context, _ auth.Query, names []string) (string, error) {
	p.menus = append(p.menus, names)
	return p.account, p.err
}

func (p *person) Consent(_ context.Context, c auth.Concern) (store.Answer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.concerns = append(p.concerns, c)
	return p.consent, p.err
}

func (p *person) asked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.questions)
}

// notices collects what a wallet tells.
func notices(w *store.Wallet) *[]store.Notice {
	list := &[]store.Notice{}
	w.Notify = func(n store.Notice) { *list = append(*list, n) }
	return list
}

// count returns how many of the kind were told. The run must be closed.
func count(list *[]store.Notice, k store.NoticeKind) int {
	n := 0
	for _, x := range *list {
		if x.Kind == k {
			n++
		}
	}
	return n
}
