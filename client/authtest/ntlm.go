package authtest

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf16"

	//lint:ignore SA1019 [MS-NLMP] knows no other hash of a password
	"golang.org/x/crypto/md4"
)

// NTLM demands a handshake of NTLMv2 for each connection, [MS-NLMP], and checks
// the integrity code, the target's name and the channel bindings. Use a pointer:
// it keeps the connections.
type NTLM struct {
	Users Users // "DOMAIN\\user" for those of a domain

	// Host is what the target's name must have; "" is not looked at. EndPoint
	// is the tls-server-end-point that the bindings must have (Server.EndPoint).
	Host     string
	EndPoint []byte

	// Lax lets clients in that leave out the code, the name and the bindings,
	// as many do.
	Lax bool

	// Forgets lets a connection in for one request only.
	Forgets bool

	// Drops closes that many connections instead of message 2, and DropsLast
	// instead of judging message 3.
	Drops, DropsLast int

	mu    sync.Mutex
	conns map[string]*handshake
}

// handshake is how far a connection has come.
type handshake struct {
	nonce    []byte
	messages []byte // 1 and 2
	user     string // who is in; "" is nobody yet
}

func (n *NTLM) challenge(bool) string { return "NTLM" }

// vouched judges a request without credentials: by what its connection has shown.
func (n *NTLM) vouched(r *http.Request) (judgement, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	h := n.conns[r.RemoteAddr]
	if h == nil || h.user == "" {
		return judgement{}, false
	}
	return judgement{mine: true, ok: true, user: h.user}, true
}

func (n *NTLM) check(r *http.Request, credentials string, body []byte) judgement {
	token, mine := cutScheme(credentials, "NTLM")
	if !mine {
		return judgement{}
	}
	wrong := func(why string) judgement { return judgement{mine: true, complaint: "ntlm: " + why} }
	b, err := base64.StdEncoding.DecodeString(token)
	if err != nil || len(b) < 16 || string(b[:8]) != "NTLMSSP\x00" {
		return wrong("no message")
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	switch binary.LittleEndian.Uint32(b[8:]) {
	case 1:
		if len(body) > 0 {
			return wrong("content with message 1")
		}
		if n.Drops > 0 {
			n.Drops--
			return judgement{mine: true, drop: true}
		}
		return n.second(r.RemoteAddr, b)
	case 3:
		h := n.conns[r.RemoteAddr]
		if h == nil || h.nonce == nil {
			return wrong("message 3 on a connection that had no message 1")
		}
		if n.DropsLast > 0 {
			n.DropsLast--
			return judgement{mine: true, drop: true}
		}
		user, why := n.judge(h, b)
		if h.nonce = nil; why != "" {
			return wrong(why)
		}
		if user != "" && !n.Forgets {
			h.user = user
		}
		return judgement{mine: true, ok: user != "", user: user}
	}
	return wrong("a message of another number")
}

// second answers message 1 with message 2, section 2.2.1.2.
func (n *NTLM) second(conn string, first []byte) judgement {
	h := &handshake{nonce: make([]byte, 8)}
	_, _ = rand.Read(h.nonce)
	info := avPair(nil, 2, utf16le("LAB"))
	info = avPair(info, 1, utf16le("SERVER"))
	info = avPair(info, 7, binary.LittleEndian.AppendUint64(nil, uint64(time.Now().UnixNano()/100+116444736000000000)))
	info = avPair(info, 0, nil)
	const flags = 1 | 1<<2 | 1<<9 | 1<<15 | 1<<19 | 1<<23 | 1<<25
	m := append([]byte("NTLMSSP\x00"), 2, 0, 0, 0)
	m = append(m, 0, 0, 0, 0, 56, 0, 0, 0) // no target name
	m = binary.LittleEndian.AppendUint32(m, flags)
	m = append(m, h.nonce...)
	m = append(m, make([]byte, 8)...)
	m = binary.LittleEndian.AppendUint16(m, uint16(len(info)))
	m = binary.LittleEndian.AppendUint16(m, uint16(len(info)))
	m = append(m, 56, 0, 0, 0)
	m = append(m, 10, 0, 0, 0, 0, 0, 0, 15)
	m = append(m, info...)
	h.messages = append(append([]byte{}, first...), m...)
	if n.conns == nil {
		n.conns = map[string]*handshake{}
	}
	n.conns[conn] = h
	return judgement{mine: true, more: "NTLM " + base64.StdEncoding.EncodeToString(m)}
}

// judge verifies message 3, section 3.2.5.1.2. No user: the password is wrong.
func (n *NTLM) judge(h *handshake, b []byte) (user, complaint string) {
	nt, err1 := fieldAt(b, 20)
	domain, err2 := fieldAt(b, 28)
	name, err3 := fieldAt(b, 36)
	if err := errors.Join(err1, err2, err3); err != nil {
		return "", err.Error()
	}
	if len(nt) < 16+28+4 || nt[16] != 1 || !n.Lax && len(b) < 88 {
		return "", "message 3 is not of NTLMv2"
	}
	account := fromUTF16(name)
	if d := fromUTF16(domain); d != "" {
		account = d + `\` + account
	}
	password, known := n.Users[account]
	hash := md4.New()
	hash.Write(utf16le(password))
	key := hmacMD5(hash.Sum(nil), utf16le(strings.ToUpper(fromUTF16(name))), domain)
	proof := hmacMD5(key, h.nonce, nt[16:])
	if !known || !hmac.Equal(proof, nt[:16]) {
		return "", ""
	}
	if n.Lax {
		return account, ""
	}
	pairs := readAVPairs(nt[16+28:])
	if f := pairs[6]; len(f) != 4 || f[0]&2 == 0 {
		return "", "no integrity code, though the server told the time"
	}
	code := append([]byte{}, b[72:88]...)
	blank := append([]byte{}, b...)
	clear(blank[72:88])
	if !hmac.Equal(code, hmacMD5(hmacMD5(key, proof), h.messages, blank)) {
		return "", "a wrong integrity code"
	}
	if n.Host != "" && fromUTF16(pairs[9]) != "HTTP/"+n.Host {
		return "", "the target's name is " + fromUTF16(pairs[9])
	}
	if !hmac.Equal(pairs[10], channelHash(n.EndPoint)) {
		return "", "wrong channel bindings"
	}
	return account, ""
}

// channelHash is MD5 over gss_channel_bindings_struct, RFC 2744 section 3.11.
func channelHash(endPoint []byte) []byte {
	if endPoint == nil {
		return make([]byte, 16)
	}
	data := "tls-server-end-point:" + string(endPoint)
	sum := md5.Sum([]byte(strings.Repeat("\x00", 16) + string(rune(len(data))) + "\x00\x00\x00" + data))
	return sum[:]
}

func hmacMD5(key []byte, parts ...[]byte) []byte {
	h := hmac.New(md5.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

func fieldAt(b []byte, at int) ([]byte, error) {
	if len(b) < 64 {
		return nil, errors.New("message 3 is too short")
	}
	n, from := int(binary.LittleEndian.Uint16(b[at:])), int(binary.LittleEndian.Uint32(b[at+4:]))
	if from+n > len(b) {
		return nil, errors.New("a field outside of message 3")
	}
	return b[from : from+n], nil
}

func avPair(b []byte, id uint16, value []byte) []byte {
	b = binary.LittleEndian.AppendUint16(b, id)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(value)))
	return append(b, value...)
}

func readAVPairs(b []byte) map[uint16][]byte {
	pairs := map[uint16][]byte{}
	for len(b) >= 4 {
		id, n := binary.LittleEndian.Uint16(b), int(binary.LittleEndian.Uint16(b[2:]))
		if b = b[4:]; id == 0 || n > len(b) {
			break
		}
		pairs[id], b = b[:n], b[n:]
	}
	return pairs
}

func utf16le(s string) (b []byte) {
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func fromUTF16(b []byte) string {
	var u []uint16
	for ; len(b) >= 2; b = b[2:] {
		u = append(u, binary.LittleEndian.Uint16(b))
	}
	return string(utf16.Decode(u))
}
