package token

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"getin/client/auth"
)

// algES256 is the one algorithm of our proofs: ECDSA with P-256 and SHA-256, which
// every server takes.
const algES256 = "ES256"

// newKey makes a key to bind tokens to, in PKCS #8. It is read by keyOf.
func newKey() (auth.Secret, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return auth.Secret{}, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return auth.NewSecret(string(der)), err
}

func keyOf(held auth.Secret) (*ecdsa.PrivateKey, error) {
	parsed, err := x509.ParsePKCS8PrivateKey([]byte(held.Reveal()))
	key, ok := parsed.(*ecdsa.PrivateKey)
	if err != nil || !ok || key.Curve != elliptic.P256() {
		return nil, fmt.Errorf("dpop: %w: no key of the curve P-256 belongs to the token", auth.ErrCredential)
	}
	return key, nil
}

// proofHeader and proofClaims are a DPoP proof, RFC 9449 section 4.2.
type proofHeader struct {
	Type string   `json:"typ"`
	Alg  string   `json:"alg"`
	Key  proofKey `json:"jwk"`
}

type proofKey struct {
	Type  string `json:"kty"`
	Curve string `json:"crv"`
	X     string `json:"x"`
	Y     string `json:"y"`
}

type proofClaims struct {
	ID     string `json:"jti"`
	Method string `json:"htm"`
	URI    string `json:"htu"`
	At     int64  `json:"iat"`
	Token  string `json:"ath,omitempty"` // hash of the access token
	Nonce  string `json:"nonce,omitempty"`
}

// dpopProof proves that who sends a request holds the key. u goes without query and
// fragment; token is the access token that goes with the request, if one does.
func dpopProof(key *ecdsa.PrivateKey, method string, u *url.URL, nonce string, token auth.Secret) (string, error) {
	point, err := key.PublicKey.Bytes() // 4, and the coordinates: SEC 1 section 2.3.3
	if err != nil {
		return "", fmt.Errorf("dpop: %w", err)
	}
	id := make([]byte, 16)
	_, _ = rand.Read(id) // never fails
	to := *u
	to.User, to.RawQuery, to.ForceQuery, to.Fragment, to.RawFragment = nil, "", false, "", ""
	claims := proofClaims{ID: encode(id), Method: method, URI: to.String(), At: testOnlyNow().Unix(), Nonce: nonce}
	if !token.Empty() {
		sum := sha256.Sum256([]byte(token.Reveal()))
		claims.Token = encode(sum[:])
	}
	header, err := json.Marshal(proofHeader{"dpop+jwt", algES256, proofKey{"EC", "P-256", encode(point[1:33]), encode(point[33:])}})
	if err != nil {
		return "", err
	}
	content, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	text := encode(header) + "." + encode(content)
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	if err != nil {
		return "", fmt.Errorf("dpop: %w", err)
	}
	// RFC 7518 section 3.4.
	return text + "." + encode(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)), nil
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// postProven is post with a proof of holding the key, sent a second time when the
// server wants a nonce of its own in it (RFC 9449 section 8).
func (c *Client) postProven(ctx context.Context, e endpoint, form url.Values) ([]byte, http.Header, error) {
	u, at, err := endpointURL(e.address)
	if err != nil {
		return nil, nil, e.cannot("endpoint %s: %v", shown(e.address), err)
	}
	key, err := keyOf(e.key)
	if err != nil {
		return nil, nil, err
	}
	e.sign = func(req *http.Request) error {
		p, err := dpopProof(key, req.Method, u, c.nonce(at), auth.Secret{})
		req.Header.Set("DPoP", p)
		return err
	}
	text, head, err := c.post(ctx, e, form)
	if fresh := c.takeNonce(at, head.Get("DPoP-Nonce")); fresh && codeOf(err) == useNonce {
		text, head, err = c.post(ctx, e, form)
		c.takeNonce(at, head.Get("DPoP-Nonce"))
	}
	return text, head, err
}

// nonce is what the origin wants in the next proof, RFC 9449 sections 8 and 9.
func (c *Client) nonce(o auth.Origin) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.nonces[o]
}

// takeNonce notes the nonce of a response, and reports whether it is a new one.
func (c *Client) takeNonce(o auth.Origin, nonce string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if nonce == "" || c.nonces[o] == nonce {
		return false
	}
	if c.nonces == nil {
		c.nonces = map[auth.Origin]string{}
	}
	c.nonces[o] = nonce
	return true
}

// bound is the key that the token wanted is to be bound to: that of the grant
// before, or a new one. It is empty when the resource does not want it.
func (r *request) bound() (auth.Secret, error) {
	algs := r.path.Server.DPoPAlgs
	switch {
	case !r.query.Challenge.Is(dpopName) && !r.path.Resource.DPoP && !isBound(r.have.Grant):
		return auth.Secret{}, nil
	case len(algs) > 0 && !slices.Contains(algs, algES256):
		return auth.Secret{}, fmt.Errorf("%w: %s: it binds no token to a key of the algorithm %s", auth.ErrCannotStart, r.path.Server.Issuer, algES256)
	case isBound(r.have.Grant) && !r.have.Grant.Key.Empty():
		return r.have.Grant.Key, nil
	}
	return newKey()
}
