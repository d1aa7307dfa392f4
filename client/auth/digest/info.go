package digest

import (
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"getin/client/auth"
)

// info is what Authentication-Info says, RFC 7616 section 3.5:
//
//	Authentication-Info = #( nextnonce / message-qop / response-auth /
//	                         cnonce / nonce-count )
type info map[string]string

// readInfo reads all values of the field, which must be well-formed: a claim
// that cannot be read is not verified.
func readInfo(values []string) (info, error) {
	in := info{}
	for _, v := range values {
		params, err := auth.ParseParams(v)
		if err != nil {
			return nil, unverified("%v", err)
		}
		for _, p := range params {
			if _, twice := in[p.Name]; twice {
				return nil, unverified("%.40q repeated", p.Name)
			}
			in[p.Name] = p.Value
		}
	}
	return in, nil
}

func unverified(format string, args ...any) error {
	return fmt.Errorf("digest: %w: %s", auth.ErrServerUnverified, fmt.Sprintf(format, args...))
}

// Accepted checks rspauth, if there is one and it does not depend on the
// content, and takes nextnonce. The credential is the one that was given.
func (e *exchange) Accepted(f auth.Final) (auth.Credential, error) {
	in, err := readInfo(f.Info)
	if err != nil {
		return auth.Credential{}, err
	}
	if e.qopOf(in) != qopInt {
		if err := e.verify(in, ""); err != nil {
			return auth.Credential{}, err
		}
	}
	e.follow(in)
	return e.cred, nil
}

func (e *exchange) follow(in info) {
	if next := in["nextnonce"]; next != "" && e.sent {
		announced(e.live, e.ask.nonce, e.proof.turn.nonce, next)
	}
}

// CheckContent hashes the content when the server's proof covers it (auth-int).
// The proof may come in the header or in the trailer.
func (e *exchange) CheckContent(f auth.Final) (io.Writer, func(info []string) error) {
	head, err := readInfo(f.Info)
	if err != nil || e.qopOf(head) != qopInt {
		return nil, nil
	}
	h := e.ask.algorithm.hash()
	return h, func(trailer []string) error {
		in, err := readInfo(append(append([]string{}, f.Info...), trailer...))
		if err != nil {
			return err
		}
		if err := e.verify(in, hex.EncodeToString(h.Sum(nil))); err != nil {
			return err
		}
		e.follow(in)
		return nil
	}
}

// qopOf returns the qop of the server's proof: as it says, or as in the request.
func (e *exchange) qopOf(in info) string {
	if q, ok := in["qop"]; ok {
		return strings.ToLower(q)
	}
	return e.sentQop
}

// verify checks rspauth, the digest with an empty method. nc and cnonce must be
// those of the request, since otherwise the proof is one for another request.
func (e *exchange) verify(in info, content string) error {
	rspauth, ok := in["rspauth"]
	if !ok || !e.sent {
		return nil
	}
	t := e.proof.turn
	if e.sentQop != qopNone {
		if in["cnonce"] != t.cnonce {
			return unverified("rspauth is for another cnonce")
		}
		if !strings.EqualFold(in["nc"], t.count()) {
			return unverified("rspauth is for another nc")
		}
	}
	want := e.proof.digest("", e.qopOf(in), content)
	if subtle.ConstantTimeCompare([]byte(strings.ToLower(rspauth)), []byte(want)) != 1 {
		return unverified("rspauth is wrong")
	}
	return nil
}
