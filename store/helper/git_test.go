package helper_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"getin/client/auth"
	"getin/store/index"
)

const (
	asked  = "protocol=https\nhost=a.test\n"
	secret = "username=alice\npassword=wonderland\n"
)

// One entry that covers URL and user answers; anything else is silence.
func TestR15_GitGetsTheOneThatCovers(t *testing.T) {
	w := newWorld(t)
	w.add("https://a.test", "R", "alice", "wonderland")
	w.add("https://several.test", "R", "alice", "1")
	w.add("https://several.test", "S", "bob", "2")
	w.add("https://realms.test", "R", "alice", "1")
	w.add("https://realms.test", "S", "alice", "2")
	w.add("http://clear.test", "R", "alice", "1")
	w.add("http://127.0.0.1:8080", "R", "alice", "loop")
	w.add("https://paths.test", "R", "alice", "1", below("/one/"))
	w.add("https://paths.test", "S", "bob", "2", below("/two/"))
	for in, want := range map[string]string{
		asked:                                                             secret,
		asked + "username=alice\n":                                        secret,
		asked + "\nusername=bob\n":                                        secret, // after the empty line is nothing
		asked + "path=x/y.git\n":                                          secret,
		asked + "unknown=x\n":                                             secret,
		asked + "username=bob\n":                                          "- nothing is stored",
		asked + "username=Alice\n":                                        "- nothing is stored",
		"protocol=https\nhost=A.Test.\n":                                  secret,
		"protocol=https\nhost=a.test:443\n":                               secret,
		"protocol=https\nhost=a.test:444\n":                               "- nothing is stored",
		"protocol=http\nhost=a.test\n":                                    "- http://a.test: neither https",
		"protocol=http\nhost=clear.test\n":                                "- http://clear.test: neither https",
		"protocol=http\nhost=127.0.0.1:8080\n":                            "username=alice\npassword=loop\n",
		"protocol=https\nhost=several.test\n":                             "- several entries",
		"protocol=https\nhost=several.test\nusername=bob\n":               "username=bob\npassword=2\n",
		"protocol=https\nhost=realms.test\n":                              "- several entries",
		"protocol=https\nhost=paths.test\npath=two/x\n":                   "username=bob\npassword=2\n",
		"protocol=https\nhost=paths.test\npath=three/x\n":                 "- nothing is stored",
		"protocol=https\nhost=paths.test\n":                               "- several entries",
		"protocol=https\nhost=realms.test\nwwwauth[]=Basic realm=\"S\"\n": "username=alice\npassword=2\n",
		"protocol=https\nhost=realms.test\nwwwauth[]=Basic realm=\"T\"\n": "- nothing is stored",
	} {
		if got := w.got(in); got != want && !(strings.HasPrefix(want, "- ") && strings.HasPrefix(got, want)) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// D11: a host that holds a stored one as its beginning, end or middle.
func TestD11_GitNeighboursOfAName(t *testing.T) {
	w := newWorld(t)
	w.add("https://a.test", "R", "alice", "wonderland")
	for _, host := range []string{"a.test.attacker.test", "evil-a.test", "x.a.test", "a.tes", "a.test@b.test", "b.test#a.test", `a.test\b.test`, "a.test/b"} {
		if got := w.got("protocol=https\nhost=" + host + "\n"); !strings.HasPrefix(got, "- ") {
			t.Errorf("%s: %q", host, got)
		}
	}
}

// E1 to E4: nothing is looked up for what hides a line end or names nobody.
func TestE1_E2_E3_E4_GitLines(t *testing.T) {
	w := newWorld(t)
	w.add("https://a.test", "R", "alice", "wonderland")
	for _, in := range []string{
		"", "\n", "protocol=https\n", "host=a.test\n", "protocol=\nhost=a.test\n", "protocol=https\nhost=\n",
		asked + "username=alice\r\n", "protocol=https\nhost=a.test\r\n", asked + "username=al\x00ice\n",
		"protocol=https\nhost=a.test%0ahost=b.test\n", "protocol=https\nhost=a.test%0d\n", asked + "nothing\n", asked + "=x\n",
		"protocol=ftp\nhost=a.test\n", asked + "x=" + strings.Repeat("x", 70000) + "\n", strings.Repeat("x=y\n", 1001) + asked,
	} {
		if got := w.got(in); !strings.HasPrefix(got, "- ") {
			t.Errorf("%.80q: %q", in, got)
		}
	}
	calls, err := w.keep.Noted()
	if err != nil || slices.ContainsFunc(calls, func(c string) bool { return strings.HasPrefix(c, "get") }) {
		t.Errorf("the keyring was asked: %q, %v", calls, err)
	}
	// And none is made of a stored value.
	w.add("https://b.test", "R", "alice", "one\nhost=evil.test")
	w.add("https://c.test", "R", "al\rice", "x")
	for _, host := range []string{"b.test", "c.test"} {
		if got := w.got("protocol=https\nhost=" + host + "\n"); !strings.Contains(got, "cannot be written as one line") || strings.Contains(got, "evil") {
			t.Errorf("%s: %q", host, got)
		}
	}
}

// store makes an unbound entry with the protocol's mark; erase touches only
// those, and only when the value matches.
func TestR15_GitStoresAndErasesItsOwn(t *testing.T) {
	w := newWorld(t)
	w.add("https://a.test", "R", "bound", "wonderland")
	w.add("https://a.test", "-", "imported", "wonderland", unbound("netrc"))
	do := func(op, in string) {
		t.Helper()
		if out, err := w.git(op, in); out != "" || err != nil {
			t.Errorf("%s: %q, %v", op, out, err)
		}
	}
	do("store", asked+secret)
	want := []string{"bound/wonderland bound", "imported/wonderland netrc", "alice/wonderland git"}
	if got := w.entries("https://a.test"); !slices.Equal(got, want) {
		t.Fatalf("%q", got)
	}
	do("store", asked+"username=bound\npassword=wonderland\n") // what git was given comes back
	do("erase", asked+"username=alice\npassword=other\n")
	do("erase", asked+"username=alice\n")
	do("erase", asked)
	do("erase", asked+"username=bound\npassword=wonderland\n")
	do("erase", asked+"username=imported\npassword=wonderland\n")
	do("erase", "protocol=https\nhost=a.test:444\n"+secret)
	do("erase", asked+"path=x\n"+secret)
	do("unknown", "whatever")
	if got := w.entries("https://a.test"); !slices.Equal(got, want) {
		t.Fatalf("%q", got)
	}
	do("erase", asked+secret)
	if got := w.entries("https://a.test"); !slices.Equal(got, want[:2]) {
		t.Errorf("%q", got)
	}
}

// A password that was changed: what git saw accepted last speaks.
func TestGitNewerSpeaks(t *testing.T) {
	w := newWorld(t)
	w.add("https://a.test", "R", "alice", "old")
	later()
	if _, err := w.git("store", asked+"username=alice\npassword=new\n"); err != nil {
		t.Fatal(err)
	}
	if got := w.got(asked); got != "username=alice\npassword=new\n" {
		t.Errorf("got %q", got)
	}
	later()
	w.add("https://a.test", "R", "alice", "newest")
	if got := w.got(asked + "wwwauth[]=Basic realm=\"R\"\n"); got != "username=alice\npassword=newest\n" {
		t.Errorf("got %q", got)
	}
}

// What is not to be kept is not.
func TestGitKeepsNothing(t *testing.T) {
	w := newWorld(t)
	for _, in := range []string{
		asked, asked + "username=alice\n", asked + "password=x\n", asked + "ephemeral=1\n" + secret, asked + "password_expiry_utc=1000\n" + secret,
		asked + "authtype=Digest\ncredential=x\n",
	} {
		if _, err := w.git("store", in); err != nil {
			t.Errorf("%q: %v", in, err)
		}
	}
	for _, in := range []string{"protocol=http\nhost=a.test\n" + secret, asked + "password_expiry_utc=soon\n" + secret} {
		if _, err := w.git("store", in); err == nil {
			t.Errorf("%q: no error", in)
		}
	}
	if got := w.entries("https://a.test"); got != nil {
		t.Errorf("%q", got)
	}
}

// A secret that expires says so, and is silent afterwards.
func TestGitExpiry(t *testing.T) {
	w := newWorld(t)
	at := time.Now().Add(time.Hour).Unix()
	if _, err := w.git("store", fmt.Sprintf("%s%spassword_expiry_utc=%d\n", asked, secret, at)); err != nil {
		t.Fatal(err)
	}
	if got, want := w.got(asked), fmt.Sprintf("%spassword_expiry_utc=%d\n", secret, at); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	w.add("https://b.test", "R", "alice", "x", func(_ *storeKey, e *index.Entry) { e.Expires = time.Now().Add(-time.Second) })
	if got := w.got("protocol=https\nhost=b.test\n"); !strings.HasPrefix(got, "- nothing") {
		t.Errorf("expired: %q", got)
	}
}

// A git that knows authtype gets a token for a Bearer challenge; one that does
// not gets none.
func TestGitAuthtype(t *testing.T) {
	w := newWorld(t)
	w.add("https://a.test", "api", "", "t0ken", token)
	ask := asked + "wwwauth[]=Bearer realm=\"api\"\n"
	if got := w.got("capability[]=authtype\n" + ask); got != "capability[]=authtype\nauthtype=Bearer\ncredential=t0ken\n" {
		t.Errorf("got %q", got)
	}
	if got := w.got(ask); !strings.HasPrefix(got, "- nothing") {
		t.Errorf("without the capability: %q", got)
	}
	if _, err := w.git("store", "protocol=https\nhost=b.test\nauthtype=bearer\ncredential=mine\n"); err != nil {
		t.Fatal(err)
	}
	if got := w.entries("https://b.test"); !slices.Equal(got, []string{"/mine git"}) {
		t.Errorf("%q", got)
	}
}

// R8: a password that Digest has proven is not for a server that offers nothing
// but Basic. R2: one that was refused in three runs takes a person.
func TestR8_R2_GitDoesNotWeaken(t *testing.T) {
	w := newWorld(t)
	w.add("https://a.test", "R", "alice", "wonderland", proven(auth.StrengthDigestSHA256))
	basic, digest := "wwwauth[]=Basic realm=\"R\"\n", "wwwauth[]=Digest realm=\"R\", nonce=\"x\"\n"
	for in, want := range map[string]string{asked + basic: "- a stronger scheme", asked + basic + digest: secret, asked + digest: secret} {
		if got := w.got(in); !strings.HasPrefix(got, want) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	w.add("https://b.test", "R", "alice", "wonderland")
	w.refuse("https://b.test", 3)
	if got := w.got("protocol=https\nhost=b.test\n"); !strings.HasPrefix(got, "- nothing") {
		t.Errorf("refused: %q", got)
	}
}
