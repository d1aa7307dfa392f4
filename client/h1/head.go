package h1

import (
	"net/http"
	"net/textproto"
	"strings"
)

// parseHead reads the head of a response (RFC 9112 sections 4 and 5) into resp,
// and tells how its body ends. The strings of resp share the memory of head.
//
//	HTTP-message = start-line CRLF *( field-line CRLF ) CRLF [ message-body ]
//	status-line  = HTTP-version SP status-code SP [ reason-phrase ]
func parseHead(head, method string, resp *http.Response) (framing, error) {
	if err := checkOctets(head); err != nil {
		return framing{}, err
	}
	line, rest := cutLine(head)
	if err := parseStatus(line, resp); err != nil {
		return framing{}, err
	}
	var err error
	if resp.Header, err = parseFields(rest); err != nil {
		return framing{}, err
	}
	return frame(method, resp)
}

// checkOctets refuses what RFC 9112 section 2.2 calls invalid (a CR that no LF
// follows), and a NUL (RFC 9110 section 5.5). Either may be replaced by a space
// instead; but a server that sends them is broken or lies.
func checkOctets(head string) error {
	if strings.IndexByte(head, 0) >= 0 {
		return fault(WeirdReply, "the head of the response has a NUL in it")
	}
	for i := 0; ; i++ {
		n := strings.IndexByte(head[i:], '\r')
		if n < 0 {
			return nil
		}
		if i += n; i+1 == len(head) || head[i+1] != '\n' {
			return fault(WeirdReply, "the head of the response has a bare CR in it")
		}
	}
}

// cutLine cuts the first line off, and its end, which may be a bare LF.
func cutLine(s string) (line, rest string) {
	line, rest, _ = strings.Cut(s, "\n")
	return strings.TrimSuffix(line, "\r"), rest
}

// parseStatus reads the status line.
//
//	HTTP-version  = HTTP-name "/" DIGIT "." DIGIT
//	status-code   = 3DIGIT
//	reason-phrase = 1*( HTAB / SP / VCHAR / obs-text )
//
// The space before an absent reason may be missing, as everybody allows. A
// minor version above 1 is read as 1 (RFC 9110 section 2.5).
func parseStatus(line string, resp *http.Response) error {
	version, rest, _ := strings.Cut(line, " ")
	if len(version) != len("HTTP/1.1") || version[6] != '.' || !isDigit(version[5]) || !isDigit(version[7]) {
		return fault(WeirdReply, "the status line %q is none", cut(line))
	}
	if version[5] != '1' {
		return fault(NotHTTP, "the reply is of %s, not of HTTP/1", version)
	}
	rest = strings.TrimLeft(rest, " ")
	code, _, _ := strings.Cut(rest, " ")
	if len(code) != 3 || !isDigit(code[0]) || !isDigit(code[1]) || !isDigit(code[2]) || code[0] == '0' {
		return fault(WeirdReply, "the status line %q has no status code", cut(line))
	}
	resp.Proto, resp.ProtoMajor, resp.ProtoMinor = version, 1, int(version[7]-'0')
	resp.Status = rest
	resp.StatusCode = int(code[0]-'0')*100 + int(code[1]-'0')*10 + int(code[2]-'0')
	return nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// shown is how many octets of a bad line an error repeats.
const shown = 40

func cut(s string) string { return s[:min(len(s), shown)] }

// parseFields reads field lines up to the empty line (RFC 9112 section 5).
//
//	field-line  = field-name ":" OWS field-value OWS
//	obs-fold    = OWS CRLF RWS
func parseFields(s string) (http.Header, error) {
	n := strings.Count(s, "\n")
	if n > maxFields {
		return nil, fault(TooLarge, "the response has more than %d fields", maxFields)
	}
	h := make(http.Header, max(n-1, 0)) // a map of eight is half as large as one of nine
	values := make([]string, n)         // one piece of memory for all
	var last []string                   // the values of the field before
	for line := ""; ; {
		if line, s = cutLine(s); line == "" {
			return h, nil
		}
		if line[0] == ' ' || line[0] == '\t' {
			if last == nil {
				return nil, fault(WeirdReply, "the first field of the response begins with white space")
			}
			i := len(last) - 1
			last[i] = strings.Trim(last[i]+" "+trim(line), " ") // a user agent must take the fold for spaces
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if name = strings.TrimRight(name, " \t"); !ok || !isToken(name) {
			return nil, fault(WeirdReply, "the line %q of the response is no field", cut(line))
		}
		key := textproto.CanonicalMIMEHeaderKey(name)
		if old := h[key]; old != nil {
			last = append(old, trim(value))
		} else {
			last, values = append(values[:0:1], trim(value)), values[1:]
		}
		h[key] = last
	}
}

// trim drops OWS.
func trim(s string) string { return strings.Trim(s, " \t") }
