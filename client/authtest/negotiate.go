package authtest

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/asn1tools"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/spnego"
	"github.com/jcmturner/gokrb5/v8/types"
)

// Negotiate demands a ticket of the realm for HTTP/127.0.0.1, RFC 4559, and
// proves itself in return. Use a pointer: it keeps the connections.
type Negotiate struct {
	KDC *KDC

	// EndPoint is the tls-server-end-point that the bindings must have.
	EndPoint []byte

	// PerRequest lets in a request and not a connection.
	PerRequest bool

	// Forged makes its proof up, and Silent gives none.
	Forged, Silent bool

	// Drops closes that many connections instead of judging a ticket.
	Drops int

	mu    sync.Mutex
	in    map[string]string // who is in, by connection
	seen  []string          // authenticators, which must differ
	count int
}

// Handshakes is how many tickets were accepted.
func (n *Negotiate) Handshakes() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.count
}

func (n *Negotiate) challenge(bool) string { return "Negotiate" }

// vouched judges a request without credentials: by what its connection has shown.
func (n *Negotiate) vouched(r *http.Request) (judgement, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	user, in := n.in[r.RemoteAddr]
	return judgement{mine: true, ok: true, user: user}, in
}

func (n *Negotiate) check(r *http.Request, credentials string, _ []byte) judgement {
	text, mine := cutScheme(credentials, "Negotiate")
	if !mine {
		return judgement{}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.Drops > 0 {
		n.Drops--
		return judgement{mine: true, drop: true}
	}
	ap, why := readAPReq(text)
	if why != "" {
		return judgement{mine: true, complaint: "negotiate: " + why}
	}
	if ok, err := ap.Verify(n.KDC.keys, 5*time.Minute, types.HostAddress{}, nil); !ok || err != nil {
		return judgement{mine: true}
	}
	a := ap.Authenticator
	sum := a.Cksum.Checksum
	switch stamp := a.CTime.String() + hex.EncodeToString([]byte{byte(a.Cusec), byte(a.Cusec >> 8), byte(a.Cusec >> 16)}); {
	case a.Cksum.CksumType != 0x8003 || len(sum) < 24:
		return judgement{mine: true, complaint: "negotiate: no checksum of GSS-API"}
	case binary.LittleEndian.Uint32(sum[20:])&2 == 0 || !types.IsFlagSet(&ap.APOptions, 2):
		return judgement{mine: true, complaint: "negotiate: no proof is asked for"}
	case string(sum[4:20]) != string(channelHash(n.EndPoint)):
		return judgement{mine: true, complaint: "negotiate: wrong channel bindings"}
	case slices.Contains(n.seen, stamp):
		return judgement{mine: true, complaint: "negotiate: the authenticator was used before"}
	default:
		n.seen = append(n.seen, stamp)
	}
	n.count++
	j := judgement{mine: true, ok: true, user: a.CName.PrincipalNameString()}
	if n.in == nil {
		n.in = map[string]string{}
	}
	if !n.PerRequest {
		n.in[r.RemoteAddr] = j.user
	}
	if !n.Silent {
		j.last, why = n.proof(ap)
		j.complaint = why
	}
	return j
}

// readAPReq takes the token apart: SPNEGO, GSS-API, Kerberos.
func readAPReq(text string) (ap messages.APReq, why string) {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return ap, "token is no base64: " + err.Error()
	}
	var token spnego.SPNEGOToken
	var inner spnego.KRB5Token
	if err := token.Unmarshal(b); err != nil || !token.Init {
		return ap, "not a first token of SPNEGO"
	}
	if err := inner.Unmarshal(token.NegTokenInit.MechTokenBytes); err != nil || !inner.IsAPReq() {
		return ap, "not a token of Kerberos"
	}
	return inner.APReq, ""
}

// proof is the token that only who knows the service's key can make: AP-REP.
func (n *Negotiate) proof(ap messages.APReq) (token, why string) {
	part := messages.EncAPRepPart{CTime: ap.Authenticator.CTime, Cusec: ap.Authenticator.Cusec}
	if n.Forged {
		part.Cusec = (part.Cusec + 1) % 1000000
	}
	plain, err1 := asn1.Marshal(part)
	sealed, err2 := crypto.GetEncryptedData(asn1tools.AddASNAppTag(plain, 27), ap.Ticket.DecryptedEncPart.Key, keyusage.AP_REP_ENCPART, 0)
	reply, err3 := asn1.Marshal(messages.APRep{PVNO: 5, MsgType: 15, EncPart: sealed})
	oid, err4 := asn1.Marshal(gssapi.OIDKRB5.OID())
	inner := append(append(oid, 2, 0), asn1tools.AddASNAppTag(reply, 15)...)
	resp := spnego.NegTokenResp{SupportedMech: gssapi.OIDKRB5.OID(), ResponseToken: asn1tools.AddASNAppTag(inner, 0)}
	b, err5 := resp.Marshal()
	for _, err := range []error{err1, err2, err3, err4, err5} {
		if err != nil {
			return "", err.Error()
		}
	}
	return "Negotiate " + base64.StdEncoding.EncodeToString(b), ""
}
