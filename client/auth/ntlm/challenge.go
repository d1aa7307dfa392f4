package ntlm

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// flags of the messages, [MS-NLMP] section 2.2.2.5.
const (
	flagUnicode       = 1 << 0
	flagOEM           = 1 << 1
	flagRequestTarget = 1 << 2
	flagNTLM          = 1 << 9
	flagAlwaysSign    = 1 << 15
	flagExtended      = 1 << 19 // extended session security: NTLMv2 goes with it
	flagTargetInfo    = 1 << 23
	flagVersion       = 1 << 25

	offered = flagUnicode | flagOEM | flagRequestTarget | flagNTLM | flagAlwaysSign | flagExtended | flagVersion
)

const signature = "NTLMSSP\x00"

// challenge is message 2, [MS-NLMP] section 2.2.1.2: what of it matters.
type challenge struct {
	octets []byte // all of it, for the integrity code
	flags  uint32
	nonce  [8]byte
	info   []pair // AV_PAIRs, without the end; nil when the server sent none
	sent   bool   // it sent some, if only the end
}

// The offsets of message 2. Some servers end it after the nonce.
const (
	atFlags    = 20
	atNonce    = 24
	atInfo     = 40
	afterNonce = 32
	afterInfo  = 48
)

// readChallenge reads message 2. The target's name is not looked at: it is not
// needed, and squid's lies outside of the message.
func readChallenge(b []byte) (*challenge, error) {
	switch {
	case len(b) < afterNonce:
		return nil, fmt.Errorf("%d octets are too few", len(b))
	case string(b[:len(signature)]) != signature:
		return nil, errors.New("not of NTLM")
	case binary.LittleEndian.Uint32(b[8:]) != 2:
		return nil, errors.New("of another number")
	}
	c := &challenge{octets: b, flags: binary.LittleEndian.Uint32(b[atFlags:])}
	copy(c.nonce[:], b[atNonce:])
	if c.flags&flagTargetInfo == 0 || len(b) < afterInfo {
		return c, nil
	}
	info, err := buffer(b, atInfo)
	if err != nil || len(info) == 0 {
		return c, err
	}
	c.sent = true
	c.info, err = readPairs(info)
	return c, err
}

// buffer returns what a field of length, capacity and offset points to, section
// 2.2.1.
func buffer(b []byte, at int) ([]byte, error) {
	length := uint64(binary.LittleEndian.Uint16(b[at:]))
	offset := uint64(binary.LittleEndian.Uint32(b[at+4:]))
	if offset+length > uint64(len(b)) {
		return nil, errors.New("target information outside of the message")
	}
	return b[offset : offset+length], nil
}
