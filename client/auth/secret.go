package auth

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
	"sync"
)

// Redacted stands for a secret wherever one would be formatted.
const Redacted = "[redacted]"

// Secret is a password or token. However it is formatted, marshalled or logged
// it reads "[redacted]"; only Reveal gives the text. The text is held behind a
// pointer so that fmt, which calls no method on a field that is not exported,
// prints an address there and not the secret.
//
// The zero Secret is empty. Copies are cheap and share the text, which does not
// change until Wipe. Compare with Equal: == compares identity.
type Secret struct{ held *held }

type held struct {
	mu   sync.RWMutex // Wipe may come while an abandoned request still reads
	text []byte
}

// NewSecret returns the secret that holds s.
func NewSecret(s string) Secret { return Secret{&held{text: append([]byte{}, s...)}} }

// Reveal returns the text, in a copy.
func (s Secret) Reveal() string {
	if s.held == nil {
		return ""
	}
	s.held.mu.RLock()
	defer s.held.mu.RUnlock()
	return string(s.held.text)
}

// Wipe overwrites the text, for all copies of the secret, which are empty from
// then on. What Reveal has returned stays until the collector takes it, and the
// memory is given to something else: strings cannot be overwritten in Go.
func (s Secret) Wipe() {
	if s.held == nil {
		return
	}
	s.held.mu.Lock()
	defer s.held.mu.Unlock()
	clear(s.held.text)
	s.held.text = nil
}

// Wiped reports whether Wipe was called: what is empty now was not.
func (s Secret) Wiped() bool {
	if s.held == nil {
		return false
	}
	s.held.mu.RLock()
	defer s.held.mu.RUnlock()
	return s.held.text == nil
}

// Empty reports whether there is no text.
func (s Secret) Empty() bool { return s.Reveal() == "" }

// Equal compares two secrets in time that depends on their lengths alone, or on
// their being copies of one.
func (s Secret) Equal(t Secret) bool {
	return s == t || subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(t.Reveal())) == 1
}

// Format implements fmt.Formatter for every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Redacted) }

// String returns Redacted.
func (Secret) String() string { return Redacted }

// GoString returns Redacted.
func (Secret) GoString() string { return Redacted }

// MarshalText returns Redacted; it also serves encoding/json.
func (Secret) MarshalText() ([]byte, error) { return []byte(Redacted), nil }

// LogValue returns Redacted.
func (Secret) LogValue() slog.Value { return slog.StringValue(Redacted) }
