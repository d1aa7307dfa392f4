package keyring

import (
	"bufio"
	"bytes"
	"context"
	"os/exec"
	"strings"
)

// security is macOS' tool for keychains, as go-keyring calls it.
const security = "/usr/bin/security"

// names returns the names of our items in the keychains. The dump holds no
// secret.
func (k *Keyring) names(ctx context.Context) ([]name, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*testOnlyAnswerWait)
	defer cancel()
	out, err := exec.CommandContext(ctx, security, "dump-keychain").Output()
	if err != nil {
		return nil, err
	}
	return parseDump(out), nil
}

// parseDump reads what "security dump-keychain" prints: of each item a line
// "keychain: ...", and attributes as `"svce"<blob>="getin https://..."`. Our
// names are printing ASCII, which it writes as they are.
func parseDump(out []byte) []name {
	var list []name
	var n name
	add := func() {
		if isOurs(n.service) {
			list = append(list, n)
		}
		n = name{}
	}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, len(out)+1)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, "keychain: ") {
			add()
		}
		if v, ok := strings.CutPrefix(line, `"svce"<blob>="`); ok {
			n.service = strings.TrimSuffix(v, `"`)
		}
		if v, ok := strings.CutPrefix(line, `"acct"<blob>="`); ok {
			n.user = strings.TrimSuffix(v, `"`)
		}
	}
	add()
	return list
}
