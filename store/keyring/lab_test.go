//go:build linux

package keyring

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"getin/store"
	"getin/store/storetest"
)

// The lab's tests run against a real D-Bus and GNOME Keyring: with GETIN_LAB=1
// and LAB_DIR naming the lab's folder. TestLab starts the test binary again in
// each of the states; there it runs the function of that name.
const labState = "GETIN_TEST_KEYRING_STATE"

var labStates = map[string]struct {
	with []string // arguments of lab/with-keyring
	run  func(*testing.T)
}{
	"unlocked":      {nil, labUnlocked},
	"locks":         {nil, labLocks},
	"stopped":       {nil, labStopped},
	"locked":        {[]string{"--locked"}, labLocked},
	"unanswered":    {[]string{"--locked"}, labUnanswered},
	"no service":    {[]string{"--no-service"}, labNoService},
	"silent":        {[]string{"--no-service"}, labSilent},
	"dismissed":     {[]string{"--no-service"}, labDismissed},
	"service dies":  {[]string{"--no-service"}, labServiceDies},
	"bus dies":      {[]string{"--no-service"}, labBusDies},
	"nothing there": {[]string{"--no-service"}, labNoCollection},
}

func TestLab(t *testing.T) {
	if state := os.Getenv(labState); state != "" {
		labStates[state].run(t)
		return
	}
	if os.Getenv("GETIN_LAB") != "1" {
		t.Skip("GETIN_LAB is not 1: the real GNOME Keyring is tested in the lab")
	}
	if os.Getenv("LAB_DIR") == "" || os.Getenv("LAB_STATE") == "" {
		t.Fatal("LAB_DIR or LAB_STATE is not set: source the file that lab/up names")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for state, s := range labStates {
		t.Run(state, func(t *testing.T) {
			args := append(s.with, self, "-test.run=^TestLab$", "-test.v", "-test.timeout=60s")
			c := exec.Command(filepath.Join(os.Getenv("LAB_DIR"), "with-keyring"), args...)
			c.Env = append(os.Environ(), labState+"="+state)
			out, err := c.CombinedOutput()
			if err != nil || !bytes.Contains(out, []byte("--- PASS: TestLab")) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// lab runs one of the lab's own programs in the state's environment.
func lab(t *testing.T, program string) {
	t.Helper()
	if out, err := exec.Command(filepath.Join(os.Getenv("LAB_DIR"), "keyring", program)).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", program, err, out)
	}
}

// serveOn makes the fake the keyring service of the session's real bus.
func serveOn(t *testing.T, f *fake) *dbus.Conn {
	t.Helper()
	f.init()
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if f.die == nil {
		f.die = func() { _ = conn.Close() }
	}
	// Before it eavesdrops: afterwards conn sees no replies to its own calls.
	if _, err := conn.RequestName(serviceName, 0); err != nil {
		t.Fatal(err)
	}
	messages := make(chan *dbus.Message, 64)
	conn.Eavesdrop(messages)
	go func() {
		for m := range messages {
			if m.Type == dbus.TypeMethodCall {
				respond(conn, m, f)
			}
		}
	}()
	return conn
}

func labUnlocked(t *testing.T) {
	storetest.Run(t, func() store.Store { return &Keyring{Large: t.TempDir()} })
	if s := new(Keyring).Status(t.Context()); s != (Status{Reachable: true, Service: "gnome-keyring-daemon", Collection: "login"}) {
		t.Errorf("status: %+v", s)
	}
	// Another program finds the item where Key says it is.
	storetest.MustPut(t, new(Keyring), alice, "sesame")
	out, err := exec.Command("secret-tool", "lookup", "service", alice.Service(), "username", alice.User()).Output()
	if err != nil || !strings.Contains(string(out), `"secret":"sesame"`) {
		t.Errorf("secret-tool: %v: %s", err, out)
	}
}

func labLocks(t *testing.T) {
	k := new(Keyring)
	storetest.MustPut(t, k, alice, "sesame")
	lab(t, "lock")
	mustFail(t, k, store.ErrLocked, "")
	lab(t, "unlock")
	storetest.MustGet(t, k, alice, "sesame")
}

// labStopped stops the service as a debugger or a swapping machine would.
func labStopped(t *testing.T) {
	k := new(Keyring)
	storetest.MustPut(t, k, alice, "sesame")
	pid := owner(t, serviceName)
	signal(t, pid, syscall.SIGSTOP)
	defer signal(t, pid, syscall.SIGCONT)
	hurry(t, 200*time.Millisecond, personWait)
	mustFail(t, k, store.ErrUnavailable, "did not answer")
	mustFail(t, k, store.ErrUnavailable, "did not answer")
}

func owner(t *testing.T, name string) int {
	t.Helper()
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var pid uint32
	if err := conn.BusObject().Call("org.freedesktop.DBus.GetConnectionUnixProcessID", 0, name).Store(&pid); err != nil {
		t.Fatal(err)
	}
	return int(pid)
}

func signal(t *testing.T, pid int, s syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(pid, s); err != nil {
		t.Fatal(err)
	}
}

// labLocked: nobody can unlock it, for there is no program to show a dialog.
func labLocked(t *testing.T) {
	mustFail(t, new(Keyring), store.ErrLocked, "")
	mustFail(t, &Keyring{Interactive: true}, store.ErrLocked, "could not be shown")
	if s := new(Keyring).Status(t.Context()); !s.Reachable || !s.Locked || s.Service != "gnome-keyring-daemon" {
		t.Errorf("status: %+v", s)
	}
}

// labUnanswered: a desktop's dialog is up and nobody answers it. With
// go-keyring alone this lasts for ever.
func labUnanswered(t *testing.T) {
	prompter := exec.Command(filepath.Join(os.Getenv("LAB_STATE"), "bin", "probe"), "prompter")
	if err := prompter.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = prompter.Process.Kill(); _ = prompter.Wait() }()
	awaitName(t, "org.gnome.keyring.SystemPrompter")
	hurry(t, answerWait, time.Second)
	testOnlyNoticeAfter = 100 * time.Millisecond
	defer func() { testOnlyNoticeAfter = noticeAfter }()
	var notices atomic.Int32
	k := &Keyring{Interactive: true, Waiting: func() { notices.Add(1) }}
	begin := time.Now()
	if _, err := k.Get(t.Context(), alice); !errors.Is(err, store.ErrLocked) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v after the wait", err, store.ErrLocked)
	}
	if d := time.Since(begin); d < time.Second || d > time.Second+soon || notices.Load() != 1 {
		t.Errorf("took %v, %d notices", d, notices.Load())
	}
	mustFail(t, k.Quiet(), store.ErrLocked, "")
}

// awaitName waits until somebody serves a name.
func awaitName(t *testing.T, name string) {
	t.Helper()
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for begin := time.Now(); time.Since(begin) < 10*time.Second; time.Sleep(10 * time.Millisecond) {
		var has bool
		if err := conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, name).Store(&has); err != nil {
			t.Fatal(err)
		}
		if has {
			return
		}
	}
	t.Fatalf("nobody serves %s", name)
}

func labNoService(t *testing.T) {
	mustFail(t, &Keyring{Interactive: true}, store.ErrUnavailable, "no keyring service on the D-Bus")
}

func labNoCollection(t *testing.T) {
	serveOn(t, &fake{collections: []dbus.ObjectPath{}})
	mustFail(t, new(Keyring), store.ErrUnavailable, "no keyring yet")
}

func labSilent(t *testing.T) {
	hurry(t, 200*time.Millisecond, personWait)
	serveOn(t, &fake{silent: []string{"Get"}})
	k := &Keyring{Interactive: true}
	mustFail(t, k, store.ErrUnavailable, "did not answer")
	mustFail(t, k, store.ErrUnavailable, "did not answer")
}

func labDismissed(t *testing.T) {
	f := &fake{locked: true, answer: dismiss}
	serveOn(t, f)
	k := &Keyring{Interactive: true}
	mustFail(t, k, store.ErrDenied, "")
	f.with(func() { f.answer = accept })
	storetest.MustPut(t, k, alice, "sesame")
	storetest.MustGet(t, k, alice, "sesame")
}

func labServiceDies(t *testing.T) {
	serveOn(t, &fake{locked: true, dying: "Prompt"})
	mustFail(t, &Keyring{Interactive: true}, store.ErrUnavailable, "")
}

// labBusDies: go-keyring, which waits for a dialog then, panics.
func labBusDies(t *testing.T) {
	hurry(t, answerWait, 2*soon)
	bus := owner(t, "org.freedesktop.DBus")
	die := func() {
		// The bus has the answer and is to hand it on first.
		time.AfterFunc(100*time.Millisecond, func() { _ = syscall.Kill(bus, syscall.SIGKILL) })
	}
	serveOn(t, &fake{locked: true, noProperties: true, dyingAfter: "Prompt", die: die})
	mustFail(t, &Keyring{Interactive: true}, store.ErrUnavailable, "went away")
}
