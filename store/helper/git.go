package helper

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"getin/client/auth"
)

// markGit marks what git stored.
const markGit = "git"

// Git answers git as a credential helper does, gitcredentials(7): op is "get",
// "store" or "erase"; any other is for helpers that know more, and ignored.
func (s *Server) Git(ctx context.Context, op string, in io.Reader, out io.Writer) error {
	if !slices.Contains([]string{"get", "store", "erase"}, op) {
		return nil
	}
	l, err := readLines(in)
	if err != nil {
		return err
	}
	at, err := l.site()
	if err != nil {
		return err
	}
	switch op {
	case "get":
		return s.gitGet(ctx, l, at, out)
	case "store":
		return s.gitStore(ctx, l, at)
	}
	password := l.get("password")
	if password == "" && l.get("credential") != "" {
		password = l.get("credential")
	}
	return s.erase(ctx, at, markGit, l.get("username"), func(have auth.Secret) bool {
		return have.Equal(auth.NewSecret(password))
	})
}

// site reads protocol, host and path. An empty protocol or host is nobody's
// (SECURITY E2).
func (l lines) site() (site, error) {
	protocol, host, path := l.get("protocol"), l.get("host"), l.get("path")
	if protocol == "" || host == "" || strings.ContainsAny(host, "/?#@\\") {
		return site{}, fmt.Errorf("%w: no protocol or no host", errLines)
	}
	// git percent-decodes the path; what it means by "%" is a "%".
	path = strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23").Replace(path)
	return readSite(protocol + "://" + host + "/" + strings.TrimPrefix(path, "/"))
}

// gitGet writes a user name and a password or, to a git that knows authtype, a
// token.
func (s *Server) gitGet(ctx context.Context, l lines, at site, out io.Writer) error {
	// What is broken of the challenges was passed over by git as well.
	challenges, _ := auth.ParseChallenges(l.all("wwwauth"))
	r := request{site: at, user: l.get("username"), kinds: []auth.Kind{auth.Password}, challenges: challenges}
	bearer := slices.ContainsFunc(challenges, func(c auth.Challenge) bool { return c.Is("Bearer") })
	if bearer && slices.Contains(l.all("capability"), "authtype") {
		r.kinds = []auth.Kind{auth.Token, auth.Password}
	}
	a, err := s.find(ctx, r)
	if err != nil {
		return err
	}
	var reply lines
	if a.entry.Kind == auth.Token {
		reply = lines{{"capability[]", "authtype"}, {"authtype", "Bearer"}, {"credential", a.credential.Secret.Reveal()}}
	} else {
		reply = lines{{"username", a.credential.User}, {"password", a.credential.Secret.Reveal()}}
	}
	if t := a.entry.Expires; !t.IsZero() {
		reply = append(reply, pair{"password_expiry_utc", strconv.FormatInt(t.Unix(), 10)})
	}
	return reply.write(out)
}

// gitStore stores what git has seen accepted. A credential that is not to be
// kept, has expired, or is of a scheme that would have to be computed is none.
func (s *Server) gitStore(ctx context.Context, l lines, at site) error {
	var expires time.Time
	if text := l.get("password_expiry_utc"); text != "" {
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fmt.Errorf("%w: password_expiry_utc is no number", errLines)
		}
		if expires = time.Unix(seconds, 0); !expires.After(testOnlyNow()) {
			return nil
		}
	}
	if v := l.get("ephemeral"); v != "" && v != "0" && v != "false" {
		return nil
	}
	c := auth.Credential{User: l.get("username"), Secret: auth.NewSecret(l.get("password"))}
	kind := auth.Password
	if strings.EqualFold(l.get("authtype"), "Bearer") {
		c.Secret, kind = auth.NewSecret(l.get("credential")), auth.Token
	}
	if c.Secret.Empty() || kind == auth.Password && c.User == "" {
		return nil
	}
	return s.keep(ctx, at, markGit, kind, c, expires)
}
