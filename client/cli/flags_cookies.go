package cli

import "strings"

// cookieOptions are what -b, -c and -j say.
type cookieOptions struct {
	cookies []string // of -b, "name=value; …"
	files   []string // of -b; "" is none, "-" is standard input
	jar     string   // of -c; "" is none, "-" is standard output
	junk    bool
}

func cookieFlags() []flagDef {
	return []flagDef{
		{
			letter: "b", name: "cookie", arg: "data|file", group: "request", help: "cookies to send (with a \"=\"), or a file of them; \"\" is none yet",
			take: takeCookies,
		},
		{
			letter: "c", name: "cookie-jar", arg: "file", group: "output", help: "write all cookies to the file when everything is done",
			take: func(o *options, v string) error { o.jar = v; return nil },
		},
		{
			letter: "j", name: "junk-session-cookies", group: "request", help: "of the files of -b, leave out what was for one session",
			on: func(o *options, b bool) { o.junk = b },
		},
	}
}

// takeCookies tells a file from cookies as curl does, by the "=".
func takeCookies(o *options, v string) error {
	name, file := strings.CutPrefix(v, "@")
	if file || !strings.Contains(v, "=") {
		o.files = append(o.files, name)
		return nil
	}
	o.cookies = append(o.cookies, v)
	return checkText(v)
}

// cookieField is the Cookie field that -b makes, or "". curl joins several so.
func (o *cookieOptions) cookieField() string { return strings.Join(o.cookies, ";") }

// keepsCookies tells whether responses may set cookies.
func (o *cookieOptions) keepsCookies() bool { return len(o.files) > 0 || o.jar != "" }
