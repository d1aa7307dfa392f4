// Package netrc reads .netrc files, netrc(5): which user and password go with
// which host.
//
//	file    = *( machine / default / macdef / comment )
//	machine = "machine" WSP value *( field )
//	default = "default" *( field )
//	field   = ( "login" / "password" / "account" ) WSP value
//	macdef  = "macdef" WSP value *( line ) empty-line
//	value   = 1*non-WSP / quoted, with \n, \r, \t, and \ before any other
//	comment = "#" to the end of its line, where a word is expected
//
// Programs differ on what the manual leaves open. Here:
//
//   - A value may begin with "#", and a word in the place of a value is one.
//   - An unknown word, a quote that is not closed on its line and a control
//     character refuse the whole file: whose password is whose is then a guess.
//   - What comes after default is not looked at, as netrc(5) has it.
//   - An entry with neither login nor password is as none.
//   - "machine host:port" is for that port alone, and goes before "machine host".
package netrc

import (
	"net"
	"slices"
	"strconv"
	"strings"
)

// File is what a file says, in its order.
type File struct{ entries []Entry }

// Entry is one machine, or the default.
type Entry struct {
	Machine         string // as written; "" for the default
	Login, Password string

	// HasPassword tells an empty password from none.
	HasPassword bool

	hasLogin bool
}

// Secret reports whether the file holds a password at all.
func (f *File) Secret() bool {
	for _, e := range f.entries {
		if e.HasPassword {
			return true
		}
	}
	return false
}

// Lookup returns the entry for a host (lower case, A-labels, no brackets) and
// its port, and reports whether there is one. A login that is not "" must be the
// entry's, or the entry without one: no other user's password serves.
func (f *File) Lookup(host string, port int, login string) (Entry, bool) {
	withPort := net.JoinHostPort(host, strconv.Itoa(port))
	isHere := []func(string) bool{
		func(m string) bool { return strings.EqualFold(m, withPort) },
		func(m string) bool {
			return strings.EqualFold(m, host) || strings.Contains(host, ":") && m == "["+host+"]"
		},
		func(m string) bool { return m == "" },
	}
	for _, is := range isHere {
		for _, e := range f.entries {
			if !is(e.Machine) || !e.hasLogin && !e.HasPassword || login != "" && e.hasLogin && e.Login != login {
				continue
			}
			if login != "" {
				e.Login = login
			}
			return e, true
		}
	}
	return Entry{}, false
}

// Entries returns the entries in their order, those without a login or a
// password among them.
func (f *File) Entries() []Entry { return slices.Clone(f.entries) }
