package helper

import (
	"context"
	"fmt"
	"strings"

	"getin/client/auth"
	"getin/client/auth/basic"
)

// authorization returns the value of an Authorization field for the request, and
// the entry that it is of. A password goes by Basic, a token by Bearer.
func (s *Server) authorization(ctx context.Context, r request) (string, answer, error) {
	r.basic, r.kinds = true, []auth.Kind{auth.Password, auth.Token}
	if len(r.challenges) > 0 {
		r.kinds = nil
		for _, c := range r.challenges {
			switch {
			case c.Is("Basic"):
				r.kinds = append(r.kinds, auth.Password)
			case c.Is("Bearer"):
				r.kinds = append([]auth.Kind{auth.Token}, r.kinds...)
			}
		}
	}
	a, err := s.find(ctx, r)
	if err != nil {
		return "", answer{}, err
	}
	value, err := a.field(ctx)
	return value, a, err
}

// field writes the credential as a field value.
func (a answer) field(ctx context.Context) (string, error) {
	if a.entry.Kind == auth.Token {
		token := a.credential.Secret.Reveal()
		if strings.ContainsFunc(token, isControl) {
			return "", fmt.Errorf("%w: control character in the token", auth.ErrCredential) // SECURITY E12
		}
		return "Bearer " + token, nil
	}
	c := auth.Challenge{Scheme: "basic", Params: []auth.Param{{Name: "realm"}, {Name: "charset", Value: a.entry.Charset}}}
	x, err := basic.Scheme{}.Begin(c, a.credential, new(auth.Live))
	if err != nil {
		return "", err
	}
	fields, err := x.Answer(ctx, auth.Server, auth.Message{})
	if err != nil {
		return "", err
	}
	return fields[0].Value, nil
}
