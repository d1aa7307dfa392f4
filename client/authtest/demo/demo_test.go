package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The test binary, run again, plays a getin that keeps its password, one that
// forgets it, and one that fails.
func TestMain(m *testing.M) {
	role := os.Getenv("PLAYED_GETIN")
	if role == "" {
		os.Exit(m.Run())
	}
	os.Exit(play(role, os.Args[1:]))
}

func play(role string, args []string) int {
	last := args[len(args)-1]
	kept := filepath.Join(os.Getenv("XDG_STATE_HOME"), "kept")
	if !strings.HasPrefix(last, "http") {
		fmt.Println("played:", args, os.Getenv("GETIN_STORE"))
		return 0
	}
	if role == "fails" {
		return 67
	}
	if role == "forgets" || !exists(kept) {
		_ = get(last, "", "")
	}
	if args[0] != last {
		secret, _ := io.ReadAll(os.Stdin)
		_ = os.MkdirAll(filepath.Dir(kept), 0o700)
		_ = os.WriteFile(kept, bytes.TrimSpace(secret), 0o600)
	}
	secret, _ := os.ReadFile(kept)
	if get(last, user, string(secret)) != nil {
		return 67
	}
	return 0
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func get(url, user, password string) error {
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	if user != "" {
		r.SetBasicAuth(user, password)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(os.Stdout, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return nil
}

func TestShow(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GETIN_SECRET", "of the user's own")
	for role, want := range map[string]string{
		"keeps":   "",
		"forgets": "not silent: 2 requests, 1 of them challenged",
		"fails":   "exit 67",
	} {
		t.Setenv("PLAYED_GETIN", role)
		var out bytes.Buffer
		err := show(context.Background(), &out, program, false)
		if (err == nil) != (want == "") || err != nil && !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", role, err, want)
		}
		if role != "keeps" {
			continue
		}
		for _, line := range []string{"your own keyring is left alone", "You got in.", "played: [realms] vault"} {
			if !strings.Contains(out.String(), line) {
				t.Errorf("%s: no %q in:\n%s", role, line, out.String())
			}
		}
	}
}

func TestSurroundings(t *testing.T) {
	env := surroundings([]string{"HOME=/home/me", "GETIN_SECRET=x", "https_proxy=http://p", "XDG_STATE_HOME=/mine"}, "/tmp/d")
	got := strings.Join(env, " ")
	for _, not := range []string{"GETIN_SECRET", "proxy"} {
		if strings.Contains(got, not) {
			t.Errorf("%s is still in %s", not, got)
		}
	}
	// Of two settings of one name the later counts (os/exec).
	if !strings.HasPrefix(got, "HOME=/home/me XDG_STATE_HOME=/mine ") || !strings.Contains(got, " XDG_STATE_HOME="+filepath.Join("/tmp/d", "state")) {
		t.Errorf("environment %s", got)
	}
}

// The 401 has a body, of 281 octets: what the person is not to see on a
// terminal when the page itself was asked for.
func TestRefusal(t *testing.T) {
	if len(refusal) != 281 {
		t.Errorf("%d octets, want 281", len(refusal))
	}
}
