package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
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
			peak := withPeak(t, cmd)
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
			most := peak()
			t.Logf("%s: %d KiB", name, most)
			if most > maxSoak {
				t.Errorf("%d KiB of memory, want at most %d", most, maxSoak)
			}
		})
	}
}

// withPeak has the command write down its peak memory, and returns what reads
// it, in KiB. (What wait4(2) tells of a child has in it what its parent took.)
func withPeak(t *testing.T, cmd *exec.Cmd) (peak func() int64) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "peak")
	cmd.Env = append(cmd.Env, "GETIN_TEST_PEAK="+name)
	return func() int64 {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		n, err := strconv.ParseInt(string(b), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
}

// peakMemory is the most that this process has had in memory, in KiB: VmHWM of
// proc(5), where there is that.
func peakMemory() int64 {
	if b, err := os.ReadFile("/proc/self/status"); err == nil {
		_, after, _ := strings.Cut(string(b), "VmHWM:")
		if n, err := strconv.ParseInt(strings.Fields(after + " 0")[0], 10, 64); err == nil && n > 0 {
			return n
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys >> 10) // what Go knows of
}

// manyURLs and fewURLs are fetched in the same memory, or nearly: maxGrowth times
// as much, in percent.
const (
	manyURLs  = 100_000
	fewURLs   = 1_000
	maxGrowth = 150
)

// A hundred thousand URLs of a list or of a glob pass in the memory of a
// thousand.
func TestSoakManyURLs(t *testing.T) {
	if os.Getenv("GETIN_SOAK") != "1" {
		t.Skip("a hundred thousand requests take a while: run \"make soak\"")
	}
	var served atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served.Add(1)
		_, _ = io.WriteString(w, "x")
	}))
	t.Cleanup(s.Close)
	ways := map[string]func(n int) (args []string, stdin io.Reader){
		"list": func(n int) ([]string, io.Reader) {
			return []string{"--input-file", listFile(t, s.URL, n), "-o", os.DevNull}, nil
		},
		"list from a pipe": func(n int) ([]string, io.Reader) { return []string{"--input-file", "-"}, listOf(s.URL, n) },
		"list with -Z": func(n int) ([]string, io.Reader) {
			return []string{"-Z", "--input-file", listFile(t, s.URL, n), "-o", os.DevNull}, nil
		},
		"list with --har": func(n int) ([]string, io.Reader) {
			return []string{"--har", filepath.Join(t.TempDir(), "log.har"), "--input-file", listFile(t, s.URL, n), "-o", os.DevNull}, nil
		},
		"glob with -Z and --har": func(n int) ([]string, io.Reader) {
			return []string{"-Z", "--har", filepath.Join(t.TempDir(), "log.har"), fmt.Sprintf("%s/[1-%d]", s.URL, n)}, nil
		},
		"glob": func(n int) ([]string, io.Reader) { return []string{fmt.Sprintf("%s/[1-%d]", s.URL, n)}, nil },
		"globs with -Z": func(n int) ([]string, io.Reader) {
			return []string{"-Z", "-w", "%{http_code} %{time_total}\n", fmt.Sprintf("%s/{a,b}/[1-%d]", s.URL, n/2)}, nil
		},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			peak := func(n int) int64 {
				args, stdin := way(n)
				cmd := getinCommand(t, append([]string{"-q", "-sS", "--no-store"}, args...)...)
				cmd.Stdin = stdin
				peak, before := withPeak(t, cmd), served.Load()
				if err := cmd.Run(); err != nil || served.Load()-before != int64(n) {
					t.Errorf("%d URLs: %d were asked for: %v", n, served.Load()-before, err)
				}
				return peak()
			}
			few, many := peak(fewURLs), peak(manyURLs)
			t.Logf("%s: %d KiB, then %d KiB", name, few, many)
			if many*100 > few*maxGrowth {
				t.Errorf("%d KiB of memory, %d for a hundredth of it", many, few)
			}
		})
	}
}

// listOf writes a list of n URLs as it is read.
func listOf(url string, n int) io.Reader {
	r, w := io.Pipe()
	go func() {
		for i := range n {
			if _, err := fmt.Fprintf(w, "%s/%d\n", url, i); err != nil {
				return
			}
		}
		_ = w.Close() // never fails
	}()
	return r
}

func listFile(t *testing.T, url string, n int) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "list")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.Copy(f, listOf(url, n)); err != nil {
		t.Fatal(err)
	}
	return name
}
