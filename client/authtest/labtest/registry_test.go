//go:build linux

package labtest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
)

// A manifest and a blob by one command each: the challenge says which token, the
// token server gives it for the password, and where the blob lies nothing of
// either comes. Who has logged in once gives neither again.
func TestRegistry(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	base := origin(t, "LAB_REGISTRY_TOKEN") + "/v2/alice/hello/"
	manifest := []string{"-H", "Accept: application/vnd.docker.distribution.manifest.v2+json", base + "manifests/latest"}
	if r := w.run("", manifest...); r.code != 67 {
		t.Fatalf("exit %d without a password\n%s", r.code, r.err)
	}
	r := w.must("wonderland\n", append([]string{"--save", "--account", "alice", "--secret-stdin"}, manifest...)...)
	var m struct{ Layers []struct{ Digest string } }
	if err := json.Unmarshal([]byte(r.out), &m); err != nil || len(m.Layers) != 1 {
		t.Fatalf("manifest: %v\n%s", err, r.out)
	}
	other := tap(t)
	blob := w.must("", "-v", "-L", base+"blobs/"+m.Layers[0].Digest)
	sum := sha256.Sum256([]byte(blob.out))
	if got := "sha256:" + hex.EncodeToString(sum[:]); got != m.Layers[0].Digest {
		t.Errorf("a blob of %d octets, %s", len(blob.out), got)
	}
	for _, l := range other.expect("200", "/docker/") {
		if l.auth != "-" || l.port != lab(t, "LAB_APACHE_OTHER") {
			t.Errorf("where the blob lies: %+v", l)
		}
	}
	for _, secret := range []string{"wonderland", "eyJ"} {
		if strings.Contains(blob.err, secret) {
			t.Errorf("-v shows %s…\n%s", secret, blob.err)
		}
		w.nowhere(secret)
	}

	// Another's repository is not opened by it, and costs nothing that is stored.
	if r := w.run("", strings.Replace(manifest[2], "/alice/", "/bob/", 1)); r.code != 67 {
		t.Errorf("bob's: exit %d\n%s", r.code, r.err)
	}
	if r := w.must("", manifest...); !strings.Contains(r.out, m.Layers[0].Digest) {
		t.Errorf("the manifest again:\n%s", r.out)
	}
	w.must("", "logout", base)
	if r := w.run("", manifest...); r.code != 67 {
		t.Errorf("after logout: exit %d\n%s", r.code, r.err)
	}
}
