//go:build unix

// Peak memory is asked of getrusage(2), which Windows has not.
package cli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"testing"
)

// soakSize is what a body takes that no memory holds, in octets.
const soakSize = 10 << 30

// maxSoak bounds the peak memory for it, in KiB: what a small body takes, and
// the buffers of a large one.
const maxSoak = 32 << 10

// A body of any size passes in the memory of a small one, over TLS and without,
// to the null device and through a pipe.
func TestSoakLargeBody(t *testing.T) {
	if os.Getenv("GETIN_SOAK") != "1" {
		t.Skip("ten GiB take a while: run \"make soak\"")
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.FormatInt(soakSize, 10))
		piece := make([]byte, 1<<20)
		for sent := int64(0); sent < soakSize; sent += int64(len(piece)) {
			if _, err := w.Write(piece); err != nil {
				t.Errorf("the client went: %v", err)
				return
			}
		}
	})
	plain, secure := httptest.NewServer(handler), httptest.NewTLSServer(handler)
	t.Cleanup(plain.Close)
	t.Cleanup(secure.Close)
	for name, args := range map[string][]string{
		"http to a file": {"-o", os.DevNull, plain.URL}, "https to a file": {"-k", "-o", os.DevNull, secure.URL},
		"http to a pipe": {plain.URL}, "https to a pipe": {"-k", secure.URL},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := getinCommand(t, append([]string{"-q", "-sS"}, args...)...)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			n, err := io.Copy(io.Discard, out)
			if err != nil {
				t.Error(err)
			}
			if code := exitCode(t, cmd.Wait()); code != 0 {
				t.Errorf("exit %d", code)
			}
			if !slices.Contains(args, os.DevNull) && n != soakSize {
				t.Errorf("%d octets came through", n)
			}
			usage, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
			peak := usage.Maxrss
			if runtime.GOOS == "darwin" {
				peak >>= 10 // octets there
			}
			t.Logf("%s: %d KiB", name, peak)
			if peak > maxSoak {
				t.Errorf("%d KiB of memory, want at most %d", peak, maxSoak)
			}
		})
	}
}
