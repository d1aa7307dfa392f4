package helper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// maxJSON bounds a message of Bazel's or cargo's, in octets.
const maxJSON = 1 << 20

// Bazel answers Bazel, and what else speaks EngFlow's credential helper
// protocol: op is "get". Where nothing is stored the answer holds no field, as
// that protocol has it.
func (s *Server) Bazel(ctx context.Context, op string, in io.Reader, out io.Writer) error {
	if op != "get" {
		return fmt.Errorf("%w: %q", errUnknownOp, op)
	}
	var ask struct {
		URI string `json:"uri"`
	}
	if err := json.NewDecoder(io.LimitReader(in, maxJSON)).Decode(&ask); err != nil {
		return errors.New("the input is no JSON of a request")
	}
	at, err := readSite(ask.URI)
	if err != nil {
		return err
	}
	reply := struct {
		Headers map[string][]string `json:"headers"`
		Expires string              `json:"expires,omitempty"` // RFC 3339
	}{Headers: map[string][]string{}}
	value, a, err := s.authorization(ctx, request{site: at})
	switch {
	case err == nil:
		reply.Headers["Authorization"] = []string{value}
		if t := a.entry.Expires; !t.IsZero() {
			reply.Expires = t.UTC().Format(time.RFC3339)
		}
	case !errors.Is(err, ErrNone):
		return err
	}
	return writeLine(out, reply)
}
