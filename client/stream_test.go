package client

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// A reader that was given up and still waits takes nothing from the next.
func TestStreamReaderLeftWaiting(t *testing.T) {
	r, w := io.Pipe()
	s := &stream{from: r}
	first, err := s.again()
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan string)
	go func() {
		b := make([]byte, 10)
		n, _ := first.Read(b)
		m, _ := first.Read(b[n:]) // nobody waits for it any more
		got <- string(b[:n+m])
	}()
	_, _ = io.WriteString(w, "ab")
	second, err := s.again()
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.WriteString(w, "cd"); _ = w.Close() }()
	if b, err := io.ReadAll(second); string(b) != "abcd" || err != nil {
		t.Errorf("%q %v", b, err)
	}
	if all := <-got; !strings.HasPrefix("abcd", all) {
		t.Errorf("the first got %q", all)
	}
}

// What was not kept is not made up: the reader that comes too late fails.
func TestStreamReaderTooLate(t *testing.T) {
	s := &stream{from: strings.NewReader(strings.Repeat("x", maxKept+1))}
	first, _ := s.again()
	second, err := s.again()
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, first); n != maxKept+1 || err != nil {
		t.Fatalf("%d octets, %v", n, err)
	}
	if _, err := second.Read(make([]byte, 1)); !errors.Is(err, ErrBodySpent) {
		t.Errorf("got %v", err)
	}
	if _, err := s.again(); !errors.Is(err, ErrBodySpent) {
		t.Errorf("again: %v", err)
	}
}
