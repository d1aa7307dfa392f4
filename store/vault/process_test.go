package vault

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"getin/client/auth"
	"getin/store"
	"getin/store/storetest"
)

// childVar makes the test binary a writer: "DIR NAME COUNT".
const childVar = "GETIN_TEST_VAULT_WRITER"

func TestMain(m *testing.M) {
	if job := strings.Split(os.Getenv(childVar), "\x1f"); len(job) == 3 {
		os.Exit(writer(job[0], job[1], job[2]))
	}
	if job := strings.Split(os.Getenv(crashVar), "\x1f"); len(job) == 4 {
		os.Exit(crash(job[0], job[1], job[2], job[3]))
	}
	os.Exit(m.Run())
}

// writer puts COUNT entries and says the number of each when it is there.
func writer(dir, name, count string) int {
	n, err := strconv.Atoi(count)
	for i := 0; i < n && err == nil; i++ {
		k := numbered(name, i)
		err = Open(dir).Put(context.Background(), k, auth.Credential{User: k.Account, Secret: auth.NewSecret(k.Service())})
		fmt.Println(i)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func numbered(name string, i int) store.Key {
	return storetest.Key("https://a.test", name, strconv.Itoa(i))
}

func child(t *testing.T, v *Vault, name string, count int) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self)
	c.Env = append(os.Environ(), childVar+"="+strings.Join([]string{v.dir, name, strconv.Itoa(count)}, "\x1f"))
	c.Stderr = os.Stderr
	return c
}

func TestManyProcessesLoseNothing(t *testing.T) {
	const processes, each = 32, 2
	v := newVault(t)
	var wg sync.WaitGroup
	for p := range processes {
		c := child(t, v, fmt.Sprint("p", p), each)
		wg.Go(func() {
			if err := c.Run(); err != nil {
				t.Errorf("writer: %v", err)
			}
		})
	}
	wg.Wait()
	for p := range processes {
		for i := range each {
			k := numbered(fmt.Sprint("p", p), i)
			storetest.MustGet(t, v, k, k.Service())
		}
	}
	if s := v.Status(t.Context()); s.Entries != processes*each {
		t.Errorf("%d entries, want %d", s.Entries, processes*each)
	}
}

// A writer is killed at a different moment each time; whatever it said was
// there is there, nothing else is damaged, and what it left is cleared away.
func TestKilledWriterDamagesNothing(t *testing.T) {
	v := newVault(t)
	for round := range 25 {
		name := fmt.Sprint("round ", round)
		c := child(t, v, name, 1<<20)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		lines.Scan() // it has begun
		said := 0
		// 311 microseconds: prime to what a write takes, so that the moments differ.
		kill := time.AfterFunc(time.Duration(round)*311*time.Microsecond, func() { _ = c.Process.Kill() })
		for lines.Scan() {
			said++
		}
		kill.Stop()
		_ = c.Wait() // it was killed
		for i := range said + 1 {
			k := numbered(name, i)
			storetest.MustGet(t, v, k, k.Service())
		}
	}
	storetest.MustPut(t, v, numbered("after", 0), "x")
	if left, _ := filepath.Glob(v.path(tempPattern)); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
}
