package cli

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// stall starts a server that sends the head and the beginning of a body, then
// nothing.
func stall(t *testing.T) (url string, begun chan struct{}) {
	t.Helper()
	begun = make(chan struct{}, 8)
	stop := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000000")
		_, _ = io.WriteString(w, "beginning")
		_ = http.NewResponseController(w).Flush()
		begun <- struct{}{}
		<-stop
	}))
	t.Cleanup(func() { close(stop); s.Close() })
	return s.URL, begun
}

// TestMain makes this binary getin when it is called so.
func getinCommand(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	link := dir + "/getin"
	if err := os.Symlink(exe, link); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	cmd := exec.Command(link, args...)
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME=", "XDG_STATE_HOME=")
	return cmd
}

func exitCode(t *testing.T, err error) int {
	t.Helper()
	var e *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		return e.ExitCode()
	}
	t.Fatal(err)
	return -1
}

func TestInterrupt(t *testing.T) {
	url, begun := stall(t)
	cmd := getinCommand(t, url)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-begun
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := exitCode(t, cmd.Wait()); code != exitInterrupted || stderr.String() != "getin: interrupted\n" {
		t.Errorf("exit %d, stderr %q", code, &stderr)
	}
}

// In its first moments the program ends as any other does. Where ^C was ignored
// when it began, it stays so.
func TestInterruptEarly(t *testing.T) {
	url, begun := stall(t)
	cmd := getinCommand(t, url)
	cmd.Env = append(cmd.Env, "GETIN_TEST_UNWATCHED=1h")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-begun
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || err.Error() != "signal: interrupt" {
		t.Errorf("%v, want an end by the signal", err)
	}
}

func TestInterruptIgnored(t *testing.T) {
	url, begun := stall(t)
	quoted := getinCommand(t, url)
	cmd := exec.Command("sh", "-c", `trap "" INT; exec "$0" -m 1 "$1"`, quoted.Path, url)
	cmd.Env = quoted.Env
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-begun
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := exitCode(t, cmd.Wait()); code != exitTimeout {
		t.Errorf("exit %d, want %d: --max-time, and no ^C", code, exitTimeout)
	}
}

func TestMaxTime(t *testing.T) {
	url, _ := stall(t)
	for _, args := range [][]string{{"-m", "0.2", url}, {"-m", "0.2", url, url}} {
		sys, stdout, stderr := testSystem(t)
		began := time.Now()
		code := Main(args, sys)
		if code != exitTimeout || !strings.Contains(stderr.String(), "--max-time") || !strings.HasPrefix(stdout.String(), "beginning") {
			t.Errorf("exit %d, stderr %q, stdout %q", code, stderr, stdout)
		}
		if took := time.Since(began); took < 150*time.Millisecond {
			t.Errorf("ended after %v", took)
		}
	}
}

// A reader that has gone is exit 23, as with curl.
func TestReaderGone(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for range 1000 {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return
			}
		}
	}))
	defer s.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := getinCommand(t, s.URL)
	cmd.Stdout = w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if _, err := io.ReadFull(r, make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	r.Close()
	err = cmd.Wait()
	if code := exitCode(t, err); code != exitWrite {
		t.Errorf("exit %d: %v", code, err)
	}
}

// Servers that break off, in curl's numbers.
func TestBrokenReplies(t *testing.T) {
	for reply, want := range map[string]int{
		"":                                     exitEmptyReply,
		"HTTP/1.1 200 OK\r\nContent-Length: 9": exitReceive,
		"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf":                 exitPartial,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf":   exitPartial,
		"SSH-2.0-OpenSSH_9.2p1\r\n":                                        exitProtocol,
		"HTTP/1.1 200 OK\r\nbroken field\r\n\r\n":                          exitWeirdReply,
		"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 2<<20) + "\r\n\r\n": exitOversize,
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				_, _ = c.Read(make([]byte, 4096))
				_, _ = io.WriteString(c, reply)
				if tcp, ok := c.(*net.TCPConn); ok {
					_ = tcp.CloseWrite()
				}
				_, _ = io.Copy(io.Discard, c)
				c.Close()
			}
		}()
		sys, _, stderr := testSystem(t)
		if code := Main([]string{"http://" + l.Addr().String()}, sys); code != want {
			t.Errorf("%.60q: exit %d, want %d: %s", reply, code, want, stderr)
		}
		l.Close()
	}
}
