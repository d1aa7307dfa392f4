package helper

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"getin/client/auth"
)

// question is how git and those who follow it put a question to an askpass
// program: the origin in quotes, and the user in it, percent-encoded.
var question = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(Username|Password) for '(https?)://(?:([^@/']*)@)?([^@/']+)(/[^']*)?': ?$`)
})

// Askpass answers the question of git that names an URL. Any other is put to a
// person, elsewhere: the error is ErrNone.
func (s *Server) Askpass(ctx context.Context, prompt string, out io.Writer) error {
	m := question().FindStringSubmatch(prompt)
	if m == nil {
		return ErrNone
	}
	user, err := url.PathUnescape(m[3])
	if err != nil {
		return fmt.Errorf("%w: user in the question", auth.ErrOrigin)
	}
	at, err := readSite(m[2] + "://" + m[4] + m[5])
	if err != nil {
		return err
	}
	a, err := s.find(ctx, request{site: at, user: user, kinds: []auth.Kind{auth.Password}})
	if err != nil {
		return err
	}
	answer := a.credential.User
	if m[1] == "Password" {
		answer = a.credential.Secret.Reveal()
	}
	if strings.ContainsAny(answer, "\n\r\x00") {
		return fmt.Errorf("%w: more than a line", auth.ErrCredential) // SECURITY E3
	}
	_, err = io.WriteString(out, answer+"\n")
	return err
}
