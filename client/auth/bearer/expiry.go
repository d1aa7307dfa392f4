package bearer

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strings"
	"time"

	"getin/client/auth"
)

// maxClaims bounds what is decoded of a token, in octets of base64: a JWT with
// some hundred group names in it.
const maxClaims = 64 << 10

// Expiry returns the time at which the token says that it expires, when it is a
// signed JWT (RFC 7519 section 4.1.4) and says so; else the zero time. Nobody
// has checked the signature: the time is for people to read, and decides
// nothing.
//
//	JWS compact = BASE64URL(header) "." BASE64URL(claims) "." BASE64URL(signature)
func Expiry(token auth.Secret) time.Time {
	parts := strings.Split(token.Reveal(), ".")
	if len(parts) != 3 || len(parts[1]) > maxClaims {
		return time.Time{}
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return time.Time{}
	}
	var claims struct {
		Expires float64 `json:"exp"`
	}
	if json.Unmarshal(raw, &claims) != nil {
		return time.Time{}
	}
	// RFC 3339 ends with the year 9999.
	if s := claims.Expires; s > 0 && s < 253402300800 {
		return time.Unix(int64(math.Floor(s)), 0)
	}
	return time.Time{}
}
