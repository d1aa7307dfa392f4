//go:build !windows

package ticket

import (
	"errors"
	"time"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"
)

// The messages of RFC 4120 are DER with explicit tags throughout; some are
// inside an APPLICATION tag. What follows writes and reads those shapes.

// generalString is UNIVERSAL 27; RFC 4120 section 5.2.1:
//
//	KerberosString  ::= GeneralString (IA5String)
const generalString = der.Tag(27)

// errDER: octets that are not of the shape they should have.
var errDER = errors.New("malformed message")

// explicit returns the tag [n].
func explicit(n uint8) der.Tag { return der.Tag(n).ContextSpecific().Constructed() }

// application returns the tag [APPLICATION n].
func application(n uint8) der.Tag { return der.Tag(n | 0x40).Constructed() }

type builder = cryptobyte.Builder

// build returns what f writes.
func build(f func(*builder)) []byte {
	var b builder
	f(&b)
	return b.BytesOrPanic() // it is our own lengths that would be wrong
}

func addSequence(b *builder, f func(*builder)) { b.AddASN1(der.SEQUENCE, f) }

func addInt(b *builder, tag uint8, n int64) {
	b.AddASN1(explicit(tag), func(b *builder) { b.AddASN1Int64(n) })
}

func addString(b *builder, tag uint8, s string) {
	b.AddASN1(explicit(tag), func(b *builder) { addGeneral(b, s) })
}

func addGeneral(b *builder, s string) {
	b.AddASN1(generalString, func(b *builder) { b.AddBytes([]byte(s)) })
}

func addOctets(b *builder, tag uint8, v []byte) {
	b.AddASN1(explicit(tag), func(b *builder) { b.AddASN1OctetString(v) })
}

func addRaw(b *builder, tag uint8, raw []byte) {
	b.AddASN1(explicit(tag), func(b *builder) { b.AddBytes(raw) })
}

// addFlags writes KerberosFlags: 32 bits or more, RFC 4120 section 5.2.8.
func addFlags(b *builder, tag uint8, flags uint32) {
	b.AddASN1(explicit(tag), func(b *builder) {
		b.AddASN1(der.BIT_STRING, func(b *builder) {
			b.AddUint8(0)
			b.AddUint32(flags)
		})
	})
}

// timeForm is KerberosTime, RFC 4120 section 5.2.3: no fractions, always UTC.
const timeForm = "20060102150405Z"

func addTime(b *builder, tag uint8, t time.Time) {
	b.AddASN1(explicit(tag), func(b *builder) {
		b.AddASN1(der.GeneralizedTime, func(b *builder) { b.AddBytes([]byte(t.UTC().Format(timeForm))) })
	})
}

// reader reads the fields of a SEQUENCE in their order. The first mistake makes
// all further reading empty; err tells.
type reader struct {
	in  cryptobyte.String
	bad bool
}

// open returns a reader of the SEQUENCE inside the outer tags.
func open(b []byte, outer ...der.Tag) *reader {
	r := &reader{in: b}
	for _, tag := range append(outer, der.SEQUENCE) {
		var inside cryptobyte.String
		if !r.in.ReadASN1(&inside, tag) {
			return &reader{bad: true}
		}
		r.in = inside
	}
	return r
}

// err tells whether everything could be read. Fields that are left over are no
// mistake: later versions may add some.
func (r *reader) err() error {
	if r.bad {
		return errDER
	}
	return nil
}

// has reports whether the field [n] comes next.
func (r *reader) has(n uint8) bool { return !r.bad && r.in.PeekASN1Tag(explicit(n)) }

// field returns the contents of [n].
func (r *reader) field(n uint8) cryptobyte.String {
	var s cryptobyte.String
	if r.bad || !r.in.ReadASN1(&s, explicit(n)) {
		r.bad = true
	}
	return s
}

// skip passes over [n], if it is there.
func (r *reader) skip(n uint8) {
	if r.has(n) {
		r.field(n)
	}
}

func (r *reader) int(n uint8) int64 {
	s := r.field(n)
	var v int64
	if r.bad || !s.ReadASN1Integer(&v) {
		r.bad = true
	}
	return v
}

func (r *reader) string(n uint8) string { return string(r.inner(n, generalString)) }

func (r *reader) octets(n uint8) []byte { return r.inner(n, der.OCTET_STRING) }

func (r *reader) time(n uint8) time.Time {
	t, err := time.Parse(timeForm, string(r.inner(n, der.GeneralizedTime)))
	if err != nil {
		r.bad = true
	}
	return t
}

// inner returns what is inside the tag inside of [n].
func (r *reader) inner(n uint8, tag der.Tag) []byte {
	s := r.field(n)
	var v cryptobyte.String
	if r.bad || !s.ReadASN1(&v, tag) {
		r.bad = true
	}
	return v
}

// each calls f with a reader of each SEQUENCE in the SEQUENCE OF inside of [n].
func (r *reader) each(n uint8, f func(*reader)) {
	list := &reader{in: r.inner(n, der.SEQUENCE), bad: r.bad}
	for !list.bad && !list.in.Empty() {
		var one cryptobyte.String
		if !list.in.ReadASN1(&one, der.SEQUENCE) {
			list.bad = true
			break
		}
		item := &reader{in: one}
		f(item)
		list.bad = list.bad || item.bad
	}
	r.bad = r.bad || list.bad
}
