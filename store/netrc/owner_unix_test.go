//go:build unix

package netrc

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestB8_AnothersFile: a file of another user's is refused as one that others may
// write; root's, and one's own, is read.
func TestB8_AnothersFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "netrc")
	if err := os.WriteFile(name, []byte("machine a.test login alice password x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Read(name); err != nil {
		t.Errorf("one's own: %v", err)
	}
	owner := os.Geteuid()
	if owner == 0 {
		owner = 4321
		if err := os.Chown(name, owner, -1); err != nil {
			t.Fatal(err)
		}
	}
	testOnlyUser = func() int { return owner + 1 }
	defer func() { testOnlyUser = os.Geteuid }()
	if _, _, err := Read(name); !errors.Is(err, ErrWritable) {
		t.Errorf("another's: %v", err)
	}
	if os.Geteuid() != 0 {
		return // only root can make a file root's
	}
	if err := os.Chown(name, 0, -1); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Read(name); err != nil {
		t.Errorf("root's: %v", err)
	}
}
