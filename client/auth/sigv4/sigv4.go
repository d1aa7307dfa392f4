// Package sigv4 signs requests by AWS Signature Version 4 ("Signature Version 4
// signing process" of the AWS General Reference), and as other providers do who
// took it over under names of their own. It is curl's --aws-sigv4, in the meaning
// of curl 7.88.
//
// Departures from the AWS text, all of them curl's:
//
//   - Path and query are signed as they are sent. The standard sorts the query
//     and percent-encodes the path once more for services other than S3, so that
//     servers refuse a query that is not in order.
//   - Signed are Host, the date, and the fields that the user set by hand.
//   - Fields are sorted by their whole lines, and one that comes twice is listed
//     twice.
//   - Content that cannot be read twice is signed as none.
//
// Departures from curl:
//
//   - A field that is not sent is not signed (-H 'Name:'), and the target that is
//     signed is the one that is sent (--request-target).
//   - Content of a file or a form is hashed; curl hashes what -d gives, and signs
//     other content as none.
//   - A date that the user gave is sent once, and a Date in the form of RFC 9110
//     section 5.6.7 is signed by its meaning.
package sigv4

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

var (
	// ErrProvider: the first provider is empty, or a provider is no part of a
	// field name.
	ErrProvider = errors.New("no provider")

	// ErrScope: the region or the service was not given, and the host does not
	// tell it.
	ErrScope = errors.New("missing in the flag and in the host")
)

// Signer signs for one provider. It implements auth.Signer.
type Signer struct {
	// Provider names the algorithm and ends the scope: "aws". Prefix is what the
	// provider's fields are called by: "amz". Both are in lower case.
	Provider, Prefix string

	// Region and Service are taken from the host when they are "": the first
	// label is the service, the second the region.
	Region, Service string

	// Now tells the time of a request that has no date; nil is time.Now.
	Now func() time.Time
}

// Parse reads what --aws-sigv4 takes,
//
//	provider1[:provider2[:region[:service]]]
//
// provider2 is provider1 when it is left out. As in curl an empty part ends the
// reading, and the service may hold colons. The error wraps ErrProvider.
func Parse(text string) (*Signer, error) {
	var part [4]string
	for i, p := range strings.SplitN(text, ":", len(part)) {
		if p == "" {
			break
		}
		part[i] = p
	}
	s := &Signer{
		Provider: strings.ToLower(part[0]), Prefix: strings.ToLower(part[1]),
		Region: part[2], Service: part[3],
	}
	if s.Prefix == "" {
		s.Prefix = s.Provider
	}
	if s.Provider == "" {
		return nil, fmt.Errorf("sigv4: %w: the first is empty", ErrProvider)
	}
	for _, p := range []string{s.Provider, s.Prefix} {
		if strings.ContainsFunc(p, notInName) {
			return nil, fmt.Errorf("sigv4: %w: %q is not of letters, digits and hyphens", ErrProvider, p)
		}
	}
	return s, nil
}

func notInName(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
}

// scope returns region and service, as curl guesses what is left out.
func (s *Signer) scope(host string) (region, service string, err error) {
	if s.Service != "" {
		return s.Region, s.Service, nil
	}
	service, rest, found := strings.Cut(host, ".")
	if !found {
		return "", "", fmt.Errorf("sigv4: service: %w %q", ErrScope, host)
	}
	if s.Region != "" {
		return s.Region, service, nil
	}
	if region, _, found = strings.Cut(rest, "."); !found {
		return "", "", fmt.Errorf("sigv4: region: %w %q", ErrScope, host)
	}
	return region, service, nil
}
