package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"getin/client/auth"
	"getin/store"
	"getin/store/index"
	"getin/store/storetest"
)

const page = "https://a.test/docs/page"

// The whole of it: asked once, saved, and never asked again.
func TestR4_TypedOnceThenKept(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	p := &person{says: []auth.Credential{cred("alice", "right")}}
	first := world.asking(p)
	told := notices(first)
	settled(t, first, q, cred("alice", "right"), auth.Accepted)
	settled(t, first, q, cred("alice", "right"), auth.Accepted)
	closeRun(t, first)
	if p.asked() != 1 || count(told, store.NoticeSaved) != 1 {
		t.Errorf("%d questions, notices %v", p.asked(), *told)
	}
	e := world.only()
	if e.State != index.Saved || e.Account != "alice" || e.Store != "keyring" || e.Strength != auth.StrengthBasic ||
		len(e.Prefixes) != 1 || e.Prefixes[0] != "/docs/" || e.Last != "/docs/page" || e.Saved.IsZero() || e.Used.IsZero() {
		t.Errorf("entry %+v", e)
	}
	settled(t, world.run(), q, cred("alice", "right"), auth.Accepted)
}

// What answers is the user's own word, then what the run has, then the store.
func TestR4_Order(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	world.stored(q, "alice", "stored")
	run := world.asking(&person{says: []auth.Credential{cred("alice", "typed")}})
	run.Given = []store.Given{
		{Credential: cred("x", "elsewhere"), Origins: []auth.Origin{originOf(t, "https://b.test")}},
		{Credential: cred("x", "proxy"), Origins: []auth.Origin{q.Space.Origin}, Party: auth.Proxy},
		{Credential: cred("alice", "given"), Origins: []auth.Origin{q.Space.Origin}},
	}
	c := fill(t, run, q, cred("alice", "given"))
	if !c.Given {
		t.Error("a given credential is not marked as given")
	}
	run.Settle(t.Context(), q, c, auth.Rejected)
	c = fill(t, run, q, cred("alice", "stored"))
	if c.Given {
		t.Error("a stored credential is marked as given")
	}
	run.Settle(t.Context(), q, c, auth.Rejected)
	settled(t, run, q, cred("alice", "typed"), auth.Accepted)
	settled(t, run, q, cred("alice", "typed"), auth.Accepted)
}

// Each given value is tried once in each space.
func TestR4_GivenIsTriedOnce(t *testing.T) {
	run := newWorld(t).run()
	run.Given = []store.Given{{Credential: cred("alice", "given"), Origins: []auth.Origin{originOf(t, page)}}}
	one, two := basic(t, page, "one"), basic(t, page, "two")
	settled(t, run, one, cred("alice", "given"), auth.Rejected)
	lacks(t, run, one, auth.ErrNobody)
	settled(t, run, two, cred("alice", "given"), auth.Accepted)
}

// A given credential is saved only when that was asked for, and one from netrc
// never.
func TestR4_GivenIsSavedOnRequest(t *testing.T) {
	q := basic(t, page, "R")
	for name, c := range map[string]struct {
		saving store.Saving
		save   bool
		never  bool
		want   int
	}{
		"by itself": {}, "--save": {saving: store.SaveAll, want: 1}, "its own wish": {save: true, want: 1},
		"netrc": {saving: store.SaveAll, never: true}, "--no-save": {saving: store.SaveNone, save: true},
	} {
		t.Run(name, func(t *testing.T) {
			world := newWorld(t)
			run := world.run()
			run.Saving = c.saving
			run.Given = []store.Given{{
				Credential: cred("alice", "given"), Origins: []auth.Origin{q.Space.Origin}, Save: c.save, Never: c.never,
			}}
			settled(t, run, q, cred("alice", "given"), auth.Accepted)
			closeRun(t, run)
			if n, err := world.keep.Items(); err != nil || n != c.want {
				t.Errorf("%d items, want %d (%v)", n, c.want, err)
			}
		})
	}
}

// --secret-command runs once a space, and only after its challenge.
func TestR4_SecretCommandRunsOnce(t *testing.T) {
	run := newWorld(t).run()
	ran := 0
	run.Given = []store.Given{{
		Credential: cred("alice", ""), Origins: []auth.Origin{originOf(t, page)}, Source: "--secret-command",
		Secret: func(_ context.Context, q auth.Query) (auth.Secret, error) {
			ran++
			if q.Space.Realm == "bad" {
				return auth.Secret{}, errors.New("exit status 1")
			}
			return auth.NewSecret("printed"), nil
		},
	}}
	u := parse(t, page)
	if r := run.Recall(t.Context(), auth.Server, u); r.Ready || ran != 0 {
		t.Errorf("before a challenge: ready %v, ran %d", r.Ready, ran)
	}
	good, bad := basic(t, page, "good"), basic(t, page, "bad")
	settled(t, run, good, cred("alice", "printed"), auth.Undecided)
	settled(t, run, good, cred("alice", "printed"), auth.Rejected)
	lacks(t, run, good, auth.ErrNobody)
	for range 2 {
		if _, err := run.Fill(t.Context(), bad); err == nil || !strings.Contains(err.Error(), "--secret-command: exit status 1") {
			t.Errorf("error %v", err)
		}
	}
	if ran != 2 {
		t.Errorf("it ran %d times in two spaces", ran)
	}
}

// -u user: the name is fixed, the stored password of that user answers, and
// nobody else's.
func TestR4_UserWithoutPassword(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	world.stored(q, "bob", "bobs")
	name := store.Given{Credential: cred("alice", ""), Origins: []auth.Origin{q.Space.Origin}, NeedsPerson: true, Fixed: true}
	p := &person{says: []auth.Credential{cred("alice", "typed")}}
	run := world.asking(p)
	run.Given = []store.Given{name}
	settled(t, run, q, cred("alice", "typed"), auth.Accepted)
	if got := p.questions[0]; got.User != "alice" || !got.Fixed {
		t.Errorf("asked with user %q, fixed %v", got.User, got.Fixed)
	}
	closeRun(t, run)
	again := world.run()
	again.Given = []store.Given{name}
	settled(t, again, q, cred("alice", "typed"), auth.Accepted)
}

// Nothing typed for one origin goes to another, but from http:80 to https:443
// of the same host.
func TestR5_GivenStaysWithItsOrigin(t *testing.T) {
	for typed, want := range map[string]bool{
		"https://a.test": true, "http://a.test": true, "http://a.test:8080": false, "https://a.test:8443": false,
		"https://b.a.test": false, "https://test": false, "http://b.test": false,
	} {
		run := newWorld(t).run()
		run.Given = []store.Given{{Credential: cred("alice", "given"), Origins: []auth.Origin{originOf(t, typed)}}}
		_, err := run.Fill(t.Context(), basic(t, page, "R"))
		if (err == nil) != want {
			t.Errorf("typed for %s, asked by %s: %v", typed, page, err)
		}
	}
	run := newWorld(t).run()
	run.Given = []store.Given{{Credential: cred("alice", "given"), Origins: []auth.Origin{originOf(t, "https://a.test")}}}
	lacks(t, run, basic(t, "http://a.test/", "R"), auth.ErrNobody)
}

// The account that was named for one origin is not asked for at another.
func TestR5_AccountStaysWithItsOrigin(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	world.stored(q, "bob", "B")
	q.Redirected = originOf(t, "https://typed.test")
	run := world.run()
	run.Account = "alice"
	settled(t, run, q, cred("bob", "B"), auth.Accepted)
	proxy := basic(t, "http://proxy.test/", "R")
	proxy.Space.Party = auth.Proxy
	world.stored(proxy, "bob", "P")
	settled(t, run, proxy, cred("bob", "P"), auth.Accepted)
}

// Once a chain has left its origin, what was typed does not come back, not even
// where it was typed for, and not from this run.
func TestR5_DroppedStaysDropped(t *testing.T) {
	run := newWorld(t).run()
	q := basic(t, page, "R")
	run.Given = []store.Given{{Credential: cred("alice", "given"), Origins: []auth.Origin{q.Space.Origin}}}
	settled(t, run, q, cred("alice", "given"), auth.Accepted)
	back := q
	back.Redirected = q.Space.Origin
	lacks(t, run, back, auth.ErrNobody)
}

// After a redirect a stored credential of that very space answers GET and HEAD,
// with a notice; for other methods a person is asked.
func TestR5_StoredAfterRedirect(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	world.stored(q, "alice", "stored")
	q.Redirected = originOf(t, "https://typed.test")
	for _, method := range []string{"GET", "HEAD"} {
		run := world.run()
		told := notices(run)
		q.Method = method
		for range 3 {
			settled(t, run, q, cred("alice", "stored"), auth.Accepted)
		}
		closeRun(t, run)
		if count(told, store.NoticeUsedAfterRedirect) != 1 || (*told)[0].From != q.Redirected || (*told)[0].Account != "alice" {
			t.Errorf("%s: told %+v", method, *told)
		}
	}
	q.Method = "POST"
	lacks(t, world.run(), q, auth.ErrNobody)
	p := &person{says: []auth.Credential{cred("alice", "typed")}}
	run := world.asking(p)
	settled(t, run, q, cred("alice", "typed"), auth.Accepted)
	settled(t, run, q, cred("alice", "typed"), auth.Accepted)
	if p.asked() != 1 || p.questions[0].Query.Redirected != q.Redirected {
		t.Errorf("%d questions: %+v", p.asked(), p.questions)
	}
}

// What this run has for the other origin does not answer a POST that was led
// there either.
func TestR5_SessionAfterRedirect(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	world.stored(q, "alice", "stored")
	run := world.run()
	settled(t, run, q, cred("alice", "stored"), auth.Accepted)
	q.Redirected, q.Method = originOf(t, "https://typed.test"), "POST"
	lacks(t, run, q, auth.ErrNobody)
}

// A space is party, origin and realm, all of them; nothing near it answers.
func TestD11_OnlyThatSpace(t *testing.T) {
	world := newWorld(t)
	world.stored(basic(t, page, "R"), "alice", "stored")
	run := world.run()
	for _, q := range []auth.Query{
		basic(t, page, "r"), basic(t, page, ""), basic(t, page, "R "), basic(t, "https://a.test:444/docs/page", "R"),
		basic(t, "http://a.test/docs/page", "R"), basic(t, "https://xa.test/docs/page", "R"),
		basic(t, "https://a.test.evil/docs/page", "R"),
	} {
		lacks(t, run, q, auth.ErrNobody)
	}
	proxy := basic(t, page, "R")
	proxy.Space.Party = auth.Proxy
	lacks(t, run, proxy, auth.ErrNobody)
	absent := basic(t, page, "")
	absent.Space.HasRealm = false
	lacks(t, run, absent, auth.ErrNobody)
	token := basic(t, page, "R")
	token.Wants = auth.Token
	lacks(t, run, token, auth.ErrNobody)
}

// A password that a weaker scheme stored answers a stronger one.
func TestR8_UpgradeIsSilent(t *testing.T) {
	world := newWorld(t)
	world.stored(basic(t, page, "R"), "alice", "stored")
	run := world.run()
	settled(t, run, digest(t, page, "R"), cred("alice", "stored"), auth.Accepted)
	closeRun(t, run)
	if e := world.only(); e.Strength != auth.StrengthDigestSHA256 {
		t.Errorf("strength is now %v", e.Strength)
	}
}

// Without leave to ask there is no question, and no error that ends the search.
func TestR9_NoQuestionInTheFirstPass(t *testing.T) {
	world := newWorld(t)
	p := &person{says: []auth.Credential{cred("alice", "typed")}}
	run := world.asking(p)
	q := basic(t, page, "R")
	q.Person = false
	lacks(t, run, q, auth.ErrNoCredential)
	if p.asked() != 0 {
		t.Error("a person was asked")
	}
	// The store's failure as well waits for the second pass.
	world.stored(q, "alice", "stored")
	if err := world.keep.Set(storetest.Locked); err != nil {
		t.Fatal(err)
	}
	second := world.run()
	lacks(t, second, q, auth.ErrNoCredential)
	q.Person = true
	lacks(t, second, q, auth.ErrStore)
}

// --ask ignores what is stored, and offers its account.
func TestAskIgnoresWhatIsStored(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	world.stored(q, "alice", "old")
	p := &person{says: []auth.Credential{cred("alice", "new")}}
	run := world.asking(p)
	run.Renew = true
	if r := run.Recall(t.Context(), auth.Server, parse(t, page)); r.Ready {
		t.Error("the stored credential goes unasked")
	}
	settled(t, run, q, cred("alice", "new"), auth.Accepted)
	if p.questions[0].User != "alice" {
		t.Errorf("asked with user %q", p.questions[0].User)
	}
	closeRun(t, run)
	settled(t, world.run(), q, cred("alice", "new"), auth.Accepted)
}

// A credential that lies in another store is spoken of, and not used.
func TestElsewhereIsTold(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	world.stored(q, "alice", "stored")
	run := world.run()
	run.Keep.Name = "vault"
	told := notices(run)
	lacks(t, run, q, auth.ErrNobody)
	lacks(t, run, q, auth.ErrNobody)
	if count(told, store.NoticeElsewhere) != 1 || (*told)[0].Place != "keyring" {
		t.Errorf("told %+v", *told)
	}
}

// Scripts wait no longer than they want to.
func TestFillHonoursItsContext(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	world.stored(q, "alice", "stored")
	if err := world.keep.Set(storetest.Hanging); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := world.run().Fill(ctx, q); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}
