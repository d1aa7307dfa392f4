// Package ntlm is the NTLM scheme of [MS-NTHT], with the messages of [MS-NLMP]:
// three legs that authenticate a connection. It answers with NTLMv2 alone, with
// the message integrity code, the target's name and the channel bindings where
// the server's message has room for them.
//
// What crosses the network can be tried against a list of passwords; so NTLM
// counts as sending the secret, unless the user has asked for it by name.
//
// Departures:
//
//   - NTLMv1 and LM are not there: both give the password away.
//   - Neither session keys nor signing are negotiated: nothing after the
//     handshake would use them.
//   - The name of the workstation is left empty, and the version tells the
//     revision of the protocol and no operating system.
//   - A message 2 without target information ([MS-NLMP] section 2.2.1.2 has it
//     optional, and squid's is short of more) is answered with NTLMv2 all the
//     same.
package ntlm

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"getin/client/auth"
)

// Scheme is the NTLM scheme. It has no state.
type Scheme struct {
	// Wanted: the user named the scheme, which is consent to its use over http
	// (rule R6).
	Wanted bool
}

// Name returns "NTLM".
func (Scheme) Name() string { return "NTLM" }

// Traits are the same for every challenge. There is no realm.
func (s Scheme) Traits(auth.Challenge) (auth.Traits, error) {
	return auth.Traits{
		Wants: auth.Password, Strength: auth.StrengthNTLM, SendsSecret: !s.Wanted,
		Unasked: true, ConnectionBound: true,
	}, nil
}

// Begin starts a handshake. A user name may be "DOMAIN\user", "DOMAIN/user",
// "user@domain" or plain. The error wraps auth.ErrCredential and holds no part
// of the credential.
func (Scheme) Begin(_ auth.Challenge, cred auth.Credential, _ *auth.Live) (auth.Exchange, error) {
	if !utf8.ValidString(cred.User + cred.Secret.Reveal()) {
		return nil, fmt.Errorf("ntlm: %w: it is not UTF-8", auth.ErrCredential)
	}
	user, domain := cred.User, ""
	if i := strings.IndexAny(user, `\/`); i >= 0 {
		domain, user = user[:i], user[i+1:]
	}
	return &exchange{cred: cred, user: user, domain: domain}, nil
}
