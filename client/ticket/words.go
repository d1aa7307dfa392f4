//go:build !windows

package ticket

import (
	"errors"
	"fmt"
	"time"

	"getin/client/auth"
)

// errEcho: the service has not sent back what it was sent.
var errEcho = errors.New("it does not know the key")

// explain puts what the realm says into words.
func explain(e *kdcError, realm, about string, now time.Time) error {
	switch e.code {
	case codeClientUnknown, codePreauthFailed, codeBadIntegrity:
		return &failure{fmt.Sprintf("%s does not accept the password of %s", realm, about), []error{auth.ErrRefused}}
	case codeClientRevoked:
		return cannotStart(ErrExpired, "the account %s is locked or has expired", about)
	case codeKeyExpired:
		return cannotStart(ErrExpired, "the password of %s has expired", about)
	case codeSkew:
		return skewed(realm, e.stime, now)
	case codeServerUnknown:
		return cannotStart(ErrService, "%s knows no service %s", realm, about)
	case codeETypeNoSupport:
		return cannotStart(nil, "%s has no AES key for %s", realm, about)
	case codeWrongRealm:
		return cannotStart(ErrRealm, "%s is of another realm than %s", about, realm)
	case codeTicketExpired:
		return &failure{fmt.Sprintf("the ticket of %s has expired", about), []error{auth.ErrNoCredential, ErrNoTicket}}
	}
	return cannotStart(nil, "%s: %v", realm, e)
}

// skewed says by how much the clocks differ.
func skewed(who string, theirs, now time.Time) error {
	by := now.Sub(theirs).Round(time.Second)
	if by < 0 {
		return cannotStart(ErrSkew, "this machine's clock is %v behind that of %s", -by, who)
	}
	return cannotStart(ErrSkew, "this machine's clock is %v ahead of that of %s", by, who)
}
