package curltest

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// timed are the paths that tell when and how they were asked:
//
//	/turn       says whether it was asked for again within 50 ms
//	/since/N    says whether the request came N ms or more after the one before
//	/late/N     503 the first time, then as /since
//	/held/FILE  sends a line, another when the file has the first, and whether it
//	            has the second
//	/drip       sends 5 octets every 50 ms, for 3 s
//	/unasked    says whether a body came within 500 ms, though nobody asked for it
//	/socket     tells the options of the client's socket
func (w *world) timed(rw http.ResponseWriter, r *http.Request, path, rest string) {
	n, _ := strconv.Atoi(rest)
	switch path {
	case "turn":
		w.turn(rw, r)
	case "since":
		w.since(rw, time.Duration(n)*time.Millisecond)
	case "late":
		if w.try(r.URL.Path) == 1 {
			text(rw, http.StatusServiceUnavailable, "not yet\n")
			return
		}
		w.since(rw, time.Duration(n)*time.Millisecond)
	case "held":
		w.held(rw, r, rest)
	case "drip":
		drip(rw, r)
	case "unasked":
		unasked(rw)
	case "socket":
		w.socket(rw, r)
	}
}

func (w *world) turn(rw http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 50*time.Millisecond)
	defer cancel()
	if n := w.try(r.URL.Path); w.gather(ctx, r.URL.Path, n+1) {
		text(rw, http.StatusOK, "another came\n")
		return
	}
	text(rw, http.StatusOK, "alone\n")
}

func (w *world) since(rw http.ResponseWriter, d time.Duration) {
	w.mu.Lock()
	passed := w.came.Sub(w.before)
	w.mu.Unlock()
	if passed < d {
		text(rw, http.StatusOK, "sooner\n")
		return
	}
	text(rw, http.StatusOK, "later\n")
}

// held looks at the file again and again: what writes one tells nobody. Of two
// lines, for a program may write what is the first of all at once.
func (w *world) held(rw http.ResponseWriter, r *http.Request, file string) {
	name := filepath.Join(w.names["DIR"], filepath.Base(file))
	sent := 0
	for _, line := range []string{"the first line\n", "the second line\n"} {
		_, _ = io.WriteString(rw, line)
		_ = http.NewResponseController(rw).Flush()
		sent += len(line)
		if !grows(r.Context(), name, sent) {
			_, _ = io.WriteString(rw, "are held back\n")
			return
		}
	}
	_, _ = io.WriteString(rw, "are written\n")
}

func grows(ctx context.Context, name string, size int) bool {
	ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	for every(ctx, time.Millisecond) {
		if info, err := os.Stat(name); err == nil && info.Size() >= int64(size) {
			return true
		}
	}
	return false
}

func drip(rw http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	for every(ctx, 50*time.Millisecond) {
		_, _ = io.WriteString(rw, "drip\n")
		_ = http.NewResponseController(rw).Flush()
	}
}

// unasked takes the connection: net/http asks for a body by reading it.
func unasked(rw http.ResponseWriter) {
	c, buffered, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		return
	}
	defer c.Close()
	said := "a body came"
	_ = c.SetReadDeadline(time.Now().Add(500 * time.Millisecond)) // cannot fail on what is open
	if _, err := buffered.ReadByte(); err != nil {
		said = "no body came"
	}
	_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s\n", len(said)+1, said)
}

// every waits for the time, and reports false when ctx has ended.
func every(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// socket tells what the user's flags set; whether this system can show it is
// for Run to say.
func (w *world) socket(rw http.ResponseWriter, r *http.Request) {
	_, port, _ := net.SplitHostPort(r.RemoteAddr)
	w.mu.Lock()
	defer w.mu.Unlock()
	s, err := socketOf(w.client, port)
	if err != nil {
		w.unable = fmt.Errorf("%w: %w", ErrUnable, err)
	}
	text(rw, http.StatusOK, s+"\n")
}
