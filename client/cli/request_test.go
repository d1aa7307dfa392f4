package cli

import (
	"context"
	"errors"
	"strings"
	"testing"

	"getin/client"
)

// fieldsFor returns the request's fields for the words, a line each.
func fieldsFor(t *testing.T, words ...string) (method, fields, host string) {
	t.Helper()
	o := defaults()
	if err := parse(fetchFlags(), o, words); err != nil {
		t.Fatal(err)
	}
	p, err := newPlan(o, nil)
	if err != nil {
		t.Fatal(err)
	}
	target, err := readURL("http://example.com/")
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.request(context.Background(), target, "")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range client.OutlineOf(r.Context()).Fields {
		b.WriteString(f.Name + ": " + f.Value + "\n")
	}
	return r.Method, b.String(), r.Host
}

// The order is curl's (read off curl 7.88.1 with the same words).
func TestFieldOrder(t *testing.T) {
	for _, test := range []struct {
		words  []string
		method string
		want   string
	}{
		{nil, "GET", "User-Agent: getin/0.1\nAccept: */*\n"},
		{[]string{"-I"}, "HEAD", "User-Agent: getin/0.1\nAccept: */*\n"},
		{[]string{"-X", "PURGE", "-e", "r"}, "PURGE", "User-Agent: getin/0.1\nAccept: */*\nReferer: r\n"},
		{
			[]string{"-d", "a", "-H", "X-A: 1"},
			"POST",
			"User-Agent: getin/0.1\nAccept: */*\nX-A: 1\nContent-Type: application/x-www-form-urlencoded\n",
		},
		{
			[]string{"--json", "1", "-H", "X-A: 1"},
			"POST",
			"User-Agent: getin/0.1\nContent-Type: application/json\nAccept: application/json\nX-A: 1\n",
		},
		{[]string{"-d", "a", "-H", "Content-Type:"}, "POST", "User-Agent: getin/0.1\nAccept: */*\n"},
		{[]string{"-H", "accept:text/x", "-H", "X:"}, "GET", "User-Agent: getin/0.1\naccept: text/x\n"},
		{[]string{"-H", "X;", "-H", "Y: \t z "}, "GET", "User-Agent: getin/0.1\nAccept: */*\nX: \nY: z\n"},
		{[]string{"-A", ""}, "GET", "Accept: */*\n"},
		{[]string{"-A", "me", "-H", "user-agent:"}, "GET", "Accept: */*\n"},
		{[]string{"-e", ";auto"}, "GET", "User-Agent: getin/0.1\nAccept: */*\n"},
		{[]string{"-H", "Host: other.example"}, "GET", "User-Agent: getin/0.1\nAccept: */*\n"},
	} {
		method, got, host := fieldsFor(t, test.words...)
		if method != test.method || got != test.want {
			t.Errorf("%q: %s\n%swant %s\n%s", test.words, method, got, test.method, test.want)
		}
		if (host != "") != (len(test.words) > 1 && test.words[1] == "Host: other.example") {
			t.Errorf("%q: host %q", test.words, host)
		}
	}
}

func TestFieldsRefused(t *testing.T) {
	for _, line := range []string{
		"no colon", ": x", "a b: x", "a\x00: x", "a: x\ny", "a: x\ry", "a: \x00", "a\u00fc: x", "a : x", "",
	} {
		f, err := readField(line, "header")
		var u *usageError
		if !errors.As(err, &u) || u.code != exitUsage {
			t.Errorf("%q: taken as %+v (%v)", line, f, err)
		}
	}
	if _, err := readField("X-Token: hunter2\n", "header"); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error is %v", err)
	}
}
