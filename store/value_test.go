package store_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"getin/client/auth"
	"getin/store"
	"getin/store/storetest"
)

func mustEncode(t testing.TB, k store.Key, secret string) []byte {
	t.Helper()
	b, err := store.Encode(k, auth.Credential{User: k.Account, Secret: auth.NewSecret(secret)})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What was stored by a getin of today is read by those to come: this text was
// written by hand after the fields of value.
func TestValueFormat(t *testing.T) {
	const text = `{"v":1,"party":"server","origin":"https://example.com:443","realm":"Y2Fm6Q==","kind":"password","account":"alice","secret":"a<&>\"é"}`
	k := storetest.Key("https://example.com", "caf\xe9", "alice")
	if got := string(mustEncode(t, k, `a<&>"é`)); got != text {
		t.Errorf("got  %s\nwant %s", got, text)
	}
	c, err := store.Decode(k, []byte(text))
	if err != nil || c.Secret.Reveal() != `a<&>"é` || c.User != "alice" {
		t.Errorf("got %q, %q, error %v", c.User, c.Secret.Reveal(), err)
	}
}

// RULES R13: the whole tuple is compared, so a value answers for its own key
// alone.
func TestR13ValueAnswersForItsKeyAlone(t *testing.T) {
	keys := storetest.NearKeys()
	for i, k := range keys {
		b := mustEncode(t, k, "secret")
		for j, other := range keys {
			c, err := store.Decode(other, b)
			if i == j && (err != nil || c.Secret.Reveal() != "secret" || c.User != k.Account) {
				t.Errorf("%+v: got %q, error %v", k, c.Secret.Reveal(), err)
			}
			if i != j && (!errors.Is(err, store.ErrDamaged) || !c.Secret.Empty()) {
				t.Errorf("value of %+v for %+v: got %q, error %v", k, other, c.Secret.Reveal(), err)
			}
		}
	}
}

// Nothing but a value of this version is read, and no error tells what was in
// it.
func TestDamagedValues(t *testing.T) {
	k := storetest.Key("https://example.com", "R", "alice")
	good := string(mustEncode(t, k, "sesame"))
	for name, bad := range map[string]string{
		"empty":           "",
		"only a password": "sesame",
		"null":            "null",
		"an object":       "{}",
		"cut short":       good[:len(good)-1],
		"more after it":   good + "sesame",
		"twice":           good + good,
		"version 0":       strings.Replace(good, `"v":1`, `"v":0`, 1),
		"version 2":       strings.Replace(good, `"v":1`, `"v":2`, 1),
		"no realm":        strings.Replace(good, `"realm":"Ug=="`, `"realm":null`, 1),
		"realm no base64": strings.Replace(good, `"realm":"Ug=="`, `"realm":"sesame!"`, 1),
	} {
		if bad == good {
			t.Fatalf("%s: the test spoils nothing", name)
		}
		c, err := store.Decode(k, []byte(bad))
		if !errors.Is(err, store.ErrDamaged) || !c.Secret.Empty() {
			t.Errorf("%s: got %q, error %v", name, c.Secret.Reveal(), err)
		}
		if err != nil && strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: the error tells the secret: %v", name, err)
		}
	}
}

// What goes with a secret in a keyring item takes little: an access token of
// 2,000 octets fits into the 2,400 that keyrings take.
func TestValueIsSmall(t *testing.T) {
	k := storetest.Key("https://registry.example.com", "Container Registry, production", "service-account@example.com")
	for name, secret := range map[string]string{
		"token":       strings.Repeat("eyJ.", 500),
		"punctuation": strings.Repeat("<&>'", 500),
	} {
		if b := mustEncode(t, k, secret); len(b) > 2400 {
			t.Errorf("%s: %d octets for a secret of %d", name, len(b), len(secret))
		}
	}
}

// Whatever the octets of realm, account and secret, they come back, and the
// value is valid JSON on one line.
func FuzzValue(f *testing.F) {
	f.Add("R", true, "alice", "sesame")
	f.Add("", false, "", "")
	f.Add("caf\xe9", true, "al\xffice", "\xff\x00\n")
	f.Add("\u2028", true, "\ufffd", "\u2029</script>")
	f.Fuzz(func(t *testing.T, realm string, has bool, account, secret string) {
		k := storetest.Key("https://a.test", "-", account)
		if has {
			k.Space.Realm, k.Space.HasRealm = realm, true
		}
		b := mustEncode(t, k, secret)
		if !json.Valid(b) || bytes.ContainsAny(b, "\r\n\x00") {
			t.Errorf("not one line of JSON: %q", b)
		}
		c, err := store.Decode(k, b)
		if err != nil || c.User != account || c.Secret.Reveal() != secret {
			t.Errorf("got %q, %q, error %v; want %q, %q", c.User, c.Secret.Reveal(), err, account, secret)
		}
	})
}

// Whatever lies in a keyring, reading it does no harm.
func FuzzDecode(f *testing.F) {
	k := storetest.Key("https://a.test", "R", "alice")
	f.Add(mustEncode(f, k, "sesame"))
	f.Add([]byte(`{"v":1,"octets":"AA==","user":""}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := store.Decode(k, b)
		if err != nil && (!errors.Is(err, store.ErrDamaged) || !c.Secret.Empty()) {
			t.Errorf("got %q, error %v", c.Secret.Reveal(), err)
		}
		if err == nil && c.User != "alice" {
			t.Errorf("user %q", c.User)
		}
	})
}

// SECURITY-CASES G9: what comes after the wipe stores nothing instead of an empty
// secret.
func TestG9WipedIsNotStored(t *testing.T) {
	c := auth.Credential{User: "alice", Secret: auth.NewSecret("sesame")}
	c.Secret.Wipe()
	if b, err := store.Encode(storetest.Key("https://a.test", "R", "alice"), c); err == nil {
		t.Errorf("encoded %s", b)
	}
}
