package netrc

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// rulesSayOtherwise are the cases that RULES R4 decides in another way.
var rulesSayOtherwise = map[string]Entry{
	"dv-port-in-host": {Login: "u", Password: "p"}, // "and port when it says one"
}

type vector struct {
	ID, Content, Host, Login, Mode string
	Port                           int
	Expect                         json.RawMessage
	Alternative                    json.RawMessage `json:"safe_alternative"`
}

// outcome is what a case comes to, in the form of the vectors.
func (v vector) outcome(t *testing.T) string {
	t.Helper()
	mode, err := strconv.ParseUint(v.Mode, 8, 32)
	if err != nil {
		mode = 0o600
	}
	name := filepath.Join(t.TempDir(), "netrc")
	if err := os.WriteFile(name, []byte(v.Content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, os.FileMode(mode)); err != nil { // past the umask
		t.Fatal(err)
	}
	f, _, err := Read(name)
	if err != nil {
		return `"error"`
	}
	e, ok := f.Lookup(v.Host, v.Port, v.Login)
	if !ok {
		return "null"
	}
	return pair(e)
}

func pair(e Entry) string {
	b, _ := json.Marshal(map[string]string{"login": e.Login, "password": e.Password})
	return string(b)
}

// compact writes an expectation as outcome does.
func compact(raw json.RawMessage) string {
	var p struct{ Login, Password string }
	if len(raw) > 0 && raw[0] == '{' && json.Unmarshal(raw, &p) == nil {
		return pair(Entry{Login: p.Login, Password: p.Password})
	}
	return string(raw)
}

func TestVectors(t *testing.T) {
	text, err := os.ReadFile("testdata/netrc.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []vector }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) < 70 {
		t.Fatalf("%d cases", len(file.Cases))
	}
	for _, v := range file.Cases {
		if v.Mode != "" && runtime.GOOS == "windows" {
			t.Logf("%s: no modes here", v.ID)
			continue
		}
		want := compact(v.Expect)
		if e, other := rulesSayOtherwise[v.ID]; other {
			want = pair(e)
		}
		got := v.outcome(t)
		if got != want && (len(v.Alternative) == 0 || got != compact(v.Alternative)) {
			t.Errorf("%s: %s, want %s", v.ID, got, want)
		}
	}
}

// R4: host and port go before the host alone, whatever their order.
func TestR4_PortFirst(t *testing.T) {
	f, err := Parse("machine h login any password a\nmachine h:8443 login one password b\nmachine [::1]:81 password c\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		host string
		port int
		want string
	}{{"h", 443, "a"}, {"h", 8443, "b"}, {"h", 844, "a"}, {"::1", 81, "c"}, {"::1", 80, ""}} {
		if e, _ := f.Lookup(test.host, test.port, ""); e.Password != test.want {
			t.Errorf("%s port %d: %q, want %q", test.host, test.port, e.Password, test.want)
		}
	}
}

// B7: however a file is cut, it is read or refused.
func TestB7(t *testing.T) {
	whole := "# c\nmachine h login \"a \\\" b\" password p\nmacdef m\nx\n\ndefault login d password \"e\"\n"
	for n := range len(whole) {
		if f, err := Parse(whole[:n]); err == nil {
			f.Lookup("h", 443, "")
		}
	}
}

// B8: a file that others may write is refused; one that they may read is told.
func TestB8(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no modes")
	}
	name := filepath.Join(t.TempDir(), "netrc")
	if err := os.WriteFile(name, []byte("machine h login l password p\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[os.FileMode]string{
		0o600: "fine", 0o400: "fine", 0o640: "readable", 0o644: "readable", 0o604: "readable",
		0o620: "refused", 0o602: "refused", 0o666: "refused", 0o662: "refused",
	} {
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
		_, readable, err := Read(name)
		got := "fine"
		switch {
		case errors.Is(err, ErrWritable):
			got = "refused"
		case err != nil:
			got = err.Error()
		case readable:
			got = "readable"
		}
		if got != want {
			t.Errorf("%o: %s, want %s", mode, got, want)
		}
	}
}

// No error repeats what stands in the file.
func TestErrorsHoldNoText(t *testing.T) {
	for _, text := range []string{"hunter2", "machine h password \"hunter2", "machine h password hunter2\x01", "password hunter2", "default password hunter2 x"} {
		if _, err := Parse(text); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("machine h login \"a\\\"\" password p\ndefault\n")
	f.Add("macdef x\n\n#\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Parse(text)
		if err != nil {
			return
		}
		if e, ok := file.Lookup("h", 443, ""); ok && strings.ContainsAny(e.Login+e.Password, "\r\n\x00") {
			t.Errorf("%q gives %q and %q", text, e.Login, e.Password)
		}
	})
}

// lookup reads text and looks b.com up.
func lookup(t *testing.T, text string) (Entry, bool) {
	t.Helper()
	f, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return f.Lookup("b.com", 443, "")
}

// B1: an entry without a password has none of the one before it.
func TestB1(t *testing.T) {
	for _, text := range []string{"machine a.com login alice password pw\nmachine b.com\n", "machine b.com\nmachine a.com login alice password pw\n"} {
		if e, ok := lookup(t, text); ok {
			t.Errorf("%q gives %q", text, e.Login)
		}
	}
}

// B2: a default with neither login nor password is no entry.
func TestB2(t *testing.T) {
	if e, ok := lookup(t, "machine a.com login alice password pw\ndefault\n"); ok {
		t.Errorf("the empty default gives %q", e.Login)
	}
}
