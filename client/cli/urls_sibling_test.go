package cli

import (
	"reflect"
	"testing"
)

// What is read as a sibling is what readURL reads.
func TestSibling(t *testing.T) {
	for _, first := range []string{
		"http://example.com/a", "HTTPS://Example.COM:8443", "http://[::1]:80/", "http://h?q", "http://bücher.example/x",
	} {
		like, err := readURL(first)
		if err != nil {
			t.Fatal(first, err)
		}
		before := beforePath(first)
		for path, plain := range map[string]bool{
			"/": true, "/a/b-c_d/e.txt": true, "/1~2/": true, "": false, "/a?b": false, "/a#b": false, "/a//b": false, "/./a": false,
			"/../a": false, "/a/..": false, "/.a": false, "/a%20b": false, "/ü": false, "/a;b": false, "/a:b@c": false, "@h/": false,
			"0/": false, ".evil/": false, "/a b": false, "/a\n": false, `\a`: false,
		} {
			got := like.sibling(before + path)
			if (got != nil) != plain {
				t.Errorf("%s is a sibling of %s: %v, want %v", before+path, first, got != nil, plain)
			}
			if got == nil {
				continue
			}
			want, err := readURL(before + path)
			if err != nil || !alike(got, want) {
				t.Errorf("%s: %+v, want %+v, %v", before+path, got, want, err)
			}
		}
	}
	for _, first := range []string{"http://alice@h/", "http://@h/", "localhost/", "h/x"} {
		like, err := readURL(first)
		if err != nil {
			t.Fatal(first, err)
		}
		if got := like.sibling(first + "y"); got != nil {
			t.Errorf("%s has the sibling %+v", first, got)
		}
	}
}

// alike compares all but what typed has before its path, which nobody looks at.
func alike(a, b *target) bool {
	paths := a.typed.Path == b.typed.Path && a.typed.RawPath == b.typed.RawPath
	c := *b
	c.typed = a.typed
	return paths && reflect.DeepEqual(a, &c)
}

func FuzzSibling(f *testing.F) {
	f.Add("http://h:1/a", "/b.c")
	f.Fuzz(func(t *testing.T, first, path string) {
		like, err := readURL(first)
		if err != nil {
			return
		}
		typed := like.before + path
		if got := like.sibling(typed); got != nil {
			want, err := readURL(typed)
			if err != nil || !alike(got, want) {
				t.Errorf("%q after %q: %+v, want %+v, %v", typed, first, got, want, err)
			}
		}
	})
}
