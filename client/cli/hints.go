package cli

import (
	"errors"
	"net/url"

	"getin/client"
	"getin/client/auth"
	"getin/client/h1"
	"getin/client/keypair"
	"getin/client/ticket"
	"getin/client/token"
)

// hintFor says what the user can do about an error, or "".
func hintFor(err error) string {
	var (
		usage  *usageError
		status *statusError
		refuse *refusal
		wire   *h1.Error
		asked  *client.Unanswered
		said   *token.Error
		issuer interface {
			error
			Hint() string
		}
	)
	switch {
	case errors.As(err, &usage):
		return usage.hint
	case errors.As(err, &status):
		return status.hint
	case errors.As(err, &refuse):
		return refusalHint(refuse.concern)
	case errors.As(err, &wire) && wire.Kind == h1.Certificate:
		return "--cacert FILE names who else is to be trusted; -k trusts anybody"
	case (errors.Is(err, token.ErrSignIn) || errors.As(err, &said) && said.Code == "invalid_grant") && errors.As(err, &asked):
		return "getin login " + asked.Target.Redacted()
	case errors.As(err, &issuer):
		return issuer.Hint()
	case errors.As(err, &asked) && asked.Party == auth.Proxy && errors.Is(err, auth.ErrNobody):
		return "run it once on a terminal, or use -U" // what else gives a secret is for the server (rule R4)
	}
	for _, h := range sentinelHints {
		if errors.Is(err, h.err) {
			return h.hint
		}
	}
	return ""
}

// sentinelHints are looked through in order.
var sentinelHints = []struct {
	err  error
	hint string
}{
	{client.ErrNoChallenge, "\"-u USER:PASSWORD --basic\" sends Basic without being asked"},
	{client.ErrOwnHeader, "-H Authorization is final; without it getin answers the challenge"},
	{client.ErrSigned, "are region and service those of the host, and is the clock right?"},
	{client.ErrDowngradedRedirect, "name the http URL itself, if a password is to go there"},
	{client.ErrBodySpent, "put the data into a file: what comes through a pipe can be sent once"},
	{auth.ErrStore, "--no-store goes without; --ask asks for the password"},
	{auth.ErrFinal, "a token on the command line is final; without it getin answers the challenge"},
	{auth.ErrRefusedBefore, "--ask asks for a new one"},
	{ticket.ErrNoTicket, "kinit gets a ticket; with --negotiate, on a terminal, getin asks for the password"},
	{ticket.ErrSkew, "Kerberos wants clocks that are less than five minutes apart: set this machine's"},
	{ticket.ErrRealm, "realms and hosts are named in krb5.conf; a user is USER@REALM; --negotiate asks for a password at any host"},
	{ticket.ErrUnreachable, "is the network of the realm reachable (VPN)? krb5.conf or the DNS name its KDC"},
	{ticket.ErrService, "the name in the URL must be the one that the server has in its realm"},
	{ticket.ErrExpired, "kpasswd sets a new password"},
	{auth.ErrNobody, "run it once on a terminal, or use -u, --secret-file or --secret-command"},
	{keypair.ErrPassphrase, "--pass PHRASE opens it, and on a terminal getin asks"},
	{errBinary, "-o FILE saves it, \"-o -\" writes it all the same"},
	{auth.ErrServerUnverified, "someone else may have answered; the password was not shown to them"},
}

func refusalHint(c auth.Concern) string {
	switch c.Risk {
	case auth.ClearText:
		hint := "--allow-cleartext sends it all the same"
		if u, err := url.Parse(c.Query.Target); err == nil && u.Scheme == "http" {
			u.Scheme = "https"
			return "try " + u.String() + "; " + hint
		}
		return hint
	case auth.Elsewhere:
		return "run it once on a terminal: a yes is remembered"
	case auth.Downgrade:
		return "--allow-downgrade sends it all the same"
	case auth.Unverified:
		return "leave out -k, or name the certificate with --cacert"
	}
	return ""
}
