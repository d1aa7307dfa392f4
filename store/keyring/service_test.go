//go:build !windows && !darwin

package keyring

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"getin/client/auth"
	"getin/store"
	"getin/store/storetest"
)

var alice = storetest.Key("https://a.test", "Staff", "alice")

func credential(secret string) auth.Credential {
	return auth.Credential{User: "alice", Secret: auth.NewSecret(secret)}
}

// soon is what "at once" may take on a machine that is busy with other tests.
const soon = 2 * time.Second

// hurry makes the two waits short, and returns to what they were.
func hurry(t *testing.T, answer, person time.Duration) {
	t.Helper()
	testOnlyAnswerWait, testOnlyPersonWait = answer, person
	t.Cleanup(func() { testOnlyAnswerWait, testOnlyPersonWait = answerWait, personWait })
}

// mustFail ends the test unless a Get comes to the error, soon.
func mustFail(t *testing.T, s store.Store, want error, says string) {
	t.Helper()
	begin := time.Now()
	_, err := s.Get(t.Context(), alice)
	if !errors.Is(err, want) || !strings.Contains(err.Error(), says) {
		t.Fatalf("got %v, want %v and %q", err, want, says)
	}
	if d := time.Since(begin); d > soon {
		t.Errorf("took %v", d)
	}
}

func TestConformance(t *testing.T) {
	serve(t, &fake{})
	storetest.Run(t, func() store.Store { return new(Keyring) })
}

func TestConformanceInteractive(t *testing.T) {
	serve(t, &fake{})
	storetest.Run(t, func() store.Store { return &Keyring{Interactive: true} })
}

// Without a D-Bus none is started, though go-keyring would by way of
// dbus-launch.
func TestNoBusStartsNone(t *testing.T) {
	testOnlyRunUser = t.TempDir()
	defer func() { testOnlyRunUser = runUser }()
	bin := t.TempDir()
	mark := filepath.Join(bin, "started")
	if err := os.WriteFile(filepath.Join(bin, "dbus-launch"), []byte("#!/bin/sh\n: >"+mark+"\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	for _, address := range []string{"", "autolaunch:"} {
		t.Setenv(addressVariable, address)
		for _, interactive := range []bool{false, true} {
			mustFail(t, &Keyring{Interactive: interactive}, store.ErrUnavailable, "no D-Bus session")
		}
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("dbus-launch was started")
	}
	if s := new(Keyring).Status(t.Context()); s.Reachable || !errors.Is(s.Err, store.ErrUnavailable) {
		t.Errorf("status: %+v", s)
	}
}

// A bus that only XDG_RUNTIME_DIR leads to is used, by go-keyring as well.
func TestBusInRuntimeFolder(t *testing.T) {
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	t.Setenv(addressVariable, "")
	t.Setenv("XDG_RUNTIME_DIR", dir)
	serveAt(t, &fake{}, filepath.Join(dir, "bus"))
	storetest.MustPut(t, new(Keyring), alice, "sesame")
	storetest.MustGet(t, new(Keyring), alice, "sesame")
}

func TestBusThatIsNotThere(t *testing.T) {
	t.Setenv(addressVariable, "unix:path="+filepath.Join(t.TempDir(), "none"))
	mustFail(t, new(Keyring), store.ErrUnavailable, "D-Bus at unix:path=")
}

func TestNoService(t *testing.T) {
	serve(t, nil)
	mustFail(t, new(Keyring), store.ErrUnavailable, "no keyring service on the D-Bus")
	if s := new(Keyring).Status(t.Context()); s.Reachable || s.Err == nil {
		t.Errorf("status: %+v", s)
	}
}

func TestNoCollection(t *testing.T) {
	serve(t, &fake{collections: []dbus.ObjectPath{}})
	mustFail(t, &Keyring{Interactive: true}, store.ErrUnavailable, "no keyring yet")
	if s := new(Keyring).Status(t.Context()); !s.Reachable || s.Err == nil {
		t.Errorf("status: %+v", s)
	}
}

// Without "login" it is the collection that is aliased "default".
func TestDefaultCollection(t *testing.T) {
	other := servicePath + "/collection/other"
	f := &fake{collections: []dbus.ObjectPath{other}}
	serve(t, f)
	storetest.MustPut(t, new(Keyring), alice, "sesame")
	storetest.MustGet(t, new(Keyring), alice, "sesame")
	f.with(func() { f.locked = true })
	mustFail(t, new(Keyring), store.ErrLocked, "")
	if s := new(Keyring).Status(t.Context()); s.Collection != "other" || !s.Locked {
		t.Errorf("status: %+v", s)
	}
}

// RULES R12: what is not interactive opens no dialog, and does not so much as
// ask for one.
func TestR12LockedOpensNoDialog(t *testing.T) {
	f := &fake{locked: true, answer: accept}
	serve(t, f)
	k := &Keyring{Interactive: true}
	for name, s := range map[string]store.Store{"zero": new(Keyring), "quiet": k.Quiet()} {
		_, err := s.Get(t.Context(), alice)
		for call, err := range map[string]error{
			"get": err, "put": s.Put(t.Context(), alice, credential("x")), "delete": s.Delete(t.Context(), alice),
		} {
			if !errors.Is(err, store.ErrLocked) {
				t.Errorf("%s %s: got %v, want %v", name, call, err, store.ErrLocked)
			}
		}
	}
	if s := k.Status(t.Context()); !s.Reachable || !s.Locked || !errors.Is(s.Err, store.ErrLocked) {
		t.Errorf("status: %+v", s)
	}
	if f.called("Unlock")+f.called("Prompt") != 0 {
		t.Errorf("calls: %q", f.calls)
	}
}

// An item that the service would ask about (KeePassXC) is locked for a quiet
// call.
func TestR12LockedItemOpensNoDialog(t *testing.T) {
	f := &fake{}
	serve(t, f)
	storetest.MustPut(t, new(Keyring), alice, "sesame")
	f.with(func() { f.itemsLocked = true; f.calls = nil })
	mustFail(t, new(Keyring), store.ErrLocked, "would ask")
	if f.called("Unlock")+f.called("Prompt") != 0 {
		t.Errorf("calls: %q", f.calls)
	}
}

func TestUnlockedByAPerson(t *testing.T) {
	f := &fake{locked: true, answer: accept}
	serve(t, f)
	storetest.MustPut(t, &Keyring{Interactive: true}, alice, "sesame")
	storetest.MustGet(t, new(Keyring), alice, "sesame")
}

// Many calls at once open one dialog.
func TestR11OneDialog(t *testing.T) {
	f := &fake{locked: true, answer: accept}
	serve(t, f)
	k := &Keyring{Interactive: true}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if _, err := k.Get(t.Context(), alice); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("got %v, want %v", err, store.ErrNotFound)
			}
		})
	}
	wg.Wait()
	if n := f.called("Prompt"); n != 1 {
		t.Errorf("%d dialogs", n)
	}
}

func TestDialogDismissed(t *testing.T) {
	serve(t, &fake{locked: true, answer: dismiss})
	k := &Keyring{Interactive: true}
	mustFail(t, k, store.ErrDenied, "dismissed")
	mustFail(t, k, store.ErrLocked, "dismissed")
}

// That a dialog was not dismissed does not mean that the keyring is open: the
// password may have been wrong.
func TestDialogWithoutEffect(t *testing.T) {
	f := &fake{locked: true}
	f.answer = func() (bool, bool) {
		f.with(func() { clear(f.pending) })
		return false, true
	}
	serve(t, f)
	mustFail(t, &Keyring{Interactive: true}, store.ErrLocked, "")
	if f.called("OpenSession") != 0 {
		t.Error("go-keyring was let at it")
	}
}

// A dialog that nobody answers ends with the wait or the caller's context, and
// what was to be put is not put when somebody answers after that.
func TestDialogUnanswered(t *testing.T) {
	hurry(t, answerWait, 150*time.Millisecond)
	later := make(chan struct{})
	f := &fake{locked: true, answer: func() (bool, bool) { <-later; return false, true }}
	serve(t, f)
	var notices atomic.Int32
	testOnlyNoticeAfter = 20 * time.Millisecond
	defer func() { testOnlyNoticeAfter = noticeAfter }()
	k := &Keyring{Interactive: true, Waiting: func() { notices.Add(1) }}
	if err := k.Put(t.Context(), alice, credential("late")); !errors.Is(err, store.ErrLocked) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, store.ErrLocked)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := k.Get(ctx, alice); !errors.Is(err, store.ErrLocked) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v and %v", err, store.ErrLocked, context.Canceled)
	}
	if n := notices.Load(); n != 2 {
		t.Errorf("%d notices for two calls", n)
	}
	close(later)
	storetest.MustMiss(t, &Keyring{Interactive: true}, alice)
	if len(f.items) != 0 {
		t.Error("the item was put after all")
	}
}

// A service that takes calls and never answers costs one wait in a run.
func TestServiceNeverAnswers(t *testing.T) {
	hurry(t, 100*time.Millisecond, personWait)
	f := &fake{silent: []string{"Get", "Unlock", "ReadAlias"}}
	serve(t, f)
	k := &Keyring{Interactive: true}
	mustFail(t, k, store.ErrUnavailable, "did not answer within 100ms")
	asked := f.called("Get")
	mustFail(t, k, store.ErrUnavailable, "did not answer")
	mustFail(t, k.Quiet(), store.ErrUnavailable, "did not answer")
	if f.called("Get") != asked {
		t.Error("asked again")
	}
}

// The preemptive look-up has 250 ms; that it was cut short says nothing about
// the service.
func TestR12ShortLookUpCondemnsNobody(t *testing.T) {
	f := &fake{silent: []string{"Get"}}
	serve(t, f)
	k := new(Keyring)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := k.Get(ctx, alice); !errors.Is(err, store.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	f.with(func() { f.silent = nil })
	storetest.MustMiss(t, k, alice)
}

// A call of go-keyring's that hangs is abandoned; meanwhile others fail at
// once, and when it has come back all is well again.
func TestHungCallIsAbandoned(t *testing.T) {
	f := &fake{}
	serve(t, f)
	k := new(Keyring)
	storetest.MustPut(t, k, alice, "sesame")
	f.with(func() { f.silent = []string{"GetSecret"} })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := k.Get(ctx, alice); !errors.Is(err, store.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	mustFail(t, k, store.ErrUnavailable, "has not come back")

	f.with(func() { f.silent = nil; f.die() }) // the connections end, and the call with them
	storetest.MustGet(t, k, alice, "sesame")
}

// The bus dies at each step that a call has, in turn.
func TestBusDiesInTheMiddle(t *testing.T) {
	for _, tt := range []struct {
		name string
		fake *fake
	}{
		{"properties", &fake{dying: "Get"}},
		{"alias", &fake{dying: "ReadAlias", collections: []dbus.ObjectPath{servicePath + "/collection/x"}}},
		{"search", &fake{dying: "SearchItems"}},
		{"session", &fake{dying: "OpenSession"}},
		{"secret", &fake{dying: "GetSecret"}},
		{"unlocking", &fake{dying: "Unlock", locked: true}},
		{"opening the dialog", &fake{dying: "Prompt", locked: true}},
		{"dialog is open", &fake{dyingAfter: "Prompt", locked: true}},
		{"go-keyring's dialog is open", &fake{dyingAfter: "Prompt", locked: true, noProperties: true}}, // it panics
	} {
		t.Run(tt.name, func(t *testing.T) {
			hurry(t, answerWait, soon/2)
			serve(t, tt.fake)
			tt.fake.with(func() {
				tt.fake.items[loginPath+"/i1"] = &fakeItem{map[string]string{"service": alice.Service(), "username": alice.User()}, nil}
			})
			k := &Keyring{Interactive: true}
			mustFail(t, k, store.ErrUnavailable, "")
			if err := k.hung(t.Context()); err != nil {
				t.Errorf("the call has not come back: %v", err)
			}
		})
	}
}

// An error of the ask does not mean that there is no keyring: this service
// knows no properties, and works.
func TestServiceWithoutProperties(t *testing.T) {
	serve(t, &fake{noProperties: true})
	storetest.MustPut(t, new(Keyring), alice, "sesame")
	storetest.MustGet(t, new(Keyring), alice, "sesame")
}

// go-keyring reports as done what a person has refused.
func TestDismissedChangeIsDenied(t *testing.T) {
	f := &fake{answer: dismiss}
	serve(t, f)
	k := &Keyring{Interactive: true}
	storetest.MustPut(t, k, alice, "old")
	f.with(func() { f.asks = []string{"CreateItem", "Delete"} })
	bob := storetest.Key("https://a.test", "Staff", "bob")
	for call, err := range map[string]error{
		"new":     k.Put(t.Context(), bob, credential("x")),
		"replace": k.Put(t.Context(), alice, credential("new")),
		"delete":  k.Delete(t.Context(), alice),
	} {
		if !errors.Is(err, store.ErrDenied) {
			t.Errorf("%s: got %v, want %v", call, err, store.ErrDenied)
		}
	}
	storetest.MustGet(t, k, alice, "old")
	storetest.MustMiss(t, k, bob)
	f.with(func() { f.answer = accept })
	storetest.MustPut(t, k, alice, "new")
	storetest.MustGet(t, k, alice, "new")
}

// What is there already is not written, nor asked about, again.
func TestSameValueIsNotWritten(t *testing.T) {
	f := &fake{}
	serve(t, f)
	storetest.MustPut(t, new(Keyring), alice, "sesame")
	storetest.MustPut(t, new(Keyring), alice, "sesame")
	if n := f.called("CreateItem"); n != 1 {
		t.Errorf("written %d times", n)
	}
}

func TestTooLarge(t *testing.T) {
	f := &fake{}
	serve(t, f)
	k := new(Keyring)
	b, err := store.Encode(alice, credential(""))
	if err != nil {
		t.Fatal(err)
	}
	room := MaxValue - len(b) - len(`,"secret":""`)
	storetest.MustPut(t, k, alice, strings.Repeat("a", room))
	storetest.MustGet(t, k, alice, strings.Repeat("a", room))
	f.with(func() { f.calls = nil })
	if err := k.Put(t.Context(), alice, credential(strings.Repeat("a", room+1))); !errors.Is(err, store.ErrTooLarge) {
		t.Errorf("got %v, want %v", err, store.ErrTooLarge)
	}
	if len(f.calls) != 0 {
		t.Errorf("the service was asked: %q", f.calls)
	}
}

// RULES R13: an item that another program changed, or that holds another key's
// value, is not used.
func TestR13DamagedItem(t *testing.T) {
	f := &fake{}
	serve(t, f)
	evil, err := store.Encode(storetest.Key("https://evil.test", "Staff", "alice"), credential("x"))
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{"", "sesame", "{}", string(evil)} {
		f.with(func() {
			f.items[loginPath+"/i1"] = &fakeItem{map[string]string{"service": alice.Service(), "username": alice.User()}, []byte(value)}
		})
		mustFail(t, new(Keyring), store.ErrDamaged, "")
	}
}

func TestStatus(t *testing.T) {
	serve(t, &fake{})
	want := Status{Reachable: true, Service: filepath.Base(os.Args[0]), Collection: "login"}
	if got := new(Keyring).Status(t.Context()); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
