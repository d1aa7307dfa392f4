package ntlm

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"

	"getin/client/auth"
)

func begin(t *testing.T, user, password string) auth.Exchange {
	t.Helper()
	x, err := Scheme{}.Begin(auth.Challenge{Scheme: "ntlm", Token68: "b2xk"}, auth.Credential{User: user, Secret: auth.NewSecret(password)}, &auth.Live{})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func send(t *testing.T, x auth.Exchange) []byte {
	t.Helper()
	f, err := x.Answer(t.Context(), auth.Proxy, auth.Message{Host: "proxy.test"})
	if err != nil {
		t.Fatal(err)
	}
	token, ok := strings.CutPrefix(f[0].Value, "NTLM ")
	b, err := base64.StdEncoding.DecodeString(token)
	if !ok || err != nil || f[0].Name != "Proxy-Authorization" || len(f) != 1 {
		t.Fatalf("answered %v", f)
	}
	return b
}

// reduced is a message 2 as squid's ntlm_fake_auth and others send it: no target
// information, and a name that is nowhere.
const reduced = "TlRMTVNTUAACAAAACAAIADAAAACGgAEAq6U1NAWaJCIAAAAAAAAAAAAAAAA4AAAATlRMTUF1dGg="

func TestThreeLegs(t *testing.T) {
	x := begin(t, `LAB\alice`, "wonderland")
	partial := x.(auth.Partial)
	if partial.Partial() {
		t.Error("nothing was sent, and it is partial")
	}
	if first := send(t, x); binary.LittleEndian.Uint32(first[8:]) != 1 || !partial.Partial() {
		t.Errorf("message 1 is %x, partial %v", first, partial.Partial())
	}
	if v, err := x.Challenged(auth.Challenge{Scheme: "ntlm", Token68: reduced}); v != auth.Continue || err != nil {
		t.Fatalf("%v %v", v, err)
	}
	third := send(t, x)
	if partial.Partial() || binary.LittleEndian.Uint32(third[8:]) != 3 {
		t.Errorf("message 3 is %x, partial %v", third, partial.Partial())
	}
	if !bytes.Contains(third, []byte("LABalice")) { // OEM: the server did not say Unicode
		t.Errorf("no user in %q", third)
	}
	if v, err := x.Challenged(auth.Challenge{Scheme: "ntlm"}); v != auth.Refused || err != nil {
		t.Errorf("after message 3: %v %v", v, err)
	}
}

func TestWhatTheServerMayNotSay(t *testing.T) {
	for name, token := range map[string]string{
		"nothing":        "",
		"no base64":      "-_~.",
		"too short":      base64.StdEncoding.EncodeToString([]byte("NTLMSSP\x00\x02\x00\x00\x00")),
		"another number": "TlRMTVNTUAABAAAACAAIADAAAACGgAEAq6U1NAWaJCIAAAAAAAAAAAAAAAA4AAAATlRMTUF1dGg=",
		"not of NTLM":    "TlRMTVNTUQACAAAACAAIADAAAACGgAEAq6U1NAWaJCIAAAAAAAAAAAAAAAA4AAAATlRMTUF1dGg=",
	} {
		x := begin(t, "alice", "wonderland")
		send(t, x)
		if v, err := x.Challenged(auth.Challenge{Scheme: "ntlm", Token68: token}); v != auth.Refused || err == nil {
			t.Errorf("%s: %v %v", name, v, err)
		}
	}
}

// message2 has these pairs for its target information.
func message2(flags uint32, info []byte) []byte {
	b := append([]byte(signature), 2, 0, 0, 0)
	b = append(b, make([]byte, 8)...)
	b = binary.LittleEndian.AppendUint32(b, flags)
	b = append(b, "01234567\x00\x00\x00\x00\x00\x00\x00\x00"...)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(info)))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(info)))
	b = binary.LittleEndian.AppendUint32(b, 48)
	return append(b, info...)
}

// With a time from the server there is an integrity code and no LM response; the
// pairs keep the server's order.
func TestIntegrityCode(t *testing.T) {
	stamp := []byte("\x01\x02\x03\x04\x05\x06\x07\x08")
	for name, c := range map[string]struct {
		info  []byte
		coded bool
	}{
		"a time":  {appendPairs(nil, []pair{{2, unicode("LAB")}, {pairTimestamp, stamp}}), true},
		"no time": {appendPairs(nil, []pair{{2, unicode("LAB")}}), false},
	} {
		server, err := readChallenge(message2(flagUnicode|flagTargetInfo, c.info))
		if err != nil {
			t.Fatal(err)
		}
		a := answer{user: "jürgen", password: auth.NewSecret("pässwörd€"), now: time.Unix(0, 0), host: "example.com", endPoint: []byte("hash")}
		b, err := a.message(server)
		if err != nil {
			t.Fatal(err)
		}
		noLM := bytes.Equal(b[headSize:headSize+24], make([]byte, 24))
		noCode := bytes.Equal(b[atMIC:atMIC+16], make([]byte, 16))
		if noLM != c.coded || noCode == c.coded {
			t.Errorf("%s: LM missing %v, code missing %v", name, noLM, noCode)
		}
		for _, want := range [][]byte{unicode("HTTP/example.com"), bindings([]byte("hash")), unicode("jürgen")} {
			if !bytes.Contains(b, want) {
				t.Errorf("%s: %x is not in the message", name, want)
			}
		}
		if c.coded != bytes.Contains(b, []byte{pairFlags, 0, 4, 0, pairFlagMIC, 0, 0, 0}) {
			t.Errorf("%s: the pair for flags is wrong", name)
		}
	}
}

func TestUserNames(t *testing.T) {
	for typed, want := range map[string][2]string{
		"alice": {"", "alice"}, `LAB\alice`: {"LAB", "alice"}, "LAB/alice": {"LAB", "alice"}, "alice@lab.test": {"", "alice@lab.test"},
	} {
		x := begin(t, typed, "x").(*exchange)
		if x.domain != want[0] || x.user != want[1] {
			t.Errorf("%s: domain %q, user %q", typed, x.domain, x.user)
		}
	}
	if _, err := (Scheme{}).Begin(auth.Challenge{}, auth.Credential{User: "\xff"}, nil); !errors.Is(err, auth.ErrCredential) {
		t.Errorf("octets that are not UTF-8: %v", err)
	}
	x := begin(t, "jürgen", "x")
	send(t, x)
	if _, err := x.Challenged(auth.Challenge{Scheme: "ntlm", Token68: reduced}); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Answer(t.Context(), auth.Server, auth.Message{}); !errors.Is(err, auth.ErrCredential) {
		t.Errorf("a server without Unicode: %v", err)
	}
}

// FuzzMessage2: whatever the server says, there is an answer or an error, and the
// answer's fields lie within it.
func FuzzMessage2(f *testing.F) {
	b, _ := base64.StdEncoding.DecodeString(reduced)
	f.Add(b)
	f.Add(message2(flagUnicode|flagTargetInfo|flagVersion, appendPairs(nil, []pair{{pairTimestamp, make([]byte, 8)}})))
	f.Add(message2(flagTargetInfo, []byte{1, 0, 9, 0}))
	f.Fuzz(func(t *testing.T, octets []byte) {
		c, err := readChallenge(octets)
		if err != nil {
			return
		}
		m, err := answer{user: "alice", domain: "LAB", password: auth.NewSecret("x"), host: "h"}.message(c)
		if err != nil {
			return
		}
		for at := 12; at < 60; at += 8 {
			if _, err := buffer(m, at); err != nil {
				t.Fatalf("field at %d: %v", at, err)
			}
		}
	})
}
