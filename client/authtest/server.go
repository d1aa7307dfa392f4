package authtest

import (
	"crypto/sha256"
	"crypto/x509"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
)

// Server is a server on a loopback address, or a proxy (StartProxy). It may be
// used by many goroutines at once.
type Server struct {
	URL string // "http://127.0.0.1:PORT"

	http  *httptest.Server
	party party
	ways  *ways // of a proxy; nil for a server

	mu         sync.Mutex
	rows       []*row
	log        []Request
	complaints []string
}

type row struct {
	Row
	answered int // requests that carried an answer
}

// party names the fields of RFC 9110 section 11.6 (server) or 11.7 (proxy).
type party struct {
	status                  int
	challenge, answer, info string
}

var (
	asServer = party{http.StatusUnauthorized, "WWW-Authenticate", "Authorization", "Authentication-Info"}
	asProxy  = party{http.StatusProxyAuthRequired, "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Authentication-Info"}
)

// Request is what one request brought, and the status it got. Field values are
// joined by ", " where a field came more than once.
type Request struct {
	Method, Target, Host string
	Authorization        string
	ProxyAuthorization   string
	Cookie               string
	Header               http.Header
	Body                 []byte
	Connection           string // the client's address, one for each connection
	Status               int    // 0 when the connection was closed without an answer
}

// New returns a server that is not started: a handler for a server of the
// caller's own.
func New(rows ...Row) *Server {
	s := &Server{party: asServer}
	for _, r := range rows {
		s.Add(r)
	}
	return s
}

// Start starts a server over http with these rows. End it with Close.
func Start(rows ...Row) *Server { return start((*httptest.Server).Start, rows) }

// StartTLS starts a server over https. Its certificate is for 127.0.0.1, ::1
// and example.com, signed by itself: see Pool.
func StartTLS(rows ...Row) *Server { return start((*httptest.Server).StartTLS, rows) }

// StartOn starts a server over http on a listener of the caller's, which Close
// closes: for addresses that are not loopback.
func StartOn(l net.Listener, rows ...Row) *Server {
	return start(func(h *httptest.Server) {
		_ = h.Listener.Close() // the one that httptest made
		h.Listener = l
		h.Start()
	}, rows)
}

func start(how func(*httptest.Server), rows []Row) *Server {
	s := New(rows...)
	s.run(how)
	return s
}

func (s *Server) run(how func(*httptest.Server)) {
	s.http = httptest.NewUnstartedServer(s)
	// A client that will not have the certificate is part of many tests.
	s.http.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	how(s.http)
	s.URL = s.http.URL
}

// Close ends the server and every connection to it.
func (s *Server) Close() {
	s.http.CloseClientConnections()
	s.http.Close()
	if s.ways != nil {
		s.ways.close()
	}
}

// HangUp ends every connection to it, and goes on.
func (s *Server) HangUp() { s.http.CloseClientConnections() }

// Pool holds the certificate of a server over https.
func (s *Server) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(s.http.Certificate())
	return pool
}

// EndPoint is the tls-server-end-point of a server over https (RFC 5929 section
// 4.1), whose certificate is signed with SHA-256.
func (s *Server) EndPoint() []byte {
	sum := sha256.Sum256(s.http.Certificate().Raw)
	return sum[:]
}

// Add adds a row, or replaces the one of the same path.
func (s *Server) Add(r Row) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows = slices.DeleteFunc(s.rows, func(old *row) bool { return old.Path == r.Path })
	s.rows = append(s.rows, &row{Row: r})
}

// Log returns what has come so far, in the order in which it was answered.
func (s *Server) Log() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Count returns how many requests got the status.
func (s *Server) Count(status int) (n int) {
	for _, r := range s.Log() {
		if r.Status == status {
			n++
		}
	}
	return n
}

// Forget empties the log, as between two runs.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
}

// Complaints are the answers that broke a standard. A test that speaks to the
// server at all should find none.
func (s *Server) Complaints() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.complaints)
}

// ServeHTTP judges a request, logs it and answers.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // a body that breaks off is logged as far as it came
	entry := Request{
		Method: r.Method, Target: r.RequestURI, Host: r.Host,
		Authorization:      strings.Join(r.Header["Authorization"], ", "),
		ProxyAuthorization: strings.Join(r.Header["Proxy-Authorization"], ", "),
		Cookie:             strings.Join(r.Header["Cookie"], ", "),
		Header:             r.Header.Clone(), Body: body, Connection: r.RemoteAddr,
	}
	re := s.judge(r, body)
	entry.Status = re.status
	s.mu.Lock()
	s.log = append(s.log, entry)
	if re.complaint != "" {
		s.complaints = append(s.complaints, r.Method+" "+r.RequestURI+": "+re.complaint)
	}
	s.mu.Unlock()
	switch {
	case re.status == 0:
		if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = c.Close()
		}
	case re.letIn && s.ways != nil:
		s.forward(w, r, body, re)
	default:
		re.write(w)
	}
}
