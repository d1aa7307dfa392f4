package token

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"getin/client/auth"
)

// signInTime bounds how long a sign-in waits for the person: a second factor that
// lies upstairs. A port stays open that long.
const signInTime = 15 * time.Minute

// scopeOffline asks for a token that outlives the session, OpenID Connect Core
// 1.0 section 11: without it many servers give no refresh token.
const scopeOffline = "offline_access"

// signIn is one sign-in of a person.
type signIn struct {
	*request
	client *Client
	id     identity
}

// signIn has a person sign in, who has agreed to it.
func (c *Client) signIn(ctx context.Context, r *request) (auth.Credential, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, signInTime, fmt.Errorf("%w: nobody has signed in within %s", auth.ErrNobody, signInTime))
	defer cancel()
	flow, err := c.flow(r.path.Server)
	if err != nil {
		return auth.Credential{}, err
	}
	s := &signIn{request: r, client: c}
	known := ""
	if s.id, known, err = c.identify(ctx, r); err != nil {
		return auth.Credential{}, err
	}
	a, err := flow(s, ctx)
	if codeOf(err) == "invalid_client" && known != "" {
		c.forgetClient(ctx, r.path.Server.Issuer) // the server did
		if s.id, err = c.register(ctx, r); err == nil {
			a, err = flow(s, ctx)
		}
	}
	if err != nil {
		return auth.Credential{}, err
	}
	c.noted(a)
	return r.credential(s.endpoint(r.path.Server.Token), a), nil
}

// flow returns the way to sign in: in the browser of this machine when there is
// one, else with a code that is entered anywhere; and where the server has no
// codes, in a browser that the person opens. A server that takes a code from
// whoever has stolen it is not signed in at (SECURITY I5).
func (c *Client) flow(server *Server) (func(*signIn, context.Context) (answer, error), error) {
	guarded := server.Authorization != "" && slices.Contains(server.Challenges, "S256")
	switch {
	case guarded && !c.Use.NoBrowser && c.Person.Browser():
		return (*signIn).browse, nil
	case server.Device != "":
		return (*signIn).device, nil
	case guarded:
		return (*signIn).browse, nil
	case server.Authorization != "":
		return nil, fmt.Errorf("%w: %s: it does not guard its codes against theft (PKCE with S256)", auth.ErrCannotStart, server.Issuer)
	}
	return nil, fmt.Errorf("%w: %s: it has no way to sign in from a terminal", auth.ErrCannotStart, server.Issuer)
}

// endpoint is the request's, for the client of this sign-in.
func (s *signIn) endpoint(address string) endpoint { return s.request.endpoint(address, s.id) }

// asked is the scope of the request, with what makes the sign-in last. The user's
// own words are not added to.
func (s *signIn) asked() string {
	if s.client.Use.Scope == "" && slices.Contains(s.path.Server.Scopes, scopeOffline) {
		return union(s.scope, scopeOffline)
	}
	return s.scope
}

// form says for whom the token is, RFC 8707 section 2.
func (s *signIn) form() url.Values { return url.Values{"resource": {s.path.Resource.ID}} }

func (s *signIn) cannot(err error) error {
	return fmt.Errorf("%w: %s: %w", auth.ErrCannotStart, s.path.Server.Issuer, err)
}

// errOver ends what is shown when the sign-in is over.
var errOver = errors.New("the sign-in is over")

// shown does the work while the person is shown where to sign in. If the person
// wants no more, the work ends.
func (s *signIn) shown(ctx context.Context, code Code, work func(context.Context) (answer, error)) (answer, error) {
	ctx, end := context.WithCancelCause(ctx)
	var looking sync.WaitGroup
	looking.Go(func() {
		if err := s.client.Person.Show(ctx, code); err != nil {
			end(err)
		}
	})
	a, err := work(ctx)
	end(errOver)
	looking.Wait()
	return a, err
}

// browse signs in in a browser of this machine, which brings a code back to a
// port of it (RFC 8252 section 4.1).
func (s *signIn) browse(ctx context.Context) (answer, error) {
	p := newProof()
	s.client.notify(auth.NewSecret(p.verifier))
	l, err := listen(ctx, p.state)
	if err != nil {
		return answer{}, s.cannot(err)
	}
	defer l.close()
	address, _, err := pageURL(s.path.Server.Authorization)
	if err != nil {
		return answer{}, s.cannot(fmt.Errorf("the address to sign in at, %q: %w", s.path.Server.Authorization, err))
	}
	code := Code{Issuer: s.path.Server.Issuer, Address: s.authorization(address, p, l.redirectURI())}
	return s.shown(ctx, code, func(ctx context.Context) (answer, error) {
		browser, err := l.wait(ctx)
		if err != nil {
			return answer{}, err
		}
		a, err := s.redeem(ctx, browser.answer, p, l.redirectURI())
		browser.finish(s.lastPage(err))
		return a, err
	})
}

// authorization is the URL of the authorization request, RFC 6749 section 4.1.1.
func (s *signIn) authorization(address string, p proof, redirect string) string {
	q := s.form()
	q.Set("response_type", "code")
	q.Set("client_id", s.id.id)
	q.Set("redirect_uri", redirect)
	p.ask(q)
	if scope := s.asked(); scope != "" {
		q.Set("scope", scope)
		if slices.Contains(strings.Fields(scope), scopeOffline) {
			q.Set("prompt", "consent") // or it does not count, OpenID Connect Core 1.0 section 11
		}
	}
	if s.have.User != "" {
		q.Set("login_hint", s.have.User)
	}
	sep := "?"
	if strings.Contains(address, "?") {
		sep = "&"
	}
	return address + sep + q.Encode()
}

// redeem changes the code that the browser has brought for a token, RFC 6749
// section 4.1.3. An answer of another server than the one that was asked, or of
// one that does not say who it is though it had promised to, is of no use
// (RFC 9207 section 2.4, SECURITY I1).
func (s *signIn) redeem(ctx context.Context, said url.Values, p proof, redirect string) (answer, error) {
	server := s.path.Server
	if iss := said.Get("iss"); iss != server.Issuer && (said.Has("iss") || server.IssInAnswer) {
		return answer{}, s.cannot(fmt.Errorf("%w: the answer to the sign-in is not its own (iss is %q)", auth.ErrNotAllowed, iss))
	}
	if code := said.Get("error"); code != "" {
		return answer{}, &Error{Issuer: server.Issuer, Code: code, Description: said.Get("error_description")}
	}
	code := said.Get("code")
	if code == "" {
		return answer{}, s.cannot(errors.New("the answer to the sign-in has no code in it"))
	}
	s.client.notify(auth.NewSecret(code))
	form := s.form()
	form.Set("grant_type", "authorization_code")
	form.Set("code", code)
	form.Set("redirect_uri", redirect)
	form.Set("code_verifier", p.verifier)
	return s.client.token(ctx, s.endpoint(server.Token), form)
}

// lastPage is what the browser shows when the sign-in is over.
func (s *signIn) lastPage(err error) page {
	if err != nil {
		return page{400, "Not signed in", err.Error() + ".\nThe terminal that getin runs in says more. You can close this window."}
	}
	return page{200, "Signed in", "getin may now use " + s.path.Resource.ID + ", for which " + s.path.Server.Issuer +
		" has signed you in.\nYou can close this window and go back to the terminal."}
}

// notify tells of a secret that is none of those that are kept.
func (c *Client) notify(s auth.Secret) {
	if c.Notify != nil {
		c.Notify(s)
	}
}
