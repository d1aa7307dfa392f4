package sigv4

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"getin/client/auth"
)

// stampForm is the form of a date, ISO 8601 without separators; its first
// dayLength octets are the day.
const (
	stampForm = "20060102T150405Z"
	dayLength = 8
)

// Sign returns Authorization, and the date when the message has none. The error
// wraps ErrScope, auth.ErrCredential, or what reading the content said.
func (s *Signer) Sign(_ context.Context, m auth.Message, c auth.Credential) ([]auth.Field, error) {
	if strings.ContainsFunc(c.User, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return nil, fmt.Errorf("sigv4: %w: control character in the user name", auth.ErrCredential)
	}
	region, service, err := s.scope(m.Host)
	if err != nil {
		return nil, err
	}
	hash, err := s.contentHash(m)
	if err != nil {
		return nil, err
	}
	covered := append([]auth.Field{{Name: "Host", Value: m.Authority}}, m.Fields...)
	var fields []auth.Field
	stamp := s.stampOf(m.Fields)
	if stamp == "" {
		stamp = s.now().UTC().Format(stampForm)
		date := auth.Field{Name: s.dateName(), Value: stamp}
		fields, covered = append(fields, date), append(covered, date)
	}
	names, canonical := canonicalRequest(m, covered, hash)
	day := stamp[:min(len(stamp), dayLength)]
	end := s.Provider + "4_request"
	scope := strings.Join([]string{day, region, service, end}, "/")
	upper := strings.ToUpper(s.Provider)
	algorithm := upper + "4-HMAC-SHA256"
	text := strings.Join([]string{algorithm, stamp, scope, hexHash(canonical)}, "\n")

	key := []byte(upper + "4" + c.Secret.Reveal())
	for _, part := range []string{day, region, service, end} {
		key = mac(key, part)
	}
	value := fmt.Sprintf("%s Credential=%s/%s, SignedHeaders=%s, Signature=%x", algorithm, c.User, scope, names, mac(key, text))
	return append([]auth.Field{{Name: auth.Server.Answer, Value: value}}, fields...), nil
}

// canonicalRequest is the text that the signature is about, and the names of the
// fields in it.
func canonicalRequest(m auth.Message, covered []auth.Field, hash string) (names, text string) {
	lines := make([]string, len(covered))
	for i, f := range covered {
		lines[i] = strings.ToLower(f.Name) + ":" + squeeze(f.Value)
	}
	slices.Sort(lines)
	list := make([]string, len(lines))
	for i, line := range lines {
		list[i], _, _ = strings.Cut(line, ":")
	}
	names = strings.Join(list, ";")
	path, query, _ := strings.Cut(m.Target, "?")
	return names, strings.Join([]string{m.Method, path, query, strings.Join(lines, "\n") + "\n", names, hash}, "\n")
}

// squeeze makes one space of each run of blanks, and none at the ends.
func squeeze(v string) string {
	return strings.Join(strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == '\t' }), " ")
}

// contentHash is the user's own word for it, where there is one, or the hash of
// the content.
func (s *Signer) contentHash(m auth.Message) (string, error) {
	if own := valueOf(m.Fields, "X-"+s.Prefix+"-Content-Sha256"); own != "" {
		return own, nil
	}
	h := sha256.New()
	if m.Body != nil {
		content, err := m.Body()
		if err != nil {
			return "", fmt.Errorf("sigv4: content: %w", err)
		}
		defer content.Close()
		if _, err := io.Copy(h, content); err != nil {
			return "", fmt.Errorf("sigv4: content: %w", err)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// stampOf is the date that the user gave, or "". Of one in another form curl
// takes the first octets, and so does getin.
func (s *Signer) stampOf(fields []auth.Field) string {
	v := valueOf(fields, s.dateName())
	if v == "" {
		v = valueOf(fields, "Date")
	}
	if t, err := time.Parse(time.RFC1123, v); err == nil {
		return t.UTC().Format(stampForm)
	}
	return v[:min(len(v), len(stampForm))]
}

// dateName is the provider's name for the date: "X-Amz-Date".
func (s *Signer) dateName() string {
	return "X-" + strings.ToUpper(s.Prefix[:1]) + s.Prefix[1:] + "-Date"
}

func (s *Signer) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

func valueOf(fields []auth.Field, name string) string {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return strings.Trim(f.Value, " \t")
		}
	}
	return ""
}

func hexHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
