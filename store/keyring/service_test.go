//go:build !windows && !darwin

package keyring

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
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

// soon is what "at once" may take on a machine that is busy with other tests:
// less than the wait for a person, by far.
const soon = 20 * time.Second

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

// A service that takes calls and never answers costs one wait in a run.
func TestServiceNeverAnswers(t *testing.T) {
	hurry(t, 100*time.Millisecond, personWait)
	f := &fake{silent: []string{"Get", "Unlock", "ReadAlias"}}
	serve(t, f)
	for _, interactive := range []bool{false, true} {
		k := &Keyring{Interactive: interactive}
		mustFail(t, k, store.ErrUnavailable, "did not answer within 100ms")
		asked := f.called("Get")
		mustFail(t, k, store.ErrUnavailable, "did not answer")
		mustFail(t, k.Quiet(), store.ErrUnavailable, "did not answer")
		if f.called("Get") != asked {
			t.Error("asked again")
		}
	}
	if s := new(Keyring).Status(t.Context()); s.Reachable || !errors.Is(s.Err, store.ErrUnavailable) {
		t.Errorf("status: %+v", s)
	}
}

// A bus that is stopped takes connections and says nothing.
func TestBusNeverAnswers(t *testing.T) {
	hurry(t, 100*time.Millisecond, personWait)
	dir, err := os.MkdirTemp("", "bus")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	l, err := net.Listen("unix", filepath.Join(dir, "bus"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv(addressVariable, "unix:path="+filepath.Join(dir, "bus"))
	k := new(Keyring)
	mustFail(t, k, store.ErrUnavailable, "did not answer within 100ms")
	mustFail(t, k, store.ErrUnavailable, "did not answer")
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
