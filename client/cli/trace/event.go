package trace

import (
	"crypto/tls"
	"crypto/x509/pkix"
	"net"
	"strings"

	"getin/client/h1"
)

// event tells of what happened to a connection, in curl's words: people look for
// them.
func (l *Log) event(e h1.Event) {
	if l == nil {
		return
	}
	switch e.Kind {
	case h1.Dialing:
		l.Info("  Trying %s...", e.Addr)
	case h1.Connected:
		host, _, err := net.SplitHostPort(e.Addr)
		if err != nil {
			host = e.Addr
		}
		if e.Peer.IsValid() {
			l.Info("Connected to %s%s (%s) port %d", proxyText(e), host, e.Peer.Addr(), e.Peer.Port())
		} else {
			l.Info("Connected to %s%s", proxyText(e), host)
		}
	case h1.Reused:
		l.Info("Re-using existing connection with %s%s", proxyText(e), e.Peer)
	case h1.Secured:
		l.secured(e)
	case h1.Uploaded:
		l.Info("upload completely sent off: %d bytes", e.Octets)
	}
}

func proxyText(e h1.Event) string {
	if e.Proxy {
		return "the proxy "
	}
	return ""
}

func (l *Log) secured(e h1.Event) {
	s := e.TLS
	l.Info("SSL connection using %s / %s", strings.Replace(tls.VersionName(s.Version), " ", "v", 1), tls.CipherSuiteName(s.CipherSuite))
	if s.NegotiatedProtocol != "" {
		l.Info("ALPN: server accepted %s", s.NegotiatedProtocol)
	}
	if len(s.PeerCertificates) > 0 {
		c := s.PeerCertificates[0]
		whose := "Server"
		if e.Proxy {
			whose = "Proxy"
		}
		l.Info("%s certificate:", whose)
		l.Info(" subject: %s", nameText(c.Subject))
		l.Info(" start date: %s", c.NotBefore.UTC().Format(certificateTime))
		l.Info(" expire date: %s", c.NotAfter.UTC().Format(certificateTime))
		l.Info(" issuer: %s", nameText(c.Issuer))
	}
	switch {
	case e.Unverified != nil:
		l.Info(" SSL certificate verify result: %v, continuing anyway.", e.Unverified)
		l.Info(" its public key is %s", e.PeerKey)
	default:
		l.Info(" SSL certificate verify ok.")
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
