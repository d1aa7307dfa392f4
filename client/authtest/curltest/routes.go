package curltest

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"getin/client/authtest"
)

var users = authtest.Users{"alice": "wonderland", "bob": "p:w d"}

// changed is when every file was last changed.
var changed = time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)

// routes are the paths of the origins. Every other path, "/" among them, says
// "hello".
//
//	/file/…             10 numbered lines, with ETag, Last-Modified and ranges
//	/big/N              N octets; /large/N the same, as /file
//	/status/N           that status, with a line of text; ?Name=value adds a field
//	/flaky/N            503 for the first N times, then as /file; ?Name=value as above
//	/redirect/N/PATH    status N, Location: /PATH
//	/away/N/PATH        status N, Location: $OTHER/PATH
//	/secure/N/PATH      status N, Location: $HTTPS/PATH
//	/loop               302 to itself
//	/fields?Name=value  adds the fields to the response; %0A in none of them
//	/json               {"a":1,"b":[true,null]} as application/json
//	/gzip /deflate      "hello", encoded, and so /br and /zstd
//	/basic/ /digest/    demand alice, "wonderland", and so does /ntlm/; /both/
//	                    offers the first two
//	/weaker/            Digest for two requests, then Basic
//	/bearer/            demands the token "t0k3n"
//	/expect             417 to any Expect, else as "/"
//	/refuse             413 before the body is read
//	/drop               ends the connection instead of an answer
//	/short              sends less than it promised
//	/chunked            "hello" in chunks
//	/together/N         answers when it was asked for N times
//	/forever            sends the beginning of a body and never the rest
//
// and, in timed.go, those that tell when and how they were asked.
func (w *world) routes() http.Handler {
	demands, weak := demanding(), weaker()
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		first, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		switch first {
		case "file":
			serveFile(rw, r)
		case "big":
			n, _ := strconv.Atoi(rest)
			_, _ = rw.Write(bytes.Repeat([]byte("x"), n))
		case "large":
			n, _ := strconv.Atoi(rest)
			serveContent(rw, r, bytes.Repeat([]byte("x"), n))
		case "status":
			addFields(rw, r)
			n, _ := strconv.Atoi(rest)
			text(rw, n, fmt.Sprintf("status %d\n", n))
		case "flaky":
			addFields(rw, r)
			if n, _ := strconv.Atoi(rest); w.try(r.URL.Path) <= n {
				text(rw, http.StatusServiceUnavailable, "not yet\n")
				return
			}
			serveFile(rw, r)
		case "redirect", "away", "secure":
			code, path, _ := strings.Cut(rest, "/")
			n, _ := strconv.Atoi(code)
			base := map[string]string{"redirect": "", "away": w.names["OTHER"], "secure": w.names["HTTPS"]}[first]
			rw.Header().Set("Location", base+"/"+path)
			text(rw, n, "moved\n")
		case "loop":
			rw.Header().Set("Location", "/loop")
			text(rw, http.StatusFound, "again\n")
		case "fields":
			addFields(rw, r)
			text(rw, http.StatusOK, "fields\n")
		case "json":
			rw.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(rw, `{"a":1,"b":[true,null]}`)
		case "gzip", "deflate", "br", "zstd":
			encoded(rw, first)
		case "together":
			n, _ := strconv.Atoi(rest)
			w.try(r.URL.Path)
			w.gather(r.Context(), r.URL.Path, n)
			text(rw, http.StatusOK, "together\n")
		case "turn", "since", "late", "held", "drip", "socket", "unasked":
			w.timed(rw, r, first, rest)
		case "ntlm", "basic", "digest", "both", "bearer":
			demands.ServeHTTP(rw, r)
		case "weaker":
			if w.try(r.URL.Path) <= 2 {
				demands.ServeHTTP(rw, r)
			} else {
				weak.ServeHTTP(rw, r)
			}
		default:
			odd(rw, r, first)
		}
	})
}

// refusesBodies: the answer does not wait for the body.
func refusesBodies(r *http.Request) bool {
	return r.URL.Path == "/refuse" || r.URL.Path == "/unasked" || r.URL.Path == "/expect" && r.Header.Get("Expect") != ""
}

// odd are the answers of servers that behave oddly.
func odd(rw http.ResponseWriter, r *http.Request, path string) {
	control := http.NewResponseController(rw)
	switch path {
	case "expect":
		if r.Header.Get("Expect") != "" {
			text(rw, http.StatusExpectationFailed, "what do you expect?\n")
			return
		}
		text(rw, http.StatusOK, "hello\n")
	case "refuse":
		text(rw, http.StatusRequestEntityTooLarge, "too much\n")
	case "drop":
		if c, _, err := control.Hijack(); err == nil {
			_ = c.Close()
		}
	case "short":
		if c, _, err := control.Hijack(); err == nil {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this\n")
			_ = c.Close()
		}
	case "chunked":
		_, _ = io.WriteString(rw, "hel")
		_ = control.Flush()
		_, _ = io.WriteString(rw, "lo\n")
	case "forever":
		rw.Header().Set("Content-Length", "1000000")
		_, _ = io.WriteString(rw, "the beginning\n")
		_ = control.Flush()
		<-r.Context().Done()
	default:
		text(rw, http.StatusOK, "hello\n")
	}
}

func text(rw http.ResponseWriter, status int, s string) {
	if rw.Header().Get("Content-Type") == "" {
		rw.Header().Set("Content-Type", "text/plain")
	}
	rw.WriteHeader(status)
	if status != http.StatusNoContent && status != http.StatusNotModified {
		_, _ = io.WriteString(rw, s)
	}
}

func serveFile(rw http.ResponseWriter, r *http.Request) {
	var b bytes.Buffer
	for i := range 10 {
		fmt.Fprintf(&b, "line %d\n", i+1)
	}
	serveContent(rw, r, b.Bytes())
}

func serveContent(rw http.ResponseWriter, r *http.Request, content []byte) {
	rw.Header().Set("ETag", `"v1"`)
	http.ServeContent(rw, r, "file.txt", changed, bytes.NewReader(content))
}

// addFields adds the fields that the query names, in its order.
func addFields(rw http.ResponseWriter, r *http.Request) {
	for _, pair := range strings.Split(r.URL.RawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if v, err := url.QueryUnescape(value); err == nil && name != "" {
			rw.Header().Add(name, v)
		}
	}
}

// encodedHello is "hello" and a line end in the codings for which the standard
// library has no encoder: stored, not compressed (RFC 7932, RFC 8878).
var encodedHello = map[string]string{
	"br":   "\x8b\x02\x80hello\n\x03",
	"zstd": "\x28\xb5\x2f\xfd\x20\x06\x31\x00\x00hello\n",
}

func encoded(rw http.ResponseWriter, coding string) {
	var b bytes.Buffer
	var enc io.WriteCloser
	switch coding {
	case "gzip":
		enc = gzip.NewWriter(&b)
	case "deflate":
		enc = zlib.NewWriter(&b)
	}
	if enc != nil {
		_, _ = io.WriteString(enc, "hello\n") // to memory
		_ = enc.Close()
	}
	b.WriteString(encodedHello[coding])
	rw.Header().Set("Content-Encoding", coding)
	rw.Header().Set("Content-Type", "text/plain")
	_, _ = rw.Write(b.Bytes())
}

// demanding are the paths that want to know who asks.
func demanding() http.Handler {
	basic := authtest.Basic{Realm: "Basics", Users: users}
	digest := &authtest.Digest{Realm: "Digests", Users: users, Algorithm: "SHA-256", QOP: "auth"}
	return authtest.New(
		authtest.Row{Path: "/basic/", Demands: []authtest.Demand{basic}},
		authtest.Row{Path: "/digest/", Demands: []authtest.Demand{digest}},
		authtest.Row{Path: "/weaker/", Demands: []authtest.Demand{digest}},
		authtest.Row{Path: "/both/", Demands: []authtest.Demand{basic, digest}},
		authtest.Row{Path: "/ntlm/", Demands: []authtest.Demand{&authtest.NTLM{Users: users, Lax: true}}},
		authtest.Row{Path: "/bearer/", Demands: []authtest.Demand{authtest.Bearer{Realm: "Tokens", Token: "t0k3n"}}},
	)
}

func weaker() http.Handler {
	basic := authtest.Basic{Realm: "Digests", Users: users}
	return authtest.New(authtest.Row{Path: "/weaker/", Demands: []authtest.Demand{basic}})
}
