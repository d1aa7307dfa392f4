package transfer

import (
	"encoding/json"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// vector is a case of testdata/filenames.json. Names are pointers: null stands
// for no name.
type vector struct {
	ID, Kind, Header, URL string
	Raw                   *string
	Accept                []*string
	WindowsAccept         []*string `json:"windows_accept"`
	AnyFixedName          bool      `json:"any_fixed_name"`
	Redirects             []string
}

func vectors(t *testing.T, kind string) []vector {
	t.Helper()
	b, err := os.ReadFile("testdata/filenames.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []vector }
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	file.Cases = slices.DeleteFunc(file.Cases, func(v vector) bool { return v.Kind != kind })
	if len(file.Cases) == 0 {
		t.Fatalf("no cases of kind %s", kind)
	}
	return file.Cases
}

func (v vector) accepts(windows bool, name string, ok bool) bool {
	list := v.Accept
	if windows && v.WindowsAccept != nil {
		list = v.WindowsAccept
	}
	return slices.ContainsFunc(list, func(a *string) bool {
		return !ok && a == nil || ok && a != nil && *a == name
	})
}

// octets turns the code points of a JSON string into octets.
func octets(s string) string {
	var b []byte
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}

// sound fails unless name is one harmless path segment.
func sound(t *testing.T, name string, windows bool) {
	t.Helper()
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\\\x00") || len(name) > 255 ||
		!utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) ||
		windows && (strings.ContainsAny(name, `<>:"|?*`) || strings.HasSuffix(name, ".") || strings.HasSuffix(name, " ")) {
		t.Errorf("unsound name %q (windows %v)", name, windows)
	}
}

func TestF3_H5_ContentDispositionVectors(t *testing.T) {
	for _, v := range vectors(t, "content-disposition") {
		t.Run(v.ID, func(t *testing.T) {
			for _, windows := range []bool{false, true} {
				name, ok := headerName(octets(v.Header), windows)
				if !v.accepts(windows, name, ok) {
					t.Errorf("windows %v: %q, %v is none of %s", windows, name, ok, show(v.Accept))
				}
				if ok {
					sound(t, name, windows)
				}
			}
			raw, err := parseDisposition(octets(v.Header))
			switch {
			case v.Raw == nil && (err != nil || raw != ""):
				t.Errorf("raw %q, %v; want none", raw, err)
			case v.Raw == nil || *v.Raw == "error" && (err != nil || v.ID == trailingSemicolon):
			case *v.Raw == "error":
				t.Errorf("raw %q; want an error", raw)
			case raw != *v.Raw:
				t.Errorf("raw %q, %v; want %q", raw, err, *v.Raw)
			}
		})
	}
}

// The one departure: see the package's documentation.
const trailingSemicolon = "tc-attwithasciifilenamenqs"

func show(list []*string) string {
	b, _ := json.Marshal(list)
	return string(b)
}

func TestURLVectors(t *testing.T) {
	for _, v := range vectors(t, "url") {
		t.Run(v.ID, func(t *testing.T) {
			u, err := url.Parse(v.URL)
			if err != nil {
				t.Fatal(err)
			}
			name := URLName(u.EscapedPath())
			if !v.accepts(false, name, true) && !(v.AnyFixedName && name == Unnamed) {
				t.Errorf("%q is none of %s", name, show(v.Accept))
			}
			sound(t, name, false)
		})
	}
}

func TestHeaderNamePrefersTheExtendedForm(t *testing.T) {
	for header, want := range map[string]string{
		`attachment; filename="EURO.txt"; filename*=UTF-8''%e2%82%ac.txt`: "€.txt",
		`attachment; filename*=UTF-8''%e2%82%ac.txt; filename="EURO.txt"`: "€.txt",
		`attachment; filename="good.txt"; filename*=UTF-8''%ff.txt`:       "good.txt",
		`attachment; filename="good.txt"; filename*=KOI8-R''x.txt`:        "good.txt",
		`attachment; filename*=UTF-8''photo%E2%80%AEgpj.exe`:              "photo_gpj.exe",
		`attachment; FileName="a.txt"; x=y`:                               "a.txt",
	} {
		if got, ok := HeaderName(header); got != want || !ok {
			t.Errorf("%s: %q, %v; want %q", header, got, ok, want)
		}
	}
}

func TestLongNamesKeepTheirExtension(t *testing.T) {
	name, ok := HeaderName(`attachment; filename="` + strings.Repeat("ä", 300) + `.tar"`)
	if !ok || len(name) > maxName || !strings.HasSuffix(name, "ä.tar") {
		t.Errorf("%d octets: %q", len(name), name)
	}
	sound(t, name, false)
}

func TestH2_WindowsNames(t *testing.T) {
	for in, want := range map[string]string{
		"LPT9.tar.gz": "_LPT9.tar.gz", "com0": "_com0", "COM¹": "_COM¹", "nul .txt": "_nul .txt",
		"COM10": "COM10", "console.txt": "console.txt", "a. . .": "a", "conin$": "_conin$",
		"C:foo": "C_foo", "a:b": "a_b", `C:\x`: "x",
	} {
		if got := safeName(in, true); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzHeaderName(f *testing.F) {
	b, err := os.ReadFile("testdata/filenames.json")
	if err != nil {
		f.Fatal(err)
	}
	var file struct{ Cases []vector }
	if err := json.Unmarshal(b, &file); err != nil {
		f.Fatal(err)
	}
	for _, v := range file.Cases {
		f.Add(octets(v.Header))
	}
	f.Fuzz(func(t *testing.T, header string) {
		for _, windows := range []bool{false, true} {
			if name, ok := headerName(header, windows); ok {
				sound(t, name, windows)
				if name[0] == '.' {
					t.Errorf("hidden file %q", name)
				}
			}
		}
		// What is read must also be read from its quoted form.
		raw, err := parseDisposition(header)
		if err != nil || raw == "" {
			return
		}
		quoted := `x; filename="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(raw) + `"`
		if again, err := parseDisposition(quoted); again != raw || err != nil {
			t.Errorf("%q read as %q, %v from %q", raw, again, err, quoted)
		}
	})
}
