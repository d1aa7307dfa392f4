package cli

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func readList1(l *list) (got []string) {
	for {
		e, err := l.next()
		switch {
		case err == io.EOF:
			return got
		case err != nil:
			got = append(got, "! "+err.Error())
		default:
			got = append(got, strings.Join([]string{e.place, e.url, e.out, e.checksum}, " "))
		}
	}
}

func TestList(t *testing.T) {
	long := strings.Repeat("x", maxListLine)
	for text, want := range map[string]string{
		"":                           "",
		"\n \t\r\n# one\n  # two":    "",
		"a\nb":                       "l:1 a  |l:2 b  ",
		"  a \r\n\r\nb#c # d":        "l:1 a  |l:3 b#c  ",
		"a out=f checksum=md5:00":    "l:1 a f md5:00",
		"a\tchecksum=x  out=\"f g\"": "l:1 a f g x",
		"a out=f=g":                  "l:1 a f=g ",
		"[1-2]{a}":                   "l:1 [1-2]{a}  ",
		"a b\nc":                     "! l:1: URL: after the URL may come out= and checksum=|l:2 c  ",
		"a out=\nc":                  "! l:1: URL: out= and checksum= need a value|l:2 c  ",
		"a out=\"f\nc":               "! l:1: URL: a quote is not closed|l:2 c  ",
		"a\n" + long + "\nb":         "l:1 a  |! l:2: bufio.Scanner: token too long",
	} {
		// In the smallest pieces, as from a slow pipe.
		l := newList("l", io.NopCloser(iotest.OneByteReader(strings.NewReader(text))))
		if got := strings.Join(readList1(l), "|"); got != want {
			t.Errorf("%.40q: %q, want %q", text, got, want)
		}
		if _, err := l.next(); err != io.EOF {
			t.Errorf("%.40q: after the end: %v", text, err)
		}
	}
}

// What was read ahead is not lost.
func TestListFirst(t *testing.T) {
	l := newList("l", io.NopCloser(strings.NewReader("# c\nh.test/a out=f\nh.test/b\n")))
	u, err := l.first(urlRules{})
	if err != nil || u.url.Host != "h.test" {
		t.Fatalf("%v, %v", u, err)
	}
	if got := strings.Join(readList1(l), "|"); got != "l:2 h.test/a f |l:3 h.test/b  " {
		t.Errorf("%q", got)
	}
	l = newList("l", io.NopCloser(strings.NewReader("# nothing\n")))
	if u, err := l.first(urlRules{}); u != nil || err != nil {
		t.Errorf("%v, %v", u, err)
	}
	l = newList("l", io.NopCloser(strings.NewReader("http://a:b:c/\n")))
	if _, err := l.first(urlRules{}); err == nil || !strings.HasPrefix(err.Error(), "l:1: ") {
		t.Errorf("a bad URL: %v", err)
	}
}
