package h1

import (
	"math"
	"net/http"
	"strings"
)

// bodyKind is how the end of a body is found.
type bodyKind int

const (
	noBody bodyKind = iota
	lengthBody
	chunkedBody
	closeBody // ends with the connection
)

// framing is what a head says of the body and of the connection after it.
type framing struct {
	kind   bodyKind
	length int64 // of a lengthBody, in octets
	keep   bool  // the connection can serve another request (section 9.3)
}

// frame follows RFC 9112 section 6.3 in its order, and sets what of resp depends
// on it.
func frame(method string, resp *http.Response) (framing, error) {
	h := resp.Header
	f := framing{keep: persists(resp)}
	length, err := contentLength(h["Content-Length"])
	if err != nil {
		return f, err
	}
	chunked, err := chunkedAlone(h["Transfer-Encoding"])
	if err != nil {
		return f, err
	}
	if chunked {
		announceTrailer(resp)
		resp.TransferEncoding = []string{"chunked"}
		// A length beside it, or HTTP/1.0, makes the framing doubtful: section 6.1.
		f.keep = f.keep && length < 0 && resp.ProtoMinor > 0
		length = -1
		delete(h, "Content-Length")
	}
	status := resp.StatusCode
	switch {
	case method == "HEAD", status == http.StatusNotModified, status == http.StatusNoContent, status/100 == 1 && status != 101:
		if resp.ContentLength = length; method != "HEAD" {
			resp.ContentLength = 0
		}
	case method == "CONNECT" && status/100 == 2:
		f.kind = noBody // a tunnel, whatever the fields say
	case chunked:
		f.kind, resp.ContentLength = chunkedBody, -1
	case length == 0:
	case length > 0:
		f.kind, f.length = lengthBody, length
		resp.ContentLength = length
	default:
		f.kind, f.keep = closeBody, false
		resp.ContentLength = -1
	}
	if status == http.StatusSwitchingProtocols {
		f.kind, f.keep, resp.ContentLength = closeBody, false, -1
	}
	delete(h, "Transfer-Encoding")
	resp.Close = !f.keep
	return f, nil
}

// contentLength returns the length, -1 when there is none. Of several that are
// all the same one counts; any other list is unrecoverable (section 6.3, item 5).
//
//	Content-Length = 1*DIGIT
func contentLength(values []string) (int64, error) {
	length, first := int64(-1), ""
	for _, v := range values {
		for part := range strings.SplitSeq(v, ",") {
			part = trim(part)
			n, ok := decimal(part)
			if !ok {
				return 0, fault(WeirdReply, "the Content-Length %q is no length", cut(v))
			}
			if length >= 0 && part != first { // 05 and 5 are two: not everybody on the way reads them alike
				return 0, fault(WeirdReply, "the response has two lengths, %s and %s", cut(first), cut(part))
			}
			length, first = n, part
		}
	}
	return length, nil
}

func decimal(s string) (int64, bool) {
	var n int64
	for i := range len(s) {
		if !isDigit(s[i]) || n > (math.MaxInt64-9)/10 {
			return 0, false
		}
		n = n*10 + int64(s[i]-'0')
	}
	return n, s != ""
}

// chunkedAlone tells whether the body comes in chunks. No other coding was
// asked for (RFC 9112 section 7.4), so none can be read; "identity" is of RFC
// 2616 and means nothing.
func chunkedAlone(values []string) (bool, error) {
	chunked := false
	for _, v := range values {
		for part := range strings.SplitSeq(v, ",") {
			switch name := trim(part); {
			case name == "", strings.EqualFold(name, "identity"):
			case strings.EqualFold(name, "chunked") && !chunked:
				chunked = true
			default:
				return false, fault(Encoding, "the transfer coding %q was not asked for", cut(v))
			}
		}
	}
	return chunked, nil
}

// persists tells whether the server keeps the connection (section 9.3).
func persists(resp *http.Response) bool {
	values := resp.Header["Connection"]
	if resp.ProtoMinor == 0 {
		return hasToken(values, "keep-alive") && !hasToken(values, "close")
	}
	return !hasToken(values, "close")
}

func hasToken(values []string, token string) bool {
	for _, v := range values {
		for part := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(trim(part), token) {
				return true
			}
		}
	}
	return false
}

// announceTrailer names the trailer fields to come (RFC 9110 section 6.6.2).
func announceTrailer(resp *http.Response) {
	for _, v := range resp.Header["Trailer"] {
		for part := range strings.SplitSeq(v, ",") {
			if name := http.CanonicalHeaderKey(trim(part)); isToken(name) && !engineOwn(name) {
				if resp.Trailer == nil {
					resp.Trailer = http.Header{}
				}
				resp.Trailer[name] = nil
			}
		}
	}
	delete(resp.Header, "Trailer")
}
