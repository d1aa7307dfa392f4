package scram

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The bounds of a server's iteration count: RFC 7677 section 4, and about a
// second of this decade's processors.
const (
	minIterations = 4096
	maxIterations = 2_000_000
)

// first is the server's first message.
type first struct {
	text       string
	nonce      string // ours, and the server's behind it
	salt       string // octets
	iterations int
}

// readFirst follows RFC 5802 section 7:
//
//	server-first-message = [reserved-mext ","] nonce "," salt ","
//	                       iteration-count ["," extensions]
//
// A mandatory extension (m=) is none that we know, and fails.
func readFirst(text, ours string) (first, error) {
	m := first{text: text}
	parts := strings.Split(text, ",")
	if len(parts) < 3 {
		return m, errors.New("scram: the server's first message is incomplete")
	}
	var nonce, salt, count bool
	m.nonce, nonce = strings.CutPrefix(parts[0], "r=")
	salt64, salt := strings.CutPrefix(parts[1], "s=")
	digits, count := strings.CutPrefix(parts[2], "i=")
	if !nonce || !salt || !count {
		return m, errors.New("scram: the server's first message is not nonce, salt and count")
	}
	if !strings.HasPrefix(m.nonce, ours) || len(m.nonce) == len(ours) {
		return m, errors.New("scram: the server's nonce does not go on from ours")
	}
	octets, err := base64.StdEncoding.DecodeString(salt64)
	if err != nil || len(octets) == 0 {
		return m, errors.New("scram: the salt is no base64")
	}
	m.salt = string(octets)
	m.iterations, err = strconv.Atoi(digits)
	if err != nil || m.iterations < minIterations || m.iterations > maxIterations {
		return m, fmt.Errorf("scram: an iteration count of %.20q is not between %d and %d", digits, minIterations, maxIterations)
	}
	return m, nil
}
