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
// with values in quotes where they need it, as curl 7.84 and later read them. No
// reader takes control characters: they are an error.
func NetrcLine(host string, c auth.Credential) (string, error) {
	if strings.ContainsFunc(c.User+c.Secret.Reveal(), func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", fmt.Errorf("netrc: a control character: %w", ErrUnwritable)
	}
	return "machine " + host + " login " + netrcValue(c.User) + " password " + netrcValue(c.Secret.Reveal()) + "\n", nil
}

var netrcEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func netrcValue(s string) string {
	// "#" begins a comment for curl where a token may begin.
	if s != "" && !strings.ContainsAny(s, " \"\\#") {
		return s
	}
	return `"` + netrcEscapes.Replace(s) + `"`
}

// WriteNetrc returns the items as a netrc, which knows servers, https and
// passwords, one for each host, port and user. What it cannot hold is told.
func WriteNetrc(items []Item) (string, []Skipped) {
	var b strings.Builder
	var f Found
	seen := map[string]bool{}
	for _, i := range items {
		o := i.Key.Space.Origin
		what := i.Key.Account + " at " + o.Display()
		why := ""
		switch {
		case i.Key.Space.Party != auth.Server:
			why = "a netrc knows no proxies"
		case o.Scheme != "https":
			why = "a netrc would have it sent over https"
		case i.Key.Kind != auth.Password || i.Key.Account == "":
			why = "a netrc holds a user name and a password"
		case seen[hostPort(o)+" "+i.Key.Account]:
			why = "a netrc knows no realms, and has one for that host and user"
		}
		if why == "" {
			line, err := NetrcLine(hostPort(o), i.Credential())
			if err == nil {
				seen[hostPort(o)+" "+i.Key.Account] = true
				b.WriteString(line)
				continue
			}
			why = err.Error()
		}
		f.skip(what, why)
	}
	return b.String(), f.Skipped
}
