package helper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"getin/client/auth"
	"getin/store"
	"getin/store/index"
)

// markDocker marks what a docker client stored.
const markDocker = "docker"

// tokenUser stands for the user of an identity token, in
// docker-credential-helpers and its clients.
const tokenUser = "<token>"

// What docker-credential-helpers says on standard output; its clients compare
// the text.
var (
	ErrDockerNone = errors.New("credentials not found in native keychain")
	errNoURL      = errors.New("no credentials server URL")
	errNoUser     = errors.New("no credentials username")
	errUnknownOp  = errors.New("unknown credential action")
)

// maxDocker bounds a message of docker's, in octets: a URL and a token.
const maxDocker = 1 << 20

// dockerAuth is docker-credential-helpers' Credentials.
type dockerAuth struct {
	ServerURL, Username, Secret string
}

// Docker answers a client of docker-credential-helpers: op is "get", "store",
// "erase" or "list". The error is for standard output, as that protocol has it.
func (s *Server) Docker(ctx context.Context, op string, in io.Reader, out io.Writer) error {
	if op == "list" {
		return s.dockerList(out)
	}
	text, err := io.ReadAll(io.LimitReader(in, maxDocker))
	if err != nil {
		return err
	}
	switch op {
	case "get":
		return s.dockerGet(ctx, strings.TrimSpace(string(text)), out)
	case "store":
		return s.dockerStore(ctx, text)
	case "erase":
		at, err := dockerSite(strings.TrimSpace(string(text)))
		if err != nil {
			return err
		}
		return s.erase(ctx, at, markDocker, "", nil)
	}
	return fmt.Errorf("%w: %q", errUnknownOp, op)
}

// dockerSite reads what docker names a registry by: a URL or a host, perhaps
// with a port and a repository. The path of the registry API says nothing.
func dockerSite(text string) (site, error) {
	if text == "" {
		return site{}, errNoURL
	}
	bare := !strings.Contains(text, "://")
	if bare {
		text = "https://" + text
	}
	at, err := readSite(text)
	if err != nil {
		return site{}, err
	}
	if o := at.origins[0]; bare && o.LoopbackName() {
		plain := auth.Origin{Scheme: "http", Host: o.Host, Port: o.Port}
		if at.url.Port() == "" {
			plain.Port = 80
		}
		at.origins = append(at.origins, plain)
	}
	if p := strings.Trim(at.url.Path, "/"); p == "v1" || p == "v2" {
		at.path = false
	}
	return at, nil
}

func (s *Server) dockerGet(ctx context.Context, text string, out io.Writer) error {
	at, err := dockerSite(text)
	if err != nil {
		return err
	}
	// A registry is always spoken to by Basic, or through a token server by it.
	a, err := s.find(ctx, request{site: at, kinds: []auth.Kind{auth.Password, auth.Token}, basic: true})
	if errors.Is(err, ErrNone) {
		return ErrDockerNone
	}
	if err != nil {
		return err
	}
	user := a.credential.User
	if a.entry.Kind == auth.Token {
		user = tokenUser
	}
	return writeLine(out, dockerAuth{text, user, a.credential.Secret.Reveal()})
}

func (s *Server) dockerStore(ctx context.Context, text []byte) error {
	var d dockerAuth
	if err := json.Unmarshal(text, &d); err != nil {
		return errors.New("the input is no JSON of a credential") // the decoder's error may hold some of it
	}
	at, err := dockerSite(strings.TrimSpace(d.ServerURL))
	if err != nil {
		return err
	}
	if d.Username == "" {
		return errNoUser
	}
	c, kind := auth.Credential{User: d.Username, Secret: auth.NewSecret(d.Secret)}, auth.Password
	if d.Username == tokenUser {
		c.User, kind = "", auth.Token
	}
	if err := s.keep(ctx, at, markDocker, kind, c, time.Time{}); err != nil {
		return err
	}
	return s.forgetOthers(ctx, at, kind, c.User)
}

// forgetOthers removes what docker stored for the site before: its protocol
// knows one account for each.
func (s *Server) forgetOthers(ctx context.Context, at site, kind auth.Kind, user string) error {
	list, err := s.entries(at.origins[:1])
	if err != nil {
		return err
	}
	for _, e := range list {
		same := len(e.Prefixes) == len(at.prefix()) && (len(e.Prefixes) == 0 || e.Prefixes[0] == at.prefix()[0])
		if e.Unbound != markDocker || !same || e.Kind == kind && e.Account == user {
			continue
		}
		if err := s.Wallet.Remove(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// dockerList writes what get would answer, by the name of the registry.
func (s *Server) dockerList(out io.Writer) error {
	if s.Wallet.Keep.Store == nil || s.Wallet.Index == nil {
		return store.ErrNowhere
	}
	all, problems := s.Wallet.Index.All()
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	users := map[string]string{}
	several := map[string]bool{}
	for _, e := range all {
		o := e.Space.Origin
		if e.Space.Party != auth.Server || e.Store != s.Wallet.Keep.Name || e.State != index.Saved || o.Scheme != "https" && !o.LoopbackName() {
			continue
		}
		r := request{site: site{origins: []auth.Origin{o}, url: &url.URL{}}, basic: true}
		if !r.covers(&e) || e.Kind == auth.Password && r.weakens(&e) {
			continue
		}
		name, user := dockerName(&e), e.Account
		if e.Kind == auth.Token {
			user = tokenUser
		}
		if have, ok := users[name]; ok && have != user {
			several[name] = true
		}
		users[name] = user
	}
	for name := range several {
		delete(users, name)
	}
	return writeLine(out, users)
}

// dockerName names the entry's registry as docker does.
func dockerName(e *index.Entry) string {
	name := e.Space.Origin.Display()
	if name == "https://index.docker.io" {
		return name + "/v1/" // docker's own registry, by its historic name
	}
	name = strings.TrimPrefix(name, "https://")
	if e.Unbound != "" && len(e.Prefixes) > 0 {
		name += e.Prefixes[0]
	}
	return name
}

// writeLine writes v as one line of JSON, without the escapes that only web
// pages need.
func writeLine(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
