package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The map in the package's documentation leads to files that are there.
func TestMapOfFiles(t *testing.T) {
	b, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	heads := regexp.MustCompile(`(?m)^//\t([a-z…_]+(?: [a-z…_]+)?)  `).FindAllStringSubmatch(string(b), -1)
	if len(heads) < 15 {
		t.Fatalf("%d lines of a map", len(heads))
	}
	for _, head := range heads {
		for _, name := range strings.Fields(head[1]) {
			name, several := strings.CutSuffix(name, "…")
			files, _ := filepath.Glob(name + ".go")
			if more, _ := filepath.Glob(name + "_*.go"); len(files)+len(more) == 0 || several && len(files)+len(more) < 2 {
				t.Errorf("%s: no such files", head[1])
			}
		}
	}
}
