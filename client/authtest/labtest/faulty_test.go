//go:build linux

package labtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// otherwise are the exit codes that differ from the installed curl's on purpose,
// by the beginning of the path. Everything else is to end as curl ends, but for
// a 401 at the end, which is exit 67.
var otherwise = []struct {
	prefix string
	code   int
	why    string
}{
	{"/401/huge-header", 100, "the head is larger than 300 KiB; curl 7 says 27, curl 8 says 100"},
	{"/401/many", 100, "more than 5000 fields; so says curl 8"},
	{"/401/loop-stale", 67, "curl counts requests as redirects"},
	{"/401/form/commas-in-realm", 0, "well formed, and answered; curl 7 misreads it"},
	{"/401/form/token68", 0, "well formed, and answered; curl 7 misreads it"},
	{"/401/form/two-lines", 0, "two fields are one list; curl 7 gives up on the first"},
	{"/401/form/spaces", 67, "a tab before the first parameter is not RFC 9110 section 11.6.1; curl guesses"},
	{"/401/bad/digest-control", 8, "a bare CR in the head, RFC 9112 section 2.2"},
	{"/401/bad/", 67, "a broken challenge is not guessed at"},
	{"/401/realm/newline", 8, "a bare CR in the head"},
	{"/401/realm/cr", 8, "a bare CR in the head"},
	{"/401/realm/escape", 67, "a control octet is no quoted text"},
	{"/401/realm/backspace", 67, "a control octet is no quoted text"},
	{"/401/bearer/other-realm", 94, "the token server that it names is not there"},
	{"/401/needs-cookie", 67, "cookies are not kept"},
	{"/close/mid-headers", 56, "half a head is no head; curl 7 takes it"},
	{"/length/two", 8, "two lengths, RFC 9112 section 6.3"},
	{"/length/huge", 8, "a length beyond 64 bits is no length"},
	{"/redirect/ftp", 1, "no http or https URL; curl speaks ftp"},
	{"/header/endless", 100, "the head is larger than 300 KiB; curl 7 says 56, curl 8 says 100"},
}

// maxResident bounds the memory of one transfer, in KiB: three times what a
// plain one takes. A response that never ends must not be held.
const maxResident = 32 << 10

// maxTime is -m, in seconds: far from every pause that the faulty server makes
// (3 s, or for ever), so that both programs meet it or neither does.
const maxTime = "6"

// Whatever a server does wrong, getin ends in time, in little memory, and as
// curl ends.
func TestFaultyServer(t *testing.T) {
	base := origin(t, "LAB_FAULTY_HTTP")
	resp, err := http.Get(base + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	list, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, line := range strings.Split(string(list), "\n") {
		path, _, _ := strings.Cut(line, " ")
		if !strings.HasPrefix(path, "/") {
			continue
		}
		seen++
		t.Run(strings.TrimPrefix(path, "/"), func(t *testing.T) {
			t.Parallel()
			faulty(t, base+path, path)
		})
	}
	if seen < 100 {
		t.Errorf("the faulty server lists %d paths; it should have over a hundred", seen)
	}
}

func faulty(t *testing.T, address, path string) {
	curl, _, status := finish(t, "curl", "curl", address)
	want, why := curl, "as curl"
	if status == "401" && curl == 0 {
		want, why = 67, "the challenge stays unanswered"
	}
	for _, o := range otherwise {
		if strings.HasPrefix(path, o.prefix) {
			want, why = o.code, o.why
			break
		}
	}
	got, resident, text := finish(t, os.Getenv("GETIN_BINARY"), "getin", address)
	if got != want {
		t.Errorf("exit %d, want %d (%s); curl: %d, status %s\n%s", got, want, why, curl, status, text)
	}
	if resident > maxResident {
		t.Errorf("%d KiB of memory, want at most %d", resident, maxResident)
	}
}

// finish runs the program, and returns its exit code, its peak memory in KiB and
// the status, with what it said before that. key keeps the server's counters
// apart.
func finish(t *testing.T, program, key, address string) (code int, resident int64, said string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	home := t.TempDir()
	cmd := exec.CommandContext(ctx, program, "-q", "-sS", "-m", maxTime, "-L", "--anyauth", "-u", "alice:wonderland",
		"-o", os.DevNull, "-w", "%{http_code}", address+"?key="+key)
	cmd.Env = []string{"HOME=" + home, "GETIN_NO_PROMPT=1", "GETIN_STORE=none"}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if ctx.Err() != nil {
		t.Fatalf("%s did not end", program)
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		resident = usage.Maxrss
	}
	status := out.String()
	if n, err := strconv.Atoi(status); err == nil && n > 0 && errs.Len() == 0 {
		return cmd.ProcessState.ExitCode(), resident, status
	}
	return cmd.ProcessState.ExitCode(), resident, strings.TrimSpace(status + " " + errs.String())
}
