package cli

import (
	"strings"
	"time"

	"getin/client/auth/sigv4"
	"getin/client/token"
)

// options is what a command line says of one group of URLs (--next begins
// another), before any of it is done. Parsing fills it; nothing else changes it.
type options struct {
	*runOptions // what is said of the whole run

	// What to fetch, and where to put it.
	urls             []urlSource // in the order given; --url, bare words and --input-file alike
	outputs          []output    // -o and -O in the order given: the n-th is the n-th URL's
	remoteNameAll    bool        // --remote-name-all, for the URLs that come after it
	remoteHeaderName bool
	outputDir        string
	createDirs       bool
	globOff          bool

	// The request.
	method  string
	head    bool
	headers []string // as given to -H
	requestOptions
	bodyOptions
	userAgent string
	noAgent   bool // -A "" sends none
	referer   string

	// Following and failing.
	location     bool
	trusted      bool  // --location-trusted
	maxRedirs    int   // -1: no limit
	speedLimit   int64 // -Y, octets a second; 0: none
	speedTime    int   // -y, seconds
	fail         bool
	failWithBody bool

	downloads

	// What is shown.
	include        bool
	noConnectHeads bool // --suppress-connect-headers
	dumpHeader     string
	writeOut       string

	connectOptions
	cookieOptions
	codingOptions
	maxTime time.Duration // 0: none

	// Who the user is, and what may be done with it (RULES R4).
	user         string // -u, as given
	userGiven    bool
	userInArgs   bool // and not in a config file
	pick         pick
	signer       *sigv4.Signer // --aws-sigv4
	bearer       string        // --oauth2-bearer
	bearerInArgs bool          // and not in a config file
	account      string
	saving       saving
	renew        bool // --ask
	cleartext    bool
	downgrade    bool
	tries        int
	secret       secretSource
	netrc        netrcOptions
	helper       string // --credential-helper: "git:NAME"
	use          token.Use

	command commandOptions
}

// connectOptions decide how a connection is made and whom it trusts. Groups that
// differ in one of them share no connection; so whatever does that belongs here.
type connectOptions struct {
	insecure        bool
	caCert          string
	connectTimeout  time.Duration // 0: the engine's own
	continueTimeout time.Duration // the same, of --expect100-timeout
	speaks          protocol
	dial            dialOptions
	tls             tlsOptions
	proxy           proxyOptions
}

// urlSource is what one word gives to fetch.
type urlSource struct {
	text   string // a URL, perhaps with globs; of a list, the name of its file
	list   bool   // --input-file
	inArgs bool   // ps shows it: it is not from a config file
	remote bool   // --remote-name-all stood before it
}

// output is one -o or -O.
type output struct {
	file   string // of -o, with #1 in it perhaps; "" is standard output
	remote bool   // -O
}

// pick is the set of schemes that may answer.
type pick int

const (
	pickBasic     pick = 1 << iota // --basic
	pickDigest                     // --digest
	pickBearer                     // --oauth2-bearer beside one of them
	pickNTLM                       // --ntlm
	pickNegotiate                  // --negotiate
	pickAny       pick = 0         // the strongest; -u is still sent at once, as Basic
	pickOffered   pick = -1        // --anyauth: nothing is sent unasked
)

// unasked tells whether a password that was given is sent before anybody asks,
// and whether by NTLM: in the one way that was named, or in curl's.
func (k pick) unasked() (at, ntlm bool) {
	return k == pickAny || k == pickBasic || k == pickNTLM, k == pickNTLM
}

// unasked is that of the server's schemes. Who signs sends no password.
func (o *options) unasked() (at, ntlm bool) {
	if o.signer != nil {
		return false, false
	}
	return o.pick.unasked()
}

// serverPick is the set for servers: a token that was given is always let go.
func (o *options) serverPick() pick {
	if o.bearer != "" && o.pick > pickAny {
		return o.pick | pickBearer
	}
	return o.pick
}

// saving is the three-state switch of --save and --no-save.
type saving int

const (
	savingUnset saving = iota
	savingAll
	savingNone
)

// secretSource is where a secret comes from that nobody types (RULES R4, the
// row of --secret-fd).
type secretSource struct {
	kind  secretKind
	value string // file name or command
	fd    int
	twice bool // --secret-stdin was given beside another one
}

type secretKind int

const (
	secretNone secretKind = iota
	secretFD
	secretStdin
	secretFile
	secretCommand
)

// autoReferer: -e with ";auto" sets Referer on each further hop.
func (o *options) autoReferer() bool { return strings.HasSuffix(o.referer, ";auto") }

// defaults returns the options of an empty command line.
func defaults() *options {
	r := &runOptions{parallelMax: defaultParallel}
	r.begin()
	return r.last()
}
