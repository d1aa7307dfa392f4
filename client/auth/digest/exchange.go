package digest

import (
	"context"
	"fmt"
	"strings"

	"getin/client/auth"
)

// maxStale is how often in a row a server may say that the nonce of an answer
// was stale, before it is taken at its word that it wants none.
const maxStale = 2

// exchange answers one request.
type exchange struct {
	cred auth.Credential
	live *auth.Live

	ask   ask
	user  string      // as it enters the hash
	key   auth.Secret // H(user ":" realm ":" password): as good as the password
	stale int

	sent    bool
	proof   proof // of the answer that was sent last
	sentQop string
}

// take makes the exchange answer the challenge.
func (e *exchange) take(c auth.Challenge) error {
	a, err := readAsk(c)
	if err != nil {
		return err
	}
	user, password, err := prepare(a, e.cred)
	if err != nil {
		return err
	}
	e.ask, e.user = a, user
	e.key = auth.NewSecret(a.algorithm.sum(user, a.realm, password))
	return nil
}

// Answer counts the nonce up and signs method, target and, for auth-int, the
// content, which it reads through. An error of reading is wrapped.
func (e *exchange) Answer(ctx context.Context, p *auth.Party, m auth.Message) ([]auth.Field, error) {
	content := ""
	if e.ask.qop == qopInt {
		var err error
		if content, err = e.ask.algorithm.content(ctx, m.Body); err != nil {
			return nil, err
		}
	}
	e.proof = proof{algorithm: e.ask.algorithm, key: e.key, turn: nextTurn(e.live, e.ask), uri: m.Target}
	e.sent, e.sentQop = true, e.ask.qop
	return []auth.Field{{Name: p.Answer, Value: e.credentials(m.Method, content)}}, nil
}

// credentials writes the field value, RFC 7616 section 3.4. The order is curl's,
// and what is quoted is what section 3.5's example and the grammar quote: some
// servers accept nothing else.
func (e *exchange) credentials(method, content string) string {
	a, t := e.ask, e.proof.turn
	name, user := e.username()
	list := []string{name + "=" + user, "realm=" + auth.Quote(a.realm), "nonce=" + auth.Quote(t.nonce), "uri=" + auth.Quote(e.proof.uri)}
	if a.qop != qopNone {
		list = append(list, "cnonce="+auth.Quote(t.cnonce), "nc="+t.count(), "qop="+a.qop)
	}
	list = append(list, "response="+auth.Quote(e.proof.digest(method, a.qop, content)))
	if t.opaque != nil {
		list = append(list, "opaque="+auth.Quote(*t.opaque))
	}
	if a.spelling != "" {
		list = append(list, "algorithm="+a.spelling)
	}
	if a.userhash {
		list = append(list, "userhash=true")
	}
	return "Digest " + strings.Join(list, ", ")
}

// username returns the parameter that names the user: hashed, section 3.4.4,
//
//	username = H( unq(username) ":" unq(realm) )
//
// or plain, or, when the server reads UTF-8 and the name is not ASCII, in the
// extended notation of RFC 8187.
func (e *exchange) username() (name, value string) {
	switch {
	case e.ask.userhash:
		return "username", auth.Quote(e.ask.algorithm.sum(e.user, e.ask.realm))
	case e.ask.utf8 && strings.ContainsFunc(e.user, func(r rune) bool { return r > 0x7f }):
		return "username*", extended(e.user)
	}
	return "username", auth.Quote(e.user)
}

// extended follows RFC 8187 section 3.2.1:
//
//	ext-value = charset  "'" [ language ] "'" value-chars
//	attr-char = ALPHA / DIGIT / "!" / "#" / "$" / "&" / "+" / "-" / "." /
//	            "^" / "_" / "`" / "|" / "~"
func extended(s string) string {
	var b strings.Builder
	b.WriteString("UTF-8''")
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("!#$&+-.^_`|~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// Challenged continues when the nonce was stale, with the new one, but not
// twice in a row. An error tells why the new challenge cannot be answered.
func (e *exchange) Challenged(c auth.Challenge) (auth.Verdict, error) {
	a, err := readAsk(c)
	if err != nil {
		return auth.Refused, err
	}
	e.stale++
	if !a.stale || e.stale >= maxStale || a.algorithm.strength < e.ask.algorithm.strength {
		return auth.Refused, nil
	}
	old := e.ask.nonce
	if err := e.take(c); err != nil {
		return auth.Refused, err
	}
	replaced(e.live, old, a)
	return auth.Continue, nil
}
