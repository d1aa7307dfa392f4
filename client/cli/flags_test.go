package cli

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"getin/client/cli/trace"
)

var update = flag.Bool("update", false, "write the golden files anew")

// ownFlags are getin's own; every other flag is curl's, with curl's letter.
var ownFlags = []string{
	"account", "no-prompt", "pretty", "no-store", "no-save", "save", "ask", "allow-cleartext", "allow-downgrade",
	"show-secrets", "store", "credential-helper", "prompt-timeout", "tries", "secret-fd", "secret-stdin", "secret-file", "secret-command", "vault-identity", "vault-identity-fd",
	"input-file", "har",
	"checksum", "segments", "oauth-client-id", "oauth-scope", "no-browser",
}

func TestFlagTable(t *testing.T) {
	names, letters := map[string]bool{}, map[string]bool{}
	for _, d := range fetchFlags() {
		if names[d.name] || d.letter != "" && letters[d.letter] {
			t.Errorf("--%s: twice", d.name)
		}
		names[d.name], letters[d.letter] = true, true
		if (d.on == nil) == (d.take == nil) || (d.take != nil) != (d.arg != "") {
			t.Errorf("--%s: neither a boolean nor a flag with an argument", d.name)
		}
		if !slices.Contains(groups, d.group) {
			t.Errorf("--%s: group %q", d.name, d.group)
		}
		if d.help == "" || strings.HasSuffix(d.help, ".") || strings.ToLower(d.help[:1]) != d.help[:1] && !strings.HasPrefix(d.help, "URL") &&
			!strings.HasPrefix(d.help, "JSON") && !strings.HasPrefix(d.help, "User-Agent") && !strings.HasPrefix(d.help, "Referer") {
			t.Errorf("--%s: help %q", d.name, d.help)
		}
		if own := slices.Contains(ownFlags, d.name); own == isCurlName(d.name) {
			t.Errorf("--%s: curl has it: %v, listed as our own: %v", d.name, !own, own)
		}
		if d.letter != "" && curlLetters[d.letter] != d.name {
			t.Errorf("-%s is --%s, in curl --%s", d.letter, d.name, curlLetters[d.letter])
		}
		for letter, name := range curlLetters {
			if name == d.name && d.letter != letter {
				t.Errorf("--%s: curl calls it -%s", name, letter)
			}
		}
	}
	for letter, name := range curlLetters {
		if len(letter) != 1 || !isCurlName(name) {
			t.Errorf("curl's -%s: no name %q", letter, name)
		}
	}
}

// Each flag is taken by its name and by its letter, and nothing else changes
// the options back: a boolean and its opposite leave them as they were.
func TestEveryFlagIsTaken(t *testing.T) {
	table := fetchFlags()
	values := map[string]string{
		"request": "PUT", "max-redirs": "3", "max-time": "1.5", "connect-timeout": "2", "prompt-timeout": "3",
		"continue-at": "-", "limit-rate": "1k", "max-filesize": "1M", "retry": "1", "retry-delay": "2", "retry-max-time": "3",
		"resolve": "a:1:127.0.0.1", "local-port": "1-2", "keepalive-time": "3", "happy-eyeballs-timeout-ms": "4",
		"pinnedpubkey": "sha256//x", "tls-max": "1.2", "ciphers": "AES128-SHA",
		"tries": "2", "secret-fd": "5", "vault-identity-fd": "5", "parallel-max": "4", "rate": "5/m", "speed-limit": "1000", "speed-time": "5",
		"form": "a=b", "form-string": "a=b", "proto-default": "http",
		"segments": "4", "expect100-timeout": "0.5", "proxy-pinnedpubkey": "sha256//x", "checksum": "md5:d41d8cd98f00b204e9800998ecf8427e",
	}
	for _, d := range table {
		value := values[d.name]
		if value == "" {
			value = "x"
		}
		spellings := [][]string{{"--" + d.name}}
		if d.arg != "" {
			spellings = [][]string{{"--" + d.name, value}, {"--" + d.name + "=" + value}}
		}
		if d.letter != "" && d.arg == "" {
			spellings = append(spellings, []string{"-" + d.letter})
		} else if d.letter != "" {
			spellings = append(spellings, []string{"-" + d.letter + value}, []string{"-" + d.letter, value}, []string{"-s" + d.letter, value})
		}
		for _, words := range spellings {
			o := defaults()
			o.readConfig = func(*options, string) error { return nil }
			if err := parse(table, o, words); err != nil {
				t.Errorf("%q: %v", words, err)
			}
		}
		if d.on != nil && !d.single && d.name != "no-store" { // whose opposite is --store NAME
			o := defaults()
			if err := parse(table, o, []string{"--" + d.name, "--" + strings.TrimPrefix(oppositeOf(&d, d.name), "--")}); err != nil {
				t.Errorf("--%s: no opposite: %v", d.name, err)
			}
		}
	}
}

// pflag's own reading differs from curl's in these (DEPENDENCIES section 9).
func TestWordsAsInCurl(t *testing.T) {
	for _, test := range []struct {
		words string
		check func(*options) bool
	}{
		{"-d=1", func(o *options) bool { return o.data[0].value == "=1" }},
		{"-d@f u", func(o *options) bool { return o.data[0].value == "@f" && o.urls[0].text == "u" }},
		{"-sSo f u", func(o *options) bool { return o.silent && o.showError && o.outputs[0].file == "f" }},
		{"-o- u", func(o *options) bool { return o.outputs[0].file == "-" }},
		{"-vvv u", func(o *options) bool { return o.display.trace.Form == trace.Lines }},
		{"u1 -s u2 --url u3", func(o *options) bool { return strings.Join(o.words(), " ") == "u1 u2 u3" }},
		{"-s -- -v --x", func(o *options) bool {
			return o.display.trace.Form == trace.None && strings.Join(o.words(), " ") == "-v --x"
		}},
		{"-H a:b,c -H c:d", func(o *options) bool { return len(o.headers) == 2 && o.headers[0] == "a:b,c" }},
		{"-o a -O u u", func(o *options) bool { return o.outputs[0].file == "a" && o.outputs[1].remote }},
		{"-o -s u", func(o *options) bool { return o.outputs[0].file == "-s" && !o.silent && len(o.warned) == 1 }},
		{"--save --no-save", func(o *options) bool { return o.saving == savingNone }},
		{"--no-save --save", func(o *options) bool { return o.saving == savingAll }},
		{"--no-store --store vault", func(o *options) bool { return !o.noStore && o.store == "vault" }},
		{"--store vault --no-store", func(o *options) bool { return o.noStore }},
		{"--no-prompt --prompt", func(o *options) bool { return !o.noPrompt }},
		{"--basic --no-basic", func(o *options) bool { return o.pick == pickAny }},
		{"--digest --basic --no-digest", func(o *options) bool { return o.pick == pickBasic }},
		{"-m 2.5", func(o *options) bool { return o.maxTime.Milliseconds() == 2500 }},
		{"--max-redirs -1 u", func(o *options) bool { return o.maxRedirs == -1 }},
		{"-u a -u b", func(o *options) bool { return o.user == "b" }},
	} {
		o := defaults()
		if err := parse(fetchFlags(), o, strings.Fields(test.words)); err != nil || !test.check(o) {
			t.Errorf("%s: %+v, %v", test.words, o, err)
		}
	}
}

func TestWordsRefused(t *testing.T) {
	for words, want := range map[string]struct {
		code int
		why  string
		hint string
	}{
		"--verbsoe":      {exitUsage, "flag --verbsoe: not known", "did you mean --verbose?"},
		"--verbos":       {},
		"--as":           {},
		"--location-t":   {},
		"--loc":          {exitUsage, "flag --loc: may be any of --local-port --location --location-trusted", ""},
		"--secret-f":     {exitUsage, "flag --secret-f: may be any of --secret-fd --secret-file", ""},
		"--hap":          {exitUsage, "flag --hap: may be any of --happy-eyeballs-timeout-ms --haproxy-clientip --haproxy-protocol", ""},
		"--tftp-b":       {exitNotBuilt, "flag --tftp-blksize: curl has it, getin does not", ""},
		"--xyzzy":        {exitUsage, "flag --xyzzy: not known", ""},
		"--no-sav":       {},
		"-W":             {exitUsage, "flag -W: not known", "did you mean -w (--write-out)?"},
		"-s\u00fc":       {exitUsage, "flag -\u00c3: not known", ""},
		"--http3":        {exitNotBuilt, "flag --http3: curl has it, getin does not", ""},
		"--no-sessionid": {exitNotBuilt, "flag --no-sessionid: curl has it, getin does not", ""},
		"-P":             {exitNotBuilt, "flag -P (--ftp-port): curl has it, getin does not", ""},
		"-sP":            {exitNotBuilt, "flag -P (--ftp-port): curl has it, getin does not", ""},
		"--no-next":      {exitUsage, "flag --no-next: --next cannot be switched off", ""},
		"--":             {},
		"--=x":           {exitUsage, "flags: cannot be read", ""},
		"---x":           {exitUsage, "flags: cannot be read", ""},
		"-o":             {exitUsage, "flag --output: needs a value", ""},
		"-m soon":        {exitUsage, `flag --max-time: "soon" is not a number of seconds`, ""},
		"-m -1":          {exitUsage, `flag --max-time: "-1" is not a number of seconds`, ""},
		"-m NaN":         {exitUsage, `flag --max-time: "NaN" is not a number of seconds`, ""},
		"--tries 0":      {exitUsage, `flag --tries: "0" is not a number of at least 1`, ""},
		"--silent=yes":   {exitUsage, "flag --silent: takes no value", ""},
		"-X G\u00c4T":    {exitUsage, `flag --request: "GÄT" is no method`, ""},
	} {
		err := parse(fetchFlags(), defaults(), strings.Fields(words))
		var u *usageError
		if want.code == 0 && err == nil {
			continue
		}
		if !errors.As(err, &u) || u.code != want.code || u.why != want.why || u.hint != want.hint {
			t.Errorf("%s: %#v, want %+v", words, err, want)
		}
	}
}

// No error of the parser repeats a value that may be a secret.
func TestParseErrorsHoldNoSecret(t *testing.T) {
	for _, words := range [][]string{
		{"-u", "a:hunter2\n"}, {"-A", "hunter2\r"}, {"--secret-file", "a", "--secret-command", "hunter2"},
	} {
		if err := parse(fetchFlags(), defaults(), words); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", words, err)
		}
	}
}

func TestHelpGolden(t *testing.T) {
	for word, file := range map[string]string{"": "help", "all": "help_all"} {
		var b bytes.Buffer
		if err := printHelp(&b, fetchFlags(), word); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(b.String(), "\n") {
			if len([]rune(line)) > 120 {
				t.Errorf("wider than 120: %q", line)
			}
		}
		name := filepath.Join("testdata", "golden", file+".txt")
		if *update {
			if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil || !bytes.Equal(want, b.Bytes()) {
			t.Errorf("%s differs (go test -update writes it anew): %v\n%s", name, err, b.Bytes())
		}
	}
}
