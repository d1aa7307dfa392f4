package cli

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestTransfersAt(t *testing.T) {
	for v, want := range map[string]time.Duration{
		"2/s": 500 * time.Millisecond, "1/m": time.Minute, "60/h": time.Minute, "24/d": time.Hour, "3600": time.Second,
		"0/s": 0, "-1/s": 0, "x": 0, "2/x": 0, "1/": 0, "2.5/s": 0, "": 0, "/s": 0,
	} {
		if got, err := transfersAt(v); got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %v, %v; want %v", v, got, err, want)
		}
	}
}

// --rate spaces the beginnings.
func TestRate(t *testing.T) {
	var mu sync.Mutex
	var came []time.Time
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		came = append(came, time.Now())
	}))
	defer s.Close()
	sys, _, stderr := testSystem(t)
	if code := Main([]string{"--rate", "20/s", s.URL + "/[1-4]"}, sys); code != exitOK || len(came) != 4 {
		t.Fatalf("exit %d, %d requests: %s", code, len(came), stderr)
	}
	if took := came[3].Sub(came[0]); took < 130*time.Millisecond { // three times 50, less what the first took to come
		t.Errorf("four in %v", took)
	}
}

// With -Z and --fail-early the others end too, and the first failure is the
// exit code and the only one told.
func TestFailEarlyTogether(t *testing.T) {
	stop := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/bad" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	}))
	defer s.Close()
	defer close(stop)
	sys, _, stderr := testSystem(t)
	code := Main([]string{"-Z", "-f", "--fail-early", s.URL + "/{1,2,bad,3}"}, sys)
	if code != exitStatus || strings.Count(stderr.String(), "\n") != 1 {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
}

// An interrupted run is exit 130, also between two transfers.
func TestInterruptedBetween(t *testing.T) {
	sys, _, _ := testSystem(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if code := runFetch(ctx, sys, []string{"-q", "http://127.0.0.1:1/"}); code != exitInterrupted {
		t.Errorf("exit %d", code)
	}
}
