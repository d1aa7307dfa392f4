package helper

import (
	"bytes"
	"strings"
	"testing"
)

// What is read is written back as it was, and nothing that is written reads as
// more lines than were meant.
func FuzzLines(f *testing.F) {
	for _, text := range []string{
		"", "protocol=https\nhost=a.test\n\n", "a=b", "wwwauth[]=Basic realm=\"x\"\nwwwauth[]=\n", "a=b\r\n", "=x\n", "a\n", "a==\n\nb=c\n", "a=\x00\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := readLines(strings.NewReader(text))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := l.write(&out); err != nil {
			t.Fatalf("%q was read and cannot be written: %v", text, err)
		}
		if !strings.HasPrefix(text+"\n", out.String()) {
			t.Fatalf("%q came back as %q", text, out.String())
		}
		again, err := readLines(&out)
		if err != nil || len(again) != len(l) {
			t.Fatalf("%q: %d lines, then %d, %v", text, len(l), len(again), err)
		}
		if at, err := l.site(); err == nil {
			for _, o := range at.origins {
				if o.Host == "" || strings.ContainsAny(o.Host, "\r\n\x00@/ ") || o.Scheme != "https" && !o.LoopbackName() {
					t.Fatalf("%q is of %v", text, o)
				}
			}
		}
	})
}

// A site never holds what could be taken for another host.
func FuzzDockerSite(f *testing.F) {
	for _, text := range []string{"registry.test", "https://index.docker.io/v1/", "localhost:5000/a", "a@b", "http://x", "//x", "x%0ay", "[::1]:5000"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, err := dockerSite(text)
		if err != nil {
			return
		}
		for _, o := range at.origins {
			if o.Host == "" || strings.ContainsAny(o.Host, "\r\n\x00@/ ") || o.Scheme != "https" && !o.LoopbackName() {
				t.Fatalf("%q is of %v", text, o)
			}
		}
	})
}
