package transfer

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// attribute is the extended attribute of a part that says of which version it
// is. It is no file beside the part, goes where the part is moved, and holds no
// URL.
const attribute = "user.getin.validator"

// maxAttribute bounds its value, in octets: file systems keep all attributes of
// a file in one block of 4 KiB.
const maxAttribute = 2048

// Remember notes with the part of that name of which version it is, for another
// run. It holds while nobody else writes to the file; growing says that this run
// still does. Without IfRange, or where a file system keeps no attributes,
// nothing is noted.
//
//	value = "1" LF size LF mtime LF length LF etag LF last-modified
func Remember(name string, v Version, growing bool) {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || v.IfRange() == "" {
		return
	}
	size, mtime := info.Size(), info.ModTime().UnixNano()
	if growing {
		mtime = -1
	}
	value := fmt.Sprintf("1\n%d\n%d\n%d\n%s\n%s", size, mtime, v.Length, v.ETag, v.Modified)
	if len(value) <= maxAttribute && strings.Count(value, "\n") == 5 {
		_ = setAttribute(name, value) // without it, dates are compared
	}
}

// Recall returns the part that lies under the name, when it is a regular file
// with an octet in it.
func Recall(name string) (Part, bool) {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return Part{}, false
	}
	p := Part{From: info.Size(), Since: info.ModTime(), Version: Version{Length: -1}}
	value, err := getAttribute(name, maxAttribute)
	f := strings.Split(value, "\n")
	if err != nil || len(f) != 6 || f[0] != "1" {
		return p, true
	}
	size, err1 := strconv.ParseInt(f[1], 10, 64)
	mtime, err2 := strconv.ParseInt(f[2], 10, 64)
	length, err3 := strconv.ParseInt(f[3], 10, 64)
	grown := mtime == -1 && size <= info.Size()
	untouched := size == info.Size() && mtime == info.ModTime().UnixNano()
	if err1 == nil && err2 == nil && err3 == nil && (grown || untouched) {
		p.Version = Version{ETag: f[4], Modified: f[5], Length: length}
	}
	return p, true
}

// Forget drops what Remember noted, when the file is whole.
func Forget(name string) {
	_ = removeAttribute(name) // most files have none
}
