package cli

import (
	"errors"
	"fmt"
	"strings"
)

// protocols is a set of what URLs may begin with, a bit each. The zero value is
// all that getin knows.
type protocols uint8

const (
	protocolHTTP protocols = 1 << iota
	protocolHTTPS
	protocolNone // so that the empty set is not zero

	everyProtocol = protocolHTTP | protocolHTTPS | protocolNone
)

// has reports whether URLs of the scheme are in the set.
func (p protocols) has(scheme string) bool { return p == 0 || p&protocolNamed(scheme) != 0 }

func protocolNamed(scheme string) protocols {
	switch strings.ToLower(scheme) {
	case "http":
		return protocolHTTP
	case "https":
		return protocolHTTPS
	case "all":
		return protocolHTTP | protocolHTTPS
	}
	return 0
}

// curlProtocols are what curl may know beside HTTP: allowed or not, getin has none.
const curlProtocols = " dict file ftp ftps gopher gophers imap imaps ipfs ipns ldap ldaps mqtt mqtts pop3 pop3s rtmp rtmpe rtmps rtmpt " +
	"rtmpte rtmpts rtsp scp sftp smb smbs smtp smtps telnet tftp ws wss "

// parseProtocols reads --proto and --proto-redir, which begin with all. note is
// told a name that nobody knows.
//
//	list = item *( "," item )
//	item = [ "+" / "-" / "=" ] name
func parseProtocols(list string, note func(name string)) (protocols, error) {
	set := everyProtocol
	for item := range strings.SplitSeq(list, ",") {
		if item == "" {
			continue
		}
		name := strings.TrimLeft(item, "+-=")
		if name == "" {
			return 0, fmt.Errorf("%q allows or forbids nothing", item)
		}
		p := protocolNamed(name)
		if p == 0 && !strings.Contains(curlProtocols, " "+strings.ToLower(name)+" ") {
			note(name)
		}
		switch sign := item[:len(item)-len(name)]; {
		case strings.HasSuffix(sign, "="):
			set = protocolNone | p
		case strings.HasSuffix(sign, "-"):
			set &^= p
		default:
			set |= p
		}
	}
	return set, nil
}

// mayRedirectTo: --proto holds for redirects too.
func (o *options) mayRedirectTo(scheme string) bool {
	return o.allowed.has(scheme) && o.redirectTo.has(scheme)
}

// takeProtocols reads the list into where.
func takeProtocols(where func(*options) *protocols) func(*options, string) error {
	return func(o *options, v string) (err error) {
		*where(o), err = parseProtocols(v, func(name string) {
			o.warned = append(o.warned, fmt.Sprintf("no protocol is called %q", name))
		})
		return err
	}
}

// takeDefaultProtocol is --proto-default.
func takeDefaultProtocol(o *options, v string) error {
	if o.protocol = strings.ToLower(v); o.protocol != "http" && o.protocol != "https" {
		return &usageError{why: fmt.Sprintf("protocol %q not supported", v), code: exitProtocol}
	}
	return nil
}

// urlRules are what the user wants of the URLs of a group.
type urlRules struct {
	protocol string    // of a URL that names none; "" is a guess
	allowed  protocols // of --proto
	noUser   bool      // --disallow-username-in-url
	asIs     bool      // --path-as-is: dot segments stay
}

var errUserInURL = errors.New("a user in the URL, which --disallow-username-in-url forbids")

// read reads the text of a URL, as it was typed, under the rules. like, when not nil,
// was read under the same.
func (r urlRules) read(text string, like *target) (*target, error) {
	typed := text
	if r.protocol != "" {
		if before, _, ok := strings.Cut(typed, "://"); !ok || !isScheme(before) {
			typed = r.protocol + "://" + strings.TrimPrefix(typed, "//")
		}
	}
	if t := like.sibling(typed); t != nil {
		t.text = text
		return t, nil
	}
	t, err := readURL(typed)
	switch {
	case err != nil:
		return nil, err
	case !r.allowed.has(t.url.Scheme):
		return nil, &urlError{fmt.Sprintf("protocol %q is not allowed (--proto)", t.url.Scheme), exitProtocol}
	case r.noUser && t.hasUser:
		return nil, &urlError{errUserInURL.Error(), exitLogin}
	case r.asIs && t.typed.Path != "":
		t.url.Path, t.url.RawPath = t.typed.Path, t.typed.RawPath
	}
	t.text = text
	return t, nil
}
