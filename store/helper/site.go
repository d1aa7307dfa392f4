package helper

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"getin/client/auth"
)

// ErrClear: the URL is neither https nor on a loopback host (RULES R15).
var ErrClear = errors.New("neither https nor a loopback host")

// site is what a tool names: an origin, and perhaps a path.
type site struct {
	origins []auth.Origin // one, or two for a loopback host without a scheme
	url     *url.URL      // of the first
	path    bool          // the tool told the path, which is to be compared
}

// readSite reads a URL. Userinfo in it is refused: the protocols have fields of
// their own for that.
func readSite(text string) (site, error) {
	if strings.ContainsFunc(text, isControl) {
		return site{}, fmt.Errorf("%w: control character in a URL", auth.ErrOrigin) // SECURITY E1, E3
	}
	u, err := url.Parse(text)
	if err != nil {
		return site{}, fmt.Errorf("%w: no URL", auth.ErrOrigin) // the error of Parse holds all of it
	}
	if u.User != nil {
		return site{}, fmt.Errorf("%w: userinfo in a URL", auth.ErrOrigin)
	}
	o, err := auth.OriginOf(u)
	if err != nil {
		return site{}, err
	}
	if o.Scheme != "https" && !o.LoopbackName() {
		return site{}, fmt.Errorf("%s: %w", o.Display(), ErrClear)
	}
	if strings.ContainsFunc(u.Path, isControl) {
		return site{}, fmt.Errorf("%w: control character in a path", auth.ErrOrigin) // SECURITY E4
	}
	return site{origins: []auth.Origin{o}, url: u, path: u.Path != "" && u.Path != "/"}, nil
}

// prefix is the path below which the site lies, or nil for all of the origin.
func (s site) prefix() []string {
	if !s.path {
		return nil
	}
	return []string{s.url.EscapedPath()}
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
