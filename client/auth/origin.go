package auth

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// Origin is the triple of RFC 9110 section 4.3.1, normalised once: scheme in
// lower case, host in lower case A-labels (an IP address in its canonical form,
// IPv6 without brackets, a zone kept), port always written out. Two origins are
// the same exactly when they are ==. It is the only comparison of "same origin"
// in getin.
type Origin struct {
	Scheme string
	Host   string
	Port   uint16
}

// ErrOrigin is wrapped by every error of OriginOf and ParseOrigin.
var ErrOrigin = errors.New("not an http or https origin")

// OriginOf returns the origin of an absolute http or https URL. It refuses an
// empty host, an empty label, a host with control bytes, spaces or
// percent-encoded octets, a zone with anything but unreserved characters, and a
// port outside 1 to 65535. A single trailing dot of the host is dropped:
// "example.com." and "example.com" are one site to every server in practice.
func OriginOf(u *url.URL) (Origin, error) {
	o := Origin{Scheme: strings.ToLower(u.Scheme)}
	switch o.Scheme {
	case "http":
		o.Port = 80
	case "https":
		o.Port = 443
	default:
		return Origin{}, fmt.Errorf("%w: scheme %q", ErrOrigin, u.Scheme)
	}
	if p := u.Port(); p != "" {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || n == 0 {
			return Origin{}, fmt.Errorf("%w: port %q", ErrOrigin, p)
		}
		o.Port = uint16(n)
	}
	host, err := normalHost(u.Hostname())
	if err != nil {
		return Origin{}, err
	}
	o.Host = host
	return o, nil
}

// ParseOrigin reads what Origin.String wrote, or any other absolute URL, of
// which it takes the origin.
func ParseOrigin(s string) (Origin, error) {
	u, err := url.Parse(s)
	if err != nil {
		return Origin{}, fmt.Errorf("%w: %v", ErrOrigin, err)
	}
	return OriginOf(u)
}

func normalHost(host string) (string, error) {
	if host == "" {
		return "", fmt.Errorf("%w: no host", ErrOrigin)
	}
	if a, err := netip.ParseAddr(host); err == nil {
		if strings.ContainsFunc(a.Zone(), func(r rune) bool { return r > 0x7f || !isUnreserved(byte(r)) }) {
			return "", fmt.Errorf("%w: zone of host %q", ErrOrigin, host)
		}
		if a.Is4() {
			return host, nil // there is one way to write it
		}
		return a.String(), nil
	}
	ascii := strings.IndexFunc(host, func(r rune) bool { return r >= 0x80 }) < 0
	if !ascii {
		host = strings.NewReplacer("\u3002", ".", "\uff0e", ".", "\uff61", ".").Replace(host)
	}
	host = strings.TrimSuffix(host, ".")
	for i := range len(host) {
		c := host[i]
		if c <= ' ' || c == 0x7f || strings.IndexByte(`%"<>\^{|}[]#?@/:`+"`", c) >= 0 {
			return "", fmt.Errorf("%w: host %q", ErrOrigin, host)
		}
	}
	if ascii {
		// Names with underscores and the like are not for IDNA to judge.
		host = strings.ToLower(host)
	} else {
		a, err := idna.Lookup.ToASCII(host)
		if err != nil {
			return "", fmt.Errorf("%w: host %q: %v", ErrOrigin, host, err)
		}
		host = a
	}
	if host == "" || host[0] == '.' || strings.Contains(host+".", "..") {
		return "", fmt.Errorf("%w: empty label in host %q", ErrOrigin, host)
	}
	return host, nil
}

// HostPort returns "host:port", IPv6 in brackets, for a dialler or a look-up.
func (o Origin) HostPort() string { return net.JoinHostPort(o.Host, strconv.Itoa(int(o.Port))) }

// String returns the origin with its port always written out, the form used in
// stored keys: "https://example.com:443".
func (o Origin) String() string {
	return o.Scheme + "://" + o.hostInURL() + ":" + strconv.Itoa(int(o.Port))
}

// Display returns the origin as people write it: without the port when it is
// the scheme's own.
func (o Origin) Display() string {
	if o.Scheme == "http" && o.Port == 80 || o.Scheme == "https" && o.Port == 443 {
		return o.Scheme + "://" + o.hostInURL()
	}
	return o.String()
}

// hostInURL brackets an IPv6 address and writes the "%" before its zone as
// "%25", RFC 6874 section 2.
func (o Origin) hostInURL() string {
	if strings.Contains(o.Host, ":") {
		return "[" + strings.Replace(o.Host, "%", "%25", 1) + "]"
	}
	return o.Host
}

// LoopbackName reports whether the host is "localhost", a name below it (RFC
// 6761 section 6.3) or a loopback address. The connected peer must be looked at
// as well before anything secret is sent in clear.
func (o Origin) LoopbackName() bool {
	if a, err := netip.ParseAddr(o.Host); err == nil {
		return a.Unmap().IsLoopback()
	}
	return o.Host == "localhost" || strings.HasSuffix(o.Host, ".localhost")
}

// Grants reports whether what was typed for this origin may go to the other: the
// same, or http on 80 grown into https on 443 at the same host.
func (o Origin) Grants(to Origin) bool {
	return o == to ||
		o.Host == to.Host && o.Scheme == "http" && o.Port == 80 && to.Scheme == "https" && to.Port == 443
}

// Target returns the URL as a Query names it: without userinfo, query and
// fragment.
func Target(u *url.URL) string {
	v := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	return v.String()
}
