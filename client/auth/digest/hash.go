package digest

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strings"

	"getin/client/auth"
)

// algorithm is one of RFC 7616 section 6.1.
type algorithm struct {
	hash     func() hash.Hash
	strength auth.Strength
	session  bool // the -sess form
}

// algorithmNamed compares without regard to case.
func algorithmNamed(name string) (algorithm, error) {
	base, session := strings.CutSuffix(strings.ToUpper(name), "-SESS")
	switch base {
	case "MD5":
		return algorithm{md5.New, auth.StrengthDigestMD5, session}, nil
	case "SHA-256":
		return algorithm{sha256.New, auth.StrengthDigestSHA256, session}, nil
	case "SHA-512-256":
		return algorithm{sha512.New512_256, auth.StrengthDigestSHA512, session}, nil
	}
	return algorithm{}, fmt.Errorf("digest: algorithm %.40q not supported", name)
}

// sum returns H(parts joined by ":"), RFC 7616 section 3.3: hexadecimal in lower
// case.
func (a algorithm) sum(parts ...string) string {
	h := a.hash()
	_, _ = io.WriteString(h, strings.Join(parts, ":")) // a hash returns no error
	return hex.EncodeToString(h.Sum(nil))
}

// content returns H(entity-body) for auth-int, RFC 7616 section 3.4.3. No body
// is an empty one.
func (a algorithm) content(ctx context.Context, open func() (io.ReadCloser, error)) (string, error) {
	if open == nil {
		return a.sum(), nil
	}
	body, err := open()
	if err != nil {
		return "", fmt.Errorf("digest: content to be hashed for auth-int: %w", err)
	}
	defer func() { _ = body.Close() }() // it was only read
	h := a.hash()
	if _, err := io.Copy(h, &cancellable{ctx, body}); err != nil {
		return "", fmt.Errorf("digest: content to be hashed for auth-int: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// cancellable stops reading when its context ends.
type cancellable struct {
	ctx context.Context
	r   io.Reader
}

func (c *cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// proof is what the response and the rspauth of one request are made of.
type proof struct {
	algorithm algorithm
	key       auth.Secret // H(unq(username) ":" unq(realm) ":" passwd)
	turn      turn
	uri       string
}

// secret returns H(A1), RFC 7616 section 3.4.2:
//
//	A1       = unq(username) ":" unq(realm) ":" passwd
//	A1       = H( unq(username) ":" unq(realm) ":" passwd )
//	               ":" unq(nonce-prime) ":" unq(cnonce-prime)       ; -sess
func (p proof) secret() string {
	if p.algorithm.session {
		return p.algorithm.sum(p.key.Reveal(), p.turn.firstNonce, p.turn.firstCnonce)
	}
	return p.key.Reveal()
}

// digest returns the request-digest, RFC 7616 section 3.4.1, and for an empty
// method the rspauth, section 3.5. content is H(entity-body) and matters to
// auth-int alone.
//
//	response = <"> < KD ( H(A1), unq(nonce) ":" nc ":" unq(cnonce) ":"
//	                     unq(qop) ":" H(A2) ) <">
//	A2       = Method ":" request-uri                               ; auth
//	A2       = Method ":" request-uri ":" H(entity-body)            ; auth-int
//
// RFC 2069 has KD( H(A1), unq(nonce) ":" H(A2) ).
func (p proof) digest(method, qop, content string) string {
	a2 := []string{method, p.uri}
	if qop == qopInt {
		a2 = append(a2, content)
	}
	parts := []string{p.secret(), p.turn.nonce}
	if qop != qopNone {
		parts = append(parts, p.turn.count(), p.turn.cnonce, qop)
	}
	return p.algorithm.sum(append(parts, p.algorithm.sum(a2...))...)
}
