//go:build amd64 || arm64

package cli

import (
	"os"
	"regexp"
	"strconv"
	"testing"
)

// mapped returns how much of files is mapped and resident, in KiB (proc(5)).
func mapped(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`RssFile:\s+(\d+) kB`).FindSubmatch(status)
	if m == nil {
		t.Skip("the kernel does not tell how much of files is resident")
	}
	n, _ := strconv.Atoi(string(m[1]))
	return n
}

func TestShed(t *testing.T) {
	before := mapped(t)
	shed()
	if after := mapped(t); after > before/2 {
		t.Errorf("%d KiB before, %d after", before, after)
	}
	if len(ownSegments()) == 0 {
		t.Error("no program headers")
	}
}
