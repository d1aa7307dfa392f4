package digest

import (
	"errors"
	"fmt"
	"strings"

	"getin/client/auth"
)

// ask is what a challenge asks for, RFC 7616 section 3.3.
type ask struct {
	realm, nonce string
	opaque       *string // nil when there was none
	algorithm    algorithm
	spelling     string // of the algorithm, as received; empty when there was none
	qop          string // the one to use: qopAuth, qopInt, or none
	stale        bool
	utf8         bool // charset=UTF-8
	userhash     bool
}

// The qop values of RFC 7616 section 3.3. The empty one is RFC 2069.
const (
	qopNone = ""
	qopAuth = "auth"
	qopInt  = "auth-int"
)

// readAsk reads a challenge. Unknown parameters are ignored, as section 3.3
// demands.
func readAsk(c auth.Challenge) (ask, error) {
	values := map[string]string{}
	for _, p := range c.Params {
		if _, twice := values[p.Name]; twice {
			return ask{}, fmt.Errorf("digest: challenge repeats %.40q", p.Name)
		}
		values[p.Name] = p.Value
	}
	a := ask{
		realm:    values["realm"],
		nonce:    values["nonce"],
		spelling: values["algorithm"],
		stale:    strings.EqualFold(values["stale"], "true"),
		utf8:     strings.EqualFold(values["charset"], "UTF-8"),
		userhash: strings.EqualFold(values["userhash"], "true"),
	}
	for _, must := range []string{"realm", "nonce"} {
		if _, ok := values[must]; !ok {
			return ask{}, fmt.Errorf("digest: challenge without a %s", must)
		}
	}
	if o, ok := values["opaque"]; ok {
		a.opaque = &o
	}
	var err error
	if _, ok := values["algorithm"]; ok {
		a.algorithm, err = algorithmNamed(a.spelling)
	} else {
		a.algorithm, err = algorithmNamed("MD5")
	}
	if err != nil {
		return ask{}, err
	}
	if a.qop, err = chooseQop(values["qop"]); err != nil {
		return ask{}, err
	}
	if a.qop == qopNone && a.algorithm.session {
		return ask{}, errors.New("digest: a -sess algorithm without qop")
	}
	return a, nil
}

// chooseQop takes auth if it is there. Values that are not known are ignored.
//
//	qop-options = "qop" EQUAL <"> qop-value *( "," qop-value ) <">
//	qop-value   = "auth" / "auth-int" / token
func chooseQop(options string) (string, error) {
	found, any := qopNone, false
	for o := range strings.SplitSeq(options, ",") {
		o = strings.Trim(o, " \t")
		any = any || o != ""
		switch {
		case strings.EqualFold(o, qopAuth):
			return qopAuth, nil
		case strings.EqualFold(o, qopInt):
			found = qopInt
		}
	}
	if any && found == qopNone {
		return "", fmt.Errorf("digest: qop %.40q not supported", options)
	}
	return found, nil
}
