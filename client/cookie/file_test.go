package cookie

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

// sample is a file with all there is.
const sample = heading + `.example.com	TRUE	/	FALSE	0	wide	1
example.com	FALSE	/	FALSE	0	narrow	2
www.example.com	FALSE	/a	FALSE	0	pa	3
www.example.com	FALSE	/a/b	FALSE	0	pab	4
www.example.com	FALSE	/a/	FALSE	0	paslash	5
www.example.com	FALSE	/	TRUE	0	sec	6
#HttpOnly_www.example.com	FALSE	/	FALSE	0	honly	7
ample.com	TRUE	/	FALSE	0	tail	8
www.example.com	FALSE	/	FALSE	1	expired	9
www.example.com	FALSE	/	FALSE	4102444800	future	10
www.example.com	FALSE	/	FALSE	0	blank
www.example.com	FALSE	TRUE	0	nopath	11
0.0.1	TRUE	/	FALSE	0	ip	12
Set-Cookie: hdr=14; domain=example.com
Set-Cookie: nodomain=15
set-cookie:x=16; path=/zz; domain=www.example.com
WWW.EXAMPLE.COM	FALSE	/	FALSE	0	upper	17
www.example.com	FALSE	/	FALSE	0	a	18
www.example.com	FALSE	/	FALSE	0	b	19
www.example.com	FALSE	/	FALSE	0	a	20
www.example.com	FALSE	/	FALSE	0	ctl	` + "a\x01b" + `
www.example.com	false	/	false	0	low	21
www.example.com	FALSE	/	FALSE	-5	neg	22
www.example.com	FALSE	/	FALSE	12x	over	23
www.example.com	FALSE	/	FALSE	0	eight	24	more
co.uk	TRUE	/	FALSE	0	uk	25
.localhost	TRUE	/	FALSE	0	l	26
2001:db8::1	FALSE	/	FALSE	0	six	27
www.example.com	FALSE	/	FALSE	0	__Secure-a	28
.example.com	TRUE	/	TRUE	0	__Host-a	29
# a comment	FALSE	/	FALSE	0	a	30

no cookie at all
`

// Recorded from curl 7.88, but for what doc.go lists.
const written = `2001:db8::1	FALSE	/	FALSE	0	six	27
.localhost	TRUE	/	FALSE	0	l	26
.co.uk	TRUE	/	FALSE	0	uk	25
www.example.com	FALSE	/	FALSE	0	low	21
www.example.com	FALSE	/	FALSE	0	b	19
www.example.com	FALSE	/	FALSE	0	a	20
www.example.com	FALSE	/	FALSE	0	upper	17
.www.example.com	TRUE	/zz	FALSE	0	x	16
.example.com	TRUE	/	FALSE	0	hdr	14
.0.0.1	TRUE	/	FALSE	0	ip	12
www.example.com	FALSE	/	TRUE	0	nopath	11
www.example.com	FALSE	/	FALSE	0	blank	
www.example.com	FALSE	/	FALSE	4102444800	future	10
.ample.com	TRUE	/	FALSE	0	tail	8
#HttpOnly_www.example.com	FALSE	/	FALSE	0	honly	7
www.example.com	FALSE	/	TRUE	0	sec	6
www.example.com	FALSE	/a/	FALSE	0	paslash	5
www.example.com	FALSE	/a/b	FALSE	0	pab	4
www.example.com	FALSE	/a	FALSE	0	pa	3
example.com	FALSE	/	FALSE	0	narrow	2
.example.com	TRUE	/	FALSE	0	wide	1
`

func TestRead(t *testing.T) {
	j := newJar()
	if err := j.Read(iotest.OneByteReader(strings.NewReader(strings.ReplaceAll(sample, "\n", "\r\n"))), false); err != nil {
		t.Fatal(err)
	}
	if got := lines(j); got != written {
		t.Errorf("the file holds\n%s", got)
	}
	j = newJar()
	if err := j.Read(strings.NewReader(sample), true); err != nil {
		t.Fatal(err)
	}
	if got := lines(j); got != "www.example.com\tFALSE\t/\tFALSE\t4102444800\tfuture\t10\n" {
		t.Errorf("without those of the session: %q", got)
	}
}

// What names no domain is for each of the hosts, and for nothing below them.
func TestReadForHosts(t *testing.T) {
	j := newJar()
	if err := j.Read(strings.NewReader("Set-Cookie: a=1\nset-cookie: b=2; path=/x\nset-cookie: c=3; domain=other.org\n"), false, "h.org", "10.0.0.1"); err != nil {
		t.Fatal(err)
	}
	const want = "10.0.0.1\tFALSE\t/x\tFALSE\t0\tb\t2\nh.org\tFALSE\t/x\tFALSE\t0\tb\t2\n" +
		"10.0.0.1\tFALSE\t/\tFALSE\t0\ta\t1\nh.org\tFALSE\t/\tFALSE\t0\ta\t1\n"
	got := lines(j)
	if rest, ok := strings.CutPrefix(got, ".other.org\tTRUE\t/\tFALSE\t0\tc\t3\n"); !ok || rest != want {
		t.Errorf("%s", got)
	}
}

func TestReadLongLines(t *testing.T) {
	long := "h.org\tFALSE\t/\tFALSE\t0\tlong\t" + strings.Repeat("x", maxLine) + "h.org\tFALSE\t/\tFALSE\t0\tforged\t1\n"
	j := newJar()
	if err := j.Read(strings.NewReader(long+"h.org\tFALSE\t/\tFALSE\t0\ta\t1\n"+long+"h.org\tFALSE\t/\tFALSE\t0\tb\t2"), false); err != nil {
		t.Fatal(err)
	}
	if got, want := j.Cookies("h.org", "/", true), "b=2; a=1"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	broken := errors.New("broken")
	if err := j.Read(io.MultiReader(strings.NewReader("x"), iotest.ErrReader(broken)), false); err != broken {
		t.Errorf("a file that breaks: %v", err)
	}
}

func TestG10_Save(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "jar")
	j := newJar()
	j.SetCookies("h.org", "/", true, []string{"a=1"})
	const want = heading + "h.org\tFALSE\t/\tFALSE\t0\ta\t1\n"
	check := func(why string) {
		t.Helper()
		if err := j.Save(name); err != nil {
			t.Fatalf("%s: %v", why, err)
		}
		b, err := os.ReadFile(name)
		info, err2 := os.Lstat(name)
		if err != nil || err2 != nil || string(b) != want || info.Mode() != 0o600 {
			t.Errorf("%s: %q, %v, %v, %v", why, b, err, err2, info)
		}
	}
	check("a new file")
	if err := os.WriteFile(name, []byte(strings.Repeat("old\n", 1000)), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, 0o644); err != nil {
		t.Fatal(err)
	}
	check("an old one")

	other := filepath.Join(dir, "other")
	if err := errors.Join(os.WriteFile(other, []byte("theirs"), 0o644), os.Remove(name)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(other, name); err != nil {
		t.Skip(err)
	}
	check("a symbolic link")
	if b, err := os.ReadFile(other); err != nil || string(b) != "theirs" {
		t.Errorf("what the link led to: %q, %v", b, err)
	}
	missing := filepath.Join(dir, "missing", "jar")
	if err := j.Save(missing); err == nil || !errors.Is(err, os.ErrNotExist) || strings.Contains(err.Error(), ".getin") {
		t.Errorf("in a folder that is not there: %v", err)
	}
	found, err := os.ReadDir(dir)
	if err != nil || len(found) != 2 {
		t.Errorf("left behind: %v, %v", found, err)
	}
}

// A fault in the middle leaves the old file, and nothing beside it.
func TestSaveFails(t *testing.T) {
	if os.Getuid() == 0 {
		t.Log("root writes into every folder; the rename is what fails here")
	}
	dir := t.TempDir()
	name := filepath.Join(dir, "jar")
	if err := os.MkdirAll(filepath.Join(name, "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := newJar().Save(name); err == nil {
		t.Error("a folder was replaced")
	}
	found, err := os.ReadDir(dir)
	if err != nil || len(found) != 1 {
		t.Errorf("left behind: %v, %v", found, err)
	}
}
