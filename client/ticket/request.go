//go:build !windows

package ticket

import (
	"crypto/rand"
	"encoding/binary"
	"time"
)

// Options of a request, RFC 4120 section 5.4.1; bit 0 is the highest.
const (
	optForwardable  = 1 << (31 - 1)
	optCanonicalize = 1 << (31 - 15) // RFC 6806: lead us to the realm that knows
)

// lifetime is what is asked for; the realm gives as much as it likes.
const lifetime = 24 * time.Hour

// PA-DATA types, RFC 4120 section 7.5.2.
const (
	paTGSReq       = 1
	paEncTimestamp = 2
)

// request is a KDC-REQ, RFC 4120 section 5.4.1.
type request struct {
	msg     uint8
	options uint32
	client  principal // of AS-REQ
	server  principal
	nonce   int64
	now     time.Time
	preauth []preauth
}

type preauth struct {
	kind  int64
	value []byte
}

// newNonce is a UInt32 that fits an Int32 too, which is what some realms read.
func newNonce() int64 {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return int64(binary.BigEndian.Uint32(b[:]) >> 1)
}

// body is KDC-REQ-BODY:
//
//	KDC-REQ-BODY ::= SEQUENCE {
//		kdc-options [0] KDCOptions,
//		cname       [1] PrincipalName OPTIONAL,
//		realm       [2] Realm,
//		sname       [3] PrincipalName OPTIONAL,
//		till        [5] KerberosTime,
//		nonce       [7] UInt32,
//		etype       [8] SEQUENCE OF Int32, … }
func (q request) body() []byte {
	return build(func(b *builder) {
		addSequence(b, func(b *builder) {
			addFlags(b, 0, q.options)
			if len(q.client.parts) > 0 {
				addName(b, 1, q.client)
			}
			addString(b, 2, q.server.realm)
			addName(b, 3, q.server)
			addTime(b, 5, q.now.Add(lifetime))
			addInt(b, 7, q.nonce)
			b.AddASN1(explicit(8), func(b *builder) {
				addSequence(b, func(b *builder) {
					for _, e := range etypes {
						b.AddASN1Int64(e)
					}
				})
			})
		})
	})
}

// encode is the whole message:
//
//	KDC-REQ ::= SEQUENCE {
//		pvno     [1] INTEGER (5),
//		msg-type [2] INTEGER,
//		padata   [3] SEQUENCE OF PA-DATA OPTIONAL,
//		req-body [4] KDC-REQ-BODY }
func (q request) encode() []byte {
	return build(func(b *builder) {
		b.AddASN1(application(q.msg), func(b *builder) {
			addSequence(b, func(b *builder) {
				addInt(b, 1, 5)
				addInt(b, 2, int64(q.msg))
				if len(q.preauth) > 0 {
					b.AddASN1(explicit(3), func(b *builder) { addSequence(b, q.addPreauth) })
				}
				addRaw(b, 4, q.body())
			})
		})
	})
}

func (q request) addPreauth(b *builder) {
	for _, p := range q.preauth {
		addSequence(b, func(b *builder) {
			addInt(b, 1, p.kind)
			addOctets(b, 2, p.value)
		})
	}
}

// timestamp is the PA-ENC-TIMESTAMP that proves the password, RFC 4120 section
// 5.2.7.2.
func timestamp(k key, now time.Time) (preauth, error) {
	sealed, err := k.encrypt(build(func(b *builder) {
		addSequence(b, func(b *builder) {
			addTime(b, 0, now)
			addInt(b, 1, microseconds(now))
		})
	}), usagePreauth)
	return preauth{paEncTimestamp, sealed}, err
}

func microseconds(t time.Time) int64 { return int64(t.Nanosecond() / 1000) }

// authenticator is RFC 4120 section 5.5.1: it shows that whoever sends a ticket
// has its key, now.
type authenticator struct {
	client   principal
	sumKind  int64
	sum      []byte
	now      time.Time
	sequence int64
}

func (a authenticator) encode() []byte {
	return build(func(b *builder) {
		b.AddASN1(application(tagAuthenticator), func(b *builder) {
			addSequence(b, func(b *builder) {
				addInt(b, 0, 5)
				addString(b, 1, a.client.realm)
				addName(b, 2, a.client)
				b.AddASN1(explicit(3), func(b *builder) {
					addSequence(b, func(b *builder) {
						addInt(b, 0, a.sumKind)
						addOctets(b, 1, a.sum)
					})
				})
				addInt(b, 4, microseconds(a.now))
				addTime(b, 5, a.now)
				addInt(b, 7, a.sequence)
			})
		})
	})
}

// optMutual asks the acceptor to prove itself, RFC 4120 section 5.5.1.
const optMutual = 1 << (31 - 2)

// apRequest is AP-REQ:
//
//	AP-REQ ::= [APPLICATION 14] SEQUENCE {
//		pvno          [0] INTEGER (5),
//		msg-type      [1] INTEGER (14),
//		ap-options    [2] APOptions,
//		ticket        [3] Ticket,
//		authenticator [4] EncryptedData }
func apRequest(t held, options uint32, a authenticator, usage uint32) ([]byte, error) {
	sealed, err := t.key.encrypt(a.encode(), usage)
	if err != nil {
		return nil, err
	}
	return build(func(b *builder) {
		b.AddASN1(application(msgAPReq), func(b *builder) {
			addSequence(b, func(b *builder) {
				addInt(b, 0, 5)
				addInt(b, 1, msgAPReq)
				addFlags(b, 2, options)
				addRaw(b, 3, t.ticket)
				addRaw(b, 4, sealed)
			})
		})
	}), nil
}

// tgsAuth is the PA-TGS-REQ: a ticket, and the body of the request signed with
// its key, RFC 4120 section 5.2.7.1.
func tgsAuth(t held, body []byte, now time.Time) (preauth, error) {
	kind, sum, err := t.key.checksum(body, usageTGSBody)
	if err != nil {
		return preauth{}, err
	}
	ap, err := apRequest(t, 0, authenticator{t.client, kind, sum, now, newNonce()}, usageTGSAuth)
	return preauth{paTGSReq, ap}, err
}

// apReply checks AP-REP: only who has the ticket's key could have sent back the
// time of the authenticator, RFC 4120 section 3.2.5.
//
//	AP-REP        ::= [APPLICATION 15] SEQUENCE {
//		pvno [0] INTEGER (5), msg-type [1] INTEGER (15), enc-part [2] EncryptedData }
//	EncAPRepPart  ::= [APPLICATION 27] SEQUENCE {
//		ctime [0] KerberosTime, cusec [1] Microseconds, … }
func apReply(b []byte, k key, sent time.Time) error {
	r := open(b, application(msgAPRep))
	r.int(0)
	r.int(1)
	sealed := r.field(2)
	if err := r.err(); err != nil {
		return err
	}
	plain, err := k.decrypt(sealed, usageAPReply)
	if err != nil {
		return err
	}
	in := open(plain, application(tagEncAPRep))
	at, micro := in.time(0), in.int(1)
	if err := in.err(); err != nil {
		return err
	}
	if at.Unix() != sent.Unix() || micro != microseconds(sent) {
		return errEcho
	}
	return nil
}
