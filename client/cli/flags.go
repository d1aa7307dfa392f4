package cli

// flagDef is one flag. A flag with an argument has arg and take; a boolean has
// on, and then --no-NAME exists as well (or --NAME for one called no-NAME),
// unless the table has that name for itself or the flag is a single one.
type flagDef struct {
	letter string // one ASCII character, or ""
	name   string
	arg    string // placeholder of the argument
	help   string // one line, lower case, no full stop
	group  string // one of groups
	alias  string // a second long name
	on     func(*options, bool)
	take   func(*options, string) error
	single bool // a boolean that cannot be switched off
}

// groups are the headings of --help, in order.
var groups = []string{"request", "body", "output", "download", "auth", "proxy", "tls", "connection", "redirect", "info"}

// fetchFlags returns the flags of "getin URL": the one table that parsing and
// help are made from.
func fetchFlags() []flagDef {
	t := requestFlags()
	t = append(t, conditionFlags()...)
	t = append(t, protocolFlags()...)
	t = append(t, bodyFlags()...)
	t = append(t, manyFlags()...)
	t = append(t, outputFlags()...)
	t = append(t, downloadFlags()...)
	t = append(t, retryFlags()...)
	t = append(t, cookieFlags()...)
	t = append(t, codingFlags()...)
	t = append(t, authFlags()...)
	t = append(t, secretFlags()...)
	t = append(t, connectionFlags()...)
	t = append(t, connectFlags()...)
	t = append(t, displayFlags()...)
	return append(t, infoFlags()...)
}

func requestFlags() []flagDef {
	return []flagDef{
		{
			name: "url", arg: "url", group: "request", help: "URL to fetch; a bare word does the same",
			take: takeURL,
		},
		{
			letter: "X", name: "request", arg: "method", group: "request", help: "request method",
			take: func(o *options, v string) error { o.method = v; return checkMethod(v) },
		},
		{
			letter: "I", name: "head", group: "request", help: "fetch the head only (method HEAD)",
			on: func(o *options, b bool) { o.head = b; o.include = b || o.include },
		},
		{
			letter: "G", name: "get", group: "request", help: "put the data into the URL and use GET",
			on: func(o *options, b bool) { o.get = b },
		},
		{
			letter: "H", name: "header", arg: "field|@file", group: "request",
			help: "header field to send; \"name:\" removes one, \"name;\" sends it empty",
			take: func(o *options, v string) error { return o.takeField(&o.headers, "-H", v) },
		},
		{
			letter: "A", name: "user-agent", arg: "name", group: "request", help: "User-Agent to send",
			take: func(o *options, v string) error { o.userAgent, o.noAgent = v, v == ""; return checkText(v) },
		},
		{
			letter: "e", name: "referer", arg: "url", group: "request", help: "Referer to send",
			take: func(o *options, v string) error { o.referer = v; return checkText(v) },
		},
	}
}

func outputFlags() []flagDef {
	return []flagDef{
		{
			letter: "o", name: "output", arg: "file", group: "output", help: "write to the file; #1 is what the first glob stands for",
			take: takeOutput,
		},
		{
			letter: "O", name: "remote-name", group: "output", help: "write to a file named as in the URL",
			on: func(o *options, b bool) { o.outputs = append(o.outputs, output{remote: b}) },
		},
		{
			name: "remote-name-all", group: "output", help: "-O for every URL that comes after",
			on: func(o *options, b bool) { o.remoteNameAll = b },
		},
		{
			letter: "J", name: "remote-header-name", group: "output", help: "with -O, take the server's name for the file",
			on: func(o *options, b bool) { o.remoteHeaderName = b },
		},
		{
			name: "output-dir", arg: "dir", group: "output", help: "folder of the files of -o and -O",
			take: func(o *options, v string) error { o.outputDir = v; return nil },
		},
		{
			name: "create-dirs", group: "output", help: "make the folders that a file needs",
			on: func(o *options, b bool) { o.createDirs = b },
		},
		{
			letter: "i", name: "show-headers", alias: "include", group: "output", help: "write the response's head too",
			on: func(o *options, b bool) { o.include = b },
		},
		{
			letter: "D", name: "dump-header", arg: "file", group: "output", help: "write the response's head to the file",
			take: func(o *options, v string) error { o.dumpHeader = v; return nil },
		},
		{
			letter: "w", name: "write-out", arg: "format", group: "output", help: "what to write when a transfer is done",
			take: func(o *options, v string) error { o.writeOut = v; return nil },
		},
		{
			letter: "f", name: "fail", group: "output", help: "exit 22 for a status of 400 and above, without the body",
			on: func(o *options, b bool) { o.fail = b },
		},
		{
			name: "fail-with-body", group: "output", help: "the same, with the body",
			on: func(o *options, b bool) { o.failWithBody = b },
		},
	}
}

func connectionFlags() []flagDef {
	return []flagDef{
		{
			letter: "m", name: "max-time", arg: "seconds", group: "connection", help: "how long a transfer may take",
			take: func(o *options, v string) (err error) { o.maxTime, err = seconds(v); return err },
		},
		{
			name: "connect-timeout", arg: "seconds", group: "connection", help: "how long connecting may take",
			take: func(o *options, v string) (err error) { o.connectTimeout, err = seconds(v); return err },
		},
		{
			name: "expect100-timeout", arg: "seconds", group: "connection", help: "how long a body waits for \"100 Continue\" (1)",
			take: func(o *options, v string) (err error) { o.continueTimeout, err = seconds(v); return err },
		},
		{
			letter: "Y", name: "speed-limit", arg: "octets", group: "connection", help: "end a transfer that is slower than so many octets a second",
			take: func(o *options, v string) error { n, err := number(v, 0); o.speedLimit = int64(n); return err },
		},
		{
			letter: "y", name: "speed-time", arg: "seconds", group: "connection", help: "for so long (30); without -Y, one that stands still",
			take: func(o *options, v string) (err error) {
				o.speedTime, err = number(v, 1)
				o.speedLimit = max(o.speedLimit, 1)
				return err
			},
		},
		{
			letter: "L", name: "location", group: "redirect", help: "follow redirects",
			on: func(o *options, b bool) { o.location = b },
		},
		{
			name: "location-trusted", group: "redirect", help: "and send the credential to every https host on the way",
			on: func(o *options, b bool) { o.location, o.trusted = b, b },
		},
		{
			name: "max-redirs", arg: "number", group: "redirect", help: "how many to follow (50); -1 is no limit",
			take: func(o *options, v string) (err error) { o.maxRedirs, err = number(v, -1); return err },
		},
	}
}

func infoFlags() []flagDef {
	return []flagDef{
		{
			letter: "v", name: "verbose", group: "info", help: "tell what is sent, received and decided; secrets are masked",
			on: takeVerbose,
		},
		{
			name: "show-secrets", group: "info", help: "mask nothing in -v and traces",
			on: func(o *options, b bool) { o.showSecrets = b },
		},
		{
			name: "stderr", arg: "file", group: "info", help: "write there what goes to standard error; - is standard output",
			take: func(o *options, v string) error { o.stderr = append(o.stderr, v); return nil },
		},
		{
			letter: "s", name: "silent", group: "info", help: "no notices and no errors",
			on: func(o *options, b bool) { o.silent = b },
		},
		{
			letter: "S", name: "show-error", group: "info", help: "with -s, show errors all the same",
			on: func(o *options, b bool) { o.showError = b },
		},
		{
			letter: "K", name: "config", arg: "file", group: "info", help: "read flags from the file",
			take: func(o *options, v string) error { return o.readConfig(o, v) },
		},
		{
			letter: "q", name: "disable", group: "info", help: "as the first flag: do not read the config file",
			on: func(*options, bool) {},
		},
		{
			letter: "h", name: "help", group: "info", help: "this help; with a word, that group, or \"all\"",
			on: func(o *options, b bool) { o.help = b },
		},
		{letter: "M", name: "manual", group: "info", help: "the whole manual", on: func(o *options, b bool) { o.manual = b }},
		{letter: "V", name: "version", group: "info", help: "the version", on: func(o *options, b bool) { o.version = b }},
	}
}
