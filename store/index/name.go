package index

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"

	"getin/client/auth"
)

// maxReadable bounds the readable part of a file name, in octets: with the hash
// and the longest suffix it stays below the 255 that file systems take, and
// below 143, the limit of eCryptfs.
const maxReadable = 80

// base returns the file name without suffix: a readable part of the origin, and
// the hash that makes it unique. No host can give it a separator, a leading dot
// or a reserved name.
func base(p *auth.Party, o auth.Origin) string {
	who := ""
	if p != auth.Server {
		who = p.Name + "-"
	}
	safe := func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return '_'
	}
	readable := strings.Map(safe, who+o.Scheme+"-"+o.Host)
	return readable[:min(len(readable), maxReadable)] + "-" + hash(p, o)
}

// hash returns 32 hex digits (128 bits: no two origins meet) of party and
// origin, each preceded by its length.
func hash(p *auth.Party, o auth.Origin) string {
	h := sha256.New()
	for _, field := range []string{p.Name, o.String()} {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(field)))
		h.Write(n[:])
		h.Write([]byte(field))
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}
