package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"getin/client/auth"
	"getin/store"
	"getin/store/index"
	"getin/store/storetest"
)

// crashVar tells a child of the tests after which step to die, whether it saves
// or removes, and in which folder.
const crashVar = "GETIN_WALLET_CRASH"

func TestMain(m *testing.M) {
	if v := os.Getenv(crashVar); v != "" {
		os.Exit(crash(v))
	}
	os.Exit(m.Run())
}

// crash saves or removes alice's password and is gone after the step.
func crash(v string) int {
	part := strings.SplitN(v, " ", 3)
	step, doing, dir := part[0], part[1], part[2]
	t := &testing.T{}
	w := worldIn(t, dir)
	run := &store.Wallet{Keep: store.Place{Name: "keyring", Store: w.keep}, Index: w.ix}
	q := basic(t, page, "R")
	store.AfterStep(func(s string) {
		if s == step {
			os.Exit(3)
		}
	})
	var err error
	if doing == "save" {
		k := store.Key{Space: q.Space, Kind: auth.Password, Account: "alice"}
		err = run.Add(context.Background(), k, cred("alice", "new"), index.Entry{Strength: auth.StrengthBasic})
	} else {
		err = run.Remove(context.Background(), w.file(auth.Server, page).Entries[0])
	}
	fmt.Fprintln(os.Stderr, "not stopped:", err)
	return 1
}

func crashAfter(t *testing.T, dir, step, doing string) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), crashVar+"="+step+" "+doing+" "+dir)
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Fatalf("the child ended with %v: %s", err, out)
	}
}

// A process that dies at any step of a save leaves nothing that cannot be
// listed, and the next run that meets it makes it whole: there is the old
// password, the new one, or none.
func TestR3_CrashWhileSaving(t *testing.T) {
	q := basic(t, page, "R")
	for _, c := range []struct {
		step   string
		before string // what was stored
		after  string // what the next run has; "" is nothing
	}{
		{"pending", "", ""},
		{"stored", "", "new"},
		{"saved", "", "new"},
		{"pending", "old", "old"},
		{"stored", "old", "new"},
		{"saved", "old", "new"},
	} {
		t.Run(c.step+" over "+c.before, func(t *testing.T) {
			dir := t.TempDir()
			world := worldIn(t, dir)
			if c.before != "" {
				world.stored(q, "alice", c.before)
			}
			crashAfter(t, dir, c.step, "save")
			items, _ := world.keep.Items()
			if entries, problems := world.ix.All(); len(entries) < items || len(problems) > 0 {
				t.Errorf("%d items, %d entries, problems %v", items, len(entries), problems)
			}
			run := world.run()
			if r := run.Recall(t.Context(), auth.Server, parse(t, page)); r.Ready && c.step != "saved" {
				t.Error("a pending entry goes unasked")
			}
			if c.after == "" {
				lacks(t, run, q, auth.ErrNobody)
			} else {
				settled(t, run, q, cred("alice", c.after), auth.Accepted)
			}
			closeRun(t, run)
			items, _ = world.keep.Items()
			f := world.file(auth.Server, page)
			if len(f.Entries) != items || items > 0 && (f.Entries[0].State != index.Saved || f.Entries[0].Saved.IsZero()) {
				t.Errorf("%d items, entries %+v", items, f.Entries)
			}
		})
	}
}

// Removal goes the other way, and dies as well.
func TestR3_CrashWhileRemoving(t *testing.T) {
	q := basic(t, page, "R")
	for step, left := range map[string]int{"pending": 1, "deleted": 0} {
		t.Run(step, func(t *testing.T) {
			dir := t.TempDir()
			world := worldIn(t, dir)
			world.stored(q, "alice", "old")
			crashAfter(t, dir, step, "remove")
			if n, _ := world.keep.Items(); n != left || len(world.file(auth.Server, page).Entries) != 1 {
				t.Fatalf("%d items, entries %+v", n, world.file(auth.Server, page).Entries)
			}
			run := world.run()
			if left == 0 {
				lacks(t, run, q, auth.ErrNobody)
			} else {
				settled(t, run, q, cred("alice", "old"), auth.Accepted)
			}
			closeRun(t, run)
			if n := len(world.file(auth.Server, page).Entries); n != left {
				t.Errorf("%d entries, want %d", n, left)
			}
		})
	}
}

// A store that fails costs a notice, not the transfer: the credential serves the
// run, and no entry without an item is left.
func TestR3_FailedSaveIsANotice(t *testing.T) {
	q := basic(t, page, "R")
	for _, before := range []string{"", "old"} {
		world := newWorld(t)
		if before != "" {
			world.stored(q, "alice", before)
		}
		w := world.asking(&person{says: []auth.Credential{cred("alice", "new")}})
		w.Renew = true
		told := notices(w)
		if err := world.keep.Set(storetest.Failing); err != nil {
			t.Fatal(err)
		}
		settled(t, w, q, cred("alice", "new"), auth.Accepted)
		settled(t, w, q, cred("alice", "new"), auth.Accepted)
		if err := w.Close(t.Context()); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("Close says %v", err)
		}
		if count(told, store.NoticeNotSaved) != 1 || !errors.Is((*told)[0].Err, store.ErrUnavailable) || count(told, store.NoticeSaved) != 0 {
			t.Errorf("told %+v", *told)
		}
		f := world.file(auth.Server, page)
		if before == "" && len(f.Entries) != 0 || before != "" && (len(f.Entries) != 1 || f.Entries[0].State != index.Saved) {
			t.Errorf("over %q: %+v", before, f.Entries)
		}
	}
}

// A save never delays the transfer, and Close does not wait for ever. Whether
// the item will yet be stored is not known then: the entry says pending.
func TestR3_SavingIsBesideTheTransfer(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	w := world.asking(&person{says: []auth.Credential{cred("alice", "new")}})
	told := notices(w)
	if err := world.keep.Set(storetest.Hanging); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	settled(t, w, q, cred("alice", "new"), auth.Accepted)
	if d := time.Since(begin); d > time.Second {
		t.Errorf("settling took %v", d)
	}
	for world.calls("put") == 0 { // it is begun
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Close(ctx); err == nil {
		t.Error("Close says that all was saved")
	}
	if count(told, store.NoticeNotSaved) != 1 {
		t.Errorf("told %+v", *told)
	}
	if e := world.only(); e.State != index.Pending {
		t.Errorf("entry %+v", e)
	}
}

// Without a store that is said once, and only when something would be kept.
func TestG8_NothingKeptIsSaidOnce(t *testing.T) {
	for saving, want := range map[store.Saving]int{store.SaveAsked: 1, store.SaveNone: 0} {
		world := newWorld(t)
		w := world.asking(&person{says: []auth.Credential{cred("alice", "1"), cred("alice", "2")}})
		w.Keep, w.Saving = store.Place{}, saving
		told := notices(w)
		settled(t, w, basic(t, page, "one"), cred("alice", "1"), auth.Accepted)
		settled(t, w, basic(t, page, "two"), cred("alice", "2"), auth.Accepted)
		closeRun(t, w)
		if count(told, store.NoticeNothingKept) != want || len(*told) != want {
			t.Errorf("saving %v: told %+v", saving, *told)
		}
	}
}

// F8: an entry is replaced only by what was accepted.
func TestF8_OnlyAcceptanceReplaces(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	world.stored(q, "alice", "old")
	w := world.asking(&person{says: []auth.Credential{cred("alice", "1"), cred("alice", "2"), cred("alice", "3")}})
	w.Renew = true
	for _, s := range []string{"1", "2", "3"} {
		settled(t, w, q, cred("alice", s), auth.Rejected)
	}
	lacks(t, w, q, auth.ErrDeclined)
	closeRun(t, w)
	settled(t, world.run(), q, cred("alice", "old"), auth.Accepted)
}

// No secret lies in the index, whatever was done.
func TestR13_NoSecretInTheIndex(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	w := world.asking(&person{says: []auth.Credential{cred("alice", "hunter2wrong"), cred("alice", "hunter2")}})
	settled(t, w, q, cred("alice", "hunter2wrong"), auth.Rejected)
	settled(t, w, q, cred("alice", "hunter2"), auth.Accepted)
	closeRun(t, w)
	names, err := os.ReadDir(world.ix.Dir())
	if err != nil || len(names) == 0 {
		t.Fatal(err)
	}
	for _, n := range names {
		text, err := os.ReadFile(world.ix.Dir() + "/" + n.Name())
		if err != nil || strings.Contains(string(text), "hunter2") {
			t.Errorf("%s: %v, %s", n.Name(), err, text)
		}
	}
}

// Index entry and item go together; what cannot be removed stays listed.
func TestR3_Remove(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	e := world.stored(q, "alice", "A")
	gone := world.stored(q, "bob", "B")
	w := world.run()
	if err := world.keep.Set(storetest.Locked); err != nil {
		t.Fatal(err)
	}
	if err := w.Remove(t.Context(), e); !errors.Is(err, store.ErrLocked) {
		t.Errorf("with a locked store: %v", err)
	}
	if f := world.file(auth.Server, page); len(f.Entries) != 2 || f.Find(e.ID, "keyring").State != index.Saved {
		t.Errorf("entries %+v", f.Entries)
	}
	if err := world.keep.Clear(storetest.Locked); err != nil {
		t.Fatal(err)
	}
	if err := w.Remove(t.Context(), e); err != nil {
		t.Error(err)
	}
	if err := world.keep.Delete(t.Context(), store.KeyOf(gone)); err != nil {
		t.Fatal(err)
	}
	if err := w.Remove(t.Context(), gone); err != nil {
		t.Errorf("an item that is gone already: %v", err)
	}
	if n, _ := world.keep.Items(); n != 0 || len(world.file(auth.Server, page).Entries) != 0 {
		t.Errorf("%d items, entries %+v", n, world.file(auth.Server, page).Entries)
	}
	gone.Store = "vault"
	if err := w.Remove(t.Context(), gone); !errors.Is(err, store.ErrNowhere) {
		t.Errorf("from a store that is not in use: %v", err)
	}
}

// realms add and login want to know.
func TestR3_AddReportsFailure(t *testing.T) {
	world := newWorld(t)
	q := basic(t, page, "R")
	k := store.Key{Space: q.Space, Kind: auth.Password, Account: "alice"}
	w := world.run()
	if err := world.keep.Set(storetest.Locked); err != nil {
		t.Fatal(err)
	}
	if err := w.Add(t.Context(), k, cred("alice", "A"), index.Entry{}); !errors.Is(err, store.ErrLocked) {
		t.Errorf("error %v", err)
	}
	w.Keep = store.Place{}
	if err := w.Add(t.Context(), k, cred("alice", "A"), index.Entry{}); !errors.Is(err, store.ErrNowhere) {
		t.Errorf("error %v", err)
	}
}

// A store that is not there at all fails for every realm; once is enough to
// hear it.
func TestG8_UnavailableIsSaidOnce(t *testing.T) {
	world := newWorld(t)
	w := world.asking(&person{says: []auth.Credential{cred("alice", "1"), cred("alice", "2")}})
	told := notices(w)
	if err := world.keep.Set(storetest.Failing); err != nil {
		t.Fatal(err)
	}
	settled(t, w, basic(t, page, "one"), cred("alice", "1"), auth.Accepted)
	settled(t, w, basic(t, page, "two"), cred("alice", "2"), auth.Accepted)
	if err := w.Close(t.Context()); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("Close says %v", err)
	}
	if count(told, store.NoticeNotSaved) != 1 {
		t.Errorf("told %+v", *told)
	}
}
