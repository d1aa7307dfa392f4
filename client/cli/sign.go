package cli

import (
	"context"
	"errors"
	"sync"

	"getin/client/auth"
	"getin/client/cli/mask"
	"getin/store"
)

// signedNames are the fields that a signature covers: those of -H, and of the flags
// that curl makes a -H of.
func signedNames(o *options, own []ownField) []string {
	names := []string{"If-None-Match"} // of --etag-compare
	if o.json {
		names = append(names, "Accept", "Content-Type")
	}
	for _, f := range own {
		names = append(names, f.Name)
	}
	return names
}

// signing is the scheme's name, for people.
const signing = "AWS Signature V4"

// signAs tells who signs the requests to an origin: whom the user named for it,
// with a secret (rule R4), which is asked for when it was not given. As in curl
// nobody does when nobody was named. Each secret is got once, and never stored.
func signAs(w *store.Wallet, m *mask.Mask) func(context.Context, auth.Origin) (*auth.Credential, error) {
	var mu sync.Mutex
	known := map[auth.Origin]*auth.Credential{}
	return func(ctx context.Context, o auth.Origin) (*auth.Credential, error) {
		mu.Lock()
		defer mu.Unlock()
		if c, found := known[o]; found {
			return c, nil
		}
		c, err := w.Told(ctx, o, signing)
		switch {
		case errors.Is(err, auth.ErrNoCredential):
			known[o] = nil
			return nil, nil
		case errors.Is(err, auth.ErrNobody):
			return nil, &usageError{
				why:  "flag --aws-sigv4: a user, no secret to sign with, and nobody to ask",
				hint: "--secret-file with -u KEY", code: exitUsage,
			}
		case err != nil:
			return nil, err
		}
		m.Add(c)
		known[o] = &c
		return &c, nil
	}
}
