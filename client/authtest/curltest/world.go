package curltest

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"getin/client/authtest"
)

// world is what one run meets: servers that have seen nothing yet, and a
// folder.
type world struct {
	dir   string            // temporary; work, home and ca.pem lie in it
	names map[string]string // what $NAME stands for
	stop  []func()

	mu     sync.Mutex
	seen   []string // the requests, in order
	client int      // process id of the program
	unable error    // why this system cannot show what was asked for
	// came and before are the times of the last request and of the one before it.
	came, before time.Time
	// tries counts the requests to a path, for those whose answer changes;
	// more is closed, and made anew, when another came.
	tries map[string]int
	more  chan struct{}
}

func newWorld() (*world, error) {
	dir, err := os.MkdirTemp("", "curltest") // short: the name of a unix socket has its limit
	if err != nil {
		return nil, err
	}
	w := &world{dir: dir, names: map[string]string{}, tries: map[string]int{}, more: make(chan struct{})}
	w.stop = append(w.stop, func() { _ = os.RemoveAll(dir) })
	for _, name := range []string{"work", "home"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			return nil, err
		}
	}
	w.names["DIR"] = filepath.Join(dir, "work")
	w.mu.Lock() // whoever is served sees the names: logged takes it before
	err = w.start()
	w.mu.Unlock()
	if err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *world) close() {
	for _, stop := range slices.Backward(w.stop) {
		stop()
	}
}

func (w *world) start() error {
	site := w.routes()
	w.serve("OTHER", site, nil)
	w.serve("HTTP", site, func(h *httptest.Server) {
		h.Config.Protocols = &http.Protocols{}
		h.Config.Protocols.SetHTTP1(true)
		h.Config.Protocols.SetUnencryptedHTTP2(true)
		h.Start()
	})
	secure := w.serve("HTTPS", site, (*httptest.Server).StartTLS)
	w.serve("H2", site, func(h *httptest.Server) { h.EnableHTTP2 = true; h.StartTLS() })
	w.serve("PAIRED", site, func(h *httptest.Server) {
		h.Listener = &paired{TCPListener: h.Listener.(*net.TCPListener)}
		h.EnableHTTP2 = true
		h.StartTLS()
	})
	w.serve("MTLS", site, func(h *httptest.Server) {
		h.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
		h.StartTLS()
	})
	open := authtest.NewProxy(authtest.Row{})
	w.serve("PROXY", open, nil)
	w.serve("TLSPROXY", open, (*httptest.Server).StartTLS)
	w.serve("MTLSPROXY", open, func(h *httptest.Server) {
		h.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
		h.StartTLS()
	})
	w.serve("AUTHPROXY", authtest.NewProxy(authtest.Row{Demands: []authtest.Demand{
		authtest.Basic{Realm: "Proxy", Users: users},
	}}), nil)
	w.serve("DIGESTPROXY", authtest.NewProxy(authtest.Row{Demands: []authtest.Demand{
		&authtest.Digest{Realm: "Proxy", Users: users, QOP: "auth"},
	}}), nil)
	w.serve("NTLMPROXY", authtest.NewProxy(authtest.Row{Demands: []authtest.Demand{&authtest.NTLM{Users: users, Lax: true}}}), nil)
	w.names["CA"] = filepath.Join(w.dir, "ca.pem")
	b := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	if err := os.WriteFile(w.names["CA"], b, 0o600); err != nil {
		return err
	}
	return errors.Join(
		w.listenMutely(), w.serveSOCKS("SOCKS", nil), w.serveSOCKS("AUTHSOCKS", users), w.serveUnix(site),
	)
}

// listenMutely lets the kernel make connections, on which nothing is ever said.
func (w *world) listenMutely() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	w.stop = append(w.stop, func() { _ = l.Close() })
	w.names["MUTE"] = "https://" + l.Addr().String()
	_, w.names["MUTEPORT"], _ = net.SplitHostPort(l.Addr().String())
	return nil
}

// paired holds a connection back until the next one comes, for two seconds at most.
// It is for one goroutine.
type paired struct {
	*net.TCPListener
	next net.Conn
}

// Accept implements net.Listener.
func (p *paired) Accept() (net.Conn, error) {
	if c := p.next; c != nil {
		p.next = nil
		return c, nil
	}
	first, err := p.TCPListener.Accept()
	if err != nil {
		return nil, err
	}
	_ = p.SetDeadline(time.Now().Add(2 * time.Second)) // cannot fail on what is open
	if p.next, err = p.TCPListener.Accept(); err != nil {
		p.next = nil // not in time
	}
	_ = p.SetDeadline(time.Time{})
	return first, nil
}

// serve starts a server that logs what it sees under the name.
func (w *world) serve(name string, h http.Handler, how func(*httptest.Server)) *httptest.Server {
	s := httptest.NewUnstartedServer(w.logged(name, h))
	// A client that will not have the certificate is part of some cases.
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	if how == nil {
		how = (*httptest.Server).Start
	}
	how(s)
	w.stop = append(w.stop, func() { s.CloseClientConnections(); s.Close() })
	w.names[name] = s.URL
	w.names[name+"PORT"] = s.URL[strings.LastIndex(s.URL, ":")+1:]
	return s
}

// serveSOCKS starts a SOCKS proxy that connects to this machine, whatever the
// host.
func (w *world) serveSOCKS(name string, users authtest.Users) error {
	s, err := authtest.StartSOCKS(users, func(line string) { w.note("request to " + name + "\n" + indent(line+"\n")) })
	if err != nil {
		return err
	}
	w.stop = append(w.stop, s.Close)
	w.names[name] = s.Addr
	return nil
}

func (w *world) serveUnix(h http.Handler) error {
	w.names["UNIX"] = filepath.Join(w.dir, "sock")
	l, err := net.Listen("unix", w.names["UNIX"])
	if err != nil {
		return err
	}
	s := &http.Server{Handler: w.logged("UNIX", h)}
	go func() { _ = s.Serve(l) }() // ends with an error when it is closed
	w.stop = append(w.stop, func() { _ = s.Close() })
	return nil
}

// logged notes every request before it is answered.
func (w *world) logged(name string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		var body []byte
		if !refusesBodies(r) {
			body, _ = io.ReadAll(r.Body) // what breaks off is logged as far as it came
			r.Body = io.NopCloser(strings.NewReader(string(body)))
		}
		w.note(showRequest(name, r, body))
		rw.Header().Set("Date", "Sat, 01 Jan 2000 00:00:00 GMT")
		next.ServeHTTP(rw, r)
	})
}

func (w *world) note(request string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, request)
	w.before, w.came = w.came, time.Now()
}

// try counts how often the path was asked for, from 1.
func (w *world) try(path string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tries[path]++
	close(w.more)
	w.more = make(chan struct{})
	return w.tries[path]
}

// gather waits until the path was asked for n times, and reports whether it was
// before ctx ended.
func (w *world) gather(ctx context.Context, path string, n int) bool {
	for {
		w.mu.Lock()
		have, more := w.tries[path], w.more
		w.mu.Unlock()
		if have >= n {
			return true
		}
		select {
		case <-more:
		case <-ctx.Done():
			return false
		}
	}
}

var dollarName = regexp.MustCompile(`\$[A-Z][A-Z0-9]*`)

// expand puts in what the names stand for.
func (w *world) expand(s string) string {
	return dollarName.ReplaceAllStringFunc(s, func(n string) string {
		if v, ok := w.names[n[1:]]; ok {
			return v
		}
		return n
	})
}

// fold is the opposite of expand: whole values first, then ports by themselves.
func (w *world) fold(s string) string {
	for n, v := range w.names {
		if !strings.HasSuffix(n, "PORT") && n != "DIR" {
			s = regexp.MustCompile(regexp.QuoteMeta(v)+`\b`).ReplaceAllLiteralString(s, "$"+n)
		}
	}
	s = strings.ReplaceAll(s, w.names["DIR"], "$DIR")
	for n, v := range w.names {
		if strings.HasSuffix(n, "PORT") {
			s = regexp.MustCompile(fmt.Sprintf(`\b%s\b`, v)).ReplaceAllLiteralString(s, "$"+n)
		}
	}
	return s
}
