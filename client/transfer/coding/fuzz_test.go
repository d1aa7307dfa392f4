package coding

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// No octets make the decoders panic, or go on for ever without a result; and what
// was encoded is decoded.
func FuzzDecode(f *testing.F) {
	names := []string{"gzip", "deflate", "br", "zstd"}
	for i, name := range names {
		f.Add(byte(i), encode(f, name, []byte("hello, hello, hello")))
	}
	f.Add(byte(1), encode(f, "raw", []byte("hello")))
	f.Fuzz(func(t *testing.T, which byte, data []byte) {
		name := names[int(which)%len(names)]
		r, err := NewReader(io.NopCloser(bytes.NewReader(data)), []string{name})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		_, err = io.Copy(io.Discard, io.LimitReader(r, 64<<20))
		var known *Error
		if err != nil && !errors.As(err, &known) {
			t.Errorf("%s: %v", name, err)
		}
		if got, err := decode(bytes.NewReader(encode(t, name, data)), name); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: %d of %d octets, %v", name, len(got), len(data), err)
		}
	})
}
