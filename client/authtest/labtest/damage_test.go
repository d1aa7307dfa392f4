//go:build linux

package labtest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// before is what the file has when a transfer begins.
const before = "what was there before\n"

// damages are the faults that do not pass, with flags: how getin ends, and what
// the file has then.
var damages = []struct {
	path, flags string
	code        int
	want        string
}{
	{"length/long", "", 0, "four"},
	{"length/negative", "", 8, before},
	{"length/two", "", 8, before},
	{"length/huge", "", 8, before},
	{"length/chunked-too", "", 0, "data\n"},
	{"chunk/bad-size", "", 56, before},
	{"chunk/huge", "", 56, before},
	{"chunk/no-end", "", 18, "data\n"},
	{"chunk/short", "", 18, "da"},
	{"close/before-headers", "", 52, before},
	{"close/reset", "", 56, before},
	{"close/mid-headers", "", 56, before},
	{"close/mid-body", "", 18, strings.Repeat("x", 500)},
	{"slow/headers", "-m 0.3", 28, before},
	{"slow/first-byte", "-m 0.3", 28, before},
	{"header/endless", "", 100, before},
	{"redirect/loop", "-L", 47, before},
	{"gzip/not-gzip", "--compressed", 61, before},
	{"gzip/unknown", "--compressed", 61, before},
	{"gzip/bomb", "--compressed --max-filesize 100", 63, before},
}

// Nothing is damaged that was there: a file is what it was, or what came of one
// response, after --retry too; and getin says how it ended.
func TestNothingIsDamaged(t *testing.T) {
	base := origin(t, "LAB_FAULTY_HTTP")
	for _, d := range damages {
		t.Run(d.path, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "out")
			if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
				t.Fatal(err)
			}
			args := append(strings.Fields(d.flags), "-sS", "--retry", "1", "--retry-delay", "0.01", "-o", file, base+"/"+d.path)
			code, said := download(t, args...)
			b, err := os.ReadFile(file)
			if code != d.code || string(b) != d.want {
				t.Errorf("exit %d, want %d; the file has %.100q, want %.100q (%v)\n%s", code, d.code, b, d.want, err, said)
			}
		})
	}
}

// What unfolds to a gibibyte passes in the memory of a small body.
func TestBombInLittleMemory(t *testing.T) {
	base := origin(t, "LAB_FAULTY_HTTP")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Getenv("GETIN_BINARY"), "-q", "-sS", "--no-store", "--compressed", "-o", os.DevNull, base+"/gzip/bomb")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if code := cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit %d\n%s", code, &errs)
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok && usage.Maxrss > maxResident {
		t.Errorf("%d KiB of memory, want at most %d", usage.Maxrss, maxResident)
	}
}
