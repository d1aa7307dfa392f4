//go:build !windows

package ticket

import (
	"fmt"
	"time"

	der "golang.org/x/crypto/cryptobyte/asn1"
)

// Message numbers, which are application tags as well, RFC 4120 section 5.10.
const (
	msgASReq  = 10
	msgASRep  = 11
	msgTGSReq = 12
	msgTGSRep = 13
	msgAPReq  = 14
	msgAPRep  = 15
	msgError  = 30

	tagTicket        = 1
	tagAuthenticator = 2
	tagEncASRep      = 25
	tagEncTGSRep     = 26
	tagEncAPRep      = 27
)

// Codes of KRB-ERROR, RFC 4120 section 7.5.9.
const (
	codeClientUnknown   = 6
	codeServerUnknown   = 7
	codeETypeNoSupport  = 14
	codeClientRevoked   = 18
	codeKeyExpired      = 23
	codePreauthFailed   = 24
	codePreauthRequired = 25
	codeBadIntegrity    = 31
	codeTicketExpired   = 32
	codeSkew            = 37
	codeWrongRealm      = 68
)

// kdcError is a KRB-ERROR, RFC 4120 section 5.9.1.
type kdcError struct {
	code  int64
	stime time.Time // the sender's clock
	text  string    // the sender's words
	data  []byte
}

func (e *kdcError) Error() string {
	if e.text == "" {
		return fmt.Sprintf("Kerberos error %d", e.code)
	}
	return fmt.Sprintf("Kerberos error %d (%q)", e.code, e.text)
}

// readError returns the KRB-ERROR that the octets are, or nil.
func readError(b []byte) *kdcError {
	r := open(b, application(msgError))
	r.int(0) // pvno
	r.int(1) // msg-type
	r.skip(2)
	r.skip(3)
	e := &kdcError{stime: r.time(4)}
	r.int(5) // susec
	e.code = r.int(6)
	for n := uint8(7); n <= 10; n++ { // names and realms
		r.skip(n)
	}
	if r.has(11) {
		e.text = r.string(11)
	}
	if r.has(12) {
		e.data = r.octets(12)
	}
	if r.err() != nil {
		return nil
	}
	return e
}

// reply is a KDC-REP, RFC 4120 section 5.4.2.
type reply struct {
	hints  []hint // of AS-REP
	client principal
	ticket []byte // as it came
	server principal
	sealed []byte // EncryptedData
}

// readReply reads the AS-REP or TGS-REP.
func readReply(b []byte, msg uint8) (reply, error) {
	r := open(b, application(msg))
	r.int(0) // pvno
	if r.int(1) != int64(msg) {
		return reply{}, errDER
	}
	var p reply
	if r.has(2) {
		r.each(2, func(pa *reader) { p.hints = append(p.hints, readHints(pa)...) })
	}
	realm := r.string(3)
	p.client = r.name(4, realm)
	p.ticket = r.field(5)
	p.sealed = r.field(6)
	if err := r.err(); err != nil {
		return reply{}, err
	}
	// Of the ticket, RFC 4120 section 5.3, what is not encrypted.
	t := open(p.ticket, application(tagTicket))
	t.int(0) // tkt-vno
	p.server = t.name2(1, 2)
	return p, t.err()
}

// name2 reads a realm and the name in it.
func (r *reader) name2(realm, name uint8) principal {
	s := r.string(realm)
	return r.name(name, s)
}

// paETypeInfo2 is the type of PA-ETYPE-INFO2, RFC 4120 section 5.2.7.5.
const paETypeInfo2 = 19

// readHints reads a PA-DATA, and returns what it says of making keys:
//
//	PA-DATA           ::= SEQUENCE { padata-type [1] Int32, padata-value [2] OCTET STRING }
//	ETYPE-INFO2-ENTRY ::= SEQUENCE {
//		etype     [0] Int32,
//		salt      [1] KerberosString OPTIONAL,
//		s2kparams [2] OCTET STRING OPTIONAL }
func readHints(pa *reader) (list []hint) {
	kind, value := pa.int(1), pa.octets(2)
	if pa.bad || kind != paETypeInfo2 {
		return nil
	}
	wrapped := &reader{in: build(func(b *builder) { addRaw(b, 0, value) })}
	wrapped.each(0, func(r *reader) {
		h := hint{etype: r.int(0)}
		if r.has(1) {
			h.salt, h.hasSalt = r.string(1), true
		}
		if r.has(2) {
			h.params = r.octets(2)
		}
		list = append(list, h)
	})
	pa.bad = pa.bad || wrapped.bad
	return list
}

// grant is the EncKDCRepPart, RFC 4120 section 5.4.2: what a reply says to who
// can read it.
type grant struct {
	key    key
	nonce  int64
	starts time.Time
	ends   time.Time
	server principal
}

func readGrant(b []byte) (grant, error) {
	// RFC 4120 section 5.4.2 lets either tag stand for either reply.
	r := open(b, application(tagEncTGSRep))
	if r.bad {
		r = open(b, application(tagEncASRep))
	}
	var g grant
	g.key = r.key(0)
	r.field(1) // last-req
	g.nonce = r.int(2)
	r.skip(3)
	r.field(4) // flags
	g.starts = r.time(5)
	if r.has(6) {
		g.starts = r.time(6)
	}
	g.ends = r.time(7)
	r.skip(8)
	g.server = r.name2(9, 10)
	return g, r.err()
}

// key reads EncryptionKey ::= SEQUENCE { keytype [0] Int32, keyvalue [1] OCTET STRING }.
func (r *reader) key(n uint8) key {
	in := &reader{in: r.inner(n, der.SEQUENCE), bad: r.bad}
	k := key{int32(in.int(0)), in.octets(1)}
	r.bad = r.bad || in.bad
	return k
}
