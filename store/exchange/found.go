package exchange

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"

	"getin/client/auth"
	"getin/store"
	"getin/store/index"
)

// Item is one credential that a file holds.
type Item struct {
	Key    store.Key
	Secret auth.Secret
	Grant  *auth.Grant // what stands behind a token; nil: nothing, or nobody knows

	// Paths are those that it is for; none is all of the origin, or what the
	// realm covers.
	Paths []string

	Strength auth.Strength // 0 when not known
	Charset  string
	Default  bool
}

// Credential returns what is to be stored under the item's key.
func (i Item) Credential() auth.Credential {
	return auth.Credential{User: i.Key.Account, Secret: i.Secret, Grant: i.Grant}
}

// Entry returns what the index is to say of the item, which came from there.
func (i Item) Entry(from string) index.Entry {
	e := index.Entry{Prefixes: i.Paths, Strength: i.Strength, Charset: i.Charset, Default: i.Default}
	if i.Key.Unbound {
		e.Unbound = from
	}
	return e
}

// Skipped is something in a file that is not taken over.
type Skipped struct{ What, Why string }

// Found is what a file holds.
type Found struct {
	Items   []Item
	Skipped []Skipped

	// Files are those that hold nothing but what is in Items: they may be
	// overwritten once that is stored.
	Files []string
}

func (f *Found) skip(what, why string) { f.Skipped = append(f.Skipped, Skipped{what, why}) }

// add takes an item, unless one of the same key came before it: in all of these
// files the first entry counts.
func (f *Found) add(i Item) {
	if slices.ContainsFunc(f.Items, func(have Item) bool { return have.Key == i.Key }) {
		f.skip(i.Key.Account+" at "+i.Key.Space.Origin.Display(), "stands in the file twice; the first counts")
		return
	}
	f.Items = append(f.Items, i)
}

// ErrFormat: the file is not of the kind that it was taken for.
var ErrFormat = errors.New("not a file of that kind")

// maxFile bounds a file, in octets: ten thousand entries of a kilobyte.
const maxFile = 10 << 20

// readFile reads a file, "-" for standard input.
func readFile(name string, stdin io.Reader) (string, error) {
	in := stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return "", err
		}
		defer func() { _ = f.Close() }() // it was only read
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err == nil && len(b) > maxFile {
		err = fmt.Errorf("%s: longer than %d octets", name, maxFile)
	}
	return strings.TrimPrefix(string(b), "\ufeff"), err
}

// unbound returns the key of a credential whose realm is not known, and the path
// that its URL names, if any.
func unbound(u *url.URL, kind auth.Kind, user string) (store.Key, []string, error) {
	o, err := auth.OriginOf(u)
	if err != nil {
		return store.Key{}, nil, errors.New("its URL is not one of http or https")
	}
	k := store.Key{Space: auth.Space{Party: auth.Server, Origin: o}, Kind: kind, Account: user, Unbound: true}
	if u.Path == "" || u.Path == "/" {
		return k, nil, nil
	}
	return k, []string{u.EscapedPath()}, nil
}
