package token

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"getin/client/auth"
)

const (
	// maxMetadata bounds, in octets, a document of metadata: the largest in use
	// have some ten thousand.
	maxMetadata = 1 << 20

	// discoverTime bounds the fetching of one document.
	discoverTime = 20 * time.Second
)

// errNoMetadata: there is none where it would be.
var errNoMetadata = errors.New("no metadata")

// Path is how a resource leads to tokens.
type Path struct {
	ResourceURL string    // where its metadata was found
	Resource    *Resource // RFC 9728
	ServerURL   string
	Server      *Server // RFC 8414, of the first issuer that has metadata
}

// Discover follows a challenge to whoever issues tokens for its resource: to the
// metadata that it names, or those at the well-known places of its origin. It
// sends no secret. The error wraps auth.ErrNoCredential when the resource names
// no issuer, auth.ErrCannotStart when one is named that cannot be used. What was
// found is kept for the run.
func (c *Client) Discover(ctx context.Context, q auth.Query) (*Path, error) {
	p, leave, err := c.at(ctx, q.Space)
	if err != nil {
		return nil, err
	}
	defer leave()
	if p.path != nil && !coversTarget(p.path.Resource.ID, q.Target) {
		p.path = nil // another resource of the space
	}
	if p.path == nil && p.fail == nil {
		path, err := c.discover(ctx, q)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		p.path, p.fail = path, err
	}
	return p.path, p.fail
}

func (c *Client) discover(ctx context.Context, q auth.Query) (*Path, error) {
	target, err := url.Parse(q.Target)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", auth.ErrCannotStart, err)
	}
	p := &Path{}
	if p.Resource, p.ResourceURL, err = c.resource(ctx, q, target); err != nil {
		return nil, err
	}
	if len(p.Resource.Issuers) == 0 {
		return nil, fmt.Errorf("%w: %s names nobody who issues tokens", auth.ErrNoCredential, p.ResourceURL)
	}
	for _, issuer := range p.Resource.Issuers {
		var failed error
		if p.Server, p.ServerURL, failed = c.server(ctx, q.Space.Origin, issuer); failed == nil {
			return p, nil
		}
		err = cmp.Or(err, failed)
	}
	return nil, err
}

// resource finds the metadata of the resource: what the challenge names counts
// alone, RFC 9728 section 5.1.
func (c *Client) resource(ctx context.Context, q auth.Query, target *url.URL) (*Resource, string, error) {
	if named, ok := q.Challenge.Param("resource_metadata"); ok {
		u, _, err := endpointURL(named)
		if err != nil {
			return nil, "", fmt.Errorf("%w: resource metadata %s: %v", auth.ErrCannotStart, shown(named), err)
		}
		r, err := c.resourceAt(ctx, q.Space.Origin, u, target)
		if errors.Is(err, errNoMetadata) {
			err = fmt.Errorf("%w: %v", auth.ErrCannotStart, err)
		}
		return r, u.String(), err
	}
	whole := &url.URL{Scheme: target.Scheme, Host: target.Host}
	places := []*url.URL{whole}
	if strings.Trim(target.Path, "/") != "" {
		below := *target
		below.RawQuery = ""
		places = []*url.URL{&below, whole}
	}
	for _, id := range places {
		u := insertWellKnown(id, wellKnownResource)
		if r, err := c.resourceAt(ctx, q.Space.Origin, u, target); err == nil {
			return r, u.String(), nil
		}
		// Whatever is there, nobody has said that it is metadata.
	}
	return nil, "", fmt.Errorf("%w: %s does not say where to get a token", auth.ErrNoCredential, q.Space.Origin.Display())
}

func (c *Client) resourceAt(ctx context.Context, challenger auth.Origin, u, target *url.URL) (*Resource, error) {
	text, err := c.document(ctx, challenger, u)
	if err != nil {
		return nil, err
	}
	r, err := parseResource(text, u, target)
	if err != nil {
		return nil, fmt.Errorf("%w: resource metadata %s: %v", auth.ErrCannotStart, u, err)
	}
	return r, nil
}

// server finds the metadata of an issuer.
func (c *Client) server(ctx context.Context, challenger auth.Origin, issuer string) (*Server, string, error) {
	id, _, err := endpointURL(issuer)
	if err == nil && id.RawQuery != "" {
		err = errors.New("more than an address")
	}
	if err != nil {
		return nil, "", fmt.Errorf("%w: issuer %s: %v", auth.ErrCannotStart, shown(issuer), err)
	}
	for _, u := range serverURLs(id) {
		text, err := c.document(ctx, challenger, u)
		if errors.Is(err, errNoMetadata) {
			continue
		}
		if err != nil {
			return nil, "", err
		}
		s, err := parseServer(text, issuer)
		if err != nil {
			return nil, "", fmt.Errorf("%w: server metadata %s: %v", auth.ErrCannotStart, u, err)
		}
		return s, u.String(), nil
	}
	return nil, "", fmt.Errorf("%w: issuer %s: %v", auth.ErrCannotStart, issuer, errNoMetadata)
}

// document gets a document of metadata, without any credential. The error wraps
// errNoMetadata when there is none; redirects are not followed, for they would
// lead to what was not looked at.
func (c *Client) document(ctx context.Context, challenger auth.Origin, u *url.URL) ([]byte, error) {
	o, err := auth.OriginOf(u)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", auth.ErrCannotStart, err)
	}
	addrs, err := c.check(ctx, challenger, o)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, discoverTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", auth.ErrCannotStart, err)
	}
	req.Header.Set("Accept", "application/json")
	resp, err := c.Do(req, addrs)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %v", auth.ErrCannotStart, u, err)
	}
	defer func() { _ = resp.Body.Close() }() // nothing is asked of the connection again
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: %s: %d", errNoMetadata, u, resp.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxMetadata+1))
	if err == nil && len(text) > maxMetadata {
		err = fmt.Errorf("more than %d octets", maxMetadata)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %v", auth.ErrCannotStart, u, err)
	}
	return text, nil
}
