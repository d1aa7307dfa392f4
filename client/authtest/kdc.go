package authtest

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// etype is that of all keys: AES-256 with SHA-1, the one that all realms have.
const etype = etypeID.AES256_CTS_HMAC_SHA1_96

// KDC is a Kerberos realm on a loopback address, RFC 4120: it knows users by
// their passwords, and HTTP/127.0.0.1. The other half of gokrb5, of which the
// client has the encryption types alone, reads and writes its messages.
type KDC struct {
	Realm string
	Addr  string // 127.0.0.1:PORT, TCP

	// Skew is by how much its clock is ahead.
	Skew time.Duration

	listener net.Listener
	keys     *keytab.Keytab
	referral string // the realm that knows what this one does not; "": none
	wg       sync.WaitGroup

	mu    sync.Mutex
	asked []string // "AS alice", "TGS HTTP/127.0.0.1"
}

// StartKDC starts a realm. End it with Close.
func StartKDC(realm string, users Users) (*KDC, error) {
	k := &KDC{Realm: realm, keys: keytab.New()}
	all := map[string]string{"krbtgt/" + realm: "for tickets", "HTTP/127.0.0.1": "of the service"}
	for name, password := range users {
		all[name] = password
	}
	for name, password := range all {
		if err := k.keys.AddEntry(name, realm, password, time.Now(), 1, etype); err != nil {
			return nil, err
		}
	}
	var err error
	if k.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	k.Addr = k.listener.Addr().String()
	k.wg.Go(k.serve)
	return k, nil
}

// Add makes a user or a service known. It is not called once clients ask.
func (k *KDC) Add(name, password string) error {
	return k.keys.AddEntry(name, k.Realm, password, time.Now(), 1, etype)
}

// Refer has the realm refer those who ask for a service that it does not know to
// another, with which it shares a key: RFC 6806 section 8. It is not called once
// clients ask.
func (k *KDC) Refer(to *KDC) error {
	k.referral = to.Realm
	for _, keys := range []*keytab.Keytab{k.keys, to.keys} {
		if err := keys.AddEntry("krbtgt/"+to.Realm, k.Realm, "between realms", time.Now(), 1, etype); err != nil {
			return err
		}
	}
	return nil
}

// Close ends the realm.
func (k *KDC) Close() {
	_ = k.listener.Close()
	k.wg.Wait()
}

// Conf is a krb5.conf for its clients.
func (k *KDC) Conf() string {
	return fmt.Sprintf("[libdefaults]\n default_realm = %[1]s\n dns_lookup_kdc = false\n[realms]\n %[1]s = {\n  kdc = %[2]s\n }\n[domain_realm]\n 127.0.0.1 = %[1]s\n", k.Realm, k.Addr)
}

// Asked is what was asked for so far: "AS alice", "TGS HTTP/127.0.0.1".
func (k *KDC) Asked() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.asked)
}

func (k *KDC) now() time.Time { return time.Now().UTC().Add(k.Skew) }

func (k *KDC) serve() {
	for {
		c, err := k.listener.Accept()
		if err != nil {
			return
		}
		k.wg.Go(func() {
			defer func() { _ = c.Close() }()
			_ = c.SetDeadline(time.Now().Add(time.Minute))
			var size [4]byte
			if _, err := io.ReadFull(c, size[:]); err != nil {
				return
			}
			b := make([]byte, binary.BigEndian.Uint32(size[:])&0xffff)
			if _, err := io.ReadFull(c, b); err != nil {
				return
			}
			answer := k.answer(b)
			_, _ = c.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(answer))), answer...)) // the client may have gone
		})
	}
}

func (k *KDC) answer(b []byte) []byte {
	var as messages.ASReq
	var tgs messages.TGSReq
	var answer []byte
	var err error
	switch {
	case as.Unmarshal(b) == nil:
		k.note("AS " + as.ReqBody.CName.PrincipalNameString())
		answer, err = k.login(as)
	case tgs.Unmarshal(b) == nil:
		k.note("TGS " + tgs.ReqBody.SName.PrincipalNameString())
		answer, err = k.grant(tgs)
	default:
		err = messages.KRBError{ErrorCode: errorcode.KRB_ERR_GENERIC, EText: "neither AS-REQ nor TGS-REQ"}
	}
	if err == nil {
		return answer
	}
	e, ok := err.(messages.KRBError)
	if !ok {
		e = messages.KRBError{ErrorCode: errorcode.KRB_ERR_GENERIC, EText: err.Error()}
	}
	whole := messages.NewKRBError(types.PrincipalName{NameType: 2, NameString: []string{"krbtgt", k.Realm}}, k.Realm, e.ErrorCode, e.EText)
	whole.STime, whole.EData = k.now(), e.EData
	answer, _ = whole.Marshal()
	return answer
}

func (k *KDC) note(what string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asked = append(k.asked, what)
}

func fail(code int32) error { return messages.KRBError{ErrorCode: code} }

// login is the AS exchange, with an encrypted timestamp.
func (k *KDC) login(q messages.ASReq) ([]byte, error) {
	body := q.ReqBody
	if body.Realm != k.Realm {
		return nil, fail(errorcode.KDC_ERR_WRONG_REALM)
	}
	key, _, err := k.keys.GetEncryptionKey(body.CName, k.Realm, 1, etype)
	if err != nil {
		return nil, fail(errorcode.KDC_ERR_C_PRINCIPAL_UNKNOWN)
	}
	i := slices.IndexFunc(q.PAData, func(pa types.PAData) bool { return pa.PADataType == patype.PA_ENC_TIMESTAMP })
	if i < 0 {
		info, err := asn1.Marshal([]types.ETypeInfo2Entry{{EType: etype, Salt: body.CName.GetSalt(k.Realm)}})
		if err != nil {
			return nil, err
		}
		data, err := asn1.Marshal(types.PADataSequence{{PADataType: patype.PA_ETYPE_INFO2, PADataValue: info}})
		return nil, cmpError(err, messages.KRBError{ErrorCode: errorcode.KDC_ERR_PREAUTH_REQUIRED, EData: data})
	}
	var sealed types.EncryptedData
	if err := sealed.Unmarshal(q.PAData[i].PADataValue); err != nil {
		return nil, err
	}
	plain, err := crypto.DecryptEncPart(sealed, key, keyusage.AS_REQ_PA_ENC_TIMESTAMP)
	if err != nil {
		return nil, fail(errorcode.KDC_ERR_PREAUTH_FAILED)
	}
	var stamp types.PAEncTSEnc
	if err := stamp.Unmarshal(plain); err != nil {
		return nil, err
	}
	if d := k.now().Sub(stamp.PATimestamp); d.Abs() > 5*time.Minute {
		return nil, fail(errorcode.KRB_AP_ERR_SKEW)
	}
	f, err := k.fields(body.CName, k.Realm, body, key, keyusage.AS_REP_ENCPART)
	if err != nil {
		return nil, err
	}
	f.MsgType = msgtype.KRB_AS_REP
	r := messages.ASRep{KDCRepFields: f}
	return r.Marshal()
}

func cmpError(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// grant is the TGS exchange.
func (k *KDC) grant(q messages.TGSReq) ([]byte, error) {
	var ap messages.APReq
	if len(q.PAData) != 1 || q.PAData[0].PADataType != patype.PA_TGS_REQ {
		return nil, fail(errorcode.KDC_ERR_PADATA_TYPE_NOSUPP)
	}
	if err := ap.Unmarshal(q.PAData[0].PADataValue); err != nil {
		return nil, err
	}
	if err := ap.Ticket.DecryptEncPart(k.keys, &ap.Ticket.SName); err != nil {
		return nil, fail(errorcode.KRB_AP_ERR_NOKEY)
	}
	key := ap.Ticket.DecryptedEncPart.Key
	if err := ap.DecryptAuthenticator(key); err != nil {
		return nil, fail(errorcode.KRB_AP_ERR_BAD_INTEGRITY)
	}
	if d := k.now().Sub(ap.Authenticator.CTime); d.Abs() > 5*time.Minute {
		return nil, fail(errorcode.KRB_AP_ERR_SKEW)
	}
	e, err := crypto.GetEtype(key.KeyType)
	if err != nil {
		return nil, err
	}
	body, err := q.ReqBody.Marshal()
	if err != nil {
		return nil, err
	}
	if !e.VerifyChecksum(key.KeyValue, body, ap.Authenticator.Cksum.Checksum, keyusage.TGS_REQ_PA_TGS_REQ_AP_REQ_AUTHENTICATOR_CHKSUM) {
		return nil, fail(errorcode.KRB_AP_ERR_MODIFIED)
	}
	who := ap.Ticket.DecryptedEncPart
	f, err := k.fields(who.CName, who.CRealm, q.ReqBody, key, keyusage.TGS_REP_ENCPART_SESSION_KEY)
	if err != nil {
		return nil, err
	}
	f.MsgType = msgtype.KRB_TGS_REP
	r := messages.TGSRep{KDCRepFields: f}
	return r.Marshal()
}

// fields makes a ticket and says to its client what is in it.
func (k *KDC) fields(client types.PrincipalName, home string, body messages.KDCReqBody, key types.EncryptionKey, usage uint32) (messages.KDCRepFields, error) {
	now := k.now().Truncate(time.Second)
	ends := now.Add(10 * time.Hour)
	set := types.NewKrbFlags()
	types.SetFlag(&set, flags.Initial)
	service := body.SName
	if _, _, err := k.keys.GetEncryptionKey(service, k.Realm, 1, etype); err != nil {
		if k.referral == "" {
			return messages.KDCRepFields{}, fail(errorcode.KDC_ERR_S_PRINCIPAL_UNKNOWN)
		}
		service = types.PrincipalName{NameType: 2, NameString: []string{"krbtgt", k.referral}}
	}
	t, session, err := messages.NewTicket(client, home, service, k.Realm, set, k.keys, etype, 1, now, now, ends, ends)
	if err != nil {
		return messages.KDCRepFields{}, err
	}
	part := messages.EncKDCRepPart{
		Key: session, LastReqs: []messages.LastReq{{LRValue: now}}, Nonce: body.Nonce, Flags: set,
		AuthTime: now, StartTime: now, EndTime: ends, RenewTill: ends, SRealm: k.Realm, SName: service,
	}
	b, err := part.Marshal()
	if err != nil {
		return messages.KDCRepFields{}, err
	}
	sealed, err := crypto.GetEncryptedData(b, key, usage, 1)
	return messages.KDCRepFields{PVNO: 5, CRealm: home, CName: client, Ticket: t, EncPart: sealed}, err
}

// CacheFile is a ticket cache with the ticket that grants tickets of the user, as
// kinit writes it: version 4 of
// https://web.mit.edu/kerberos/krb5-latest/doc/formats/ccache_file_format.html.
// It ends that much from now.
func (k *KDC) CacheFile(user string, ends time.Duration) ([]byte, error) {
	now := time.Now().Truncate(time.Second)
	starts := now.Add(min(0, ends) - time.Hour)
	client := types.PrincipalName{NameType: 1, NameString: []string{user}}
	server := types.PrincipalName{NameType: 2, NameString: []string{"krbtgt", k.Realm}}
	t, session, err := messages.NewTicket(client, k.Realm, server, k.Realm, types.NewKrbFlags(), k.keys, etype, 1, starts, starts, now.Add(ends), now.Add(ends))
	if err != nil {
		return nil, err
	}
	ticket, err := t.Marshal()
	if err != nil {
		return nil, err
	}
	b := []byte{5, 4, 0, 0}
	number := func(n int64) { b = binary.BigEndian.AppendUint32(b, uint32(n)) }
	data := func(s string) { number(int64(len(s))); b = append(b, s...) }
	name := func(p types.PrincipalName, realm string) {
		number(int64(p.NameType))
		number(int64(len(p.NameString)))
		data(realm)
		for _, s := range p.NameString {
			data(s)
		}
	}
	name(client, k.Realm)
	name(client, k.Realm)
	name(types.PrincipalName{NameString: strings.Split("krb5_ccache_conf_data/pa_type", "/")}, "X-CACHECONF:")
	b = append(b, make([]byte, 2+4+4*4+1+4+4+4+4+4)...) // a note to the library
	name(client, k.Realm)
	name(server, k.Realm)
	b = binary.BigEndian.AppendUint16(b, uint16(session.KeyType))
	data(string(session.KeyValue))
	for _, at := range []time.Time{starts, starts, now.Add(ends), now.Add(ends)} {
		number(at.Unix())
	}
	b = append(b, make([]byte, 1+4+4+4)...) // not a session key's; flags; no addresses; no data
	data(string(ticket))
	data("")
	return b, nil
}
