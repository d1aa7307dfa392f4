package h1

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// storm is how many downloads are canceled, of sixty-four at a time.
const (
	storm = 1000
	side  = 64
)

// Downloads that are canceled at random moments leave no goroutine, no
// connection in a wrong state and no wrong octet behind: every octet that comes
// is the one that belongs at its place, of the file that was asked for.
func TestCanceledAtRandomMoments(t *testing.T) {
	for name, secure := range map[string]bool{"TCP": false, "TLS": true} {
		t.Run(name, func(t *testing.T) {
			srv := newNumbered(t, secure)
			e := newEngine(t, Config{TLS: TLS{Insecure: true}})
			before := goleak.IgnoreCurrent()
			var canceled, done atomic.Int32
			var wg sync.WaitGroup
			for worker := range side {
				wg.Go(func() {
					for canceled.Load() < storm && !t.Failed() {
						err := download(t, e, srv.URL, worker)
						switch {
						case err == nil:
							done.Add(1)
						case errors.Is(err, context.Canceled):
							canceled.Add(1)
						default:
							t.Errorf("%v", err)
						}
					}
				})
			}
			wg.Wait()
			if done.Load() == 0 {
				t.Error("nothing was downloaded to its end")
			}
			e.CloseIdleConnections()
			srv.CloseClientConnections()
			goleak.VerifyNone(t, before)
		})
	}
}

// newNumbered serves at /N a body of N times 64 octets, of which each line says
// N; as a length, or in chunks where N is odd.
func newNumbered(t *testing.T, secure bool) *bulkServer {
	t.Helper()
	s := newBulk(t, 1, secure)
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Path[1:])
		if n%2 == 0 {
			w.Header().Set("Content-Length", strconv.Itoa(n*64))
		}
		if r.Method == http.MethodPut {
			_, _ = io.Copy(io.Discard, r.Body)
		}
		_, _ = io.WriteString(w, strings.Repeat(numbered(n), n))
	})
	return s
}

func numbered(n int) string {
	s := strconv.Itoa(n)
	return s + strings.Repeat(".", 63-len(s)) + "\n"
}

// download fetches one numbered body, and cancels at a random moment. A third
// goes to a file by WriteTo, a third is an upload as well.
func download(t *testing.T, e *Engine, url string, worker int) error {
	n := rand.IntN(16)
	if rand.IntN(4) == 0 {
		n = 2 * (5000 + rand.IntN(5000)) // above bulkMin
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if rand.IntN(3) > 0 {
		defer time.AfterFunc(time.Duration(rand.IntN(3000))*time.Microsecond, cancel).Stop()
	}
	req, err := http.NewRequestWithContext(ctx, "GET", url+"/"+strconv.Itoa(n), nil)
	if err != nil {
		return err
	}
	if rand.IntN(3) == 0 {
		req.Method, req.ContentLength = "PUT", int64(rand.IntN(1<<17)+1)
		req.Body = io.NopCloser(io.LimitReader(zeros{}, req.ContentLength))
	}
	resp, err := e.RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var got strings.Builder
	if w, ok := resp.Body.(io.WriterTo); ok {
		name := filepath.Join(t.TempDir(), strconv.Itoa(worker))
		if err = toFile(w, name); err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
		b, _ := os.ReadFile(name)
		got.Write(b)
	} else {
		_, err = io.Copy(&got, resp.Body)
	}
	want := strings.Repeat(numbered(n), n)
	if err == nil && got.Len() != len(want) || !strings.HasPrefix(want, got.String()) {
		t.Errorf("%s: %d octets of %d, not its own", req.URL.Path, got.Len(), len(want))
	}
	return err
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func toFile(w io.WriterTo, name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = w.WriteTo(f)
	return err
}
