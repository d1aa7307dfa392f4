package exchange

import (
	"errors"
	"fmt"
	"strings"

	"getin/client/auth"
)

// ErrUnwritable: a value has no form in the file that is to be written.
var ErrUnwritable = errors.New("cannot be written")

// NetrcLine returns one entry of a netrc,
//
//	entry = "machine" host "login" value "password" value LF
//
// with values in quotes where they need it, as curl 7.84 and later read them. A
// value with a NUL has no such form.
func NetrcLine(host string, c auth.Credential) (string, error) {
	if strings.Contains(c.User+c.Secret.Reveal(), "\x00") {
		return "", fmt.Errorf("netrc: a NUL: %w", ErrUnwritable)
	}
	return "machine " + host + " login " + netrcValue(c.User) + " password " + netrcValue(c.Secret.Reveal()) + "\n", nil
}

// netrcEscapes are those that curl undoes inside quotes.
var netrcEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

func netrcValue(s string) string {
	// "#" begins a comment for curl where a token may begin.
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == '"' || r == '\\' || r == '#' || r == 0x7f }) {
		return s
	}
	return `"` + netrcEscapes.Replace(s) + `"`
}
