package authtest

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
)

// StartProxy starts a proxy that demands what the row says with 407 and
// Proxy-Authenticate, and then passes requests on: absolute-form ones, and
// CONNECT. The row's Path, Status and Body play no part. Its log shows what the
// proxy saw; what came through lies in the log of the server behind it.
func StartProxy(demand Row) *Server {
	s := NewProxy(demand)
	s.run((*httptest.Server).Start)
	return s
}

// StartTLSProxy starts a proxy that is itself spoken to over TLS.
func StartTLSProxy(demand Row) *Server {
	s := NewProxy(demand)
	s.run((*httptest.Server).StartTLS)
	return s
}

// NewProxy returns a proxy that is not started, as New does.
func NewProxy(demand Row) *Server {
	s := &Server{party: asProxy, ways: &ways{}}
	s.Add(demand)
	return s
}

// forward passes on a request that was let in.
func (s *Server) forward(w http.ResponseWriter, r *http.Request, body []byte, re reply) {
	if r.Method == http.MethodConnect {
		tunnel(w, r.Host, re.header)
		return
	}
	out := r.Clone(r.Context())
	out.RequestURI = ""
	out.Body = io.NopCloser(bytes.NewReader(body))
	out.ContentLength = int64(len(body))
	for _, hop := range []string{"Proxy-Authorization", "Proxy-Connection", "Connection"} {
		out.Header.Del(hop)
	}
	resp, err := s.ways.of(r.RemoteAddr).RoundTrip(out)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	for name, values := range resp.Header {
		w.Header()[name] = values
	}
	for name, values := range re.header {
		w.Header()[name] = values
	}
	w.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(w, resp.Body) // either side may have gone
}

// ways are a proxy's connections to servers: each client connection has its own,
// so that who has authenticated one of them is alone on it.
type ways struct {
	mu sync.Mutex
	by map[string]*http.Transport // the client's address
}

func (w *ways) of(client string) *http.Transport {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.by[client]
	if t == nil {
		if w.by == nil {
			w.by = map[string]*http.Transport{}
		}
		t = &http.Transport{DisableCompression: true}
		w.by[client] = t
	}
	return t
}

func (w *ways) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range w.by {
		t.CloseIdleConnections()
	}
}

// tunnel answers CONNECT, RFC 9110 section 9.3.6, with these fields, and copies until both sides
// are done.
func tunnel(w http.ResponseWriter, target string, fields http.Header) {
	there, err := net.Dial("tcp", target)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	here, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = there.Close()
		return
	}
	_, _ = io.WriteString(here, "HTTP/1.1 200 Connection established\r\n")
	_ = fields.Write(here)
	_, _ = io.WriteString(here, "\r\n")
	go func() {
		_, _ = io.Copy(there, rw) // rw may hold what was read ahead
		_ = there.Close()
	}()
	_, _ = io.Copy(here, there)
	_ = here.Close()
}
