package client

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
)

// endPoint returns the tls-server-end-point of a connection, RFC 5929 section
// 4.1: the certificate's hash by the hash function of its signature, with SHA-256
// in the place of MD5 and SHA-1. A signature without one hash function has none.
func endPoint(s *tls.ConnectionState) []byte {
	if s == nil || len(s.PeerCertificates) == 0 {
		return nil
	}
	cert := s.PeerCertificates[0]
	hash, ok := endPointHash[cert.SignatureAlgorithm]
	if !ok || !hash.Available() {
		return nil
	}
	h := hash.New()
	h.Write(cert.Raw)
	return h.Sum(nil)
}

var endPointHash = map[x509.SignatureAlgorithm]crypto.Hash{
	x509.MD5WithRSA:       crypto.SHA256,
	x509.SHA1WithRSA:      crypto.SHA256,
	x509.ECDSAWithSHA1:    crypto.SHA256,
	x509.SHA256WithRSA:    crypto.SHA256,
	x509.SHA256WithRSAPSS: crypto.SHA256,
	x509.ECDSAWithSHA256:  crypto.SHA256,
	x509.SHA384WithRSA:    crypto.SHA384,
	x509.SHA384WithRSAPSS: crypto.SHA384,
	x509.ECDSAWithSHA384:  crypto.SHA384,
	x509.SHA512WithRSA:    crypto.SHA512,
	x509.SHA512WithRSAPSS: crypto.SHA512,
	x509.ECDSAWithSHA512:  crypto.SHA512,
}
