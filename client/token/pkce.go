package token

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
)

// proof is what ties the parts of one sign-in together: the answer that comes by
// way of the browser to the request it is for (state, RFC 6749 section 10.12),
// and the code in it to who has asked (RFC 7636). Each sign-in has its own.
type proof struct{ state, verifier string }

// proofSize is in octets: the 256 bits that RFC 7636 section 7.1 recommends, and
// as many of state.
const proofSize = 32

func newProof() proof { return proof{unguessable(), unguessable()} }

func unguessable() string {
	b := make([]byte, proofSize)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// challenge is the verifier as the authorization server gets to see it first,
// RFC 7636 section 4.2:
//
//	code_challenge = BASE64URL-ENCODE(SHA256(ASCII(code_verifier)))
func (p proof) challenge() string {
	sum := sha256.Sum256([]byte(p.verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// ask adds to the parameters of an authorization request what the answer to it
// has to prove.
func (p proof) ask(q url.Values) {
	q.Set("state", p.state)
	q.Set("code_challenge", p.challenge())
	q.Set("code_challenge_method", "S256")
}
