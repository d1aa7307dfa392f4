package ntlm

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
)

func octets(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The values of [MS-NLMP] section 4.2.4.
func TestMSNLMPSection4_2_4(t *testing.T) {
	text, err := os.ReadFile("testdata/credentials.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []map[string]string }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) == 0 {
		t.Fatal("no cases")
	}
	for _, c := range file.Cases {
		key := ntowfv2(c["password"], c["username"], c["domain"])
		server, client := [8]byte(octets(t, c["server_challenge"])), [8]byte(octets(t, c["client_challenge"]))
		nt, session := ntResponse(key, server, client, octets(t, c["timestamp"]), octets(t, c["target_info"]))
		for name, got := range map[string][]byte{
			"ntowfv1": ntowfv1(c["password"]), "ntowfv2": key, "nt_proof_str": nt[:16], "nt_response": nt,
			"session_base_key": session, "lm_response": lmResponse(key, server, client),
		} {
			if hex.EncodeToString(got) != c[name] {
				t.Errorf("%s: %s is %x, want %s", c["id"], name, got, c[name])
			}
		}
	}
}
