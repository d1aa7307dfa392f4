package cli

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func read(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestContent(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(file, []byte("one\r\ntwo\x00\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		words []string
		want  string
	}{
		{[]string{"-d", "a=1", "-d", "b=2"}, "a=1&b=2"},
		{[]string{"-d", "@" + file}, "onetwo"},
		{[]string{"--data-binary", "@" + file}, "one\r\ntwo\x00\n"},
		{[]string{"--data-binary", "x", "--data-binary", "@" + file}, "x&one\r\ntwo\x00\n"},
		{[]string{"--data-raw", "@" + file}, "@" + file},
		{[]string{"-d", "@-"}, "stdin"},
		{[]string{"--data-binary", "@-"}, "stdin\n"},
		{[]string{"--json", `{"a":`, "--json", `1}`}, `{"a":1}`},
		{[]string{"-d", ""}, ""},
	} {
		o := defaults()
		if err := parse(fetchFlags(), o, test.words); err != nil {
			t.Fatal(err)
		}
		c, err := o.contentOf(strings.NewReader("stdin\n"), "")
		if err != nil {
			t.Errorf("%q: %v", test.words, err)
			continue
		}
		for range 2 { // after a challenge it goes again
			r := &http.Request{}
			if err := c.attach(r); err != nil || r.ContentLength != int64(len(test.want)) {
				t.Errorf("%q: length %d (%v)", test.words, r.ContentLength, err)
			}
			if got := read(t, r.Body); got != test.want {
				t.Errorf("%q: %q, want %q", test.words, got, test.want)
			}
			if r.GetBody == nil && test.want != "" {
				t.Errorf("%q: cannot be sent again", test.words)
			}
		}
	}
}

// A long stream is not held in memory and can be sent once; the second URL is
// told so.
func TestContentStream(t *testing.T) {
	o := defaults()
	if err := parse(fetchFlags(), o, []string{"--data-binary", "@-"}); err != nil {
		t.Fatal(err)
	}
	long := bytes.Repeat([]byte("0123456789"), readAhead/10+1)
	c, err := o.contentOf(bytes.NewReader(long), "")
	if err != nil {
		t.Fatal(err)
	}
	r := &http.Request{}
	if err := c.attach(r); err != nil || r.GetBody != nil || r.ContentLength != -1 {
		t.Fatalf("length %d, GetBody set: %v, %v", r.ContentLength, r.GetBody != nil, err)
	}
	if got := read(t, r.Body); got != string(long) {
		t.Errorf("%d octets, want %d", len(got), len(long))
	}
	if err := c.attach(&http.Request{}); !errors.Is(err, errStreamTwice) {
		t.Errorf("the second time: %v", err)
	}
}

func TestContentUnreadable(t *testing.T) {
	for _, words := range [][]string{
		{"-d", "@/nowhere/f"}, {"--data-binary", "@/nowhere/f"}, {"--data-binary", "@" + t.TempDir()}, {"-d", "@" + t.TempDir()},
	} {
		o := defaults()
		if err := parse(fetchFlags(), o, words); err != nil {
			t.Fatal(err)
		}
		var r *readError
		if _, err := o.contentOf(nil, ""); !errors.As(err, &r) {
			t.Errorf("%q: %v", words, err)
		}
	}
}
