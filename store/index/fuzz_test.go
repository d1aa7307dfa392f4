package index

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"getin/client/auth"
)

// Whatever lies in the file: reading ends in a File or in one of two errors,
// and what was read can be written and read again.
func FuzzDecode(f *testing.F) {
	e := entry(f, "R\xff", "alice", "1")
	file := File{
		Party: auth.Server, Origin: e.Space.Origin, Entries: []Entry{e},
		Consents:  []Consent{{Space: e.Space, ClearText: true, Keys: []string{"sha256//A"}}},
		Strengths: []Accepted{{"/", auth.StrengthDigestMD5}},
	}
	text, err := encode(file)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"v":2}`))
	f.Add([]byte(`{"V":1,"Party":"server","origin":"https://a.test:443","entries":[null],"x":{}}`))
	f.Add([]byte(`{"v":1,"party":"server","origin":"https://a.test:443","consents":[{"realm":null,"keys":[null]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := decode(text, auth.Server, e.Space.Origin)
		if err != nil {
			if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNewer) || len(got.Entries) > 0 {
				t.Fatalf("error %v with %d entries", err, len(got.Entries))
			}
			return
		}
		once, err := encode(got)
		if err != nil {
			t.Skip("a time that JSON cannot hold") // beyond the year 9999, or an odd zone
		}
		again, err := decode(once, auth.Server, e.Space.Origin)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, once)
		}
		twice, err := encode(again)
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("differs:\n%s\n%s", once, twice)
		}
		if len(got.Entries) != len(again.Entries) || len(got.Entries) > 0 && !reflect.DeepEqual(got.Entries[0].Space, again.Entries[0].Space) {
			t.Fatalf("entries differ: %+v, %+v", got.Entries, again.Entries)
		}
	})
}
