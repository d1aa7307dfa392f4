package helper

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"time"

	"getin/client/auth"
	"getin/store"
)

// describe says whose credential it is, as git does.
func describe(k store.Key) lines {
	o := k.Space.Origin
	host := o.Display()[len(o.Scheme)+len("://"):]
	l := lines{{"protocol", o.Scheme}, {"host", host}}
	if k.Account != "" {
		l = append(l, pair{"username", k.Account})
	}
	return l
}

func (p *Program) git(ctx context.Context, op string, l lines) (lines, error) {
	var in bytes.Buffer
	if err := l.write(&in); err != nil {
		return nil, err // before anything is run (SECURITY E3)
	}
	in.WriteByte('\n')
	out, err := p.run(ctx, op, in.Bytes())
	if err != nil {
		return nil, err
	}
	return readLines(bytes.NewReader(out))
}

func (p *Program) gitGet(ctx context.Context, k store.Key) (auth.Credential, error) {
	l, err := p.git(ctx, "get", describe(k))
	if err != nil {
		return auth.Credential{}, err
	}
	c := auth.Credential{User: l.get("username"), Secret: auth.NewSecret(l.get("password"))}
	if c.User == "" {
		c.User = k.Account
	}
	if c.Secret.Empty() || c.User == "" || k.Account != "" && c.User != k.Account {
		return auth.Credential{}, fmt.Errorf("%s: %w", p, store.ErrNotFound)
	}
	for _, name := range []string{"protocol", "host"} {
		// A helper may only add to what it was asked (SECURITY E5).
		if v := l.get(name); v != "" && v != describe(k).get(name) {
			return auth.Credential{}, fmt.Errorf("%s: %w: an answer for another %s", p, store.ErrDamaged, name)
		}
	}
	if text := l.get("password_expiry_utc"); text != "" {
		if seconds, err := strconv.ParseInt(text, 10, 64); err != nil || !time.Unix(seconds, 0).After(testOnlyNow()) {
			return auth.Credential{}, fmt.Errorf("%s: %w: it has expired", p, store.ErrNotFound)
		}
	}
	return c, nil
}

func (p *Program) gitPut(ctx context.Context, k store.Key, c auth.Credential) error {
	l := append(describe(k), pair{"password", c.Secret.Reveal()})
	_, err := p.git(ctx, "store", l)
	return err
}

func (p *Program) gitDelete(ctx context.Context, k store.Key, c auth.Credential) error {
	l := append(describe(k), pair{"password", c.Secret.Reveal()})
	_, err := p.git(ctx, "erase", l)
	return err
}
