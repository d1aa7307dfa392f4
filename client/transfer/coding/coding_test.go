package coding

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

var text = []byte(strings.Repeat("hello, world\n", 1000))

// encode applies one coding; "raw" is deflate without zlib's format.
func encode(t testing.TB, name string, b []byte) []byte {
	t.Helper()
	var to bytes.Buffer
	var w io.WriteCloser
	var err error
	switch name {
	case "gzip":
		w = gzip.NewWriter(&to)
	case "deflate":
		w = zlib.NewWriter(&to)
	case "raw":
		w, err = flate.NewWriter(&to, 6)
	case "br":
		w = brotli.NewWriter(&to)
	case "zstd":
		w, err = zstd.NewWriter(&to)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return to.Bytes()
}

func decode(body io.Reader, field ...string) ([]byte, error) {
	r, err := NewReader(io.NopCloser(body), Of(field))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func TestDecode(t *testing.T) {
	for _, name := range []string{"gzip", "deflate", "raw", "br", "zstd"} {
		field := name
		if name == "raw" {
			field = "deflate"
		}
		data := encode(t, name, text)
		for how, body := range map[string]io.Reader{
			"at once": bytes.NewReader(data), "octet by octet": iotest.OneByteReader(bytes.NewReader(data)),
			"EOF with the last": iotest.DataErrReader(bytes.NewReader(data)),
		} {
			if got, err := decode(body, field); err != nil || !bytes.Equal(got, text) {
				t.Errorf("%s, %s: %d octets, %v", name, how, len(got), err)
			}
		}
		if got, err := decode(strings.NewReader(""), field); err != nil || len(got) != 0 {
			t.Errorf("%s of nothing: %q, %v", name, got, err)
		}
		if got, err := decode(bytes.NewReader(encode(t, name, nil)), field); err != nil || len(got) != 0 {
			t.Errorf("%s of an empty content: %q, %v", name, got, err)
		}
	}
}

func TestCodings(t *testing.T) {
	gz := encode(t, "gzip", text)
	five := text
	for range 5 {
		five = encode(t, "gzip", five)
	}
	for _, test := range []struct {
		body   []byte
		fields []string
	}{
		{text, nil},
		{text, []string{""}},
		{text, []string{"identity, none,"}},
		{gz, []string{"GZip"}},
		{gz, []string{"x-gzip"}},
		{gz, []string{" gzip ,, identity"}},
		{encode(t, "br", gz), []string{"gzip, br"}},
		{encode(t, "zstd", encode(t, "raw", gz)), []string{"gzip", "deflate,zstd"}},
		{five, []string{"gzip,gzip,gzip", "gzip,gzip"}},
	} {
		if got, err := decode(bytes.NewReader(test.body), test.fields...); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%q: %d octets, %v", test.fields, len(got), err)
		}
	}
	r, err := NewReader(io.NopCloser(bytes.NewReader(gz)), []string{"gzip"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, r); err != nil || r.Encoded() != int64(len(gz)) {
		t.Errorf("%d of %d octets counted, %v", r.Encoded(), len(gz), err)
	}
}

func TestRefused(t *testing.T) {
	gz := encode(t, "gzip", text)
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	bad := bytes.Clone(gz)
	bad[len(bad)-6] ^= 1 // of the checksum
	for _, test := range []struct {
		name, field string
		body        []byte
		want        error // nil: any *Error
		octets      int   // that come before it
	}{
		{"unknown", "compress", text, ErrUnknown, 0},
		{"with a parameter", "gzip;q=1", gz, ErrUnknown, 0},
		{"no gzip", "gzip", text, nil, 0},
		{"no deflate", "deflate", text, nil, 0},
		{"no br", "br", text, nil, 0},
		{"no zstd", "zstd", text, nil, 0},
		{"gzip cut", "gzip", gz[:len(gz)-4], errCut, len(text)},
		{"gzip cut in its head", "gzip", gz[:5], errCut, 0},
		{"one octet of gzip", "gzip", gz[:1], errCut, 0},
		{"gzip with another checksum", "gzip", bad, gzip.ErrChecksum, len(text)},
		{"behind gzip", "gzip", join(gz, []byte("garbage")), ErrTrailing, len(text)},
		{"zeros behind gzip", "gzip", join(gz, make([]byte, 20)), ErrTrailing, len(text)},
		{"half a second member", "gzip", join(gz, gz[:12]), errCut, len(text)},
		{"behind zlib", "deflate", join(encode(t, "deflate", text), []byte("garbage")), ErrTrailing, len(text)},
		{"behind deflate", "deflate", join(encode(t, "raw", text), []byte("garbage")), ErrTrailing, len(text)},
		{"behind br", "br", join(encode(t, "br", text), []byte("garbage")), nil, len(text)},
		{"behind zstd", "zstd", join(encode(t, "zstd", text), []byte("garbage")), nil, len(text)},
		{"only the outer one", "gzip, br", encode(t, "br", text), nil, 0},
		{"cut below", "gzip, br", encode(t, "br", gz)[:20], nil, -1},
	} {
		got, err := decode(bytes.NewReader(test.body), test.field)
		var known *Error
		if !errors.As(err, &known) || test.want != nil && !errors.Is(err, test.want) || errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
		if test.octets >= 0 && len(got) != test.octets {
			t.Errorf("%s: %d octets come before the error, want %d", test.name, len(got), test.octets)
		}
	}
	for _, name := range []string{"br", "zstd"} {
		data := encode(t, name, text)
		if _, err := decode(bytes.NewReader(data[:len(data)-1]), name); !errors.Is(err, errCut) {
			t.Errorf("%s cut: %v", name, err)
		}
	}
	if _, err := decode(strings.NewReader(""), "gzip,gzip,gzip", "gzip,gzip,gzip"); !errors.Is(err, ErrTooMany) {
		t.Errorf("six codings: %v", err)
	}
}

func TestMembers(t *testing.T) {
	for _, name := range []string{"gzip", "zstd"} {
		two := append(encode(t, name, text), encode(t, name, []byte("second"))...)
		if got, err := decode(iotest.HalfReader(bytes.NewReader(two)), name); err != nil || string(got) != string(text)+"second" {
			t.Errorf("%s: %d octets, %v", name, len(got), err)
		}
	}
}

// What ends the connection is told, not what the decoder makes of it.
func TestErrorOfTheBody(t *testing.T) {
	broken := errors.New("broken")
	for _, name := range []string{"gzip", "deflate", "br", "zstd"} {
		data := encode(t, name, text)
		for _, n := range []int{0, 1, len(data) / 2, len(data)} {
			body := io.MultiReader(bytes.NewReader(data[:n]), iotest.ErrReader(broken))
			if _, err := decode(body, name); err != broken {
				t.Errorf("%s after %d octets: %v", name, n, err)
			}
			body = io.MultiReader(bytes.NewReader(data[:n]), iotest.ErrReader(broken))
			if _, err := decode(body, "gzip,"+name); n < len(data)/2 && err != broken {
				t.Errorf("gzip in %s after %d octets: %v", name, n, err)
			}
		}
	}
}

// Whoever watches a stream sees what has come so far.
func TestStream(t *testing.T) {
	r, w := io.Pipe()
	z := gzip.NewWriter(w)
	go func() {
		_, _ = io.WriteString(z, "first")
		_ = z.Flush()
	}()
	d, err := NewReader(r, []string{"gzip"})
	if err != nil {
		t.Fatal(err)
	}
	p := make([]byte, 100)
	if n, err := d.Read(p); err != nil || string(p[:n]) != "first" {
		t.Errorf("%q, %v", p[:n], err)
	}
	_ = r.Close()
}

// bomb returns many zeros, in few octets.
func bomb(t *testing.T, name string, zeros int) []byte {
	t.Helper()
	var to bytes.Buffer
	switch name {
	case "zstd": // RFC 8878 section 3.1.1: blocks that repeat one octet
		const block = 128 << 10
		to.WriteString("\x28\xb5\x2f\xfd\x00\x58") // a window of 2 MiB
		for left := zeros - block; left >= 0; left -= block {
			header := block<<3 | 1<<1
			if left == 0 {
				header |= 1
			}
			to.Write([]byte{byte(header), byte(header >> 8), byte(header >> 16), 0})
		}
	case "br":
		w := brotli.NewWriterLevel(&to, 1)
		_, _ = w.Write(make([]byte, zeros)) // to memory
		_ = w.Close()
	case "gzip":
		w, _ := gzip.NewWriterLevel(&to, gzip.BestSpeed)
		_, _ = w.Write(make([]byte, zeros))
		_ = w.Close()
	}
	return to.Bytes()
}

// A bomb takes no more memory than its windows.
func TestMemory(t *testing.T) {
	for _, test := range []struct {
		name  string
		zeros int
		most  uint64
	}{{"gzip", 8 << 20, 1 << 20}, {"br", 48 << 20, 18 << 20}, {"zstd", 128 << 20, 6 << 20}} {
		data := bomb(t, test.name, test.zeros)
		r, err := NewReader(io.NopCloser(bytes.NewReader(data)), []string{test.name})
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{r}, make([]byte, 32<<10))
		runtime.ReadMemStats(&after)
		if n != int64(test.zeros) || err != nil {
			t.Errorf("%s: %d octets, %v", test.name, n, err)
		}
		got := after.TotalAlloc - before.TotalAlloc
		if got > test.most {
			t.Errorf("%s: %d octets of memory", test.name, got)
		}
		t.Logf("%s: %d octets from %d, with %d of memory", test.name, n, len(data), got)
	}
}

// A window that RFC 9659 forbids is refused before it is made.
func TestWindow(t *testing.T) {
	const frame = "\x28\xb5\x2f\xfd\x00"
	for window, allowed := range map[string]bool{"\x68": true, "\x69": false, "\x70": false, "\xff": false} { // 8, 9, 16 MiB; 3.75 TiB
		got, err := decode(strings.NewReader(frame+window+"\x0b\x00\x00a"), "zstd")
		if allowed != (err == nil) || allowed && string(got) != "a" || !allowed && !errors.Is(err, zstd.ErrWindowSizeExceeded) {
			t.Errorf("window %x: %q, %v", window, got, err)
		}
	}
}
