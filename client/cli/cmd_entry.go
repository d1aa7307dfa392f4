package cli

import (
	"fmt"
	"math"
	"strings"
	"time"

	"getin/client/auth"
	"getin/prompt"
	"getin/store/index"
)

// What a table shows of a server's or a person's words, in terminal cells: a
// line with an origin of usual length stays below 160.
const (
	realmCells   = 40
	accountCells = 30
)

// uncut is for text that needs no cutting.
const uncut = math.MaxInt

// originText is the origin as people write it, a proxy named as one.
func originText(e *index.Entry) string {
	if e.Space.Party == auth.Proxy {
		return "proxy " + e.Space.Origin.Display()
	}
	return e.Space.Origin.Display()
}

// realmText is the realm in quotes, "-" for none, and of an unbound entry who
// made it.
func realmText(e *index.Entry, cells int) string {
	switch {
	case e.Unbound != "":
		return "not known yet (" + prompt.Clean(e.Unbound, realmCells) + ")"
	case !e.Space.HasRealm:
		return "-"
	}
	return prompt.Quote(e.Space.Realm, cells)
}

// schemeText is the strongest scheme accepted, or what kind of secret it is as
// long as none was.
func schemeText(e *index.Entry) string {
	if s := e.Strength.String(); s != "" {
		return s
	}
	return prompt.Clean(string(e.Kind), accountCells)
}

func accountText(e *index.Entry, cells int) string { return orDash(prompt.Clean(e.Account, cells)) }

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// dayText is a day in the person's time zone.
func dayText(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format(time.DateOnly)
}

// expiryText tells when the secret expires, as far as that is for anybody to do
// something about.
func expiryText(e *index.Entry) string {
	if e.Refreshable {
		return "refreshed"
	}
	return dayText(e.Expires)
}

// savedText tells when the secret was put into its store, as far as it was.
func savedText(e *index.Entry) string {
	if e.State == index.Pending {
		return string(index.Pending)
	}
	return dayText(e.Saved)
}

// describe names the entry in a sentence.
func describe(e *index.Entry) string {
	who := "the credential"
	if e.Account != "" {
		who = prompt.Clean(e.Account, accountCells)
	}
	return fmt.Sprintf("%s at %s, realm %s", who, originText(e), realmText(e, realmCells))
}

// placeText names a place in a sentence: "the vault in DIR".
func placeText(name string) string {
	if dir, ok := strings.CutPrefix(name, placeVault+":"); ok {
		return "the vault in " + prompt.Clean(dir, uncut)
	}
	return "the " + prompt.Clean(strings.Replace(name, placeHelper, "helper ", 1), uncut)
}
