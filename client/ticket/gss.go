//go:build !windows

package ticket

import (
	"crypto/md5" //nolint:gosec // RFC 4121 section 4.1.1.2 has it
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"

	"getin/client/auth"
)

// oid is that of the mechanism, 1.2.840.113554.1.2.2 (RFC 4121 section 1), as
// DER.
var oid = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02}

// Token identifiers, RFC 4121 section 4.1.
const (
	tokenRequest = 0x0100
	tokenReply   = 0x0200
	tokenError   = 0x0300
)

// gssChecksum is the type of the checksum that is none: it holds flags, RFC 4121
// section 4.1.1.
const gssChecksum = 0x8003

// Flags of a context, RFC 4121 section 4.1.1.1.
const (
	flagMutual    = 2
	flagReplay    = 4
	flagSequence  = 8
	flagIntegrity = 32
)

// bound is a security context with a service. It is used by one goroutine at a
// time.
type bound struct {
	ticket   held
	endPoint []byte
	sent     time.Time // of the authenticator; zero before
	done     bool
}

// Next returns the token for the service, and then takes the service's, which
// proves it (RFC 4120 section 3.2.5). Errors wrap auth.ErrServerUnverified, or
// auth.ErrRefused when the service will not have the ticket.
func (c *bound) Next(token []byte) ([]byte, error) {
	if c.sent.IsZero() {
		return c.request()
	}
	kind, body, err := unwrap(token)
	if err != nil {
		return nil, err
	}
	switch kind {
	case tokenReply:
		if err := apReply(body, c.ticket.key, c.sent); err != nil {
			return nil, fmt.Errorf("kerberos: %w: %v", auth.ErrServerUnverified, err)
		}
		c.done = true
		return nil, nil
	case tokenError:
		if e := readError(body); e != nil && e.code == codeSkew {
			return nil, skewed(c.ticket.server.name(), e.stime, testOnlyNow())
		} else if e != nil {
			return nil, &failure{fmt.Sprintf("%s: %v", c.ticket.server.name(), e), []error{auth.ErrRefused}}
		}
	}
	return nil, errToken
}

// Done reports whether the service has proven itself.
func (c *bound) Done() bool { return c.done }

var errToken = errors.New("kerberos: a token that cannot be read")

func (c *bound) request() ([]byte, error) {
	c.sent = testOnlyNow().Truncate(time.Microsecond)
	a := authenticator{c.ticket.client, gssChecksum, checksumOf(c.endPoint), c.sent, newNonce()}
	ap, err := apRequest(c.ticket, optMutual, a, usageAPAuth)
	if err != nil {
		return nil, cannotStart(nil, "%v", err)
	}
	return wrap(tokenRequest, ap), nil
}

// checksumOf is RFC 4121 section 4.1.1: the length of the bindings, the bindings,
// the flags, all little-endian.
func checksumOf(endPoint []byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, md5.Size)
	b = append(b, bindings(endPoint)...)
	return binary.LittleEndian.AppendUint32(b, flagMutual|flagReplay|flagSequence|flagIntegrity)
}

// bindings is the hash of RFC 4121 section 4.1.1.2 over the channel: no
// addresses, and the end point of TLS (RFC 5929 section 4). Without TLS it is
// zeros.
func bindings(endPoint []byte) []byte {
	if endPoint == nil {
		return make([]byte, md5.Size)
	}
	data := append([]byte("tls-server-end-point:"), endPoint...)
	b := make([]byte, 16) // types and lengths of two addresses
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	sum := md5.Sum(append(b, data...))
	return sum[:]
}

// wrap makes the token of RFC 2743 section 3.1.
func wrap(kind uint16, body []byte) []byte {
	return build(func(b *builder) {
		b.AddASN1(application(0), func(b *builder) {
			b.AddBytes(oid)
			b.AddUint16(kind)
			b.AddBytes(body)
		})
	})
}

// unwrap is its inverse.
func unwrap(token []byte) (kind uint16, body []byte, err error) {
	in := cryptobyte.String(token)
	var inside, mech cryptobyte.String
	if !in.ReadASN1(&inside, application(0)) || !inside.ReadASN1Element(&mech, der.OBJECT_IDENTIFIER) ||
		string(mech) != string(oid) || !inside.ReadUint16(&kind) {
		return 0, nil, errToken
	}
	return kind, inside, nil
}
