package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/term"

	"getin/client/auth"
	"getin/client/cli/mask"
	"getin/store"
)

// maxSecret bounds what is read as a secret, in octets: ten times the longest
// tokens in use.
const maxSecret = 1 << 20

// given turns what a group of options and the environment say about the user
// into the wallet's terms (the table of rule R4).
func (r *run) given(o *options, typed []*target) ([]store.Given, error) {
	list := givenByURLs(typed, o)
	origins := originsOf(typed)
	if o.bearer != "" {
		list = append([]store.Given{{
			Credential: auth.Credential{Secret: auth.NewSecret(o.bearer)}, Kind: auth.Token, Origins: origins,
			Source: "--oauth2-bearer", Unasked: true, Final: true, Never: true, Anywhere: o.trusted, ClearText: o.cleartext,
		}}, list...)
	}
	if o.userGiven {
		user, password, has := strings.Cut(o.user, ":")
		g := store.Given{
			Credential: auth.Credential{User: user, Secret: auth.NewSecret(password)},
			Origins:    origins, Source: "-u", Anywhere: o.trusted, ClearText: o.cleartext,
		}
		g.Unasked, g.NTLM = o.unasked()
		if has { // it goes before the URL's, as in curl
			list = append([]store.Given{g}, list...)
		} else {
			g.Unasked, g.NeedsPerson, g.Fixed = false, true, true
			list = append(list, g)
		}
	}
	read, source, err := o.secretReader(r.sys, o.namedUser(typed), r.mask)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].NeedsPerson {
			continue
		}
		if read != nil {
			return nil, &usageError{why: fmt.Sprintf("%s and %s both give a secret; one is enough", list[i].Source, source), code: exitUsage}
		}
		return list, nil // what was typed goes before the environment
	}
	if read == nil {
		if read, source = r.ambient.read, r.ambient.source; read == nil {
			return list, nil
		}
		origins = r.ambient.add(origins)
	}
	if len(origins) > 1 {
		return nil, &usageError{
			why: fmt.Sprintf("%s: for one origin, and these URLs have %d", source, len(origins)), code: exitUsage,
			hint: "run getin once for each",
		}
	}
	g := store.Given{Origins: origins, Source: source, Credential: auth.Credential{User: o.namedUser(typed)}}
	g.AnyKind = g.Credential.User == "" // a password has a user
	g.Secret = read
	return append([]store.Given{g}, list...), nil
}

// givenByURLs: userinfo of a URL is as -u, for that URL's origin.
func givenByURLs(typed []*target, o *options) []store.Given {
	var list []store.Given
	for _, t := range typed {
		if !t.hasUser {
			continue
		}
		g := store.Given{
			Credential: auth.Credential{User: t.user, Secret: auth.NewSecret(t.password)},
			Origins:    []auth.Origin{t.origin}, Source: "the URL", Anywhere: o.trusted, ClearText: o.cleartext,
		}
		g.Unasked, g.NTLM = o.unasked()
		if !t.hasPassword {
			g.Unasked, g.NeedsPerson = false, true // a person may name another
		}
		list = append(list, g)
	}
	return list
}

// namedUser is the user that goes with a secret from elsewhere.
func (o *options) namedUser(typed []*target) string {
	if o.account != "" {
		return o.account
	}
	if o.userGiven {
		return o.user
	}
	for _, t := range typed {
		if t.hasUser {
			return t.user
		}
	}
	return ""
}

// originsOf returns the distinct origins, in order.
func originsOf(typed []*target) []auth.Origin {
	var list []auth.Origin
	seen := map[auth.Origin]bool{}
	for _, t := range typed {
		if !seen[t.origin] {
			seen[t.origin] = true
			list = append(list, t.origin)
		}
	}
	return list
}

// secretFunc gets a secret, once a space.
type secretFunc = func(context.Context, auth.Query) (auth.Secret, error)

// secretReader returns what reads the user's secret that a flag names, and that
// flag; nil when there is none. The mask is told what is read.
func (o *options) secretReader(sys *System, user string, m *mask.Mask) (secretFunc, string, error) {
	switch o.secret.kind {
	case secretStdin:
		if term.IsTerminal(int(sys.Stdin.Fd())) {
			return nil, "", &usageError{why: "--secret-stdin: is a terminal, which would show the secret", hint: "without the flag getin asks", code: exitUsage}
		}
		return readOnce(m, func() (io.ReadCloser, error) { return io.NopCloser(sys.Stdin), nil }, user, "--secret-stdin")
	case secretFD:
		return readOnce(m, func() (io.ReadCloser, error) {
			return os.NewFile(uintptr(o.secret.fd), "--secret-fd"), nil
		}, user, "--secret-fd")
	case secretFile:
		return readOnce(m, func() (io.ReadCloser, error) { return os.Open(o.secret.value) }, user, "--secret-file")
	case secretCommand:
		words := strings.Fields(o.secret.value)
		if len(words) == 0 {
			return nil, "", &usageError{why: "flag --secret-command: no command", code: exitUsage}
		}
		return func(ctx context.Context, q auth.Query) (auth.Secret, error) {
			m.Expect()
			s, err := runSecret(ctx, words, user, q)
			m.Add(auth.Credential{User: user, Secret: s})
			return s, err
		}, "--secret-command", nil
	}
	return nil, "", nil
}

// readOnce reads the user's secret now, less one line end.
func readOnce(m *mask.Mask, open func() (io.ReadCloser, error), user, source string) (secretFunc, string, error) {
	f, err := open()
	if err != nil {
		return nil, "", &readError{fmt.Errorf("%s: %w", source, err)}
	}
	m.Expect()
	b, err := readSecret(f, source)
	if err != nil {
		return nil, "", err
	}
	defer clear(b)
	s := auth.NewSecret(lessLineEnd(string(b)))
	m.Add(auth.Credential{User: user, Secret: s})
	return func(context.Context, auth.Query) (auth.Secret, error) { return s, nil }, source, nil
}

// readSecret reads all there is, up to a bound, and closes it.
func readSecret(f io.ReadCloser, source string) ([]byte, error) {
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return nil, &readError{fmt.Errorf("%s: %w", source, err)}
	}
	if len(b) > maxSecret {
		return nil, &readError{fmt.Errorf("%s: longer than %d octets", source, maxSecret)}
	}
	return b, nil
}

func lessLineEnd(s string) string {
	return strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r")
}

// runSecret runs the command: no shell, nothing of the server's in its
// arguments, the origin and the account in its environment (rule R4).
func runSecret(ctx context.Context, words []string, account string, q auth.Query) (auth.Secret, error) {
	// LookPath refuses a program of the working directory, exec.ErrDot
	// (SECURITY J5).
	path, err := exec.LookPath(words[0])
	if err != nil {
		return auth.Secret{}, fmt.Errorf("%w: --secret-command: %w", auth.ErrStore, err)
	}
	cmd := exec.CommandContext(ctx, path, words[1:]...)
	cmd.Env = append(os.Environ(), "GETIN_ORIGIN="+q.Space.Origin.String(), "GETIN_ACCOUNT="+account)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return auth.Secret{}, fmt.Errorf("%w: --secret-command: %w", auth.ErrStore, err)
	}
	return auth.NewSecret(lessLineEnd(string(out))), nil
}
