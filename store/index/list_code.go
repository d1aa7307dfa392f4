package index

import (
	"encoding/binary"
	"hash/crc32"
	"reflect"
	"time"

	"getin/client/auth"
)

// The list, in octets: listHead, a count, and for each file its name, its stamp
// and its entries as a string; then the CRC-32C of all that, 4 octets,
// big-endian. Counts and unsigned numbers are Uvarints, signed ones Varints,
// strings a length and the octets. Of an Entry every exported field is written in
// its order, a time as seconds since 1970 and nanoseconds, a party as its name.
// The head names these fields, so that a list of other ones is not misread.

// listHead begins a list of entries of this shape.
func listHead() string { return "getin list 1 " + shape(reflect.TypeFor[Entry]()) + "\n" }

// checksum makes no table before it is wanted: most runs list nothing.
func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

func encodeList(all []listed) []byte {
	b := []byte(listHead())
	b = binary.AppendUvarint(b, uint64(len(all)))
	for i := range all {
		l := &all[i]
		b = appendString(b, l.name)
		b = binary.AppendUvarint(b, l.stamp.inode)
		for _, v := range []int64{l.stamp.size, l.stamp.modified, l.stamp.changed} {
			b = binary.AppendVarint(b, v)
		}
		b = appendString(b, l.entries)
	}
	return binary.BigEndian.AppendUint32(b, checksum(b))
}

// decodeList reads what encodeList wrote; of anything else it returns nothing.
func decodeList(text []byte) []listed {
	head := listHead()
	end := len(text) - crc32.Size
	if end < len(head) || string(text[:len(head)]) != head || checksum(text[:end]) != binary.BigEndian.Uint32(text[end:]) {
		return nil
	}
	r := &listReader{rest: string(text[len(head):end])}
	all := make([]listed, r.count())
	for i := range all {
		l := &all[i]
		l.name = r.text()
		l.stamp = stamp{r.unsigned(), r.signed(), r.signed(), r.signed()}
		l.entries = r.text()
	}
	if r.bad || len(r.rest) > 0 {
		return nil
	}
	return all
}

// encodeEntries writes the entries of one file.
func encodeEntries(entries []Entry) string {
	var b []byte
	for i := range entries {
		b = appendValue(b, reflect.ValueOf(&entries[i]).Elem())
	}
	return string(b)
}

// appendDecoded appends the entries of one file, or reports that they are none.
func appendDecoded(entries []Entry, text string) ([]Entry, bool) {
	r := &listReader{rest: text}
	n := len(entries)
	for len(r.rest) > 0 {
		entries = append(entries, Entry{})
		r.value(reflect.ValueOf(&entries[len(entries)-1]).Elem())
	}
	if r.bad {
		return entries[:n], false
	}
	return entries, true
}

// shape writes down the fields of a type. What the list cannot hold is
// a "?": a test demands that there is none.
func shape(t reflect.Type) string {
	if t == timeType || t == partyType {
		return t.String()
	}
	switch t.Kind() {
	case reflect.Struct:
		s := "{"
		for f := range t.Fields() {
			if f.IsExported() {
				s += f.Name + " " + shape(f.Type) + ";"
			}
		}
		return s + "}"
	case reflect.Slice:
		return "[]" + shape(t.Elem())
	case reflect.String, reflect.Bool, reflect.Int, reflect.Uint16:
		return t.Kind().String()
	}
	return "?"
}

var timeType, partyType = reflect.TypeFor[time.Time](), reflect.TypeFor[*auth.Party]()

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// appendValue writes a value of the kinds that shape knows.
func appendValue(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.String:
		return appendString(b, v.String())
	case reflect.Bool:
		if v.Bool() {
			return append(b, 1)
		}
		return append(b, 0)
	case reflect.Int:
		return binary.AppendVarint(b, v.Int())
	case reflect.Uint16:
		return binary.AppendUvarint(b, v.Uint())
	case reflect.Pointer:
		return appendString(b, v.Interface().(*auth.Party).Name)
	case reflect.Slice:
		b = binary.AppendUvarint(b, uint64(v.Len()))
		for i := range v.Len() {
			b = appendValue(b, v.Index(i))
		}
		return b
	}
	if t, ok := v.Addr().Interface().(*time.Time); ok {
		return binary.AppendUvarint(binary.AppendVarint(b, t.Unix()), uint64(t.Nanosecond()))
	}
	for i := range v.NumField() {
		if f := v.Field(i); f.CanInterface() {
			b = appendValue(b, f)
		}
	}
	return b
}

// listReader reads from the front of rest, and is bad once that did not hold
// what was to be read.
type listReader struct {
	rest string
	bad  bool
}

func (r *listReader) fail() { r.rest, r.bad = "", true }

func (r *listReader) unsigned() uint64 {
	var v uint64
	for shift := 0; shift < 64 && len(r.rest) > 0; shift += 7 {
		c := r.rest[0]
		r.rest = r.rest[1:]
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v
		}
	}
	r.fail()
	return 0
}

// signed undoes the zigzag of binary.AppendVarint.
func (r *listReader) signed() int64 {
	u := r.unsigned()
	return int64(u>>1) ^ -int64(u&1)
}

// count reads how many things follow, of at least an octet each.
func (r *listReader) count() int {
	n := r.unsigned()
	if n > uint64(len(r.rest)) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *listReader) text() string {
	n := r.count()
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

// value reads what appendValue wrote.
func (r *listReader) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(r.text())
	case reflect.Bool:
		v.SetBool(r.unsigned() == 1)
	case reflect.Int:
		v.SetInt(r.signed())
	case reflect.Uint16:
		v.SetUint(r.unsigned())
	case reflect.Pointer:
		p := auth.PartyNamed(r.text())
		if p == nil {
			r.fail()
		}
		v.Set(reflect.ValueOf(p))
	case reflect.Slice:
		if n := r.count(); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
		}
		for i := range v.Len() {
			r.value(v.Index(i))
		}
	case reflect.Struct:
		if t, ok := v.Addr().Interface().(*time.Time); ok {
			*t = time.Unix(r.signed(), int64(r.unsigned())).UTC()
			return
		}
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() {
				r.value(f)
			}
		}
	}
}
