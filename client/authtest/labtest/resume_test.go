//go:build linux

package labtest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// broken are the faulty server's ways to break off and to answer a Range, and
// how getin may end with --retry. whole tells that the file must be the one of
// /resume/sum then.
var broken = []struct {
	path  string
	codes []int
	whole bool
	size  int64 // what is left otherwise, in octets; -1: of no matter
}{
	{"good", []int{0}, true, 0},
	{"reset", []int{0}, true, 0},
	{"reset-auth", []int{0}, true, 0},
	{"ignores-range", []int{0}, true, 0},
	{"wrong-range", []int{33, 18, 56}, false, 300_000},
	{"no-content-range", []int{33, 18, 56}, false, 300_000},
	{"416", []int{33, 18, 56}, false, 300_000},
	{"etag-changes", []int{33, 18, 56}, false, 300_000},
	{"if-range", []int{0}, false, 1 << 20},
}

// Whatever becomes of a download, the file is whole or a part of one version, and
// getin says which.
func TestBrokenDownloads(t *testing.T) {
	base := origin(t, "LAB_FAULTY_HTTP") + "/resume/"
	sum := strings.TrimSpace(string(fetch(t, "-sS", base+"sum")))
	for _, b := range broken {
		t.Run(b.path, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "out")
			code, said := download(t, "--retry", "5", "--retry-delay", "0.01", "-o", file,
				"--anyauth", "-u", "alice:wonderland", base+b.path+"?key="+filepath.Dir(file))
			info, err := os.Stat(file)
			if err != nil || !slices.Contains(b.codes, code) {
				t.Fatalf("exit %d, want one of %d, %v\n%s", code, b.codes, err, said)
			}
			if b.whole {
				if code, said := download(t, "--checksum", "sha256:"+sum, "-C", "-", "-o", file, base+"good"); code != 0 {
					t.Errorf("not what was served: exit %d\n%s", code, said)
				}
			} else if info.Size() != b.size {
				t.Errorf("%d octets, want %d\n%s", info.Size(), b.size, said)
			}
		})
	}
}

// A download that is cut after each tenth is whole after --retry.
func TestCutAtEveryTenth(t *testing.T) {
	base := origin(t, "LAB_FAULTY_HTTP") + "/resume/"
	sum := "sha256:" + strings.TrimSpace(string(fetch(t, "-sS", base+"sum")))
	for tenth := 1; tenth <= 9; tenth++ {
		t.Run(strconv.Itoa(tenth), func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "out")
			code, said := download(t, "--retry", "10", "--retry-delay", "0.01", "--checksum", sum, "-o", file,
				base+"reset?after="+strconv.Itoa(tenth*(1<<20)/10))
			if code != 0 {
				t.Errorf("exit %d\n%s", code, said)
			}
		})
	}
}

// The faults that pass.
func TestRetriedServers(t *testing.T) {
	base := origin(t, "LAB_FAULTY_HTTP") + "/retry/"
	for _, name := range []string{"503", "429", "date", "none", "junk", "reset", "auth"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "out")
			code, said := download(t, "--retry", "3", "--anyauth", "-u", "alice:wonderland", "-o", file, base+name+"?key="+filepath.Dir(file))
			if b, _ := os.ReadFile(file); code != 0 || string(b) != "ok at last\n" {
				t.Errorf("exit %d, %q\n%s", code, b, said)
			}
		})
	}
	if code, said := download(t, "-f", "--retry", "3", "--retry-max-time", "5", base+"huge?key="+t.TempDir()); code != 22 {
		t.Errorf("a Retry-After of years: exit %d\n%s", code, said)
	}
}

func download(t *testing.T, args ...string) (code int, said string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Getenv("GETIN_BINARY"), append([]string{"-q"}, args...)...)
	cmd.Env = []string{"HOME=" + t.TempDir(), "GETIN_NO_PROMPT=1", "GETIN_STORE=none"}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatal(err, ctx.Err())
	}
	return cmd.ProcessState.ExitCode(), errs.String()
}

// fetch returns what getin writes to standard output.
func fetch(t *testing.T, args ...string) []byte {
	t.Helper()
	b, err := exec.CommandContext(t.Context(), os.Getenv("GETIN_BINARY"), append([]string{"-q"}, args...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return b
}
