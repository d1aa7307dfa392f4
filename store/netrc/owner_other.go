//go:build !unix

package netrc

import "io/fs"

func foreign(fs.FileInfo) bool { return false }
