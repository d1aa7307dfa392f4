package transfer

import (
	"path"
	"runtime"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Unnamed is the name of a file whose URL has none to give.
const Unnamed = "getin_response"

// maxName is the longest name in octets: 255 is what file systems take, less
// room for ".1" and the like.
const maxName = 240

// URLName returns the name that -O gives to what a URL with the path brings: the
// last segment that is not empty, as it is written there. The path is to be of
// the URL that the user typed, never of where a redirect led (CVE-2010-2252). The
// result is one path segment, fit for this system.
func URLName(p string) string {
	name := safeName(path.Base(path.Clean("/"+p)), runtime.GOOS == "windows")
	if name == "" {
		return Unnamed
	}
	return name
}

// HeaderName returns the name that -J takes from a Content-Disposition field
// value, and whether there is one. The result is one path segment, fit for this
// system, with no leading dot: the server shall write no start-up file.
func HeaderName(value string) (string, bool) {
	return headerName(value, runtime.GOOS == "windows")
}

func headerName(value string, windows bool) (string, bool) {
	raw, err := parseDisposition(value)
	if err != nil {
		return "", false
	}
	name := safeName(raw, windows)
	if strings.HasPrefix(name, ".") {
		name = "_" + name[1:]
	}
	return name, name != ""
}

// safeName returns the last segment of s with what must not be in a name
// replaced by "_", or "" when nothing is left. Both slashes part segments, on
// every system.
func safeName(s string, windows bool) string {
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	s = strings.Map(func(r rune) rune {
		if forbidden(r, windows) {
			return '_'
		}
		return r
	}, s)
	if strings.TrimSpace(s) == "" || strings.Trim(s, ".") == "" {
		return ""
	}
	if windows {
		s = windowsName(s)
	}
	return shorten(s)
}

// forbidden tells the characters that would change what a terminal shows (C0,
// C1, line separators, bidi and other format characters), that are no
// characters, or that Windows takes for syntax (a stream, a drive).
func forbidden(r rune, windows bool) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Cs) ||
		r == utf8.RuneError || windows && strings.ContainsRune(`<>:"|?*`, r)
}

// windowsName changes the names that Windows treats as others than they look:
// it drops dots and spaces at the end, opens devices whatever the extension,
// and takes "{...}" for a class of the shell.
func windowsName(s string) string {
	s = strings.TrimRight(s, ". ")
	stem, _, _ := strings.Cut(s, ".")
	if windowsDevice(strings.ToUpper(strings.TrimRight(stem, " "))) {
		return "_" + s
	}
	switch strings.ToLower(s) {
	case "desktop.ini", "thumbs.db": // read by the shell
		return "_" + s
	}
	if ext := path.Ext(s); strings.HasPrefix(ext, ".{") && strings.HasSuffix(ext, "}") {
		return strings.TrimSuffix(s, ext) + ".download"
	}
	return s
}

func windowsDevice(stem string) bool {
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CLOCK$", "CONIN$", "CONOUT$":
		return true
	}
	for _, port := range []string{"COM", "LPT"} {
		if n, ok := strings.CutPrefix(stem, port); ok && utf8.RuneCountInString(n) == 1 &&
			strings.Contains("0123456789¹²³", n) {
			return true
		}
	}
	return false
}

// shorten cuts a name that is too long, before its extension.
func shorten(s string) string {
	if len(s) <= maxName {
		return s
	}
	ext := path.Ext(s)
	if len(ext) > 16 { // longer than any that means something
		ext = ""
	}
	stem := s[:maxName-len(ext)]
	for !utf8.ValidString(stem) {
		stem = stem[:len(stem)-1]
	}
	return stem + ext
}
