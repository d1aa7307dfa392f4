package scram

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"getin/client/auth"
)

// exchange answers one request, in two legs.
type exchange struct {
	scheme   Scheme
	cred     auth.Credential
	live     *auth.Live
	user     string // as saslname
	password auth.Secret
	nonce    string // ours

	realm    string
	hasRealm bool

	sid    string // of the server, opaque
	hasSID bool

	final  string // the client's last message; "" before
	expect string // the server's signature in base64
}

// gs2 is the gs2-header of RFC 5802 section 7: no channel binding, no other
// identity.
const gs2 = "n,,"

// firstBare is the client's first message without gs2, RFC 5802 section 7.
//
//	client-first-message-bare = username "," nonce
func (e *exchange) firstBare() string { return "n=" + e.user + ",r=" + e.nonce }

// Answer returns the message of this leg, RFC 7804 section 5.
func (e *exchange) Answer(_ context.Context, p *auth.Party, _ auth.Message) ([]auth.Field, error) {
	var params []string
	data := gs2 + e.firstBare()
	if e.final != "" {
		data = e.final
		if e.hasSID {
			params = append(params, "sid="+auth.Quote(e.sid))
		}
	} else if e.hasRealm {
		params = append(params, "realm="+auth.Quote(e.realm))
	}
	params = append(params, "data="+auth.Quote(base64.StdEncoding.EncodeToString([]byte(data))))
	return []auth.Field{{Name: p.Answer, Value: e.scheme.Name() + " " + strings.Join(params, ", ")}}, nil
}

// Continues reports whether the challenge is the server's first message: it
// carries data, and need not repeat the realm.
func (e *exchange) Continues(c auth.Challenge) bool {
	_, has := c.Param("data")
	return has && e.final == ""
}

// Challenged continues with the proof when the server has sent its first message.
// An error tells what is wrong with that.
func (e *exchange) Challenged(c auth.Challenge) (auth.Verdict, error) {
	if !e.Continues(c) {
		return auth.Refused, nil
	}
	data, _ := c.Param("data")
	first, err := decode(data)
	if err != nil {
		return auth.Refused, errors.New("scram: the server's data is no base64")
	}
	m, err := readFirst(string(first), e.nonce)
	if err != nil {
		return auth.Refused, err
	}
	e.sid, e.hasSID = c.Param("sid")
	e.prove(m)
	return auth.Continue, nil
}

// prove makes the client's last message and what the server must reply, RFC 5802
// section 3.
//
//	client-final-message-without-proof = channel-binding "," nonce
//	AuthMessage := client-first-message-bare + "," + server-first-message + "," +
//	               client-final-message-without-proof
func (e *exchange) prove(m first) {
	bare := "c=" + base64.StdEncoding.EncodeToString([]byte(gs2)) + ",r=" + m.nonce
	message := e.firstBare() + "," + m.text + "," + bare
	keys := keysFor(e.live, e.scheme, e.password, m)
	e.final = bare + ",p=" + base64.StdEncoding.EncodeToString(keys.proof(e.scheme, message))
	e.expect = base64.StdEncoding.EncodeToString(keys.signature(e.scheme, message))
}

// Accepted checks the server's signature. It must be there when a proof was sent
// and the server has let it in.
func (e *exchange) Accepted(f auth.Final) (auth.Credential, error) {
	if e.final == "" {
		return e.cred, nil // it never came to a proof
	}
	data, has, err := infoData(f.Info)
	switch {
	case err != nil:
		return auth.Credential{}, unverified(err.Error())
	case has:
		return e.cred, e.verify(data)
	case f.Status < 400:
		return auth.Credential{}, unverified("it sent no signature")
	}
	return e.cred, nil
}

// verify reads the server's last message, RFC 5802 section 7:
//
//	server-final-message = (server-error / verifier) ["," extensions]
//	verifier             = "v=" base64
func (e *exchange) verify(data string) error {
	text, err := decode(data)
	if err != nil {
		return unverified("its data is no base64")
	}
	v, _, _ := strings.Cut(string(text), ",")
	signature, is := strings.CutPrefix(v, "v=")
	switch {
	case !is:
		return unverified("it sent no signature")
	case !auth.NewSecret(signature).Equal(auth.NewSecret(e.expect)):
		return unverified("its signature is wrong")
	}
	return nil
}

// decode reads base64 with its padding or without.
func decode(data string) ([]byte, error) {
	return base64.RawStdEncoding.DecodeString(strings.TrimRight(data, "="))
}

func unverified(why string) error {
	return fmt.Errorf("scram: %w: %s", auth.ErrServerUnverified, why)
}

// infoData returns the data parameter of Authentication-Info, RFC 7804 section 5.
func infoData(values []string) (data string, has bool, err error) {
	for _, v := range values {
		params, err := auth.ParseParams(v)
		if err != nil {
			return "", false, err
		}
		for _, p := range params {
			if p.Name == "data" {
				data, has = p.Value, true
			}
		}
	}
	return data, has, nil
}
