package helper

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"getin/client/auth"
)

// markCargo marks what cargo stored.
const markCargo = "cargo"

// cargoRequest is a request of cargo's credential provider protocol, version 1.
type cargoRequest struct {
	V        int    `json:"v"`
	Kind     string `json:"kind"`
	Token    string `json:"token"` // of "login", when the user gave one
	Registry struct {
		IndexURL string   `json:"index-url"`
		Headers  []string `json:"headers"` // "WWW-Authenticate: ..."
	} `json:"registry"`
}

// Cargo answers cargo until it closes its end: one line of JSON for each.
func (s *Server) Cargo(ctx context.Context, in io.Reader, out io.Writer) error {
	if err := writeLine(out, map[string][]int{"v": {1}}); err != nil {
		return err
	}
	requests := bufio.NewScanner(in)
	requests.Buffer(nil, maxJSON)
	for requests.Scan() {
		if err := writeLine(out, s.cargo(ctx, requests.Bytes())); err != nil {
			return err
		}
	}
	return requests.Err()
}

// cargo returns the reply to one request.
func (s *Server) cargo(ctx context.Context, line []byte) any {
	var r cargoRequest
	if err := json.Unmarshal(line, &r); err != nil || r.V != 1 {
		return cargoError("other", "not a request of version 1")
	}
	at, err := readSite(strings.TrimPrefix(strings.TrimPrefix(r.Registry.IndexURL, "sparse+"), "registry+"))
	if err != nil {
		return cargoError("url-not-supported", "")
	}
	reply := map[string]any{"kind": r.Kind}
	switch r.Kind {
	case "get":
		var token string
		token, err = s.cargoToken(ctx, at, r.challenges())
		reply["token"], reply["cache"], reply["operation_independent"] = token, "session", true
	case "login":
		if r.Token == "" {
			return cargoError("other", "nobody is asked; write cargo login with the token on its standard input")
		}
		err = s.keep(ctx, at, markCargo, auth.Token, auth.Credential{Secret: auth.NewSecret(r.Token)}, time.Time{})
	case "logout":
		err = s.erase(ctx, at, markCargo, "", nil)
	default:
		return cargoError("operation-not-supported", "")
	}
	switch {
	case errors.Is(err, ErrNone):
		return cargoError("not-found", "")
	case err != nil:
		return cargoError("other", err.Error())
	}
	return map[string]any{"Ok": reply}
}

// cargoToken returns what cargo is to send as its Authorization: a token that it
// stored itself as it is, any other credential as a field value.
func (s *Server) cargoToken(ctx context.Context, at site, challenges []auth.Challenge) (string, error) {
	value, a, err := s.authorization(ctx, request{site: at, challenges: challenges})
	if err == nil && a.entry.Unbound == markCargo {
		value = a.credential.Secret.Reveal()
	}
	if errors.Is(err, ErrNone) {
		// A registry may ask by a scheme of cargo's own.
		if a, err = s.find(ctx, request{site: at, kinds: []auth.Kind{auth.Token}}); err == nil {
			value = a.credential.Secret.Reveal()
		}
	}
	return value, err
}

func (r *cargoRequest) challenges() []auth.Challenge {
	var values []string
	for _, h := range r.Registry.Headers {
		name, value, _ := strings.Cut(h, ":")
		if strings.EqualFold(strings.TrimSpace(name), auth.Server.Challenge) {
			values = append(values, strings.TrimSpace(value))
		}
	}
	challenges, _ := auth.ParseChallenges(values) // what cannot be read narrows nothing
	return challenges
}

func cargoError(kind, message string) any {
	body := map[string]any{"kind": kind}
	if message != "" {
		body["message"], body["caused-by"] = message, []string{}
	}
	return map[string]any{"Err": body}
}
