//go:build unix

// Two sessions are needed; only Unix makes them at will.

package prompt

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// holdLock is a program that holds the lock until its standard input ends.
func holdLock(dir string) int {
	unlock, err := Lock(context.Background(), dir)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer unlock()
	fmt.Println("locked")
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

// holder starts another process that holds the lock in dir.
func holder(t *testing.T, dir string, attr *syscall.SysProcAttr) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), role+"=lock", "PROMPT_TEST_DIR="+dir)
	cmd.SysProcAttr = attr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "locked\n" {
		t.Fatal(line, err)
	}
	return cmd
}

// tryLock takes the lock if it is free soon.
func tryLock(t *testing.T, dir string) (func(), error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*lockPoll)
	defer cancel()
	return Lock(ctx, dir)
}

// RULES R11: one question at a time, across processes.
func TestLockAcrossProcesses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "getin")
	other := holder(t, dir, nil)
	if _, err := tryLock(t, dir); !errors.Is(err, ErrTimeout) {
		t.Fatalf("locked twice: %v", err)
	}
	got := make(chan error, 1)
	go func() {
		unlock, err := Lock(t.Context(), dir)
		if err == nil {
			unlock()
			unlock()
		}
		got <- err
	}()
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := wait(t, got); err != nil {
		t.Errorf("after the holder's death: %v", err)
	}
	if unlock, err := tryLock(t, dir); err != nil {
		t.Errorf("after unlocking: %v", err)
	} else {
		unlock()
	}
}

func TestLockWithinAProcess(t *testing.T) {
	dir := t.TempDir()
	unlock, err := Lock(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tryLock(t, dir); !errors.Is(err, ErrTimeout) {
		t.Errorf("locked twice: %v", err)
	}
	unlock()
	if unlock, err = tryLock(t, dir); err != nil {
		t.Error(err)
	} else {
		unlock()
	}
}

// Another terminal's question is none of ours.
func TestLockIsOfOneSession(t *testing.T) {
	dir := t.TempDir()
	holder(t, dir, &syscall.SysProcAttr{Setsid: true})
	unlock, err := tryLock(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}

func TestLockIsPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "getin")
	unlock, err := Lock(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, files[0]: 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%v, %v, want %v", info.Mode(), err, want)
		}
	}
}

func TestLockCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(t.Context(), filepath.Join(file, "dir")); err == nil || errors.Is(err, ErrTimeout) {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	cancel()
	if _, err := Lock(ctx, t.TempDir()); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
