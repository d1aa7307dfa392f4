package exchange

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"getin/client/auth"
)

// readDocker reads docker's config.json, as much of it as holds secrets.
func readDocker(text string) (Found, error) {
	var c struct {
		Auths map[string]struct {
			Auth          string `json:"auth"` // base64 of user:password
			Username      string `json:"username"`
			Password      string `json:"password"`
			IdentityToken string `json:"identitytoken"`
			RegistryToken string `json:"registrytoken"`
		} `json:"auths"`
		CredsStore  string            `json:"credsStore"`
		CredHelpers map[string]string `json:"credHelpers"`
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return Found{}, fmt.Errorf("%w: no JSON of docker's", ErrFormat)
	}
	var f Found
	for _, name := range slices.Sorted(maps.Keys(c.Auths)) {
		a := c.Auths[name]
		user, password := a.Username, a.Password
		if b, err := base64.StdEncoding.DecodeString(a.Auth); err == nil && a.Auth != "" {
			user, password, _ = strings.Cut(strings.TrimRight(string(b), "\x00"), ":")
		}
		kind := auth.Password
		if a.IdentityToken != "" {
			kind, user, password = auth.Token, "", a.IdentityToken
		}
		if password == "" || kind == auth.Password && user == "" {
			why := "it holds no password"
			if c.CredsStore != "" {
				why = "it lies in the helper " + c.CredsStore + " (--credential-helper docker:" + c.CredsStore + ")"
			}
			f.skip(name, why)
			continue
		}
		f.addRegistry(name, kind, user, password)
	}
	for _, name := range slices.Sorted(maps.Keys(c.CredHelpers)) {
		f.skip(name, "it lies in the helper "+c.CredHelpers[name])
	}
	return f, nil
}

func (f *Found) addRegistry(name string, kind auth.Kind, user, secret string) {
	text := name
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		f.skip(name, "not the name of a registry")
		return
	}
	if p := strings.Trim(u.Path, "/"); p == "v1" || p == "v2" {
		u.Path, u.RawPath = "", "" // of the registry API
	}
	k, paths, err := unbound(u, kind, user)
	if err != nil {
		f.skip(name, err.Error())
		return
	}
	f.add(Item{Key: k, Secret: auth.NewSecret(secret), Paths: paths})
}
