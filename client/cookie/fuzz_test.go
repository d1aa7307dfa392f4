package cookie

import (
	"strings"
	"testing"
)

// Whatever a server sets, a file made of it reads back as the same jar, no line
// of it is for another site, and what is sent is one line.
func FuzzSetCookies(f *testing.F) {
	for _, s := range []string{
		"a=b", "a=1; Domain=example.com; Path=/x; HttpOnly", "__Host-a=1; secure; path=/", "a=1\nb\t=2",
		"a=1; expires=Wed, 21 Oct 2099 07:28:00 GMT", "a=1; max-age=\"5\"", "a=1; path=\"/\t\"", "#a=b", "a=\xff; domain=.\xff",
		"a=1; domain=.www.example.com", "a=1; path=/#;b", "a=1; path=/ \v",
	} {
		f.Add(s, "/a/b")
	}
	f.Fuzz(func(t *testing.T, fields, path string) {
		j := newJar()
		j.SetCookies("www.example.com", path, true, strings.Split(fields, "\n"))
		text := lines(j)
		again := newJar()
		reversed := strings.Split(text, "\n")
		for i := len(reversed) - 1; i >= 0; i-- { // the youngest comes first
			if err := again.Read(strings.NewReader(reversed[i]), false); err != nil {
				t.Fatal(err)
			}
		}
		if got := lines(again); got != text {
			t.Errorf("%q is read as %q", text, got)
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
			domain, _, _ := strings.Cut(strings.TrimPrefix(line, httpOnly), "\t")
			if line != "" && domain != ".example.com" && domain != ".www.example.com" && domain != "www.example.com" {
				t.Errorf("a line for %q: %q", domain, text)
			}
		}
		if got := j.Cookies("www.example.com", path, true); strings.ContainsAny(got, "\r\n\x00") {
			t.Errorf("sent is %q", got)
		}
	})
}

// A file of any content is read, and what is made of it is stable.
func FuzzRead(f *testing.F) {
	for line := range strings.Lines(sample) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, text string) {
		j := newJar()
		if err := j.Read(strings.NewReader(text), false); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(lines(j), "\n"), "\n") {
			if line == "" {
				continue
			}
			again := newJar()
			if err := again.Read(strings.NewReader(line), false); err != nil || lines(again) != line+"\n" {
				t.Errorf("%q is read as %q, %v", line, lines(again), err)
			}
		}
	})
}
