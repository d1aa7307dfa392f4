package helper

import (
	"context"
	"io"

	"getin/client/auth"
	"getin/store/exchange"
)

// Netrc writes a netrc of one entry, for the URL and the user, of which "" is
// any: for a pipe to a tool that knows nothing else. A netrc names a host and no
// port; what reads it sends the password to every port of that host.
func (s *Server) Netrc(ctx context.Context, url, user string, out io.Writer) error {
	at, err := readSite(url)
	if err != nil {
		return err
	}
	a, err := s.find(ctx, request{site: at, user: user, kinds: []auth.Kind{auth.Password}, basic: true})
	if err != nil {
		return err
	}
	line, err := exchange.NetrcLine(at.origins[0].Host, a.credential)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, line)
	return err
}
