//go:build linux

package labtest

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// approve is a person at a browser elsewhere, who enters the code that stands on
// the terminal.
func (d *talk) approve(t *testing.T, flags ...string) {
	t.Helper()
	d.expect("and enter the code")
	d.expect("waiting for the sign-in")
	d.mu.Lock()
	shown := regexp.MustCompile(`    (http://\S+)\s+and enter the code\s+(\S+)`).FindSubmatch(d.screen)
	d.mu.Unlock()
	if shown == nil {
		t.Fatalf("no code on the screen:\n%s", d.screen)
	}
	args := append(flags, string(shown[1])+"?user_code="+string(shown[2]))
	out, err := exec.Command(filepath.Join(lab(t, "LAB_DIR"), "oidc", "approve"), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("approve: %v\n%s", err, out)
	}
}

// wantGrant demands that a second process gets in with what the store has.
func (w *world) wantGrant(url string) {
	w.t.Helper()
	r := w.must("", "--no-prompt", url)
	if !strings.Contains(r.out, `"user":"alice"`) || r.err != "" {
		w.t.Errorf("with the store alone: %q\n%s", r.out, r.err)
	}
}

// The device flow, at a server where getin registers itself first; then again, as
// the same client, with a no.
func TestDeviceFlow(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	url, issuer := origin(t, "LAB_OIDC_RS")+"/api/things", origin(t, "LAB_OIDC_AS")
	d := w.talk(url)
	d.expect("sign in at " + issuer + "? [y/N]")
	d.say("y")
	d.approve(t)
	r := d.end()
	client := regexp.MustCompile(`"client":"([^"]+)"`).FindStringSubmatch(r.out)
	if r.code != 0 || client == nil || client[1] == "getin" {
		t.Fatalf("exit %d, %q\n%s%s", r.code, r.out, r.err, r.screen)
	}
	w.wantGrant(url)

	d = w.talk("login", "--ask", "--oauth-client-id", issuer+"=getin", url)
	d.approve(t)
	if r := d.end(); r.code != 0 {
		t.Errorf("as a client that is known: exit %d\n%s%s", r.code, r.err, r.screen)
	}
	if r := w.must("", "--no-prompt", url); !strings.Contains(r.out, `"client":"getin"`) {
		t.Errorf("another client: %s", r.out)
	}

	d = w.talk("login", "--ask", "--oauth-client-id", "getin", url)
	d.approve(t, "--deny")
	if r := d.end(); r.code != 67 || !strings.Contains(r.err, "the sign-in was declined") {
		t.Errorf("a no in the browser: exit %d\n%s", r.code, r.err)
	}
	w.wantGrant(url)
}

// In a real browser: the person signs in, and what the browser shows at the end
// is our page.
func TestSignInWithChromium(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	c := newChromium(t)
	asked := filepath.Join(w.home, "address")
	opener := filepath.Join(w.home, "opener")
	script := "#!/bin/sh\nprintf %s \"$1\" >'" + asked + ".new'\nmv '" + asked + ".new' '" + asked + "'\n"
	if err := os.WriteFile(opener, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	w.env = append(w.env, "BROWSER="+opener)
	resource, issuer := origin(t, "LAB_OIDC_RS"), origin(t, "LAB_OIDC_AS")
	d := w.talk("login", resource+"/api/things")
	d.expect("the browser opens")
	var address []byte
	for deadline := time.Now().Add(patience); address == nil && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		address, _ = os.ReadFile(asked) // it is not there yet
	}
	c.must("Page.navigate", map[string]any{"url": string(address)}, nil)
	c.until(`(() => { const f = document.querySelector("form"), l = f && f.querySelector("input[name=login]");
		if (!l) return ""; l.value = "alice"; f.querySelector("input[name=password]").value = "wonderland"; f.submit(); return "ok" })()`)
	c.until(`(() => { const f = document.querySelector("form");
		if (!f || f.querySelector("input[name=login]")) return ""; f.submit(); return "ok" })()`)
	title := c.until(`location.pathname == "/callback" && document.readyState == "complete" ? document.title : ""`)
	text := c.until(`document.body ? document.body.innerText : ""`)
	want := "Signed in\n\ngetin may now use " + resource + ", for which " + issuer + " has signed you in.\nYou can close this window and go back to the terminal."
	if title != "Signed in – getin" || strings.TrimSpace(text) != want {
		t.Errorf("%q:\n%s\nwant:\n%s", title, text, want)
	}
	shot := c.picture()
	picture, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatal(err)
	}
	if colours(picture) < 3 { // letters have edges in between
		t.Error("an empty picture")
	}
	if err := os.WriteFile(filepath.Join(lab(t, "LAB_STATE"), "log", "signed-in.png"), shot, 0o600); err != nil {
		t.Error(err)
	}
	if r := d.end(); r.code != 0 || !strings.Contains(r.out, "saved in the keyring") {
		t.Errorf("exit %d\n%s%s%s", r.code, r.out, r.err, r.screen)
	}
	w.wantGrant(resource + "/api/others")
}

func colours(m image.Image) int {
	seen := map[color.Color]bool{}
	for y := m.Bounds().Min.Y; y < m.Bounds().Max.Y; y++ {
		for x := m.Bounds().Min.X; x < m.Bounds().Max.X; x++ {
			seen[m.At(x, y)] = true
		}
	}
	return len(seen)
}

// A service that gets a token in its own name, once with its secret at hand and
// from then on with what is stored.
func TestClientCredentials(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	url, client := origin(t, "LAB_OIDC_RS")+"/api/things", origin(t, "LAB_OIDC_AS")+"=robot"
	r := w.must("robot-secret\n", "login", "--oauth-client-id", client, "--secret-stdin", url)
	if !strings.Contains(r.out, "saved in the keyring") {
		t.Errorf("%s%s", r.out, r.err)
	}
	if r := w.must("", "--no-prompt", url); !strings.Contains(r.out, `"client":"robot"`) || r.err != "" {
		t.Errorf("%s%s", r.out, r.err)
	}
	w.nowhere("robot-secret")
	if r := w.run("guess\n", "--ask", "--oauth-client-id", client, "--secret-stdin", url); r.code != 67 {
		t.Errorf("a wrong secret: exit %d\n%s", r.code, r.err)
	}
}
