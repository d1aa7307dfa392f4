package ntlm

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"getin/client/auth"
)

// version is the VERSION structure, [MS-NLMP] section 2.2.2.10: nothing but the
// revision of the protocol. gss-ntlmssp refuses messages without one.
const version = "\x00\x00\x00\x00\x00\x00\x00\x0f"

// negotiate is message 1, section 2.2.1.1. It names neither domain nor
// workstation.
func negotiate() []byte {
	b := []byte(signature)
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = binary.LittleEndian.AppendUint32(b, offered)
	b = append(b, make([]byte, 16)...)
	return append(b, version...)
}

// answer is what message 3 is made from, beside the server's message.
type answer struct {
	user, domain string
	password     auth.Secret
	nonce        [8]byte
	now          time.Time
	host         string
	endPoint     []byte
}

// The layout of message 3, section 2.2.1.3: head, and where its code stands.
const (
	headSize = 88
	atMIC    = 72
)

// message is message 3.
func (a answer) message(c *challenge) ([]byte, error) {
	flags := c.flags & offered
	encode := unicode
	if flags&flagUnicode == 0 {
		if strings.ContainsFunc(a.user+a.domain, func(r rune) bool { return r > 0x7f }) {
			return nil, fmt.Errorf("ntlm: %w: the server knows no Unicode, and the user name is not ASCII", auth.ErrCredential)
		}
		encode = func(s string) []byte { return []byte(s) }
	} else {
		flags &^= flagOEM
	}
	key := ntowfv2(a.password.Reveal(), a.user, a.domain)
	stamp := valueOf(c.info, pairTimestamp)
	coded := len(stamp) == 8
	lm := make([]byte, 24)
	if !coded {
		stamp, lm = filetime(a.now), lmResponse(key, c.nonce, a.nonce)
	}
	nt, session := ntResponse(key, c.nonce, a.nonce, stamp, a.targetInfo(c, coded))
	b, err := assemble(flags, lm, nt, encode(a.domain), encode(a.user))
	if err == nil && coded {
		copy(b[atMIC:], mac(session, negotiate(), c.octets, b))
	}
	return b, err
}

// targetInfo is the server's, with what section 3.1.5.1.2 has the client add.
func (a answer) targetInfo(c *challenge, coded bool) []byte {
	if !c.sent {
		return nil
	}
	list := c.info
	if coded {
		flags := make([]byte, 4)
		copy(flags, valueOf(list, pairFlags))
		flags[0] |= pairFlagMIC
		list = with(list, pair{pairFlags, flags})
	}
	list = with(list, pair{pairBindings, bindings(a.endPoint)})
	list = with(list, pair{pairTargetName, unicode("HTTP/" + a.host)})
	return appendPairs(nil, list)
}

// assemble puts the message together: six fields of length, capacity and offset,
// flags, version, integrity code, and what the fields point to.
func assemble(flags uint32, lm, nt, domain, user []byte) ([]byte, error) {
	head := binary.LittleEndian.AppendUint32([]byte(signature), 3)
	var payload []byte
	for _, part := range [][]byte{lm, nt, domain, user, nil, nil} { // the last: workstation, session key
		if len(part) > 0xffff {
			return nil, errors.New("ntlm: a field of message 3 is longer than 65535 octets")
		}
		head = binary.LittleEndian.AppendUint16(head, uint16(len(part)))
		head = binary.LittleEndian.AppendUint16(head, uint16(len(part)))
		head = binary.LittleEndian.AppendUint32(head, uint32(headSize+len(payload)))
		payload = append(payload, part...)
	}
	head = binary.LittleEndian.AppendUint32(head, flags)
	if flags&flagVersion != 0 {
		head = append(head, version...)
	} else {
		head = append(head, make([]byte, len(version))...)
	}
	head = append(head, make([]byte, headSize-atMIC)...)
	return append(head, payload...), nil
}
