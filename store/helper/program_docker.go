package helper

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"getin/client/auth"
	"getin/store"
)

// dockerNames are the names that a registry may be stored under, the usual one
// first.
func dockerNames(k store.Key) []string {
	url := k.Space.Origin.Display()
	host := strings.TrimPrefix(url, "https://")
	switch {
	case host == url:
		return []string{url} // http
	case host == "index.docker.io":
		return []string{"https://index.docker.io/v1/"}
	}
	return []string{host, url}
}

func (p *Program) dockerGet(ctx context.Context, k store.Key) (auth.Credential, error) {
	for _, name := range dockerNames(k) {
		out, err := p.run(ctx, "get", []byte(name))
		if strings.TrimSpace(string(out)) == ErrDockerNone.Error() {
			continue
		}
		if err != nil {
			return auth.Credential{}, err
		}
		var d dockerAuth
		if err := json.Unmarshal(out, &d); err != nil {
			return auth.Credential{}, fmt.Errorf("%s: %w: no JSON", p, store.ErrDamaged)
		}
		if d.Username == tokenUser || d.Username == "" || k.Account != "" && k.Account != d.Username {
			continue // an identity token is no password
		}
		return auth.Credential{User: d.Username, Secret: auth.NewSecret(d.Secret)}, nil
	}
	return auth.Credential{}, fmt.Errorf("%s: %w", p, store.ErrNotFound)
}

func (p *Program) dockerPut(ctx context.Context, k store.Key, c auth.Credential) error {
	if k.Account == "" {
		return fmt.Errorf("%s: %w: it keeps nothing without a user name", p, store.ErrUnavailable)
	}
	var in bytes.Buffer
	if err := writeLine(&in, dockerAuth{dockerNames(k)[0], k.Account, c.Secret.Reveal()}); err != nil {
		return err
	}
	_, err := p.run(ctx, "store", in.Bytes())
	return err
}

func (p *Program) dockerDelete(ctx context.Context, k store.Key) error {
	var failed error
	for _, name := range dockerNames(k) {
		if _, err := p.run(ctx, "erase", []byte(name)); err != nil {
			failed = errors.Join(failed, err)
		}
	}
	if _, err := p.dockerGet(ctx, k); errors.Is(err, store.ErrNotFound) {
		return nil // one of the names was it
	}
	return failed
}
