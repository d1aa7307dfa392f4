package qr

import (
	"errors"
	"math/bits"
	"strings"
	"testing"
	"unicode/utf8"
)

// A reader that shares nothing with the writer but the table of blocks: the format
// is looked for among all there are, each block has to be a word of its code, and
// the text is read from the segment.
type reader struct {
	t    *testing.T
	c    *Code
	mask int
}

// formats are the 32 words of table C.1; their distance is 7 bits.
func formats() (words [32]int) {
	for v := range words {
		rest := v << 10
		for i := 14; i >= 10; i-- {
			if rest>>i&1 == 1 {
				rest ^= 0x537 << (i - 10)
			}
		}
		words[v] = (v<<10 | rest) ^ 0x5412
	}
	return words
}

func (r *reader) format() {
	read := 0
	for i := range 15 { // along the upper left finder, from the left and then up
		x, y := []int{0, 1, 2, 3, 4, 5, 7, 8, 8, 8, 8, 8, 8, 8, 8}[i], []int{8, 8, 8, 8, 8, 8, 8, 8, 7, 5, 4, 3, 2, 1, 0}[i]
		read <<= 1
		if r.c.Dark(x, y) {
			read |= 1
		}
	}
	for v, word := range formats() {
		if word == read {
			if r.mask = v & 7; v>>3 != 1 {
				r.t.Fatalf("level %02b, want 01 (L)", v>>3)
			}
			return
		}
	}
	r.t.Fatalf("format %015b is none", read)
}

// octets reads along the columns.
func (r *reader) octets() []byte {
	var out []byte
	n := 0
	columns := []int{}
	for x := r.c.size - 1; x > 0; x -= 2 {
		if x == 6 {
			x--
		}
		columns = append(columns, x)
	}
	for k, right := range columns {
		for i := range r.c.size {
			y := r.c.size - 1 - i
			if k%2 == 1 {
				y = i
			}
			for _, x := range []int{right, right - 1} {
				if r.c.fixed[r.c.at(x, y)] {
					continue
				}
				if n%8 == 0 {
					out = append(out, 0)
				}
				if r.c.Dark(x, y) != inverts(r.mask, x, y) {
					out[n/8] |= 0x80 >> (n % 8)
				}
				n++
			}
		}
	}
	all, _ := octets(r.c.version)
	return out[:all]
}

// blocks undoes the interleaving, and demands that each block is a multiple of
// the generator: zero at each of its roots.
func (r *reader) blocks() (data []byte) {
	e := correction[r.c.version]
	mixed := r.octets()
	all, n := octets(r.c.version)
	blocks := make([][]byte, e.blocks)
	for i, k := 0, 0; i < n; k++ {
		for b := range blocks {
			long := b >= e.blocks-n%e.blocks
			if k < n/e.blocks || long && k == n/e.blocks {
				blocks[b] = append(blocks[b], mixed[i])
				i++
			}
		}
	}
	for _, b := range blocks {
		data = append(data, b...)
	}
	for i := n; i < all; i++ {
		b := (i - n) % e.blocks
		blocks[b] = append(blocks[b], mixed[i])
	}
	for _, b := range blocks {
		x := byte(1)
		for i := range e.octets {
			sum := byte(0)
			for _, octet := range b {
				sum = mul(sum, x) ^ octet
			}
			if sum != 0 {
				r.t.Fatalf("a block is not zero at the root %d", i)
			}
			x = mul(x, 2)
		}
	}
	return data
}

// mul is the schoolbook's product, reduced at the end.
func mul(a, b byte) byte {
	p := uint(0)
	for i := range 8 {
		if b>>i&1 == 1 {
			p ^= uint(a) << i
		}
	}
	for p > 0xFF {
		p ^= 0x11D << (bits.Len(p) - 9)
	}
	return byte(p)
}

func (r *reader) text() string {
	data := r.blocks()
	bit := func(at, n int) (v int) {
		for i := at; i < at+n; i++ {
			v = v<<1 | int(data[i/8]>>(7-i%8)&1)
		}
		return v
	}
	if bit(0, 4) != 4 {
		r.t.Fatal("not in byte mode")
	}
	width := 8
	if r.c.version >= 10 {
		width = 16
	}
	var b strings.Builder
	for i := range bit(4, width) {
		b.WriteByte(byte(bit(4+width+8*i, 8)))
	}
	return b.String()
}

// Every length there is reads back as what was written.
func TestReadsBack(t *testing.T) {
	const url = "https://login.example.com/device?user_code=WDJB-MJHT&"
	long := strings.Repeat(url, 6)
	for n := range 272 {
		text := long[:n]
		c, err := Encode(text)
		if err != nil {
			t.Fatal(n, err)
		}
		r := &reader{t: t, c: c}
		if r.format(); r.text() != text {
			t.Errorf("%d octets, version %d: %q", n, c.version, r.text())
		}
	}
	if _, err := Encode(long[:272]); !errors.Is(err, ErrTooLong) {
		t.Errorf("272 octets: %v", err)
	}
}

// The words of tables C.1 and D.1.
func TestProtected(t *testing.T) {
	if got := protected(0b01_000, 0x537, 10) ^ 0x5412; got != 0b111011111000100 {
		t.Errorf("format of L and mask 0: %015b", got)
	}
	if got := protected(7, 0x1F25, 12); got != 0x07C94 {
		t.Errorf("version 7: %05x", got)
	}
	if got := protected(10, 0x1F25, 12); got != 0x0A4D3 {
		t.Errorf("version 10: %05x", got)
	}
}

// Table E.1.
func TestAlignmentPlaces(t *testing.T) {
	for version, want := range map[int][]int{1: nil, 2: {6, 18}, 6: {6, 34}, 7: {6, 22, 38}, 10: {6, 28, 50}} {
		got := newCode(version).alignmentPlaces()
		if len(got) != len(want) {
			t.Fatalf("version %d: %v, want %v", version, got, want)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("version %d: %v, want %v", version, got, want)
			}
		}
	}
}

func TestLines(t *testing.T) {
	c, err := Encode("https://example.com/device")
	if err != nil {
		t.Fatal(err)
	}
	lines := c.Lines()
	if want := (c.size + 2*quiet + 1) / 2; len(lines) != want {
		t.Errorf("%d lines, want %d", len(lines), want)
	}
	for _, l := range lines {
		if utf8.RuneCountInString(l) != c.size+2*quiet {
			t.Errorf("a line of %d cells, want %d", utf8.RuneCountInString(l), c.size+2*quiet)
		}
	}
	// A finder's upper edge, after the quiet zone.
	if want := "  █▀▀▀▀▀█"; !strings.HasPrefix(lines[1], want) {
		t.Errorf("second line %q, want %q", lines[1], want)
	}
}
