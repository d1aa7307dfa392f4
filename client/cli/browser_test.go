package cli

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// What shows a page, on which system, and when there is nobody to see it.
func TestFindBrowser(t *testing.T) {
	for _, c := range []struct{ name, system, env, programs, want string }{
		{"a desktop", "linux", "DISPLAY=:0", "xdg-open", "/bin/xdg-open"},
		{"another one", "freebsd", "WAYLAND_DISPLAY=wayland-0", "xdg-open", "/bin/xdg-open"},
		{"no display", "linux", "", "xdg-open", ""},
		{"nothing there", "linux", "DISPLAY=:0", "", ""},
		{"a display over SSH", "linux", "DISPLAY=localhost:10.0 SSH_CONNECTION=x", "xdg-open", "/bin/xdg-open"},
		{"WSL", "linux", "WSL_DISTRO_NAME=Debian", "wslview xdg-open", "/bin/wslview"},
		{"WSL without wslu", "linux", "WSL_DISTRO_NAME=Debian", "rundll32.exe", "/bin/rundll32.exe url.dll,FileProtocolHandler"},
		{"macOS", "darwin", "", "open", "/bin/open"},
		{"macOS over SSH", "darwin", "SSH_CONNECTION=x", "open", ""},
		{"Windows", "windows", "", "rundll32", "/bin/rundll32 url.dll,FileProtocolHandler"},
		{"Windows over SSH", "windows", "SSH_TTY=x", "rundll32", ""},
		{"the user's", "linux", "BROWSER=w3m DISPLAY=:0", "w3m xdg-open", "/bin/w3m"},
		{"the user's is final", "linux", "BROWSER=gone DISPLAY=:0", "xdg-open", ""},
	} {
		env := map[string]string{}
		for _, pair := range strings.Fields(c.env) {
			name, value, _ := strings.Cut(pair, "=")
			env[name] = value
		}
		got := browserOn(c.system, func(name string) string { return env[name] }, only(c.programs))
		if s := strings.Join(got.words, " "); s != c.want || got.none() != (c.want == "") {
			t.Errorf("%s: %q, want %q", c.name, s, c.want)
		}
	}
	if runtime.GOOS == "windows" {
		return // there a colon is a part of paths
	}
	list := func(string) string { return "gone: :firefox -P work:w3m" }
	if got := browserOn("linux", list, only("w3m firefox")); strings.Join(got.words, " ") != "/bin/firefox -P work" {
		t.Errorf("of a list: %q", got.words)
	}
}

// only is LookPath where these programs are all there is.
func only(programs string) func(string) (string, error) {
	return func(name string) (string, error) {
		if slices.Contains(strings.Fields(programs), name) {
			return "/bin/" + name, nil
		}
		return "", errors.New("not found")
	}
}

// I9: what a server says is one word of the command, whatever is in it.
func TestI9_OneWord(t *testing.T) {
	const page = "https://a.example/x?y=$(reboot)&z=';reboot'%20--flag"
	for _, words := range [][]string{{"b"}, {"b", "--new", "%s", "-x"}, {"b", "--url=%s"}} {
		got := browser{words}.command(page)
		whole := slices.IndexFunc(got, func(w string) bool { return strings.HasSuffix(w, page) })
		if whole < 1 || len(got) != max(len(words), 2) {
			t.Errorf("%q: %q", words, got)
		}
	}
}
