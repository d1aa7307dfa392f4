package ntlm

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/binary"
	"strings"
	"time"
	"unicode/utf16"

	//lint:ignore SA1019 [MS-NLMP] knows no other hash of a password
	"golang.org/x/crypto/md4"
)

// ntowfv1 and ntowfv2 are the keys made from a password, [MS-NLMP] sections 3.3.1
// and 3.3.2:
//
//	NTOWFv1(Passwd) = MD4(UNICODE(Passwd))
//	NTOWFv2(Passwd, User, UserDom) =
//		HMAC_MD5(MD4(UNICODE(Passwd)), UNICODE(ConcatenationOf(Uppercase(User), UserDom)))
func ntowfv1(password string) []byte {
	h := md4.New()
	h.Write(unicode(password))
	return h.Sum(nil)
}

func ntowfv2(password, user, domain string) []byte {
	return mac(ntowfv1(password), unicode(strings.ToUpper(user)+domain))
}

// ntResponse returns the answer of NTLMv2, and the session's base key:
//
//	temp             = Responserversion HiResponserversion Z(6) Time
//	                   ClientChallenge Z(4) ServerName Z(4)
//	NTProofStr       = HMAC_MD5(ResponseKeyNT, ServerChallenge temp)
//	NtChallengeResponse = NTProofStr temp
//	SessionBaseKey   = HMAC_MD5(ResponseKeyNT, NTProofStr)
func ntResponse(key []byte, server, client [8]byte, stamp, info []byte) (response, session []byte) {
	temp := []byte{1, 1, 0, 0, 0, 0, 0, 0}
	temp = append(temp, stamp...)
	temp = append(temp, client[:]...)
	temp = append(temp, 0, 0, 0, 0)
	temp = append(temp, info...)
	temp = append(temp, 0, 0, 0, 0)
	proof := mac(key, server[:], temp)
	return append(proof[:len(proof):len(proof)], temp...), mac(key, proof)
}

// lmResponse is the short one, for servers that know no time:
//
//	LmChallengeResponse = HMAC_MD5(ResponseKeyLM, ServerChallenge ClientChallenge) ClientChallenge
func lmResponse(key []byte, server, client [8]byte) []byte {
	return append(mac(key, server[:], client[:]), client[:]...)
}

// bindings is the value of the pair for channel bindings: MD5 over the
// gss_channel_bindings_struct of RFC 2744 section 3.11, its addresses empty and
// its application data those of RFC 5929. Without TLS it is zero.
func bindings(endPoint []byte) []byte {
	if endPoint == nil {
		return make([]byte, md5.Size)
	}
	data := append([]byte("tls-server-end-point:"), endPoint...)
	b := make([]byte, 16, 20+len(data))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	sum := md5.Sum(append(b, data...))
	return sum[:]
}

func mac(key []byte, parts ...[]byte) []byte {
	h := hmac.New(md5.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// unicode is UTF-16 in little-endian order.
func unicode(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// epoch is the distance, in units of 100 ns, of 1601-01-01 to 1970-01-01.
const epoch = 116444736000000000

// filetime is a time in units of 100 ns since 1601.
func filetime(t time.Time) []byte {
	return binary.LittleEndian.AppendUint64(nil, uint64(t.UnixNano()/100+epoch))
}
