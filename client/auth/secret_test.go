package auth_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"getin/client/auth"
)

const hidden = "hunter2-of-the-test"

type holder struct {
	Open   auth.Credential
	shut   auth.Secret
	inside struct{ deeper *auth.Credential }
	Any    any
}

// forms are all the shapes in which a secret may meet a formatter.
func forms() []any {
	c := auth.Credential{User: "alice", Secret: auth.NewSecret(hidden)}
	h := holder{Open: c, shut: c.Secret, Any: c}
	h.inside.deeper = &c
	return []any{
		c.Secret, &c.Secret, c, &c, h, &h,
		[]auth.Credential{c},
		map[string]auth.Secret{"k": c.Secret},
		[1]auth.Secret{c.Secret},
		fmt.Errorf("what: %v", c), errors.Join(fmt.Errorf("%+v", h)),
	}
}

func TestSecretIsNeverFormatted(t *testing.T) {
	verbs := []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%t", "%p", "%T", "%U", "%10.3s", "%w", "%c", "%e", "%b"}
	for _, form := range forms() {
		for _, verb := range verbs {
			check(t, verb, fmt.Sprintf(verb, form))
		}
		check(t, "Sprint", fmt.Sprint(form))
		var b bytes.Buffer
		for _, handler := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
			slog.New(handler).Info("m", "form", form)
		}
		check(t, "slog", b.String())
		j, _ := json.Marshal(form) // an error says nothing of the value either
		check(t, "json", string(j))
		x, _ := xml.Marshal(form)
		check(t, "xml", string(x))
	}
}

func check(t *testing.T, how, got string) {
	t.Helper()
	for _, form := range []string{hidden, fmt.Sprintf("%x", hidden), fmt.Sprintf("%X", hidden), fmt.Sprintf("% x", hidden)} {
		if strings.Contains(got, form) {
			t.Errorf("%s shows the secret: %s", how, got)
		}
	}
}

func TestSecretReadsRedacted(t *testing.T) {
	s := auth.NewSecret(hidden)
	j, err := json.Marshal(map[string]auth.Secret{"a": s})
	if err != nil || string(j) != `{"a":"[redacted]"}` {
		t.Errorf("json: %s, %v", j, err)
	}
	for _, got := range []string{s.String(), s.GoString(), fmt.Sprintf("%x", s), fmt.Sprintf("%d", s), s.LogValue().String()} {
		if got != auth.Redacted {
			t.Errorf("got %q", got)
		}
	}
}

func TestSecret(t *testing.T) {
	var none auth.Secret
	s := auth.NewSecret(hidden)
	if !none.Empty() || none.Reveal() != "" || s.Empty() || s.Reveal() != hidden {
		t.Error("a secret does not hold what it was given")
	}
	if !s.Equal(auth.NewSecret(hidden)) || s.Equal(auth.NewSecret("Hunter2-of-the-test")) || s.Equal(none) || !none.Equal(auth.NewSecret("")) {
		t.Error("secrets are equal when their texts are, to the letter")
	}
	if !(auth.Credential{User: "a", Secret: s}).Equal(auth.Credential{User: "a", Secret: auth.NewSecret(hidden)}) ||
		(auth.Credential{User: "a", Secret: s}).Equal(auth.Credential{User: "A", Secret: s}) {
		t.Error("credentials are equal when user and secret are, to the letter")
	}
}

// SECURITY-CASES G9: a secret that was wiped is gone, from all its copies.
func TestG9Wipe(t *testing.T) {
	s := auth.NewSecret(hidden)
	c := auth.Credential{User: "alice", Secret: s}
	if c.Secret.Wiped() || auth.NewSecret("").Wiped() || (auth.Secret{}).Wiped() {
		t.Error("wiped before it was")
	}
	s.Wipe()
	if got := c.Secret.Reveal(); got != "" || !c.Secret.Wiped() {
		t.Errorf("after the wipe: %q", got)
	}
	s.Wipe()
	auth.Secret{}.Wipe()
}
