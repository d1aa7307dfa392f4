//go:build linux

package labtest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// patience bounds every wait for something that must come. It is long for a
// busy machine; nothing waits that long when all is well.
const patience = 30 * time.Second

// lab skips unless the lab is up, and returns a value of its environment file.
func lab(t *testing.T, name string) string {
	t.Helper()
	if os.Getenv("GETIN_LAB") != "1" {
		t.Skip("the lab is not up: run \"make test-lab\"")
	}
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set: is the lab's environment file sourced?", name)
	}
	return value
}

// origin is "http://127.0.0.1:PORT" for one of the lab's ports.
func origin(t *testing.T, port string) string { return "http://127.0.0.1:" + lab(t, port) }

// line is one request in Apache's log. A field that did not come is "-".
type line struct {
	port, method, target    string
	status                  int
	auth, proxyAuth, cookie string
	referer                 string
}

var lineForm = regexp.MustCompile(`^\S+ (\d+) (\d+) (\S+) (\S*) auth="((?:[^"\\]|\\.)*)" proxyauth="([^"]*)" cookie="([^"]*)" referer="([^"]*)"`)

// wiretap reads Apache's log from where it stood when it was made.
type wiretap struct {
	t    *testing.T
	from int64
}

func tap(t *testing.T) *wiretap {
	t.Helper()
	info, err := os.Stat(lab(t, "LAB_REQUEST_LOG"))
	if err != nil {
		t.Fatal(err)
	}
	return &wiretap{t, info.Size()}
}

// expect demands these statuses, in order, of the requests whose paths begin
// with one of the prefixes. Apache logs a request when it is done with it, which
// may be after the client is: what is missing is waited for.
func (w *wiretap) expect(want string, prefixes ...string) []line {
	w.t.Helper()
	found := w.lines(prefixes...)
	for deadline := time.Now().Add(3 * time.Second); statuses(found) != want && time.Now().Before(deadline); {
		found = w.lines(prefixes...)
	}
	if got := statuses(found); got != want {
		w.t.Errorf("requests to %s: %s, want %s", strings.Join(prefixes, ", "), got, want)
	}
	return found
}

// lines returns the requests since the wiretap was made whose path begins with
// one of the prefixes, or all. It sends a request of its own and waits until
// that is logged.
func (w *wiretap) lines(prefixes ...string) (found []line) {
	w.t.Helper()
	mark := fmt.Sprintf("/open/index.txt?mark=%d", time.Now().UnixNano())
	resp, err := http.Get(origin(w.t, "LAB_APACHE_HTTP") + mark)
	if err != nil {
		w.t.Fatal(err)
	}
	_ = resp.Body.Close()
	text := w.until(mark)
	for _, s := range strings.Split(text, "\n") {
		m := lineForm.FindStringSubmatch(s)
		if m == nil || strings.Contains(s, "/open/index.txt?mark=") {
			continue
		}
		l := line{port: m[1], method: m[3], target: m[4], auth: m[5], proxyAuth: m[6], cookie: m[7], referer: m[8]}
		l.status, _ = strconv.Atoi(m[2]) // the pattern lets digits through alone
		for _, p := range prefixes {
			if strings.HasPrefix(l.target, p) {
				found = append(found, l)
				break
			}
		}
		if len(prefixes) == 0 {
			found = append(found, l)
		}
	}
	return found
}

func (w *wiretap) until(mark string) string {
	w.t.Helper()
	f, err := os.Open(lab(w.t, "LAB_REQUEST_LOG"))
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Close()
	var text bytes.Buffer
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		text.Reset()
		if _, err := io.Copy(&text, io.NewSectionReader(f, w.from, 1<<30)); err != nil {
			w.t.Fatal(err)
		}
		if strings.Contains(text.String(), mark) {
			return text.String()
		}
	}
	w.t.Fatalf("%s did not come into Apache's log", mark)
	return ""
}

// statuses is how the requests went, in order: "401 200".
func statuses(lines []line) string {
	var s []string
	for _, l := range lines {
		s = append(s, strconv.Itoa(l.status))
	}
	return strings.Join(s, " ")
}
