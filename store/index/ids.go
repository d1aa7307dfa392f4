package index

import (
	"errors"
	"fmt"
	"strings"
)

// idDigits is the length of an entry's ID: SHA-256 in hex.
const idDigits = 64

// minDigits is the shortest prefix of an ID that is shown: one in 65,536, so it
// stays unique among the realms of one person for long.
const minDigits = 4

// Errors of Resolve.
var (
	ErrNoEntry   = errors.New("no such entry")
	ErrAmbiguous = errors.New("matches several entries")
)

// Short returns the shortest prefix of id, at least four digits, that no other
// of the entries shares.
func Short(id string, entries []Entry) string {
	n := min(minDigits, len(id))
	for _, e := range entries {
		if e.ID == id {
			continue
		}
		n = max(n, min(shared(id, e.ID)+1, len(id)))
	}
	return id[:n]
}

// Resolve returns what the prefix names, in any letter case: the entries of one
// ID, of which there are several when the same credential lies in several
// stores. The error wraps ErrNoEntry or ErrAmbiguous.
func Resolve(prefix string, entries []Entry) ([]Entry, error) {
	prefix = strings.ToLower(prefix)
	var found []Entry
	for _, e := range entries {
		if prefix == "" || !strings.HasPrefix(e.ID, prefix) {
			continue
		}
		if len(found) > 0 && found[0].ID != e.ID {
			return nil, fmt.Errorf("%s: %w", prefix, ErrAmbiguous)
		}
		found = append(found, e)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: %w", prefix, ErrNoEntry)
	}
	return found, nil
}
