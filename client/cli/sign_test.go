//go:build unix

package cli

import (
	"os"
	"strings"
	"testing"

	"getin/store/storetest"
)

// TestR4_SigningSecretIsAsked: who is named without a secret is asked for it, once
// and hidden, signs as with one that was given, and finds nothing stored.
func TestR4_SigningSecretIsAsked(t *testing.T) {
	server := stagingServer(t)
	signed := []string{"--aws-sigv4", "aws:amz:eu:s3", "-H", "X-Amz-Date: 20150830T123600Z", server.URL + "/", server.URL + "/"}

	sys, _, stderr := testSystem(t)
	if code := Main(append([]string{"-u", "KEY:s3cret"}, signed...), sys); code != 0 {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	want := server.Log()[0].Authorization
	server.Forget()

	sys, _, stderr = testSystem(t)
	s := newScreen(t)
	sys.Terminal = s.open
	done := make(chan int)
	go func() { done <- Main(append([]string{"-u", "KEY"}, signed...), sys) }()
	s.answer("  password: ", "s3cret\r")
	if code := <-done; code != 0 {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	asked := "requests to " + server.URL + " are signed with a password (AWS Signature V4)\n  user: KEY\n  password: "
	if got := strings.TrimSuffix(s.text(), "\n"); got != asked {
		t.Errorf("on the terminal:\n%s\nwant:\n%s", got, asked)
	}
	for _, r := range server.Log() {
		if r.Authorization != want || !strings.HasPrefix(want, "AWS4-HMAC-SHA256 Credential=KEY/") {
			t.Errorf("sent %q, want %q", r.Authorization, want)
		}
	}
	list, err := os.ReadDir(sys.Keep.Store.(storetest.Dir).Path)
	if err != nil || len(list) != 0 || stderr.Len() != 0 {
		t.Errorf("%d stored, %v; said %q", len(list), err, stderr)
	}
}

// TestR4_NobodyToAskForSigningSecret: nothing is sent then.
func TestR4_NobodyToAskForSigningSecret(t *testing.T) {
	server := stagingServer(t)
	sys, _, stderr := testSystem(t)
	code := Main([]string{"--no-prompt", "--aws-sigv4", "aws:amz:eu:s3", "-u", "KEY", server.URL + "/"}, sys)
	if code != exitUsage || len(server.Log()) != 0 || !strings.Contains(stderr.String(), "nobody to ask") {
		t.Errorf("exit %d after %d requests: %s", code, len(server.Log()), stderr)
	}
}
