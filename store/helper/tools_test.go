package helper_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"getin/client/auth"
	"getin/store"
	"getin/store/helper"
	"getin/store/index"
)

type storeKey = store.Key

const basicAlice = "Basic YWxpY2U6d29uZGVybGFuZA=="

func TestR15_Docker(t *testing.T) {
	w := newWorld(t)
	w.add("https://registry.test", "R", "alice", "wonderland", below("/v2/"))
	w.add("https://index.docker.io", "-", "", "identity", token, func(k *storeKey, e *index.Entry) { k.Unbound, e.Unbound = true, "docker" })
	w.add("http://127.0.0.1:5000", "R", "alice", "loop")
	w.add("https://strong.test", "R", "alice", "x", proven(auth.StrengthDigestMD5))
	w.add("http://clear.test", "R", "alice", "x")
	for in, want := range map[string]string{
		"registry.test":                `{"ServerURL":"registry.test","Username":"alice","Secret":"wonderland"}` + "\n",
		"https://registry.test/v2/\n":  `{"ServerURL":"https://registry.test/v2/","Username":"alice","Secret":"wonderland"}` + "\n",
		"registry.test:443":            `{"ServerURL":"registry.test:443","Username":"alice","Secret":"wonderland"}` + "\n",
		"https://index.docker.io/v1/":  `{"ServerURL":"https://index.docker.io/v1/","Username":"<token>","Secret":"identity"}` + "\n",
		"127.0.0.1:5000":               `{"ServerURL":"127.0.0.1:5000","Username":"alice","Secret":"loop"}` + "\n",
		"registry.test:5000":           "credentials not found in native keychain",
		"registry.test.attacker.test":  "credentials not found in native keychain",
		"strong.test":                  "a stronger scheme was accepted",
		"http://clear.test":            "http://clear.test: neither https",
		"":                             "no credentials server URL",
		"https://alice@registry.test/": "not an http or https origin: userinfo",
		"registry.test%0a":             "not an http or https origin",
	} {
		got, err := w.docker("get", in)
		if err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	got, err := w.docker("list", "")
	want := `{"http://127.0.0.1:5000":"alice","https://index.docker.io/v1/":"<token>","registry.test":"alice"}` + "\n"
	if got != want || err != nil {
		t.Errorf("list: %s, %v", got, err)
	}
}

// TestE4_DecodedOnce: what is a line end once decoded names nothing, and what is one
// only when decoded twice is a path.
func TestE4_DecodedOnce(t *testing.T) {
	w := newWorld(t)
	w.add("https://registry.test", "R", "alice", "wonderland")
	for in, want := range map[string]string{
		"https://registry.test/a%0ahost=b.test": "not an http or https origin: control character in a path",
		"https://registry.test/a%0d":            "not an http or https origin: control character in a path",
		"https://registry.test/a%250a":          `{"ServerURL":`,
	} {
		got, err := w.docker("get", in)
		if err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestR15_DockerStoresAndErasesItsOwn(t *testing.T) {
	w := newWorld(t)
	w.add("https://a.test", "R", "bound", "x")
	w.add("https://a.test", "-", "git", "x", unbound("git"))
	do := func(op, in, want string) {
		t.Helper()
		out, err := w.docker(op, in)
		if err != nil {
			out += err.Error()
		}
		if out != want {
			t.Errorf("%s %q: %q, want %q", op, in, out, want)
		}
	}
	do("store", `{"ServerURL":"a.test","Username":"alice","Secret":"one"}`, "")
	do("store", `{"ServerURL":"https://a.test/v1/","Username":"bob","Secret":"two"}`, "") // one account for each URL
	do("store", `{"ServerURL":"a.test/team","Username":"carol","Secret":"three"}`, "")
	do("store", `{"ServerURL":"a.test","Username":"","Secret":"two"}`, "no credentials username")
	do("store", `{"ServerURL":"","Username":"a","Secret":"two"}`, "no credentials server URL")
	do("store", `{"ServerURL":"http://b.test","Username":"a","Secret":"two"}`, "http://b.test: neither https nor a loopback host")
	do("store", `secret`, "the input is no JSON of a credential")
	want := []string{"bound/x bound", "git/x git", "bob/two docker", "carol/three docker"}
	if got := w.entries("https://a.test"); !slices.Equal(got, want) {
		t.Fatalf("%q", got)
	}
	do("erase", "a.test", "")
	do("erase", "a.test", "")
	want = []string{"bound/x bound", "git/x git", "carol/three docker"}
	if got := w.entries("https://a.test"); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	do("erases", "a.test", `unknown credential action: "erases"`)
}

func TestR15_GoAuth(t *testing.T) {
	w := newWorld(t)
	w.add("https://a.test", "R", "alice", "wonderland", below("/go/"))
	w.add("https://u.test", "-", "alice", "wonderland", unbound("git"))
	w.add("https://two.test", "R", "alice", "wonderland")
	w.add("https://two.test", "S", "bob", "x")
	w.add("https://tok.test", "api", "", "t0ken", token)
	w.add("https://digest.test", "R", "alice", "x", proven(auth.StrengthDigestMD5))
	w.add("http://127.0.0.1:8080", "R", "alice", "x")
	head := "HTTP/1.1 401 Unauthorized\nWww-Authenticate: Basic realm=\"R\"\n\n"
	for url, want := range map[string]string{
		"https://a.test/go/mod/@v/list": "https://a.test/go\n\nAuthorization: " + basicAlice + "\n\n",
		"https://u.test/x?go-get=1":     "https://u.test\n\nAuthorization: " + basicAlice + "\n\n",
		"https://two.test/x":            "https://two.test/x\n\nAuthorization: " + basicAlice + "\n\n",
		"https://a.test/other":          "nothing is stored",
		"https://b.test/":               "nothing is stored",
		"https://digest.test/":          "a stronger scheme",
		"http://127.0.0.1:8080/":        "http://127.0.0.1:8080: neither https",
		"http://a.test/go/":             "http://a.test: neither https",
	} {
		var out bytes.Buffer
		err := w.GoAuth(t.Context(), url, strings.NewReader(head), &out)
		if err != nil {
			out.WriteString(err.Error())
		}
		if got := out.String(); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", url, got, want)
		}
	}
	var out bytes.Buffer
	if err := w.GoAuth(t.Context(), "https://tok.test/x", strings.NewReader(""), &out); err != nil || !strings.Contains(out.String(), "Authorization: Bearer t0ken\n") {
		t.Errorf("%q, %v", out.String(), err)
	}
}

func TestR15_Bazel(t *testing.T) {
	w := newWorld(t)
	w.add("https://a.test", "R", "alice", "wonderland")
	for in, want := range map[string]string{
		`{"uri":"https://a.test/x"}`: `{"headers":{"Authorization":["` + basicAlice + `"]}}` + "\n",
		`{"uri":"https://b.test/x"}`: `{"headers":{}}` + "\n",
		`{"uri":"http://a.test/x"}`:  "http://a.test: neither https",
		`{"uri":""}`:                 "not an http or https origin",
		`x`:                          "the input is no JSON",
	} {
		var out bytes.Buffer
		if err := w.Bazel(t.Context(), "get", strings.NewReader(in), &out); err != nil {
			out.WriteString(err.Error())
		}
		if got := out.String(); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

func TestR15_Cargo(t *testing.T) {
	w := newWorld(t)
	w.add("https://a.test", "R", "alice", "wonderland")
	w.add("https://clear.test", "-", "", "t", token)
	ask := func(kind, url, more string) string {
		return `{"v":1,"registry":{"index-url":"` + url + `","headers":[` + more + `]},"kind":"` + kind + `","operation":"read","args":[]}`
	}
	in := strings.Join([]string{
		ask("get", "sparse+https://a.test/index/", `"WWW-Authenticate: Basic realm=\"R\""`),
		ask("get", "sparse+https://b.test/index/", ""),
		ask("get", "sparse+http://clear.test/index/", ""),
		strings.Replace(ask("login", "sparse+https://b.test/index/", ""), `"args"`, `"token":"mine","args"`, 1),
		ask("get", "sparse+https://b.test/index/", `"www-authenticate: Cargo login_url=\"https://b.test/me\""`),
		ask("logout", "sparse+https://b.test/index/", ""),
		ask("get", "sparse+https://b.test/index/", ""),
		ask("login", "sparse+https://b.test/index/", ""),
		ask("dance", "sparse+https://b.test/index/", ""),
		`{"v":2}`,
	}, "\n")
	var out bytes.Buffer
	if err := w.Cargo(t.Context(), strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`{"v":[1]}`,
		`{"Ok":{"cache":"session","kind":"get","operation_independent":true,"token":"` + basicAlice + `"}}`,
		`{"Err":{"kind":"not-found"}}`,
		`{"Err":{"kind":"url-not-supported"}}`,
		`{"Ok":{"kind":"login"}}`,
		`{"Ok":{"cache":"session","kind":"get","operation_independent":true,"token":"mine"}}`,
		`{"Ok":{"kind":"logout"}}`,
		`{"Err":{"kind":"not-found"}}`,
		`{"Err":{"caused-by":[],"kind":"other","message":"nobody is asked; `,
		`{"Err":{"kind":"operation-not-supported"}}`,
		`{"Err":{"caused-by":[],"kind":"other","message":"not a request of version 1"}}`,
	}
	got := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(got) != len(want) {
		t.Fatalf("%d replies, want %d:\n%s", len(got), len(want), out.String())
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) || !json.Valid([]byte(got[i])) {
			t.Errorf("%d: %s, want %s", i, got[i], want[i])
		}
	}
}

func TestR15_Askpass(t *testing.T) {
	w := newWorld(t)
	w.add("https://a.test", "R", "al@ice", "wonderland")
	w.add("https://b.test", "R", "alice", "two\nlines")
	for question, want := range map[string]string{
		"Username for 'https://a.test': ":             "al@ice\n",
		"Password for 'https://al%40ice@a.test': ":    "wonderland\n",
		"Password for 'https://bob@a.test': ":         "nothing is stored",
		"Password for 'https://a.test.evil.test': ":   "nothing is stored",
		"Password for 'http://a.test': ":              "http://a.test: neither https",
		"Password for 'https://b.test': ":             "credential",
		"Enter passphrase for key '/home/a/.ssh/id':": "nothing is stored",
		"Password:": "nothing is stored",
	} {
		var out bytes.Buffer
		err := w.Askpass(t.Context(), question, &out)
		if err != nil {
			out.WriteString(err.Error())
		}
		if got := out.String(); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", question, got, want)
		}
	}
}

func TestR15_Netrc(t *testing.T) {
	w := newWorld(t)
	w.add("https://a.test", "R", "alice", `pass "word"`)
	var out bytes.Buffer
	if err := w.Netrc(t.Context(), "https://a.test/x", "", &out); err != nil || out.String() != `machine a.test login alice password "pass \"word\""`+"\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
	if err := w.Netrc(t.Context(), "https://a.test/x", "bob", &out); !errors.Is(err, helper.ErrNone) {
		t.Errorf("%v", err)
	}
}

// E12: a token with a line end makes no second field.
func TestE12_TokenWithControls(t *testing.T) {
	w := newWorld(t)
	w.add("https://a.test", "api", "", "t0ken\r\nEvil: yes", token)
	w.add("https://b.test", "R", "alice", "x\r\nEvil: yes")
	for _, url := range []string{"https://a.test/", "https://b.test/"} {
		var out bytes.Buffer
		if err := w.GoAuth(t.Context(), url, strings.NewReader(""), &out); !errors.Is(err, auth.ErrCredential) || out.Len() > 0 {
			t.Errorf("%s: %q, %v", url, out.String(), err)
		}
	}
}
