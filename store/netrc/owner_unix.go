//go:build unix

package netrc

import (
	"io/fs"
	"os"
	"syscall"
)

// foreign reports whether the file belongs to another user than this one and the
// system's: its owner may write it whatever its mode says.
func foreign(fi fs.FileInfo) bool {
	st, ok := fi.Sys().(*syscall.Stat_t)
	return ok && st.Uid != 0 && int(st.Uid) != testOnlyUser()
}

// testOnlyUser is who runs this.
var testOnlyUser = os.Geteuid
