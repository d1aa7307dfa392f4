package negotiate

import (
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"

	"getin/client/auth"
)

// Object identifiers, as DER: SPNEGO is 1.3.6.1.5.5.2 (RFC 4178 section 3.1),
// Kerberos 1.2.840.113554.1.2.2 (RFC 4121 section 1).
var (
	oidSPNEGO   = []byte{0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02}
	oidKerberos = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02}
)

// Tags: [APPLICATION 0] is a first token of any mechanism, RFC 2743 section 3.1.
const tagFirst = der.Tag(0x60)

func tag(n uint8) der.Tag { return der.Tag(n).ContextSpecific().Constructed() }

// initial is the first token, RFC 4178 section 4.2.1:
//
//	NegTokenInit ::= SEQUENCE {
//		mechTypes   [0] SEQUENCE OF OBJECT IDENTIFIER,
//		reqFlags    [1] ContextFlags OPTIONAL,
//		mechToken   [2] OCTET STRING OPTIONAL,
//		mechListMIC [3] OCTET STRING OPTIONAL }
func initial(token []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(tagFirst, func(b *cryptobyte.Builder) {
		b.AddBytes(oidSPNEGO)
		b.AddASN1(tag(0), func(b *cryptobyte.Builder) {
			b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(tag(0), func(b *cryptobyte.Builder) {
					b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(oidKerberos) })
				})
				b.AddASN1(tag(2), func(b *cryptobyte.Builder) { b.AddASN1OctetString(token) })
			})
		})
	})
	return b.BytesOrPanic() // its lengths are ours
}

// further is a token after the first: a NegTokenResp with a responseToken alone.
func further(token []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(tag(1), func(b *cryptobyte.Builder) {
		b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(tag(2), func(b *cryptobyte.Builder) { b.AddASN1OctetString(token) })
		})
	})
	return b.BytesOrPanic()
}

// rejected is the negState of a server that will not go on, RFC 4178 section
// 4.2.2: accept-completed (0), accept-incomplete (1), reject (2), request-mic
// (3).
const rejected = 2

// unknown is the state of a token that does not name one.
const unknown = -1

var (
	errToken    = errors.New("negotiate: a token that cannot be read")
	errFirst    = errors.New("negotiate: the server sent a first token in the place of an answer")
	errRejected = errors.New("the server has let in whom its token rejects")
)

// answer is what a server's token says.
type answer struct {
	state     int
	mechanism []byte // the token of the mechanism; nil for none
}

// readToken reads the answer of a server, RFC 4178 section 4.2.2:
//
//	NegTokenResp ::= SEQUENCE {
//		negState      [0] ENUMERATED OPTIONAL,
//		supportedMech [1] OBJECT IDENTIFIER OPTIONAL,
//		responseToken [2] OCTET STRING OPTIONAL,
//		mechListMIC   [3] OCTET STRING OPTIONAL }
//
// Some servers leave SPNEGO out and send the token of the mechanism as it is.
func readToken(token68 string) (answer, error) {
	b, err := decode(token68)
	if err != nil {
		return answer{}, err
	}
	in := cryptobyte.String(b)
	a := answer{state: unknown}
	if in.PeekASN1Tag(tagFirst) {
		var inside, oid cryptobyte.String
		first := in
		if !first.ReadASN1(&inside, tagFirst) || !inside.ReadASN1Element(&oid, der.OBJECT_IDENTIFIER) {
			return answer{}, errToken
		}
		if string(oid) == string(oidSPNEGO) {
			return answer{}, errFirst
		}
		a.mechanism = b
		return a, nil
	}
	var outer, r cryptobyte.String
	if !in.ReadASN1(&outer, tag(1)) || !outer.ReadASN1(&r, der.SEQUENCE) {
		return answer{}, errToken
	}
	err = a.read(r)
	return a, err
}

func (a *answer) read(r cryptobyte.String) error {
	var field cryptobyte.String
	var has bool
	if !r.ReadOptionalASN1(&field, &has, tag(0)) || has && !field.ReadASN1Enum(&a.state) {
		return errToken
	}
	if !r.SkipOptionalASN1(tag(1)) || !r.ReadOptionalASN1(&field, &has, tag(2)) {
		return errToken
	}
	if has {
		var token cryptobyte.String
		if !field.ReadASN1(&token, der.OCTET_STRING) {
			return errToken
		}
		a.mechanism = token
	}
	return nil
}

// nonRefusal returns the error of a token that came with a rejection, nil when
// it says no more than that.
func nonRefusal(err error) error {
	if errors.Is(err, auth.ErrRefused) {
		return nil
	}
	return fmt.Errorf("negotiate: %w", err)
}
