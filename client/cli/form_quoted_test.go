package cli

import (
	"bufio"
	"io"
	"math/rand/v2"
	"mime/quotedprintable"
	"strings"
	"testing"
	"testing/iotest"
)

// Any decoder gets back what was encoded, lines are as short as they must be and
// none ends in white space.
func TestQuotedPrintable(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		text := make([]byte, r.IntN(300))
		for i := range text {
			text[i] = "ab=\r\n\t \xe9"[r.IntN(8)]
		}
		q := &quotedReader{from: bufio.NewReader(iotest.HalfReader(strings.NewReader(string(text))))}
		b, err := io.ReadAll(iotest.OneByteReader(q))
		if err != nil {
			t.Fatal(err)
		}
		back, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(string(b))))
		if err != nil || string(back) != string(text) {
			t.Fatalf("%q: %q, %v", text, back, err)
		}
		for line := range strings.SplitSeq(string(b), "\r\n") {
			if len(line) > quotedLine || strings.TrimRight(line, " \t") != line {
				t.Fatalf("%q: the line %q", text, line)
			}
		}
	}
}

func TestQuotedPrintableFails(t *testing.T) {
	q := &quotedReader{from: bufio.NewReader(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("abc"))))}
	if b, err := io.ReadAll(q); err != iotest.ErrTimeout || string(b) != "a" {
		t.Errorf("%q, %v", b, err)
	}
}
