//go:build linux

package labtest

import (
	"os/exec"
	"testing"

	"github.com/rogpeppe/go-internal/diff"

	"getin/client/authtest/curltest"
)

// What people type goes on working when getin takes curl's place: the same
// output, the same files, the same requests.
func TestOneliners(t *testing.T) {
	getin := lab(t, "GETIN_BINARY")
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Fatal(err)
	}
	lines, err := curltest.Oneliners("../../cli/testdata/oneliners.txt")
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) < 40 {
		t.Errorf("%d one-liners, want 40", len(lines))
	}
	for _, line := range lines {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			want, err := curltest.RunShell(t.Context(), curl, line)
			if err != nil {
				t.Fatal(err)
			}
			got, err := curltest.RunShell(t.Context(), getin, line)
			if err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("%s\n%s", line, diff.Diff("curl", []byte(want), "getin", []byte(got)))
			}
		})
	}
}
