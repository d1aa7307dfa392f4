//go:build !windows

package ticket

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// maxCache bounds what is read of a cache: thousands of tickets.
const maxCache = 16 << 20

// errNoCache: there is no ticket cache of a kind that can be read.
var errNoCache = errors.New("no ticket cache")

// caches returns what lies in the user's ticket cache, the one in use first, and
// its name. KRB5CCNAME and default_ccache_name name it, in the form TYPE:REST;
// without either it is /tmp/krb5cc_UID. A DIR is a collection of caches, of
// which the file "primary" says which is in use.
func (c *Client) caches(conf *config) ([]cache, string, error) {
	name := c.getenv("KRB5CCNAME")
	if name == "" {
		name = expand(conf.cacheName)
	}
	kind, path, typed := strings.Cut(name, ":")
	if !typed || len(kind) == 1 { // a path; one letter is a drive
		kind, path = "FILE", name
	}
	var files []string
	switch {
	case name == "":
		name = "FILE:/tmp/krb5cc_" + strconv.Itoa(os.Getuid())
		files = []string{strings.TrimPrefix(name, "FILE:")}
	case kind == "FILE":
		files = []string{path}
	case kind == "DIR" && strings.HasPrefix(path, ":"):
		files = []string{path[1:]}
	case kind == "DIR":
		files = collection(path)
	default:
		return nil, name, fmt.Errorf("%w: %s is of a kind that getin cannot read", errNoCache, name)
	}
	var list []cache
	var first error
	for _, f := range files {
		one, err := readCacheFile(f)
		if err == nil {
			list = append(list, one)
		} else if first == nil {
			first = err
		}
	}
	switch {
	case len(list) > 0:
		return list, name, nil
	case first == nil || errors.Is(first, fs.ErrNotExist):
		return nil, name, fmt.Errorf("%w: nothing in %s", errNoCache, name)
	}
	return nil, name, fmt.Errorf("%w: %s: %w", errNoCache, name, first)
}

func readCacheFile(path string) (cache, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return cache{}, err
	case !info.Mode().IsRegular() || info.Size() > maxCache:
		return cache{}, errCacheVersion
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return cache{}, err
	}
	return readCache(b)
}

// collection returns the files of a DIR, the primary one first.
func collection(dir string) []string {
	primary := "tkt"
	if b, err := os.ReadFile(filepath.Join(dir, "primary")); err == nil {
		if name := strings.TrimSpace(string(b)); strings.HasPrefix(name, "tkt") && filepath.Base(name) == name {
			primary = name
		}
	}
	files := []string{filepath.Join(dir, primary)}
	others, _ := filepath.Glob(filepath.Join(dir, "tkt*")) // the pattern is well formed
	for _, f := range others {
		if !slices.Contains(files, f) {
			files = append(files, f)
		}
	}
	return files
}

// expand puts in what krb5.conf may leave to the user's account.
func expand(s string) string {
	id := strconv.Itoa(os.Getuid())
	return strings.NewReplacer("%{uid}", id, "%{euid}", strconv.Itoa(os.Geteuid()), "%{USERID}", id, "%{TEMP}", os.TempDir()).Replace(s)
}
