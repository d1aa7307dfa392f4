package authtest

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// answer is one Authorization field and what it speaks of.
type answer struct {
	d              *Digest
	params         map[string]param
	method, target string
	body           []byte
	key            string // H(A1)
}

func (a answer) value(name string) string { return a.params[name].value }

// wrongForm checks everything that does not depend on the password, RFC 7616
// section 3.4.
func (a answer) wrongForm() string {
	for _, name := range []string{"username", "realm", "nonce", "uri", "response", "cnonce", "opaque"} {
		if p, has := a.params[name]; has && !p.quoted {
			return name + " must be a quoted-string"
		}
	}
	for _, name := range []string{"algorithm", "qop", "nc", "userhash"} {
		if p, has := a.params[name]; has && p.quoted {
			return name + " must not be quoted"
		}
	}
	_, plain := a.params["username"]
	_, extended := a.params["username*"]
	hashed := a.value("userhash") == "true"
	switch {
	case plain == extended:
		return "exactly one of username and username* is needed"
	case extended && hashed:
		return "username* and userhash=true exclude each other"
	case a.d.UserHash && !hashed:
		return "the user name was sent in clear in spite of userhash=true"
	case hashed && !a.d.UserHash:
		return "userhash was not offered"
	case a.value("realm") != a.d.Realm:
		return fmt.Sprintf("realm %q is not the challenge's", a.value("realm"))
	case a.value("uri") != a.target:
		return fmt.Sprintf("uri %q is not the request-target %q", a.value("uri"), a.target)
	case a.value("algorithm") != a.d.Algorithm:
		return fmt.Sprintf("algorithm %q is not the challenge's", a.value("algorithm"))
	case a.value("opaque") != a.d.Opaque:
		return "opaque is not the challenge's"
	}
	return a.wrongQOP()
}

func (a answer) wrongQOP() string {
	qop, has := a.params["qop"]
	if a.d.QOP == "" {
		if has || a.value("nc") != "" {
			return "qop and nc are for challenges that offer qop"
		}
		return ""
	}
	offered := strings.FieldsFunc(a.d.QOP, func(r rune) bool { return r == ',' || r == ' ' })
	if !slices.Contains(offered, qop.value) {
		return fmt.Sprintf("qop %q was not offered", qop.value)
	}
	nc := a.value("nc")
	if n, err := strconv.ParseUint(nc, 16, 32); err != nil || n == 0 || len(nc) != 8 || strings.ToLower(nc) != nc {
		return fmt.Sprintf("nc %q is not 8LHEX counted from 1", nc)
	}
	if a.value("cnonce") == "" {
		return "no cnonce"
	}
	return ""
}

// account finds the user, RFC 7616 sections 3.4.4 and 4: in clear, hashed, or
// in the extended notation of RFC 8187.
func (a answer) account() (user, pass string, known bool) {
	user = a.value("username")
	if ext, has := a.params["username*"]; has {
		raw, utf8 := strings.CutPrefix(ext.value, "UTF-8''")
		name, err := url.PathUnescape(raw)
		if !utf8 || err != nil {
			return ext.value, "", false
		}
		user = name
	}
	if a.value("userhash") == "true" {
		for name, pass := range a.d.Users {
			if a.hash(name+":"+a.d.Realm) == user {
				return name, pass, true
			}
		}
		return user, "", false
	}
	pass, known = a.d.Users[user]
	return user, pass, known
}

func (a answer) hash(s string) string {
	h := hashes["MD5"]
	if name := strings.TrimSuffix(a.d.Algorithm, "-sess"); name != "" {
		h = hashes[name]
	}
	sum := h()
	sum.Write([]byte(s))
	return hex.EncodeToString(sum.Sum(nil))
}

// userKey is H(A1), RFC 7616 section 3.4.2:
//
//	A1 = unq(username) ":" unq(realm) ":" passwd
//	A1 = H( unq(username) ":" unq(realm) ":" passwd ) ":" unq(nonce-prime) ":" unq(cnonce-prime)
func (a answer) userKey(user, pass string, s *session) string {
	a1 := user + ":" + a.d.Realm + ":" + pass
	if strings.HasSuffix(a.d.Algorithm, "-sess") {
		a1 = a.hash(a1) + ":" + s.nonce + ":" + s.cnonce
	}
	return a.hash(a1)
}

// response is KD(H(A1), …), RFC 7616 section 3.4.1, and without a method the
// rspauth of section 3.5. Without qop it is the form of RFC 2069.
func (a answer) response(method string, body []byte) string {
	a2 := method + ":" + a.value("uri")
	qop := a.value("qop")
	if qop == "auth-int" {
		a2 += ":" + a.hash(string(body))
	}
	if qop == "" {
		return a.hash(a.key + ":" + a.value("nonce") + ":" + a.hash(a2))
	}
	return a.hash(strings.Join([]string{a.key, a.value("nonce"), a.value("nc"), a.value("cnonce"), qop, a.hash(a2)}, ":"))
}
