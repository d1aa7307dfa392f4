package bearer

import "getin/client/auth"

// Trouble is what a challenge says against the token that was sent, RFC 6750
// section 3.1.
type Trouble struct {
	Code        string // as received: "invalid_token"; "" when nothing is said
	Words       string // the code in words, ours; "" for one that is not registered
	Description string // error_description: the server's text, to be cleaned
	Scope       string // what the resource needs, the server's text
}

// words are the codes of RFC 6750 section 3.1, and that of RFC 9470 section 3.
var words = map[string]string{
	"invalid_request":                  "the request is not as the server wants it",
	"invalid_token":                    "the token is expired, revoked or not valid here",
	"insufficient_scope":               "the token does not allow this",
	"insufficient_user_authentication": "the login behind the token is too old or too weak for this",
}

// TroubleOf reads the first Bearer challenge that says what is wrong.
func TroubleOf(challenges []auth.Challenge) Trouble {
	for _, c := range challenges {
		code, has := c.Param("error")
		if !has || !c.Is("Bearer") {
			continue
		}
		t := Trouble{Code: code, Words: words[code]}
		t.Description, _ = c.Param("error_description")
		t.Scope, _ = c.Param("scope")
		return t
	}
	return Trouble{}
}
