//go:build !windows && !darwin

package keyring

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"getin/store"
	"getin/store/storetest"
)

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
	hurry(t, answerWait, 500*time.Millisecond)
	later, shown, noticed := make(chan struct{}), make(chan struct{}, 2), make(chan struct{}, 2)
	f := &fake{locked: true, answer: func() (bool, bool) {
		shown <- struct{}{}
		<-later
		return false, true
	}}
	serve(t, f)
	testOnlyNoticeAfter = 20 * time.Millisecond
	defer func() { testOnlyNoticeAfter = noticeAfter }()
	k := &Keyring{Interactive: true, Waiting: func() { noticed <- struct{}{} }}
	if err := k.Put(t.Context(), alice, credential("late")); !errors.Is(err, store.ErrLocked) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, store.ErrLocked)
	}
	<-shown
	<-noticed
	testOnlyPersonWait = personWait
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-shown
		<-noticed
		cancel()
	}()
	if _, err := k.Get(ctx, alice); !errors.Is(err, store.ErrLocked) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v and %v", err, store.ErrLocked, context.Canceled)
	}
	if len(noticed) > 0 {
		t.Error("more than one notice for a call")
	}
	close(later)
	storetest.MustMiss(t, &Keyring{Interactive: true}, alice)
	if len(f.items) != 0 {
		t.Error("the item was put after all")
	}
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
