package ntlm

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"getin/client/auth"
)

// exchange is one handshake.
type exchange struct {
	cred         auth.Credential
	user, domain string

	sent   int        // the number of the message that was sent last
	server *challenge // message 2, once it has come
}

// Answer returns message 1, and after the server's message 2 message 3.
func (e *exchange) Answer(_ context.Context, p *auth.Party, m auth.Message) ([]auth.Field, error) {
	message := negotiate()
	e.sent = 1
	if e.server != nil {
		var nonce [8]byte
		_, _ = rand.Read(nonce[:]) // never fails
		a := answer{
			user: e.user, domain: e.domain, password: e.cred.Secret, nonce: nonce, now: time.Now(),
			host: m.Host, endPoint: m.EndPoint,
		}
		var err error
		if message, err = a.message(e.server); err != nil {
			return nil, err
		}
		e.sent = 3
	}
	return []auth.Field{{Name: p.Answer, Value: "NTLM " + base64.StdEncoding.EncodeToString(message)}}, nil
}

// Partial reports that message 1 was sent last.
func (e *exchange) Partial() bool { return e.sent == 1 }

// errNoMessage: message 1 was answered with a challenge as if there were none.
var errNoMessage = errors.New("ntlm: the server does not go on with the handshake")

// Challenged continues after message 1, and takes a challenge after message 3
// for a refusal. An error tells what is wrong with the server's message.
func (e *exchange) Challenged(c auth.Challenge) (auth.Verdict, error) {
	switch {
	case e.sent != 1:
		return auth.Refused, nil
	case c.Token68 == "":
		return auth.Refused, errNoMessage
	}
	octets, err := base64.StdEncoding.DecodeString(c.Token68)
	if err != nil {
		return auth.Refused, fmt.Errorf("ntlm: message 2: %w", err)
	}
	if e.server, err = readChallenge(octets); err != nil {
		return auth.Refused, fmt.Errorf("ntlm: message 2: %w", err)
	}
	return auth.Continue, nil
}

// Accepted returns the credential as it was given. A server proves nothing.
func (e *exchange) Accepted(auth.Final) (auth.Credential, error) { return e.cred, nil }
