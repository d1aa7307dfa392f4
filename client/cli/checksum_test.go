package cli

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestChecksum(t *testing.T) {
	s := newSource(t, 300_000)
	dir := t.TempDir()
	for name, c := range map[string]struct {
		sum  string
		code int
	}{
		"sha256":         {fmt.Sprintf("sha256:%x", sha256.Sum256(s.body)), exitOK},
		"SHA-256, upper": {fmt.Sprintf("SHA-256:%X", sha256.Sum256(s.body)), exitOK},
		"sha512":         {fmt.Sprintf("sha512:%x", sha512.Sum512(s.body)), exitOK},
		"sha1":           {fmt.Sprintf("sha1:%x", sha1.Sum(s.body)), exitOK},
		"md5":            {fmt.Sprintf("md5:%x", md5.Sum(s.body)), exitOK},
		"wrong":          {fmt.Sprintf("md5:%x", md5.Sum(nil)), exitChecksum},
		"too short":      {"sha256:abcd", exitUsage},
		"no hex":         {"md5:xyz", exitUsage},
		"unknown":        {"crc32:00000000", exitUsage},
		"neither":        {"abcd", exitUsage},
	} {
		file := filepath.Join(dir, name)
		if code, _, stderr := getin(t, "--checksum", c.sum, "-o", file, s.URL); code != c.code {
			t.Errorf("%s: exit %d, %s", name, code, stderr)
		}
		if c.code == exitOK {
			wantFile(t, file, s.body)
		} else if _, err := os.Stat(file); err == nil {
			t.Errorf("%s: left under its own name", name)
		}
	}
	wantFile(t, filepath.Join(dir, "wrong.mismatch"), s.body)
	code, stdout, stderr := getin(t, "--checksum", fmt.Sprintf("md5:%x", md5.Sum(nil)), s.URL)
	if code != exitChecksum || stdout != string(s.body) || !strings.Contains(stderr, "the md5 is") {
		t.Errorf("standard output: exit %d, %d octets, %s", code, len(stdout), stderr)
	}
}

// What was there already is part of the sum, in this run and from another.
func TestChecksumOfParts(t *testing.T) {
	s := newSource(t, sourceSize)
	good, bad := fmt.Sprintf("sha256:%x", sha256.Sum256(s.body)), fmt.Sprintf("sha256:%x", sha256.Sum256(nil))
	s.cuts(func(int) int { return sourceSize / 3 })
	file := filepath.Join(t.TempDir(), "out")
	for _, args := range [][]string{{"-o", file, s.URL}, {s.URL}} {
		if code, _, stderr := getin(t, append([]string{"--retry", "5", "--checksum", good}, args...)...); code != exitOK {
			t.Errorf("%q: exit %d, %s", args, code, stderr)
		}
	}
	s.cuts(nil)
	for _, size := range []int{1000, sourceSize} { // what is missing, and nothing
		if err := os.WriteFile(file, s.body[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, stderr := getin(t, "-C", "-", "--checksum", good, "-o", file, s.URL); code != exitOK {
			t.Errorf("%d octets: exit %d, %s", size, code, stderr)
		}
		wantFile(t, file, s.body)
		if code, _, _ := getin(t, "-C", "-", "--checksum", bad, "-o", file, s.URL); code != exitChecksum {
			t.Errorf("%d octets, wrong: exit %d", size, code)
		}
		if _, err := os.Stat(file); err == nil {
			t.Errorf("%d octets, wrong: left under its own name", size)
		}
	}
}

func TestChecksumLists(t *testing.T) {
	s := newSource(t, 1000) // file.bin
	sum, other := fmt.Sprintf("%x", sha256.Sum256(s.body)), fmt.Sprintf("%x", sha256.Sum256(nil))
	short, shortOther := fmt.Sprintf("%x", md5.Sum(s.body)), fmt.Sprintf("%x", md5.Sum(nil))
	for name, c := range map[string]struct {
		list string
		code int
	}{
		"text":          {sum + "  file.bin\n", exitOK},
		"binary":        {other + " *a\n" + sum + " *file.bin\r\n", exitOK},
		"in a folder":   {sum + "  ./pool/file.bin\n", exitOK},
		"BSD":           {"MD5 (file.bin) = " + short + "\n", exitOK},
		"BSD, SHA2-256": {"SHA256 (file.bin) = " + sum + "\n", exitOK},
		"alone":         {sum + "\n", exitOK},
		"signed":        {"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n" + sum + "  file.bin\n", exitOK},
		"the strongest": {shortOther + "  file.bin\n" + sum + "  file.bin\n", exitOK},
		"wrong":         {other + "  file.bin\n", exitChecksum},
		"another name":  {sum + "  file.bin.sig\n", exitChecksum},
		"two":           {sum + "  a/file.bin\n" + other + "  b/file.bin\n", exitChecksum},
		"nothing":       {"hello\n", exitRead},
	} {
		dir := t.TempDir()
		list := filepath.Join(dir, "SUMS")
		if err := os.WriteFile(list, []byte(c.list), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{"file.bin", "renamed"} { // the URL's own name will do
			if code, _, stderr := getin(t, "--checksum", "@"+list, "-o", filepath.Join(dir, file), s.URL); code != c.code {
				t.Errorf("%s, %s: exit %d, %s", name, file, code, stderr)
			}
		}
	}
	if l, ok := readSumLine(`\` + sum + `  a\\b\nc`); !ok || l.name != "a\\b\nc" {
		t.Errorf("escapes: %q, %v", l.name, ok)
	}
}

// The n-th sum is the n-th URL's.
func TestChecksumOfTheNth(t *testing.T) {
	s := newSource(t, 1000)
	good, bad := fmt.Sprintf("md5:%x", md5.Sum(s.body)), fmt.Sprintf("md5:%x", md5.Sum(nil))
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	code, _, _ := getin(t, "--checksum", good, "-o", one, s.URL, "--checksum", bad, "-o", two, s.URL)
	if _, err := os.Stat(two); code != exitChecksum || err == nil {
		t.Errorf("exit %d, %v", code, err)
	}
	wantFile(t, one, s.body)
}

// A list of URLs brings its own.
func TestChecksumOfAList(t *testing.T) {
	s := newSource(t, 1000)
	dir := t.TempDir()
	list := filepath.Join(dir, "list")
	text := fmt.Sprintf("%[1]s out=%[2]s/one checksum=md5:%[3]x\n%[1]s out=%[2]s/two checksum=md5:%[4]x\n%[1]s out=%[2]s/three checksum=x\n",
		s.URL, dir, md5.Sum(s.body), md5.Sum(nil))
	if err := os.WriteFile(list, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := getin(t, "--input-file", list)
	if code != exitURL || !strings.Contains(stderr, "two.mismatch") || !strings.Contains(stderr, "list:3") {
		t.Errorf("exit %d, %s", code, stderr)
	}
	wantFile(t, filepath.Join(dir, "one"), s.body)
	wantFile(t, filepath.Join(dir, "two.mismatch"), s.body)
	if got := s.requests(); got != "GET\nGET" {
		t.Errorf("requests %q", got)
	}
}
