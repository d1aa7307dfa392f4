package authtest

import (
	"bytes"
	"crypto/x509"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Server is a server on a loopback address, or a proxy (StartProxy). It may be
// used by many goroutines at once.
type Server struct {
	URL string // "http://127.0.0.1:PORT"

	http  *httptest.Server
	party party
	via   *http.Transport // of a proxy; nil for a server

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
	s := &Server{party: asServer}
	for _, r := range rows {
		s.Add(r)
	}
	s.run(how)
	return s
}

func (s *Server) run(how func(*httptest.Server)) {
	s.http = httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	// A client that will not have the certificate is part of many tests.
	s.http.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	how(s.http)
	s.URL = s.http.URL
}

// Close ends the server and every connection to it.
func (s *Server) Close() {
	s.http.CloseClientConnections()
	s.http.Close()
	if s.via != nil {
		s.via.CloseIdleConnections()
	}
}

// Pool holds the certificate of a server over https.
func (s *Server) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(s.http.Certificate())
	return pool
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

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
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
	case re.letIn && s.via != nil:
		s.forward(w, r, body, re)
	default:
		re.write(w)
	}
}

// reply is what a request gets.
type reply struct {
	status    int
	header    http.Header
	body      []byte
	letIn     bool
	complaint string
}

func (re reply) write(w http.ResponseWriter) {
	for name, values := range re.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(re.body)))
	w.WriteHeader(re.status)
	_, _ = io.Copy(w, bytes.NewReader(re.body)) // the client may have gone
}

func (s *Server) judge(r *http.Request, body []byte) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	row := s.match(r.URL.Path)
	if row == nil {
		return reply{status: http.StatusNotFound, body: []byte("no such row\n")}
	}
	given := strings.Join(r.Header.Values(s.party.answer), ", ")
	if len(row.Demands) == 0 && len(row.Raw) == 0 {
		return row.welcome(s.party, judgement{})
	}
	if given == "" {
		return row.refuse(s.party, false)
	}
	row.answered++
	if status, first := row.first(); first {
		if status == s.party.status {
			return row.refuse(s.party, false)
		}
		return reply{status: status, header: row.Header.Clone(), body: []byte("not now\n")}
	}
	var wrong *judgement // an answer in bad form may be in good form to the next demand
	for _, d := range row.Demands {
		j := d.check(r, given, body)
		if j.mine && j.complaint == "" {
			return row.decide(s.party, j)
		}
		if j.mine && wrong == nil {
			wrong = &j
		}
	}
	if wrong != nil {
		return row.decide(s.party, *wrong)
	}
	return row.refuse(s.party, false)
}

func (s *Server) match(path string) (best *row) {
	for _, r := range s.rows {
		fits := r.Path == path || s.via != nil || strings.HasSuffix(r.Path, "/") && strings.HasPrefix(path, r.Path)
		if fits && (best == nil || len(r.Path) > len(best.Path)) {
			best = r
		}
	}
	return best
}

func (r *row) first() (status int, first bool) {
	if n := len(r.First); n > 0 && (r.answered <= n || r.Endless) {
		return r.First[min(r.answered, n)-1], true
	}
	return 0, false
}

func (r *row) decide(p party, j judgement) reply {
	switch {
	case j.complaint != "":
		return reply{status: http.StatusBadRequest, body: []byte(j.complaint + "\n"), complaint: j.complaint}
	case !j.ok:
		return r.refuse(p, j.stale)
	case r.Forbidden[j.user] == p.status:
		return r.refuse(p, false)
	case r.Forbidden[j.user] != 0:
		return reply{status: r.Forbidden[j.user], body: []byte("not for " + j.user + "\n")}
	}
	return r.welcome(p, j)
}

func (r *row) refuse(p party, stale bool) reply {
	var lines []string
	for _, d := range r.Demands {
		lines = append(lines, d.challenge(stale))
	}
	lines = append(lines, r.Raw...)
	if r.OneLine {
		lines = []string{strings.Join(lines, ", ")}
	}
	text := r.Refusal
	if text == "" {
		text = "who are you?\n"
	}
	return reply{status: p.status, header: http.Header{p.challenge: lines}, body: []byte(text)}
}

func (r *row) welcome(p party, j judgement) reply {
	re := reply{status: r.Status, header: r.Header.Clone(), body: r.Body, letIn: true}
	if re.status == 0 {
		re.status = http.StatusOK
	}
	if re.header == nil {
		re.header = http.Header{}
	}
	if r.Location != "" {
		re.header.Set("Location", r.Location)
	}
	if re.body == nil {
		re.body = []byte("welcome, " + j.user + "\n")
	}
	if j.info != nil {
		re.header[p.info] = []string{j.info(re.body)}
	}
	return re
}
