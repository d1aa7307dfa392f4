package cli

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
)

// readSuites reads names of OpenSSL or of IANA, with ":", "," or spaces between.
// A name that is not known is passed over, as by OpenSSL, when another is known;
// "DEFAULT" is the default. What takes suites away is refused: whoever wrote it
// does not want them.
func readSuites(v string) ([]uint16, error) {
	var list []uint16
	known := false
	for _, name := range strings.FieldsFunc(v, func(r rune) bool { return r == ':' || r == ',' || r == ' ' }) {
		switch id, ok := suiteNamed(name); {
		case strings.ContainsAny(name[:1], "!-+"):
			return nil, badSuites("%q: only names can be given", name)
		case name == "DEFAULT" || name == "HIGH":
			return nil, nil
		case ok && !slices.Contains(list, id):
			list = append(list, id)
			known = true
		}
	}
	if !known {
		return nil, badSuites("%q: no cipher suite that is known", v)
	}
	return list, nil
}

func suiteNamed(name string) (uint16, bool) {
	if id := opensslSuite(name); id != 0 {
		return id, true
	}
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if s.Name == name && s.SupportedVersions[0] < tls.VersionTLS13 {
			return s.ID, true
		}
	}
	return 0, false
}

// opensslSuite knows OpenSSL's names of crypto/tls's suites (openssl-ciphers(1));
// 0 is none.
func opensslSuite(name string) uint16 {
	switch name {
	case "ECDHE-ECDSA-AES128-GCM-SHA256":
		return tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
	case "ECDHE-RSA-AES128-GCM-SHA256":
		return tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
	case "ECDHE-ECDSA-AES256-GCM-SHA384":
		return tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
	case "ECDHE-RSA-AES256-GCM-SHA384":
		return tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
	case "ECDHE-ECDSA-CHACHA20-POLY1305":
		return tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
	case "ECDHE-RSA-CHACHA20-POLY1305":
		return tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
	case "ECDHE-ECDSA-AES128-SHA256":
		return tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256
	case "ECDHE-RSA-AES128-SHA256":
		return tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256
	case "ECDHE-ECDSA-AES128-SHA":
		return tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA
	case "ECDHE-RSA-AES128-SHA":
		return tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA
	case "ECDHE-ECDSA-AES256-SHA":
		return tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA
	case "ECDHE-RSA-AES256-SHA":
		return tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA
	case "ECDHE-RSA-DES-CBC3-SHA":
		return tls.TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA
	case "AES128-GCM-SHA256":
		return tls.TLS_RSA_WITH_AES_128_GCM_SHA256
	case "AES256-GCM-SHA384":
		return tls.TLS_RSA_WITH_AES_256_GCM_SHA384
	case "AES128-SHA256":
		return tls.TLS_RSA_WITH_AES_128_CBC_SHA256
	case "AES128-SHA":
		return tls.TLS_RSA_WITH_AES_128_CBC_SHA
	case "AES256-SHA":
		return tls.TLS_RSA_WITH_AES_256_CBC_SHA
	case "DES-CBC3-SHA":
		return tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA
	}
	return 0
}

func badSuites(format string, args ...any) error {
	return &usageError{why: fmt.Sprintf(format, args...), code: exitCipher}
}
