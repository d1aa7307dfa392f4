//go:build linux

package labtest

import (
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"getin/client/authtest"
)

// many is a server with n realms, /1/ to /n/, and the same user in each.
func many(t *testing.T, n int) *authtest.Server {
	var rows []authtest.Row
	for i := range n {
		rows = append(rows, authtest.Row{Path: fmt.Sprintf("/%d/", i+1), Demands: []authtest.Demand{
			authtest.Basic{Realm: fmt.Sprintf("Realm %d", i+1), Users: authtest.Users{"alice": "wonderland"}},
		}})
	}
	s := authtest.Start(rows...)
	t.Cleanup(s.Close)
	return s
}

// Thirty-two processes store at once, in one origin's index and one keyring, while
// others list: nothing is lost, nobody reads half a file.
func TestProcessesStoreAtOnce(t *testing.T) {
	const n = 32
	w := newWorld(t)
	w.keyring()
	s := many(t, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			r := w.run("wonderland\n", "--account", "alice", "--secret-stdin", "--save", fmt.Sprintf("%s/%d/", s.URL, i+1))
			if r.code != 0 || r.out != "welcome, alice\n" {
				t.Errorf("process %d: exit %d\n%s", i+1, r.code, r.err)
			}
		})
		if i%4 == 0 {
			wg.Go(func() {
				if r := w.run("", "realms", "list"); r.code != 0 {
					t.Errorf("listing: exit %d\n%s", r.code, r.err)
				}
			})
		}
	}
	wg.Wait()
	if list := w.realms(); len(list) != n {
		t.Errorf("%d realms are stored, want %d", len(list), n)
	}
	s.Forget()
	w.must("", fmt.Sprintf("%s/[1-%d]/", s.URL, n))
	if got, asked := len(s.Log()), s.Count(401); got != n || asked != 0 {
		t.Errorf("%d requests, %d challenged; want %d and none", got, asked, n)
	}
}

// Killed at any moment of a save, it leaves an entry that is there or is not;
// the next run can always be made, and saves.
func TestKilledWhileSaving(t *testing.T) {
	const rounds = 40
	w := newWorld(t)
	k := w.keyring()
	s := many(t, rounds)
	start := time.Now()
	w.must("wonderland\n", "--account", "alice", "--secret-stdin", "--save", s.URL+"/1/")
	whole := time.Since(start)
	for i := 1; i < rounds; i++ {
		cmd := w.command([]string{"--account", "alice", "--secret-stdin", "--save", fmt.Sprintf("%s/%d/", s.URL, i+1)})
		cmd.Stdin = strings.NewReader("wonderland\n")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		kill := time.AfterFunc(whole*time.Duration(i)/rounds, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait() // killed, or done before that
		kill.Stop()
		w.realms()
	}
	if items, listed := k.items(), len(w.realms()); items > listed {
		t.Errorf("%d items in the keyring and %d entries: an item is left that nothing lists", items, listed)
	}
	for i := range rounds {
		w.must("wonderland\n", "--account", "alice", "--secret-stdin", "--save", fmt.Sprintf("%s/%d/", s.URL, i+1))
	}
	if list := w.realms(); len(list) != rounds {
		t.Errorf("%d realms, want %d", len(list), rounds)
	}
	s.Forget()
	w.must("", fmt.Sprintf("%s/[1-%d]/", s.URL, rounds))
	if asked := s.Count(401); asked != 0 {
		t.Errorf("%d of %d realms were asked for again", asked, rounds)
	}
}

// Several URLs of one realm in one run: one question, one challenge.
func TestOneQuestionForAll(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	s := many(t, 1)
	d := w.talk(s.URL + "/1/[1-8]")
	d.login("alice", "wonderland")
	r := d.end()
	if n := strings.Count(r.out, "welcome, alice\n"); r.code != 0 || n != 8 {
		t.Errorf("exit %d, %d of 8\n%s", r.code, n, r.err)
	}
	if n := s.Count(401); n != 1 {
		t.Errorf("%d challenges, want 1", n)
	}
}
