package authtest

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"
	"net/http"
	"strings"
	"sync"
)

// SCRAM demands an exchange of RFC 7804, with SHA-256 or SHA-1. Use a pointer: it
// keeps the exchanges that are under way.
type SCRAM struct {
	Realm string
	SHA1  bool
	Users Users

	Iterations     int  // 0 is 4096
	WrongSignature bool // the server does not know the password
	NoSignature    bool // it says nothing of itself
	Drops          int  // closes that many connections in place of its first message

	mu    sync.Mutex
	under map[string]scramState // by sid
}

type scramState struct{ user, bare, first string }

const scramSalt = "a salt of sixteen"

func (s *SCRAM) name() string {
	if s.SHA1 {
		return "SCRAM-SHA-1"
	}
	return "SCRAM-SHA-256"
}

func (s *SCRAM) challenge(bool) string { return join(s.name(), []string{"realm=" + quote(s.Realm)}) }

func (s *SCRAM) check(_ *http.Request, credentials string, _ []byte) judgement {
	rest, mine := cutScheme(credentials, s.name())
	if !mine {
		return judgement{}
	}
	p, err := readParams(rest)
	if err != nil {
		return judgement{mine: true, complaint: "scram: " + err.Error()}
	}
	data, err := base64.StdEncoding.DecodeString(p["data"].value)
	if err != nil {
		return judgement{mine: true, complaint: "scram: data is no base64"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, second := p["sid"]; second {
		return s.last(p["sid"].value, string(data))
	}
	if realm := p["realm"].value; realm != s.Realm {
		return judgement{mine: true, complaint: fmt.Sprintf("scram: realm %q is not the challenge's", realm)}
	}
	return s.start(string(data))
}

// start answers client-first-message, RFC 5802 section 7.
func (s *SCRAM) start(message string) judgement {
	if s.Drops > 0 {
		s.Drops--
		return judgement{mine: true, drop: true}
	}
	bare, has := strings.CutPrefix(message, "n,,")
	name, nonce, two := strings.Cut(bare, ",")
	if !has || !two || !strings.HasPrefix(name, "n=") || len(nonce) < 10 || !strings.HasPrefix(nonce, "r=") {
		return judgement{mine: true, complaint: fmt.Sprintf("scram: first message %q", message)}
	}
	count := s.Iterations
	if count == 0 {
		count = 4096
	}
	first := fmt.Sprintf("%s%s,s=%s,i=%d", nonce, rand.Text(), base64.StdEncoding.EncodeToString([]byte(scramSalt)), count)
	sid := rand.Text()
	if s.under == nil {
		s.under = map[string]scramState{}
	}
	user := strings.NewReplacer("=2C", ",", "=3D", "=").Replace(name[2:])
	s.under[sid] = scramState{user, bare, first}
	return judgement{mine: true, more: fmt.Sprintf("%s sid=%s, data=%q", s.name(), sid, base64.StdEncoding.EncodeToString([]byte(first)))}
}

// last judges client-final-message, RFC 5802 section 3. Each sid is good once.
func (s *SCRAM) last(sid, message string) judgement {
	state, known := s.under[sid]
	delete(s.under, sid)
	bare, proof, has := strings.Cut(message, ",p=")
	nonce, _, _ := strings.Cut(state.first, ",")
	if !known || !has || bare != "c=biws,"+nonce {
		return judgement{mine: true, complaint: fmt.Sprintf("scram: last message %q", message)}
	}
	pass, is := s.Users[state.user]
	text := state.bare + "," + state.first + "," + bare
	client, server := s.keys(pass)
	h := s.hash()()
	h.Write(client)
	want := s.mac(h.Sum(nil), text)
	for i := range want {
		want[i] ^= client[i]
	}
	j := judgement{mine: true, user: state.user, ok: is && base64.StdEncoding.EncodeToString(want) == proof}
	signature := s.mac(server, text)
	if s.WrongSignature {
		signature[0] ^= 1
	}
	if !s.NoSignature {
		j.info = func([]byte) string {
			v := "v=" + base64.StdEncoding.EncodeToString(signature)
			return fmt.Sprintf("sid=%s, data=%q", sid, base64.StdEncoding.EncodeToString([]byte(v)))
		}
	}
	return j
}

func (s *SCRAM) hash() func() hash.Hash {
	if s.SHA1 {
		return sha1.New
	}
	return sha256.New
}

func (s *SCRAM) mac(key []byte, text string) []byte {
	m := hmac.New(s.hash(), key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

func (s *SCRAM) keys(pass string) (client, server []byte) {
	count := s.Iterations
	if count == 0 {
		count = 4096
	}
	salted, err := pbkdf2.Key(s.hash(), pass, []byte(scramSalt), count, s.hash()().Size())
	if err != nil {
		panic(err) // a test that makes no sense
	}
	return s.mac(salted, "Client Key"), s.mac(salted, "Server Key")
}
