package authtest

import (
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"strings"
)

// Basic demands a user-id and a password, RFC 7617.
type Basic struct {
	Realm   string
	NoRealm bool   // leaves the realm out, which section 2 forbids
	Charset string // "UTF-8", or nothing
	Users   Users
}

func (b Basic) challenge(bool) string {
	var params []string
	if !b.NoRealm {
		params = append(params, "realm="+quote(b.Realm))
	}
	if b.Charset != "" {
		params = append(params, "charset="+quote(b.Charset))
	}
	return join("Basic", params)
}

func (b Basic) check(_ *http.Request, credentials string, _ []byte) judgement {
	token, mine := cutScheme(credentials, "Basic")
	if !mine {
		return judgement{}
	}
	raw, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return judgement{mine: true, complaint: "basic: token is no base64: " + err.Error()}
	}
	user, pass, has := strings.Cut(string(raw), ":")
	if !has {
		return judgement{mine: true, complaint: "basic: no colon between user-id and password"}
	}
	want, known := b.Users[user]
	same := subtle.ConstantTimeCompare([]byte(want), []byte(pass)) == 1
	return judgement{mine: true, ok: known && same, user: user}
}

// Bearer demands a token, RFC 6750.
type Bearer struct {
	Realm string
	Scope string
	Token string
	User  string // whose it is, for the welcome

	Trouble, Description string // error and error_description of every challenge
}

func (b Bearer) challenge(bool) string {
	params := []string{"realm=" + quote(b.Realm)}
	if b.Scope != "" {
		params = append(params, "scope="+quote(b.Scope))
	}
	if b.Trouble != "" {
		params = append(params, "error="+quote(b.Trouble), "error_description="+quote(b.Description))
	}
	return join("Bearer", params)
}

func (b Bearer) check(_ *http.Request, credentials string, _ []byte) judgement {
	token, mine := cutScheme(credentials, "Bearer")
	return judgement{mine: mine, ok: mine && token == b.Token, user: b.User}
}
