package ntlm

import (
	"encoding/binary"
	"errors"
)

// pair is an AV_PAIR, [MS-NLMP] section 2.2.2.1.
type pair struct {
	id    uint16
	value []byte
}

// Ids of pairs that matter.
const (
	pairEnd        = 0
	pairFlags      = 6
	pairTimestamp  = 7
	pairTargetName = 9
	pairBindings   = 10
)

// pairFlagMIC in the flags tells that message 3 has an integrity code.
const pairFlagMIC = 2

// readPairs reads a list of pairs up to its end, which must be there.
func readPairs(b []byte) ([]pair, error) {
	var list []pair
	for len(b) >= 4 {
		id, n := binary.LittleEndian.Uint16(b), int(binary.LittleEndian.Uint16(b[2:]))
		if id == pairEnd {
			return list, nil
		}
		if b = b[4:]; n > len(b) {
			break
		}
		list = append(list, pair{id, b[:n]})
		b = b[n:]
	}
	return nil, errors.New("target information without an end")
}

// valueOf returns the value of the pair with that id, nil when there is none.
func valueOf(list []pair, id uint16) []byte {
	for _, p := range list {
		if p.id == id {
			return p.value
		}
	}
	return nil
}

// with returns the list with the pair in the place of one of the same id, or at
// its end.
func with(list []pair, p pair) []pair {
	out := make([]pair, 0, len(list)+1)
	for _, old := range list {
		if old.id != p.id {
			out = append(out, old)
		}
	}
	return append(out, p)
}

// appendPairs writes the list and its end.
func appendPairs(b []byte, list []pair) []byte {
	for _, p := range list {
		b = binary.LittleEndian.AppendUint16(b, p.id)
		b = binary.LittleEndian.AppendUint16(b, uint16(len(p.value)))
		b = append(b, p.value...)
	}
	return append(b, 0, 0, 0, 0)
}
