package token

import (
	"net/url"
	"slices"
	"strings"

	"getin/client/auth"
)

// demand is what a registry's challenge says about the token it wants.
type demand struct {
	realm   *url.URL
	issuer  auth.Origin // of realm
	service string
	scope   scope
}

// demandOf reads a challenge, and reports whether it says where to get a token.
func demandOf(ch auth.Challenge) (demand, bool) {
	realm, _ := ch.Param("realm")
	service, _ := ch.Param("service")
	text, _ := ch.Param("scope")
	if service == "" && !strings.HasPrefix(text, "repository:") && !strings.HasPrefix(text, "registry:") {
		return demand{}, false
	}
	u, err := url.Parse(realm)
	if err != nil || u.User != nil {
		return demand{}, false
	}
	o, err := auth.OriginOf(u)
	if err != nil {
		return demand{}, false
	}
	u.Fragment, u.RawFragment = "", ""
	return demand{realm: u, issuer: o, service: service, scope: parseScope(text)}, true
}

// name tells apart what tokens are for: the service, which may hold spaces, and
// the scope.
func (d demand) name() string {
	return strings.TrimSpace(url.QueryEscape(d.service) + " " + d.scope.String())
}

// query returns the URL for a GET. What the realm's own query says comes first.
func (d demand) query(account string) *url.URL {
	u := *d.realm
	var b strings.Builder
	add := func(name, value string) {
		if value == "" {
			return
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(name + "=" + url.QueryEscape(value))
	}
	b.WriteString(u.RawQuery)
	add("service", d.service)
	for _, s := range d.scope {
		add("scope", s.String())
	}
	add("account", account)
	u.RawQuery = b.String()
	return &u
}

// scope is what a token is for:
//
//	scope         = resourcescope *( SP resourcescope )
//	resourcescope = resourcetype ":" resourcename ":" action *( "," action )
//
// A name may hold colons (a host's port).
type scope []resource

// resource is one resourcescope; one that is not of the grammar is all name.
type resource struct {
	name    string // with its type
	actions []string
}

func (r resource) String() string {
	if r.actions == nil {
		return r.name
	}
	return r.name + ":" + strings.Join(r.actions, ",")
}

func (s scope) String() string {
	list := make([]string, len(s))
	for i, r := range s {
		list[i] = r.String()
	}
	return strings.Join(list, " ")
}

func parseScope(text string) scope {
	var s scope
	for _, word := range strings.Fields(text) {
		r := resource{name: word}
		if i := strings.LastIndexByte(word, ':'); i > strings.IndexByte(word, ':') {
			r = resource{word[:i], strings.Split(word[i+1:], ",")}
		}
		s = s.with(r)
	}
	return s
}

// with returns the union of the scope and one more resource. s is not changed.
func (s scope) with(r resource) scope {
	i := slices.IndexFunc(s, func(old resource) bool { return old.name == r.name })
	if i < 0 {
		return append(slices.Clip(s), r)
	}
	s = slices.Clone(s)
	actions := slices.Clone(s[i].actions)
	for _, a := range r.actions {
		if !slices.Contains(actions, a) {
			actions = append(actions, a)
		}
	}
	s[i].actions = actions
	return s
}

// covers reports whether a token for the scope will do for the other one.
func (s scope) covers(other scope) bool {
	for _, want := range other {
		if !slices.ContainsFunc(s, func(have resource) bool { return have.covers(want) }) {
			return false
		}
	}
	return true
}

func (r resource) covers(want resource) bool {
	return r.name == want.name &&
		!slices.ContainsFunc(want.actions, func(a string) bool { return !slices.Contains(r.actions, a) })
}

// widened returns the scope, and for each of its resources what was held for that
// one before.
func (s scope) widened(held scope) scope {
	for _, r := range held {
		if slices.ContainsFunc(s, func(want resource) bool { return want.name == r.name }) {
			s = s.with(r)
		}
	}
	return s
}
