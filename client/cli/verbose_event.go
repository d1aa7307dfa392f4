package cli

import (
	"crypto/tls"
	"crypto/x509/pkix"
	"net"
	"strings"

	"getin/client/h1"
)

// event tells of what happened to a connection, in curl's words: people look for
// them.
func (v *verbose) event(e h1.Event) {
	if v == nil {
		return
	}
	switch e.Kind {
	case h1.Dialing:
		v.info("  Trying %s...", e.Addr)
	case h1.Connected:
		host, _, err := net.SplitHostPort(e.Addr)
		if err != nil {
			host = e.Addr
		}
		if e.Peer.IsValid() {
			v.info("Connected to %s%s (%s) port %d", proxyText(e), host, e.Peer.Addr(), e.Peer.Port())
		} else {
			v.info("Connected to %s%s", proxyText(e), host)
		}
	case h1.Reused:
		v.info("Re-using existing connection with %s%s", proxyText(e), e.Peer)
	case h1.Secured:
		v.secured(e)
	case h1.Uploaded:
		v.info("upload completely sent off: %d bytes", e.Octets)
	}
}

func proxyText(e h1.Event) string {
	if e.Proxy {
		return "the proxy "
	}
	return ""
}

func (v *verbose) secured(e h1.Event) {
	s := e.TLS
	v.info("SSL connection using %s / %s", strings.Replace(tls.VersionName(s.Version), " ", "v", 1), tls.CipherSuiteName(s.CipherSuite))
	if s.NegotiatedProtocol != "" {
		v.info("ALPN: server accepted %s", s.NegotiatedProtocol)
	}
	if len(s.PeerCertificates) > 0 {
		c := s.PeerCertificates[0]
		whose := "Server"
		if e.Proxy {
			whose = "Proxy"
		}
		v.info("%s certificate:", whose)
		v.info(" subject: %s", nameText(c.Subject))
		v.info(" start date: %s", c.NotBefore.UTC().Format(certificateTime))
		v.info(" expire date: %s", c.NotAfter.UTC().Format(certificateTime))
		v.info(" issuer: %s", nameText(c.Issuer))
	}
	switch {
	case e.Unverified != nil:
		v.info(" SSL certificate verify result: %v, continuing anyway.", e.Unverified)
		v.info(" its public key is %s", e.PeerKey)
	default:
		v.info(" SSL certificate verify ok.")
	}
}

// certificateTime is how OpenSSL writes a time.
const certificateTime = "Jan _2 15:04:05 2006 GMT"

// nameText writes a name of a certificate in its own order, as curl does.
func nameText(n pkix.Name) string {
	var parts []string
	for _, a := range n.Names {
		if text, ok := a.Value.(string); ok {
			parts = append(parts, attributeName(a.Type.String())+"="+text)
		}
	}
	return strings.Join(parts, "; ")
}

// attributeName returns the short name of an attribute, RFC 4519 section 2.
func attributeName(oid string) string {
	switch oid {
	case "2.5.4.3":
		return "CN"
	case "2.5.4.5":
		return "serialNumber"
	case "2.5.4.6":
		return "C"
	case "2.5.4.7":
		return "L"
	case "2.5.4.8":
		return "ST"
	case "2.5.4.10":
		return "O"
	case "2.5.4.11":
		return "OU"
	case "0.9.2342.19200300.100.1.25":
		return "DC"
	}
	return oid
}
