package helper

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/textproto"
	"strings"

	"getin/client/auth"
)

// maxHead bounds the head of a response that the go command hands over, in
// octets: net/http takes no more.
const maxHead = 1 << 20

// GoAuth answers the go command (go help goauth). url is that of a response that
// was an error; its head, which may be empty, is read from in.
func (s *Server) GoAuth(ctx context.Context, url string, in io.Reader, out io.Writer) error {
	at, err := readSite(url)
	if err != nil {
		return err
	}
	if at.origins[0].Scheme != "https" {
		return fmt.Errorf("%s: %w", at.origins[0].Display(), ErrClear)
	}
	value, a, err := s.authorization(ctx, request{site: at, challenges: headChallenges(in)})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\n\nAuthorization: %s\n\n", a.below(at), value)
	return err
}

// headChallenges reads the challenges of a response's head. What cannot be read
// is none: they only narrow the choice.
func headChallenges(in io.Reader) []auth.Challenge {
	r := textproto.NewReader(bufio.NewReader(io.LimitReader(in, maxHead)))
	if _, err := r.ReadLine(); err != nil {
		return nil
	}
	head, _ := r.ReadMIMEHeader() // what was read before an error counts
	challenges, _ := auth.ParseChallenges(head.Values(auth.Server.Challenge))
	return challenges
}

// below returns the URL below which the answer holds, without a slash at its
// end: the remembered path over the site, or of an unbound entry the origin, or
// else the site itself.
func (a answer) below(at site) string {
	origin := strings.TrimSuffix(a.entry.Space.Origin.Display(), "/")
	switch p := a.entry.Covering(at.url); {
	case p != "":
		return origin + strings.TrimSuffix(p, "/")
	case a.entry.Unbound != "":
		return origin
	}
	return origin + strings.TrimSuffix(at.url.EscapedPath(), "/")
}
