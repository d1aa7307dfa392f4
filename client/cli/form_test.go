package cli

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// formFor returns the content of the form that the words make.
func formFor(t *testing.T, stdin io.Reader, words ...string) *content {
	t.Helper()
	o := defaults()
	if err := parse(fetchFlags(), o, words); err != nil {
		t.Fatal(err)
	}
	c, err := o.contentOf(stdin, "")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// formParts reads a form as a server does.
func formParts(t *testing.T, c *content, body io.Reader) (list []string) {
	t.Helper()
	_, params, err := mime.ParseMediaType(c.mime)
	if err != nil {
		t.Fatal(err)
	}
	r := multipart.NewReader(body, params["boundary"])
	for {
		p, err := r.NextPart()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p.FormName()+"|"+p.FileName()+"|"+read(t, p))
	}
}

// The length that is promised is that of the body, at every edge of an encoder,
// and a server finds the parts in it.
func TestFormLength(t *testing.T) {
	dir := t.TempDir()
	for _, size := range []int{0, 1, 2, 3, 56, 57, 58, 113, 114, 115, 57 * 256, 57*256 + 1, 100_000} {
		file := filepath.Join(dir, "f")
		text := bytes.Repeat([]byte("x\n"), size/2+1)[:size]
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		c := formFor(t, nil, "-F", "a=b", "-F", "p=@"+file, "-F", "q=@"+file+";encoder=base64")
		for range 2 { // after a challenge it goes again
			r := &http.Request{}
			if err := c.attach(r); err != nil {
				t.Fatal(err)
			}
			body := read(t, r.Body)
			if int64(len(body)) != r.ContentLength || r.GetBody == nil {
				t.Fatalf("%d octets: %d promised, %d sent", size, r.ContentLength, len(body))
			}
			list := formParts(t, c, strings.NewReader(body))
			if len(list) != 3 || list[0] != "a||b" || list[1] != "p|f|"+string(text) {
				t.Fatalf("%d octets: %.100q", size, list)
			}
			plain, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(list[2], "q|f|"))
			if err != nil || !bytes.Equal(plain, text) {
				t.Errorf("%d octets: base64 %v", size, err)
			}
		}
	}
}

// A long standard input is sent as it comes, between the other parts, once.
func TestFormStream(t *testing.T) {
	long := bytes.Repeat([]byte("0123456789"), readAhead/10+1)
	c := formFor(t, io.MultiReader(bytes.NewReader(long)), "-F", "a=b", "-F", "f=@-;filename=g", "-F", "c=d")
	r := &http.Request{}
	if err := c.attach(r); err != nil || r.ContentLength != -1 || r.GetBody != nil {
		t.Fatalf("length %d, %v", r.ContentLength, err)
	}
	list := formParts(t, c, r.Body)
	if len(list) != 3 || list[1] != "f|g|"+string(long) || list[2] != "c||d" {
		t.Errorf("%.60q", list)
	}
}

// A file that grows is sent as long as was promised; of one that shrinks nobody
// gets half without an error.
func TestFormFileChanges(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("hello")
	c := formFor(t, nil, "-F", "f=@"+file)
	write("hello, world")
	rc, _ := c.open()
	if got := read(t, rc); int64(len(got)) != c.size || !strings.Contains(got, "\r\n\r\nhello\r\n--") {
		t.Errorf("grown: %q", got)
	}
	write("hell")
	rc, _ = c.open()
	_, err := io.ReadAll(rc)
	if f := new(readError); !errors.As(err, &f) {
		t.Errorf("shrunk: %v", err)
	}
}

// 7bit is a promise.
func TestFormNotASCII(t *testing.T) {
	c := formFor(t, nil, "-F", "a=caf\u00e9;encoder=7bit")
	rc, _ := c.open()
	if _, err := io.ReadAll(rc); !errors.Is(err, errNotASCII) {
		t.Errorf("got %v", err)
	}
}

// What stands behind a semicolon may be part of a password: it is told that it is
// not sent, and not shown.
func TestFormWarnings(t *testing.T) {
	for words, want := range map[string]string{
		"a=b;hunter2":     "is no option",
		`a="b" hunter2`:   "closing quote",
		`a="b;hunter2"`:   "",
		"a=b;type=a/b; c": "",
	} {
		o := defaults()
		if err := parse(fetchFlags(), o, []string{"-F", words}); err != nil {
			t.Fatal(err)
		}
		got := strings.Join(o.warned, "\n")
		if !strings.Contains(got, want) || (got == "") != (want == "") || strings.Contains(got, "hunter2") {
			t.Errorf("%s: %q", words, got)
		}
	}
}

// Names cannot end their line.
func TestFormNames(t *testing.T) {
	for _, words := range [][]string{nil, {"--form-escape"}} {
		c := formFor(t, nil, append(words, "-F", "a\r\nX: y=b;filename=c\nd")...)
		rc, _ := c.open()
		if got := read(t, rc); strings.Contains(got, "\nX") || strings.Contains(got, "c\nd") {
			t.Errorf("%q: %q", words, got)
		}
	}
	for _, words := range []string{"a=b;headers=X: y\nZ: z", "a=b;type=a/b;c\nX: y"} {
		if err := parse(fetchFlags(), defaults(), []string{"-F", words}); err == nil {
			t.Errorf("%q is taken", words)
		}
	}
}
