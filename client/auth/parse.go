package auth

import (
	"errors"
	"strings"
)

// maxLine bounds one field line, in octets. It is curl's bound for a header
// line (CURL_MAX_HTTP_HEADER, 100 KiB) and leaves room for a Kerberos token of
// 64 KiB in base64.
const maxLine = 100 << 10

// ParseChallenges reads the values of all WWW-Authenticate or all
// Proxy-Authenticate field lines of one response, RFC 9110 section 11.6.1:
//
//	WWW-Authenticate = #challenge
//
// Each line is read on its own. A line that breaks the grammar, repeats a
// parameter of one challenge or is longer than 100 KiB gives no challenge but a
// *SyntaxError; all of them are joined in the error. What the other lines say
// is returned beside it, in order.
func ParseChallenges(values []string) ([]Challenge, error) {
	var all []Challenge
	var errs []error
	for i, v := range values {
		list, err := parseLine(v)
		if err != nil {
			err.Line = i
			errs = append(errs, err)
			continue
		}
		all = append(all, list...)
	}
	return all, errors.Join(errs...)
}

// ParseParams reads a field value that is a list of parameters alone, such as
// Authentication-Info, RFC 7615 section 3:
//
//	Authentication-Info = #auth-param
//
// It returns a *SyntaxError (of line 0) for what breaks the grammar, repeats a
// name or is longer than 100 KiB.
func ParseParams(value string) ([]Param, error) {
	r, err := newReader(value)
	if err != nil {
		return nil, err
	}
	r.separators()
	params, err := r.params()
	if err == nil && !r.end() {
		err = r.fault("parameter expected")
	}
	if err != nil {
		return nil, err
	}
	return params, nil
}

func parseLine(value string) ([]Challenge, *SyntaxError) {
	r, err := newReader(value)
	if err != nil {
		return nil, err
	}
	var list []Challenge
	for r.separators(); !r.end(); r.separators() {
		c, err := r.challenge()
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

// reader reads one field line from left to right. It looks ahead by at most one
// token and the space behind it, which keeps the work linear.
type reader struct {
	s string
	i int
}

func newReader(value string) (*reader, *SyntaxError) {
	if len(value) > maxLine {
		return nil, &SyntaxError{Offset: maxLine, Reason: "field line too long"}
	}
	r := &reader{s: strings.TrimRight(unfold(value), " \t")}
	r.ows()
	return r, nil
}

// unfold puts one SP in place of each obs-fold, RFC 9112 section 5.2. A line may
// end in LF alone, section 2.2.
//
//	obs-fold = OWS CRLF RWS
func unfold(s string) string {
	if !strings.Contains(s, "\n") {
		return s
	}
	var b strings.Builder
	for {
		line, rest, found := strings.Cut(s, "\n")
		if !found {
			b.WriteString(s)
			return b.String()
		}
		if next := strings.TrimLeft(rest, " \t"); len(next) < len(rest) {
			b.WriteString(strings.TrimRight(strings.TrimSuffix(line, "\r"), " \t"))
			b.WriteByte(' ')
			s = next
			continue
		}
		b.WriteString(line)
		b.WriteByte('\n')
		s = rest
	}
}

// challenge reads one element of the list, RFC 9110 section 11.3:
//
//	challenge = auth-scheme [ 1*SP ( token68 / #auth-param ) ]
//
// It stops behind the element or, since the parameters are a list as well and
// share their commas with the list of challenges, before the next challenge.
func (r *reader) challenge() (Challenge, *SyntaxError) {
	name := r.token()
	if name == "" {
		return Challenge{}, r.fault("scheme expected")
	}
	c := Challenge{Scheme: strings.ToLower(name)}
	if !r.one(' ') {
		return c, r.elementEnd()
	}
	for r.one(' ') {
	}
	if t := r.token68(); t != "" {
		c.Token68 = t
		return c, nil
	}
	if !r.atElementEnd() && !r.atParam() {
		return c, r.fault("token68 or parameter expected")
	}
	var err *SyntaxError
	r.separators()
	c.Params, err = r.params()
	return c, err
}

// params reads parameters up to the end, or to something else in the list.
//
//	#auth-param => [ auth-param ] *( OWS "," OWS [ auth-param ] )
func (r *reader) params() ([]Param, *SyntaxError) {
	var params []Param
	seen := map[string]bool{}
	for ; r.atParam(); r.separators() {
		start := r.i
		p, err := r.param()
		if err == nil {
			err = r.elementEnd()
		}
		if err == nil && seen[p.Name] {
			r.i = start
			err = r.fault("parameter repeated") // RFC 9110 section 11.2
		}
		if err != nil {
			return nil, err
		}
		seen[p.Name] = true
		params = append(params, p)
	}
	return params, nil
}

// param reads one parameter, RFC 9110 section 11.2:
//
//	auth-param = token BWS "=" BWS ( token / quoted-string )
func (r *reader) param() (Param, *SyntaxError) {
	p := Param{Name: strings.ToLower(r.token())}
	r.ows()
	r.one('=')
	r.ows()
	if r.i < len(r.s) && r.s[r.i] == '"' {
		var err *SyntaxError
		p.Value, err = r.quoted()
		return p, err
	}
	if p.Value = r.token(); p.Value == "" {
		return p, r.fault("parameter without a value")
	}
	return p, nil
}

// quoted reads a quoted-string and returns what it stands for, RFC 9110 section
// 5.6.4:
//
//	quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE
//	qdtext        = HTAB / SP / %x21 / %x23-5B / %x5D-7E / obs-text
//	quoted-pair   = "\" ( HTAB / SP / VCHAR / obs-text )
func (r *reader) quoted() (string, *SyntaxError) {
	start := r.i
	var b strings.Builder
	for r.i++; r.i < len(r.s); r.i++ {
		c := r.s[r.i]
		if c == '"' {
			r.i++
			return b.String(), nil
		}
		if c == '\\' {
			if r.i++; r.i == len(r.s) {
				break
			}
			c = r.s[r.i]
		}
		if isControl(c) {
			return "", r.fault("control octet in a quoted-string")
		}
		b.WriteByte(c)
	}
	r.i = start
	return "", r.fault("unterminated quoted-string")
}

// token68 reads a token68 that is a whole element, or nothing.
//
//	token68 = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
func (r *reader) token68() string {
	start := r.i
	for r.i < len(r.s) && (isUnreserved(r.s[r.i]) || r.s[r.i] == '+' || r.s[r.i] == '/') {
		r.i++
	}
	if r.i > start {
		for r.one('=') {
		}
		if r.atElementEnd() {
			return r.s[start:r.i]
		}
	}
	r.i = start
	return ""
}

// token reads a token, or nothing, RFC 9110 section 5.6.2:
//
//	token = 1*tchar
func (r *reader) token() string {
	start := r.i
	for r.i < len(r.s) && isTchar(r.s[r.i]) {
		r.i++
	}
	return r.s[start:r.i]
}

// IsToken reports whether s is a token.
func IsToken(s string) bool {
	r := reader{s: s}
	return r.token() == s && s != ""
}

// atParam reports whether a token, BWS and "=" come next.
func (r *reader) atParam() bool {
	ahead := *r
	if ahead.token() == "" {
		return false
	}
	ahead.ows()
	return ahead.one('=')
}

// atElementEnd reports whether OWS and a comma come next, or the end.
func (r *reader) atElementEnd() bool {
	ahead := *r
	ahead.ows()
	return ahead.end() || ahead.one(',')
}

func (r *reader) elementEnd() *SyntaxError {
	if r.atElementEnd() {
		return nil
	}
	return r.fault("comma expected")
}

// separators skips empty elements of a list, RFC 9110 section 5.6.1.2.
func (r *reader) separators() {
	for r.ows(); r.one(','); r.ows() {
	}
}

func (r *reader) ows() {
	for r.one(' ') || r.one('\t') {
	}
}

func (r *reader) one(c byte) bool {
	if r.end() || r.s[r.i] != c {
		return false
	}
	r.i++
	return true
}

func (r *reader) end() bool { return r.i == len(r.s) }

func (r *reader) fault(reason string) *SyntaxError {
	return &SyntaxError{Offset: r.i, Reason: reason}
}

// isTchar follows RFC 9110 section 5.6.2:
//
//	tchar = "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." / "^" /
//	        "_" / "`" / "|" / "~" / DIGIT / ALPHA
func isTchar(c byte) bool {
	return isUnreserved(c) || strings.IndexByte("!#$%&'*+^`|", c) >= 0
}

// isControl reports whether neither qdtext nor quoted-pair may hold the octet:
//
//	CTL less HTAB = %x00-08 / %x0A-1F / %x7F
func isControl(c byte) bool { return c < ' ' && c != '\t' || c == 0x7f }
