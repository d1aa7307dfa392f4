package index

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"getin/client/auth"
)

// A child of the tests is told by this variable what to do, and where.
const childVar = "GETIN_INDEX_CHILD"

func TestMain(m *testing.M) {
	if job, dir, ok := strings.Cut(os.Getenv(childVar), " "); ok {
		os.Exit(child(job, dir))
	}
	os.Exit(m.Run())
}

func child(job, dir string) int {
	if strings.HasPrefix(job, "list-") {
		return listChild(job, dir)
	}
	ix, o := Open(dir), auth.Origin{Scheme: "https", Host: "a.test", Port: 443}
	for i := 0; ; i++ {
		e := Entry{
			ID: fmt.Sprintf("%s%0*d", job, idDigits-len(job), i), Kind: auth.Password, Account: "u", Store: "keyring",
			Space: auth.Space{Party: auth.Server, Origin: o, Realm: "R", HasRealm: true}, State: Saved,
		}
		err := ix.Update(context.Background(), auth.Server, o, func(f *File) error {
			if job == "dd" { // the one to be killed keeps the file small
				f.Entries = keepLast(f.Entries)
			}
			f.Put(e)
			return nil
		})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		if _, problems := ix.All(); len(problems) > 0 {
			fmt.Fprintln(os.Stderr, problems)
			return 1
		}
		if job != "dd" && i == perChild-1 {
			return 0
		}
	}
}

func keepLast(entries []Entry) []Entry {
	if len(entries) > 5 {
		return entries[len(entries)-5:]
	}
	return entries
}

// listChild stores and removes, and demands that each shows at once; its last
// entry stays.
func listChild(job, dir string) int {
	testOnlyWorthwhile, testOnlySettled = 1, -time.Hour
	ix := Open(dir)
	e := entry(&testing.T{}, "R", job, "1")
	e.Space.Origin.Host = job + ".test"
	for i := range 5 {
		err := ix.Update(context.Background(), auth.Server, e.Space.Origin, func(f *File) error {
			if i%2 == 0 {
				f.Put(e)
			} else {
				f.Remove(e.ID, e.Store)
			}
			return nil
		})
		all, problems := ix.List()
		there := slices.ContainsFunc(all, func(have Entry) bool { return have.Account == job })
		if err != nil || len(problems) > 0 || there != (i%2 == 0) {
			fmt.Fprintln(os.Stderr, i, there, err, problems)
			return 1
		}
	}
	return 0
}

const children, perChild = 32, 4

func start(t *testing.T, job, dir string) (*exec.Cmd, *strings.Builder) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childVar+"="+job+" "+dir)
	var errors strings.Builder
	c.Stderr = &errors
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c, &errors
}

// Thirty-two processes that store and list at once lose nothing.
func TestR13_ManyProcesses(t *testing.T) {
	dir := t.TempDir()
	var wait sync.WaitGroup
	for i := range children {
		c, said := start(t, fmt.Sprintf("%02x", i), dir)
		wait.Go(func() {
			if err := c.Wait(); err != nil {
				t.Errorf("a child: %v: %s", err, said)
			}
		})
	}
	wait.Wait()
	entries, problems := Open(dir).All()
	if len(entries) != children*perChild || len(problems) > 0 {
		t.Errorf("%d entries of %d, problems %v", len(entries), children*perChild, problems)
	}
}

// A writer that is killed at any time leaves the old file or the new one.
func TestR13_KilledWriter(t *testing.T) {
	dir := t.TempDir()
	o := auth.Origin{Scheme: "https", Host: "a.test", Port: 443}
	ix := Open(dir)
	ix.Warn = func(err error) { t.Error(err) }
	for i := range 25 {
		c, _ := start(t, "dd", dir)
		for deadline := time.Now().Add(10 * time.Second); ; {
			f, err := ix.Load(auth.Server, o)
			if err != nil {
				t.Fatalf("while it writes: %v", err)
			}
			if len(f.Entries) > 0 || time.Now().After(deadline) {
				break
			}
		}
		time.Sleep(time.Duration(i) * 137 * time.Microsecond) // another moment each time
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait() // killed, as it says
		f, err := ix.Load(auth.Server, o)
		if err != nil || len(f.Entries) == 0 {
			t.Fatalf("after kill %d: %d entries, %v", i, len(f.Entries), err)
		}
		if err := ix.Update(t.Context(), auth.Server, o, func(*File) error { return nil }); err != nil {
			t.Fatalf("the lock outlived its process: %v", err)
		}
	}
}
