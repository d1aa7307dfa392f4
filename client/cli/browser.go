package cli

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// browser is how a page is shown to the person; the zero value shows none.
type browser struct{ words []string }

// urlWord stands for the URL in a command of $BROWSER.
const urlWord = "%s"

// findBrowser returns the command that shows a page to who sits at this machine:
// the first in $BROWSER that there is, or what the system has for it. Over SSH,
// and without a display, there is nobody to see the page.
func findBrowser(sys *System) browser { return browserOn(runtime.GOOS, sys.env, exec.LookPath) }

func browserOn(system string, env func(string) string, find func(string) (string, error)) browser {
	if own := env("BROWSER"); own != "" {
		return firstFound(ownBrowsers(own), find)
	}
	display := env("DISPLAY") != "" || env("WAYLAND_DISPLAY") != ""
	remote := env("SSH_CONNECTION") != "" || env("SSH_TTY") != ""
	switch {
	case system == "windows" && !remote:
		return firstFound([]string{"rundll32 url.dll,FileProtocolHandler"}, find)
	case system == "darwin" && !remote:
		return firstFound([]string{"open"}, find)
	case env("WSL_DISTRO_NAME") != "" && !remote:
		return firstFound([]string{"wslview", "rundll32.exe url.dll,FileProtocolHandler"}, find)
	case display && system != "windows" && system != "darwin":
		return firstFound([]string{"xdg-open"}, find)
	}
	return browser{}
}

// ownBrowsers are the commands of $BROWSER, with colons between them where no
// colon is a part of a path.
func ownBrowsers(list string) []string {
	if filepath.ListSeparator != ':' {
		return []string{list}
	}
	return strings.Split(list, ":")
}

// firstFound returns the first command of which there is the program, by the name
// that LookPath has for it: never one of the working directory (SECURITY J5).
func firstFound(commands []string, find func(string) (string, error)) browser {
	for _, c := range commands {
		words := strings.Fields(c)
		if len(words) == 0 {
			continue
		}
		if path, err := find(words[0]); err == nil {
			words[0] = path
			return browser{words}
		}
	}
	return browser{}
}

// none tells that there is no browser.
func (b browser) none() bool { return b.words == nil }

// command returns the words that show the page. The URL is a word of its own, or
// stands within the one that has a place for it; no shell sees it (SECURITY I9).
func (b browser) command(page string) []string {
	words := append([]string(nil), b.words...)
	placed := false
	for i, w := range words[1:] {
		if strings.Contains(w, urlWord) {
			words[i+1], placed = strings.ReplaceAll(w, urlWord, page), true
		}
	}
	if !placed {
		words = append(words, page)
	}
	return words
}

// open shows the page. It does not wait: some browsers end when their window is
// closed. Whatever they say is lost, and our terminal is not theirs.
func (b browser) open(page string) error {
	words := b.command(page)
	cmd := exec.Command(words[0], words[1:]...)
	detach(cmd)
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }() // the page is shown, or the person opens it
	return nil
}
