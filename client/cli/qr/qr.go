// Package qr draws a short text as a QR code, ISO/IEC 18004:2015, for a camera
// that is held to a terminal.
//
// Departures from the standard:
//
//   - Only the byte mode, error correction level L and versions 1 to 10 are made:
//     a URL of at most 271 octets. What is on a screen is neither torn nor dirty.
//   - The quiet zone is two modules wide and not four (section 6.3.8): a terminal
//     has few lines, and cameras do with two.
package qr

import (
	"errors"
	"math/bits"
)

// maxVersion is the largest code that is made: 57 modules, 31 lines of a terminal.
const maxVersion = 10

// ErrTooLong: the text does not fit into the largest code that is made.
var ErrTooLong = errors.New("qr: text too long")

// correction is, for level L and each version, table 9 of the standard: how many
// blocks there are, and how many octets of error correction in each.
var correction = [maxVersion + 1]struct{ blocks, octets int }{
	1: {1, 7}, 2: {1, 10}, 3: {1, 15}, 4: {1, 20}, 5: {1, 26}, 6: {2, 18}, 7: {2, 20}, 8: {2, 24}, 9: {2, 30}, 10: {4, 18},
}

// Code is a QR code.
type Code struct {
	version int
	size    int    // modules on a side
	dark    []bool // row after row
	fixed   []bool // no data goes here
}

// Encode returns the smallest code for the text.
func Encode(text string) (*Code, error) {
	for version := 1; version <= maxVersion; version++ {
		if stream, fits := encode(text, version); fits {
			c := newCode(version)
			c.fill(interleave(stream, version))
			c.mask()
			return c, nil
		}
	}
	return nil, ErrTooLong
}

// octets returns how many a version holds, with those of error correction, and
// how many are data: what its function patterns leave of the square.
func octets(version int) (all, data int) {
	modules := (16*version+128)*version + 64
	if version >= 2 {
		n := version/7 + 2
		modules -= (25*n-10)*n - 55
	}
	if version >= 7 {
		modules -= 36
	}
	all = modules / 8
	e := correction[version]
	return all, all - e.blocks*e.octets
}

// encode returns the text as a segment of the byte mode, filled up to what the
// version holds (sections 7.4.5, 7.4.9 and 7.4.10).
func encode(text string, version int) (data []byte, fits bool) {
	_, room := octets(version)
	var b bitString
	b.add(0b0100, 4)
	length := 8
	if version >= 10 {
		length = 16
	}
	if 4+length+8*len(text) > 8*room {
		return nil, false
	}
	b.add(len(text), length)
	for i := range len(text) {
		b.add(int(text[i]), 8)
	}
	b.add(0, min(4, 8*room-b.n)) // the terminator
	b.add(0, -b.n&7)
	for pad := 0xEC; len(b.octets) < room; pad ^= 0xEC ^ 0x11 {
		b.add(pad, 8)
	}
	return b.octets, true
}

// bitString is n bits, the first in the highest bit of the first octet.
type bitString struct {
	octets []byte
	n      int
}

func (b *bitString) add(value, length int) {
	for i := length - 1; i >= 0; i-- {
		if b.n%8 == 0 {
			b.octets = append(b.octets, 0)
		}
		b.octets[b.n/8] |= byte(value>>i&1) << (7 - b.n%8)
		b.n++
	}
}

// interleave divides the data into blocks, adds to each its error correction, and
// takes an octet of each in turn (section 7.6). The last blocks are an octet
// longer where the division leaves a rest.
func interleave(data []byte, version int) []byte {
	e := correction[version]
	var blocks, checks [][]byte
	short, rest := len(data)/e.blocks, len(data)%e.blocks
	for i := range e.blocks {
		n := short
		if i >= e.blocks-rest {
			n++
		}
		blocks, checks = append(blocks, data[:n]), append(checks, remainder(data[:n], e.octets))
		data = data[n:]
	}
	return append(inTurn(blocks, short+1), inTurn(checks, e.octets)...)
}

func inTurn(blocks [][]byte, longest int) (mixed []byte) {
	for i := range longest {
		for _, b := range blocks {
			if i < len(b) {
				mixed = append(mixed, b[i])
			}
		}
	}
	return mixed
}

// remainder returns the n octets of the Reed-Solomon code of the block: what is
// left of it, divided by the product of all (x - 2^i) for i below n.
func remainder(block []byte, n int) []byte {
	generator := make([]byte, n)
	generator[n-1] = 1
	root := byte(1)
	for range n {
		for i := range generator {
			generator[i] = times(generator[i], root)
			if i+1 < n {
				generator[i] ^= generator[i+1]
			}
		}
		root = times(root, 2)
	}
	left := make([]byte, n)
	for _, octet := range block {
		factor := octet ^ left[0]
		left = append(left[1:], 0)
		for i, g := range generator {
			left[i] ^= times(g, factor)
		}
	}
	return left
}

// times multiplies in the field of 256 elements modulo x^8+x^4+x^3+x^2+1.
func times(a, b byte) byte {
	product := 0
	for i := 7; i >= 0; i-- {
		product <<= 1
		if product > 0xFF {
			product ^= 0x11D
		}
		if b>>i&1 == 1 {
			product ^= int(a)
		}
	}
	return byte(product)
}

// protected returns the value followed by its remainder modulo the polynomial, of
// which degree is the highest power: the BCH codes of annexes C and D.
func protected(value, polynomial, degree int) int {
	left := value << degree
	for left >= 1<<degree {
		left ^= polynomial << (bits.Len(uint(left)) - degree - 1)
	}
	return value<<degree | left
}
