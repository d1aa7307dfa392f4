package digest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"getin/client/auth"
)

// The example of RFC 7616 section 3.9.1, both answers to the letter of each
// parameter.
func TestRFC7616Section3_9_1(t *testing.T) {
	setCnonces(t, "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
	for algorithm, response := range map[string]string{
		"MD5":     "8ca523f5e9506fed4657c9700eebdbec",
		"SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
	} {
		asks := `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=` + algorithm +
			`, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`
		x, err := Scheme{}.Begin(challenge(t, asks), credential("Mufasa", "Circle of Life"), &auth.Live{})
		if err != nil {
			t.Fatal(err)
		}
		want := `Digest username="Mufasa", realm="http-auth@example.org", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", ` +
			`uri="/dir/index.html", cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", nc=00000001, qop=auth, ` +
			`response="` + response + `", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", algorithm=` + algorithm
		if got := answer(t, x, auth.Server, auth.Message{Method: "GET", Target: "/dir/index.html"}); got != want {
			t.Errorf("%s:\n got %s\nwant %s", algorithm, got, want)
		}
	}
}

// The example of RFC 7616 section 3.9.2 with the values of erratum 4897: those
// that are printed were made with a truncated SHA-512, not with SHA-512/256.
func TestRFC7616Section3_9_2(t *testing.T) {
	setCnonces(t, "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v")
	const asks = `Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, ` +
		`nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8, userhash=true`
	x, err := Scheme{}.Begin(challenge(t, asks), credential("J\u00e4s\u00f8n Doe", "Secret, or not?"), &auth.Live{})
	if err != nil {
		t.Fatal(err)
	}
	got := sent(t, answer(t, x, auth.Server, auth.Message{Method: "GET", Target: "/doe.json"}))
	for name, want := range map[string]string{
		"username": "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b",
		"response": "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5",
		"userhash": "true",
	} {
		if got[name] != want {
			t.Errorf("%s=%q, want %q", name, got[name], want)
		}
	}
}

func TestRFC7616Section3_4_Username(t *testing.T) {
	for _, c := range []struct{ params, user, want string }{
		{`, charset=UTF-8`, "J\u00e4s\u00f8n Doe", `username*=UTF-8''J%C3%A4s%C3%B8n%20Doe`},
		{`, charset="utf-8"`, "Ja\u0308son", `username*=UTF-8''J%C3%A4son`},
		{`, charset=UTF-8`, "Jason \"x\" Doe", `username="Jason \"x\" Doe"`},
		{``, "J\u00e4son", "username=\"J\u00e4son\""},
		{``, "J\xe4son", "username=\"J\xe4son\""},
	} {
		x, err := Scheme{}.Begin(challenge(t, `Digest realm="r", nonce="n", qop="auth"`+c.params), credential(c.user, "p"), &auth.Live{})
		if err != nil {
			t.Errorf("%q: %v", c.user, err)
			continue
		}
		got := answer(t, x, auth.Server, get)
		if !strings.HasPrefix(got, "Digest "+c.want+", realm=") {
			t.Errorf("%q, %q: %s", c.params, c.user, got)
		}
		if n := strings.Count(got, "username"); n != 1 {
			t.Errorf("%q: the name goes %d times", c.user, n)
		}
	}
}

// RFC 7616 section 4: the same name and password in two Unicode forms give the
// same hash once the server has said UTF-8, and only then.
func TestRFC7616Section4(t *testing.T) {
	setCnonces(t, "c")
	response := func(params, user, password string) string {
		x, err := Scheme{}.Begin(challenge(t, `Digest realm="r", nonce="n", qop="auth"`+params), credential(user, password), &auth.Live{})
		if err != nil {
			t.Fatal(err)
		}
		return sent(t, answer(t, x, auth.Server, get))["response"]
	}
	for params, same := range map[string]bool{`, charset=UTF-8`: true, ``: false, `, charset=US-ASCII`: false} {
		if got := response(params, "\u00e4", "\u00f6") == response(params, "a\u0308", "o\u0308"); got != same {
			t.Errorf("%q: same response %v", params, got)
		}
	}
	if response(`, charset=UTF-8`, "a\u0308", "o\u0308") != response(``, "\u00e4", "\u00f6") {
		t.Error("the form is not C")
	}
}

func TestCredentialThatCannotBeSent(t *testing.T) {
	for _, c := range []struct{ params, user, password string }{
		{``, "a\r\nX: y", "s3cret"},
		{``, "a\x7f", "s3cret"},
		{``, "alice-name", "s3cret\x00"},
		{`, charset=UTF-8`, "alice-name", "s3cret\xe4"},
		{`, charset=UTF-8`, "\xe4", "s3cret"},
	} {
		_, err := Scheme{}.Begin(challenge(t, `Digest realm="r", nonce="n", qop="auth"`+c.params), credential(c.user, c.password), &auth.Live{})
		if !errors.Is(err, auth.ErrCredential) {
			t.Errorf("%q %q: %v", c.user, c.password, err)
			continue
		}
		if strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "alice-name") {
			t.Errorf("the error shows the credential: %v", err)
		}
	}
}

func TestTraits(t *testing.T) {
	for _, c := range []struct {
		params string
		want   auth.Strength
	}{
		{``, auth.StrengthDigestMD5},
		{`, qop=""`, auth.StrengthDigestMD5},
		{`, algorithm="mD5", qop=auth`, auth.StrengthDigestMD5},
		{`, algorithm=md5-SESS, qop=auth`, auth.StrengthDigestMD5},
		{`, algorithm=SHA-256, qop="auth-int"`, auth.StrengthDigestSHA256},
		{`, algorithm=sha-256-sess, qop="auth-int"`, auth.StrengthDigestSHA256},
		{`, algorithm=SHA-512-256, qop="new, auth"`, auth.StrengthDigestSHA512},
		{`, algorithm=SHA-512-256-sess, qop=", AUTH ,"`, auth.StrengthDigestSHA512},
		{`, unknown="x", domain="/a"`, auth.StrengthDigestMD5},
	} {
		got, err := Scheme{}.Traits(challenge(t, `Digest realm="", nonce=""`+c.params))
		if want := (auth.Traits{Wants: auth.Password, Strength: c.want, Unasked: true}); err != nil || got != want {
			t.Errorf("%q: %+v, %v; want %+v", c.params, got, err, want)
		}
	}
}

func TestChallengeThatCannotBeAnswered(t *testing.T) {
	long := strings.Repeat("x", 10000)
	for value, want := range map[string]string{
		`Digest`:           `digest: challenge without a realm`,
		`Digest abc==`:     `digest: challenge without a realm`,
		`Digest nonce="n"`: `digest: challenge without a realm`,
		`Digest realm="r"`: `digest: challenge without a nonce`,
		`Digest realm="r", nonce="n", algorithm=MD4`:      `digest: algorithm "MD4" not supported`,
		`Digest realm="r", nonce="n", algorithm=""`:       `digest: algorithm "" not supported`,
		`Digest realm="r", nonce="n", algorithm=SHA-1`:    `digest: algorithm "SHA-1" not supported`,
		`Digest realm="r", nonce="n", algorithm=` + long:  `digest: algorithm "` + long[:40] + `" not supported`,
		`Digest realm="r", nonce="n", qop="auth-conf"`:    `digest: qop "auth-conf" not supported`,
		`Digest realm="r", nonce="n", algorithm=MD5-sess`: `digest: a -sess algorithm without qop`,
	} {
		c := challenge(t, value)
		if got, err := (Scheme{}).Traits(c); err == nil || err.Error() != want || got != (auth.Traits{}) {
			t.Errorf("%.60s: %+v, %v", value, got, err)
		}
		if _, err := (Scheme{}).Begin(c, credential("u", "p"), &auth.Live{}); err == nil || err.Error() != want {
			t.Errorf("%.60s: begun: %v", value, err)
		}
	}
	twice := auth.Challenge{Scheme: "digest", Params: []auth.Param{{Name: "realm", Value: "r"}, {Name: "nonce", Value: "a"}, {Name: "nonce", Value: "b"}}}
	if _, err := (Scheme{}).Traits(twice); err == nil {
		t.Error("two nonces are accepted")
	}
}

// RFC 7616 section 3.4.3: auth is taken when it is there, auth-int when it is
// the only one, and then the whole content is hashed, each time anew.
func TestRFC7616Section3_4_3(t *testing.T) {
	for options, want := range map[string]string{
		`auth`: "auth", `auth-int,auth`: "auth", `AUTH-INT , x`: "auth-int", `auth-int`: "auth-int",
	} {
		opened := 0
		body := func() (io.ReadCloser, error) {
			opened++
			return io.NopCloser(strings.NewReader("content")), nil
		}
		x := begin(t, `Digest realm="r", nonce="n", qop="`+options+`"`, &auth.Live{})
		for range 2 {
			got := sent(t, answer(t, x, auth.Server, auth.Message{Method: "PUT", Target: "/", Body: body}))
			if got["qop"] != want {
				t.Errorf("%q: qop=%s", options, got["qop"])
			}
		}
		if wanted := map[string]int{"auth": 0, "auth-int": 2}[want]; opened != wanted {
			t.Errorf("%q: the content was read %d times", options, opened)
		}
	}
}

// failing returns a body that cannot be opened.
func failing(err error) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return nil, err }
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestHashingStopsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	reads := 0
	body := func() (io.ReadCloser, error) {
		return io.NopCloser(io.TeeReader(endless{}, writer(func() {
			if reads++; reads == 3 {
				cancel(errors.New("enough"))
			}
		}))), nil
	}
	x := begin(t, `Digest realm="r", nonce="n", qop="auth-int"`, &auth.Live{})
	if _, err := x.Answer(ctx, auth.Server, auth.Message{Method: "PUT", Target: "/", Body: body}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

type writer func()

func (w writer) Write(p []byte) (int, error) { w(); return len(p), nil }

// SECURITY-CASES E11: a realm that ends in a backslash comes back as it was.
func TestRealmIsSentBack(t *testing.T) {
	for _, realm := range []string{`x\`, `"`, `a, b="c"`, "\u202e", "\xff", ""} {
		x := begin(t, `Digest nonce="n", realm=`+auth.Quote(realm), &auth.Live{})
		if got := sent(t, answer(t, x, auth.Proxy, get))["realm"]; got != realm {
			t.Errorf("%q came back as %q", realm, got)
		}
	}
}

func TestClientNonces(t *testing.T) {
	x := begin(t, countable, &auth.Live{})
	seen := map[string]bool{}
	for range 100 {
		c := sent(t, answer(t, x, auth.Server, get))["cnonce"]
		if seen[c] || !regexp.MustCompile(`^[A-Z2-7]{26}$`).MatchString(c) {
			t.Errorf("cnonce %q, again: %v", c, seen[c])
		}
		seen[c] = true
	}
}

func TestExchangeShowsNoSecret(t *testing.T) {
	x := begin(t, `Digest realm="example.com", nonce="n", qop="auth"`, &auth.Live{})
	answer(t, x, auth.Server, get)
	md5, err := algorithmNamed("MD5")
	if err != nil {
		t.Fatal(err)
	}
	key := md5.sum("user", "example.com", "pass")
	if s := fmt.Sprintf("%v %+v %#v", x, x, x); strings.Contains(s, key) {
		t.Errorf("shows what is as good as the password: %s", s)
	}
}

// FuzzAnswer gives any field value to the scheme: what it answers must be
// well-formed and hold realm and nonce as they came.
func FuzzAnswer(f *testing.F) {
	for _, v := range cases[vector](f, "digest", 74) {
		f.Add(v.field(), v.Username)
	}
	f.Fuzz(func(t *testing.T, value, user string) {
		list, _ := auth.ParseChallenges([]string{value})
		for _, c := range list {
			x, err := Scheme{}.Begin(c, credential(user, "pass"), &auth.Live{})
			if err != nil {
				continue
			}
			field := answer(t, x, auth.Server, get)
			if strings.ContainsAny(field, "\r\n\x00") {
				t.Fatalf("%q", field)
			}
			got := sent(t, field)
			realm, _ := c.Param("realm")
			nonce, _ := c.Param("nonce")
			if got["realm"] != realm || got["nonce"] != nonce || got["response"] == "" {
				t.Fatalf("%q answers %q", field, c)
			}
			if err := finish(x, "", value); err != nil && !errors.Is(err, auth.ErrServerUnverified) {
				t.Fatal(err)
			}
		}
	})
}
