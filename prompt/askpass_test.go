//go:build unix

// The programs are shell scripts.

package prompt

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// script writes an executable shell script into dir and returns its path.
func script(t *testing.T, dir, name, body string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	// A process that is started meanwhile would hold the file open for writing
	// until it is another program, and the script could not be run.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAskpassAnswer(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"a line":            {`echo sesame`, "sesame"},
		"no line end":       {`printf sesame`, "sesame"},
		"CR LF":             {`printf 'sesame\r\n'`, "sesame"},
		"blanks are kept":   {`printf ' open sesame \n'`, " open sesame "},
		"only the first":    {`printf 'one\ntwo\n'`, "one"},
		"nothing":           {`:`, ""},
		"the question":      {`echo "$#:$1"`, `1:Password for 'https://host': `},
		"no standard input": {`cat; echo end`, "end"},
		"environment":       {`echo "$A$HOME"`, "b"},
		"long":              {`head -c 100000 /dev/zero | tr '\0' x`, strings.Repeat("x", 100000)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program := script(t, t.TempDir(), "askpass", c.body)
			env := []string{"A=b", "PATH=" + os.Getenv("PATH")}
			got, err := Askpass(t.Context(), program, "Password for 'https://host': ", env)
			if got != c.want || err != nil {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestAskpassQuestionIsCleaned(t *testing.T) {
	program := script(t, t.TempDir(), "askpass", `printf '%s' "$1" | od -An -c | tr -d ' \n'`)
	got, err := Askpass(t.Context(), program, "a\x1b[1m\nb", nil)
	if strings.ReplaceAll(got, `\\`, `\`) != `a\x1b[1m\nb` || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

// A refusal says nothing of what was written before it.
func TestAskpassDeclines(t *testing.T) {
	program := script(t, t.TempDir(), "askpass", `echo sesame; exit 1`)
	got, err := Askpass(t.Context(), program, "?", nil)
	if got != "" || !errors.Is(err, ErrDeclined) || strings.Contains(err.Error(), "sesame") {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestAskpassTooLong(t *testing.T) {
	program := script(t, t.TempDir(), "askpass", `head -c 2000000 /dev/zero`)
	if got, err := Askpass(t.Context(), program, "?", nil); got != "" || err == nil || errors.Is(err, ErrDeclined) {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
}

// The program gets a chance to close its window, and so does its child.
func TestAskpassEndsWithTheContext(t *testing.T) {
	dir := t.TempDir()
	program := script(t, dir, "askpass", `trap 'touch "$0.closed"; exit 1' TERM; touch "$0.ready"; while :; do sleep 0.05; done`)
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan reply, 1)
	go func() {
		text, err := Askpass(ctx, program, "?", nil)
		got <- reply{text, err}
	}()
	waitForFile(t, program+".ready")
	cancel()
	if r := wait(t, got); !errors.Is(r.err, context.Canceled) {
		t.Errorf("got %q, %v", r.text, r.err)
	}
	waitForFile(t, program+".closed")
}

func waitForFile(t *testing.T, path string) {
	t.Helper()
	for limit := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(path); err == nil {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("%s did not come", filepath.Base(path))
		}
	}
}

// One that hears nothing, and leaves a child with its standard output behind,
// holds nobody up.
func TestAskpassTimeout(t *testing.T) {
	program := script(t, t.TempDir(), "askpass", `trap '' TERM; sleep 5 2>/dev/null`)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := Askpass(ctx, program, "?", nil); !errors.Is(err, ErrTimeout) {
		t.Error(err)
	}
	if took := time.Since(start); took > 4*time.Second {
		t.Errorf("it took %v", took)
	}
}

// Security case J5: a program in the working directory is never run.
func TestJ5_AskpassIsNotFoundHere(t *testing.T) {
	here, there := t.TempDir(), t.TempDir()
	script(t, here, "askpass", `echo here`)
	script(t, there, "askpass", `echo there`)
	if err := os.Mkdir(filepath.Join(here, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	script(t, here, "bin/askpass", `echo bin`)
	t.Chdir(here)
	for _, path := range []string{"", ".", ":", "bin", "." + string(os.PathListSeparator) + "relative"} {
		t.Setenv("PATH", path)
		if got, err := Askpass(t.Context(), "askpass", "?", nil); err == nil {
			t.Errorf("PATH %q: got %q", path, got)
		}
	}
	t.Setenv("PATH", ".::bin:"+there)
	if got, err := Askpass(t.Context(), "askpass", "?", nil); got != "there" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	for _, name := range []string{"./askpass", "../" + filepath.Base(here) + "/askpass", "", `.\askpass`, "c:askpass", "."} {
		if got, err := Askpass(t.Context(), name, "?", nil); err == nil {
			t.Errorf("%q: got %q", name, got)
		}
	}
}

func TestAskpassMissing(t *testing.T) {
	_, err := Askpass(t.Context(), filepath.Join(t.TempDir(), "none"), "?", nil)
	if !errors.Is(err, os.ErrNotExist) || errors.Is(err, ErrDeclined) {
		t.Error(err)
	}
}
