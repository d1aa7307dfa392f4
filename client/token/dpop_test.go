package token

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"

	"getin/client/auth"
)

// verified returns the claims of a proof whose signature holds, and the key.
func verified(t *testing.T, text string) (map[string]any, ecdsa.PublicKey) {
	t.Helper()
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		t.Fatalf("no JWS: %s", text)
	}
	raw := func(s string) []byte {
		b, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		return b
	}
	var head struct {
		Typ, Alg string
		Jwk      map[string]string
	}
	claims := map[string]any{}
	if err := errors.Join(json.Unmarshal(raw(parts[0]), &head), json.Unmarshal(raw(parts[1]), &claims)); err != nil {
		t.Fatal(err)
	}
	if head.Typ != "dpop+jwt" || head.Alg != "ES256" || head.Jwk["kty"] != "EC" || head.Jwk["crv"] != "P-256" || len(head.Jwk) != 4 {
		t.Fatalf("header %+v", head)
	}
	number := func(b []byte) *big.Int { return new(big.Int).SetBytes(b) }
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, raw(head.Jwk["x"]), raw(head.Jwk["y"])))
	if err != nil {
		t.Fatal(err)
	}
	sum, sig := sha256.Sum256([]byte(parts[0]+"."+parts[1])), raw(parts[2])
	if len(sig) != 64 || !ecdsa.Verify(key, sum[:], number(sig[:32]), number(sig[32:])) {
		t.Fatal("the signature does not hold")
	}
	return claims, *key
}

func boundGrant(t *testing.T, at string) auth.Credential {
	t.Helper()
	key, err := newKey()
	if err != nil {
		t.Fatal(err)
	}
	return auth.Credential{Secret: auth.NewSecret("at"), Made: origin(t, at), Grant: &auth.Grant{Type: "dpop", Key: key}}
}

// Each request has a proof of its own, for its method and its URL without the
// query, and for the token; no request has the token without (RFC 9449 section 7).
func TestProof(t *testing.T) {
	seen := map[any]bool{}
	for _, c := range []struct{ at, target, htu string }{
		{"https://api.example", "/a?b=c", "https://api.example/a"},
		{"https://api.example:8443", "/a%2fb//c", "https://api.example:8443/a%2fb//c"},
		{"http://api.example", "//x/y", "http://api.example//x/y"},
		{"http://api.example", "http://api.example/seen/by/a/proxy", "http://api.example/seen/by/a/proxy"},
	} {
		x, err := Scheme{Client: &Client{}}.Begin(challenge(t, bare), boundGrant(t, c.at), &auth.Live{})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			fields, err := x.Answer(t.Context(), auth.Server, auth.Message{Method: "PUT", Target: c.target})
			if err != nil || len(fields) != 2 || fields[0] != (auth.Field{Name: "Authorization", Value: "DPoP at"}) || fields[1].Name != "DPoP" {
				t.Fatalf("%v, %v", fields, err)
			}
			claims, _ := verified(t, fields[1].Value)
			sum := sha256.Sum256([]byte("at"))
			if claims["htm"] != "PUT" || claims["htu"] != c.htu || claims["ath"] != base64.RawURLEncoding.EncodeToString(sum[:]) || seen[claims["jti"]] {
				t.Errorf("%s: %v", c.target, claims)
			}
			if at, _ := claims["iat"].(float64); testOnlyNow().Unix()-int64(at) > 60 {
				t.Errorf("made at %v", claims["iat"])
			}
			seen[claims["jti"]] = true
		}
	}
}

// A token without its key, and a key without a token of its type, stay at home.
func TestProofUnfit(t *testing.T) {
	keyless, bearer := boundGrant(t, "https://api.example"), boundGrant(t, "https://api.example")
	keyless.Grant.Key, bearer.Grant.Type = auth.Secret{}, "Bearer"
	typed := auth.Credential{Secret: auth.NewSecret("at")}
	for _, have := range []auth.Credential{keyless, bearer, typed} {
		if _, err := (DPoP{&Client{}}).Begin(challenge(t, "DPoP"), have, &auth.Live{}); !errors.Is(err, auth.ErrCredential) {
			t.Errorf("%+v: %v", have.Grant, err)
		}
	}
	if _, err := (DPoP{}).Traits(challenge(t, `DPoP algs="RS256 PS256"`)); err == nil {
		t.Error("a proof that the server does not read")
	}
}

// The server's nonce goes into the next proof, once; that a proof does not do is
// not held against the token.
func TestProofNonce(t *testing.T) {
	ch := challenge(t, `DPoP error="use_dpop_nonce"`)
	x, err := DPoP{&Client{}}.Begin(ch, boundGrant(t, "https://api.example"), &auth.Live{})
	if err != nil {
		t.Fatal(err)
	}
	says := func(nonce string) { x.(auth.Observer).Observe(func(string) string { return nonce }) }
	says("n-1")
	if v, err := x.Challenged(ch); v != auth.Continue || err != nil {
		t.Fatalf("%v, %v", v, err)
	}
	fields, err := x.Answer(t.Context(), auth.Server, auth.Message{Method: "GET", Target: "/"})
	if err != nil {
		t.Fatal(err)
	}
	if claims, _ := verified(t, fields[1].Value); claims["nonce"] != "n-1" {
		t.Errorf("%v", claims)
	}
	says("n-2")
	if v, err := x.Challenged(ch); v == auth.Continue || err == nil {
		t.Errorf("a second time: %v, %v", v, err)
	}
	if _, err := x.Challenged(challenge(t, `DPoP error="invalid_dpop_proof"`)); err == nil {
		t.Error("the token is held to be refused")
	}
}

// At the token endpoint the proof is of the same key, has no token in it, and is
// repeated once for a nonce. A token of another type is none.
func TestProofForToken(t *testing.T) {
	d := newDocuments(t)
	kind, nonce := "DPoP", "n-1"
	var keys []ecdsa.PublicKey
	d.at["/token"] = func(w http.ResponseWriter, r *http.Request) {
		claims, key := verified(t, r.Header.Get("DPoP"))
		keys = append(keys, key)
		if claims["htm"] != "POST" || claims["htu"] != d.URL+"/token" || claims["ath"] != nil {
			t.Errorf("%v", claims)
		}
		if claims["nonce"] != nonce {
			w.Header().Set("DPoP-Nonce", "n-1")
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":"use_dpop_nonce"}`)
			return
		}
		fmt.Fprintf(w, `{"access_token":"at","token_type":%q}`, kind)
	}
	e := endpoint{address: d.URL + "/token", challenger: origin(t, d.URL), key: boundGrant(t, d.URL).Grant.Key}
	if _, err := d.client.token(t.Context(), e, nil); err != nil || len(keys) != 2 || !keys[0].Equal(&keys[1]) {
		t.Errorf("%v, %d requests", err, len(keys))
	}
	kind = "Bearer"
	if _, err := d.client.token(t.Context(), e, nil); err == nil || len(keys) != 3 {
		t.Errorf("a token bound to nothing: %v, %d requests", err, len(keys))
	}
	nonce = "never given"
	if _, err := d.client.token(t.Context(), e, nil); codeOf(err) != useNonce || len(keys) != 4 {
		t.Errorf("%v, %d requests", err, len(keys))
	}
}
