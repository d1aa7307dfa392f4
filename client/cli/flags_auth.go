package cli

import (
	"errors"

	"getin/client/auth/sigv4"
)

func authFlags() []flagDef {
	choose := func(p pick) func(*options, bool) {
		return func(o *options, b bool) {
			if o.pick &^= p; b {
				o.pick |= p
			}
		}
	}
	return []flagDef{
		{
			letter: "u", name: "user", arg: "user:password", group: "auth", help: "who you are; with no password it is asked for",
			take: func(o *options, v string) error {
				o.user, o.userGiven, o.userInArgs = v, true, o.inConfig == 0
				return checkText(v)
			},
		},
		{
			name: "oauth2-bearer", arg: "token", group: "auth", help: "send this token, to the URLs of the command line only",
			take: func(o *options, v string) error { o.bearer, o.bearerInArgs = v, o.inConfig == 0; return checkText(v) },
		},
		{
			name: "oauth-client-id", arg: "[issuer=]id", group: "auth", help: "the client to sign in as, at that issuer or at all",
			take: takeClientID,
		},
		{
			name: "oauth-scope", arg: "scope", group: "auth", help: "what a token is to allow, in place of what the server asks for",
			take: func(o *options, v string) error { o.use.Scope = v; return checkText(v) },
		},
		{
			name: "no-browser", group: "auth", help: "open none to sign in: show a code to enter elsewhere",
			on: func(o *options, b bool) { o.use.NoBrowser = b },
		},
		{
			letter: "n", name: "netrc", group: "auth", help: "look up user and password in ~/.netrc",
			on: func(o *options, b bool) { o.netrc.use = b },
		},
		{
			name: "netrc-file", arg: "file", group: "auth", help: "look them up in this file",
			take: func(o *options, v string) error { o.netrc.file = v; return nil },
		},
		{
			name: "netrc-optional", group: "auth", help: "as -n, and there need not be such a file",
			on: func(o *options, b bool) { o.netrc.optional = b },
		},
		{name: "basic", group: "auth", help: "answer with Basic only", on: choose(pickBasic)},
		{name: "digest", group: "auth", help: "answer with Digest only", on: choose(pickDigest)},
		{name: "ntlm", group: "auth", help: "answer with NTLM only, over http too", on: choose(pickNTLM)},
		{name: "negotiate", group: "auth", help: "answer with Negotiate (Kerberos) only", on: choose(pickNegotiate)},
		{name: "anyauth", group: "auth", help: "send nothing unasked, then the strongest", on: choose(pickOffered)},
		{
			name: "aws-sigv4", arg: "provider", group: "auth", help: "sign with -u: provider1[:provider2[:region[:service]]]",
			take: func(o *options, v string) error {
				s, err := sigv4.Parse(v)
				if err != nil {
					return &usageError{why: err.Error(), code: exitArgument}
				}
				o.signer = s
				return checkText(v)
			},
		},
		{
			name: "account", arg: "name", group: "auth", help: "the account to use, among several of a realm",
			take: func(o *options, v string) error { o.account = v; return nil },
		},
		{name: "no-prompt", group: "auth", help: "never ask a person", on: func(o *options, b bool) { o.noPrompt = b }},
		{
			name: "no-store", group: "auth", help: "neither read nor write stored credentials",
			on: func(o *options, b bool) { o.noStore = b },
		},
		{
			name: "save", group: "auth", help: "save a credential given in arguments too",
			on: func(o *options, b bool) { o.saving = switched(b, savingAll) },
		},
		{
			name: "no-save", group: "auth", help: "use what is stored, save nothing",
			on: func(o *options, b bool) { o.saving = switched(b, savingNone) },
		},
		{name: "ask", group: "auth", help: "ignore what is stored, and ask", on: func(o *options, b bool) { o.renew = b }},
		{
			name: "allow-cleartext", group: "auth", help: "send a secret over http",
			on: func(o *options, b bool) { o.cleartext = b },
		},
		{
			name: "allow-downgrade", group: "auth", help: "answer a scheme weaker than was accepted before",
			on: func(o *options, b bool) { o.downgrade = b },
		},
		{
			name: "store", arg: "name", group: "auth", help: "keyring, vault or none",
			take: func(o *options, v string) error { o.store, o.noStore = v, false; return nil },
		},
		{
			name: "credential-helper", arg: "git:name", group: "auth",
			help: "ask that program before a person; git:NAME is git-credential-NAME",
			take: func(o *options, v string) error { o.helper = v; return nil },
		},
		{
			name: "vault-identity", arg: "file", group: "auth", help: "open the vault with this age identity file",
			take: func(o *options, v string) error { return o.vaultIdentity.set(secretSource{kind: secretFile, value: v}) },
		},
		{
			name: "vault-identity-fd", arg: "number", group: "auth", help: "read the identity from this file descriptor",
			take: func(o *options, v string) error {
				n, err := number(v, 0)
				if err != nil {
					return err
				}
				return o.vaultIdentity.set(secretSource{kind: secretFD, fd: n})
			},
		},
		{
			name: "prompt-timeout", arg: "seconds", group: "auth", help: "how long to wait for a person",
			take: func(o *options, v string) (err error) { o.promptLimit, err = seconds(v); return err },
		},
		{
			name: "tries", arg: "number", group: "auth", help: "how often to ask when the answer is refused (3)",
			take: func(o *options, v string) (err error) { o.tries, err = number(v, 1); return err },
		},
	}
}

// switched is the state of a switch that was turned on or off.
func switched(on bool, s saving) saving {
	if on {
		return s
	}
	return savingUnset
}

func secretFlags() []flagDef {
	from := func(k secretKind) func(*options, string) error {
		return func(o *options, v string) error { return o.secret.set(secretSource{kind: k, value: v}) }
	}
	return []flagDef{
		{
			name: "secret-fd", arg: "number", group: "auth", help: "read the password or token from this file descriptor",
			take: func(o *options, v string) error {
				n, err := number(v, 0)
				if err != nil {
					return err
				}
				return o.secret.set(secretSource{kind: secretFD, fd: n})
			},
		},
		{
			name: "secret-stdin", group: "auth", help: "read it from standard input",
			on: secretFromStdin,
		},
		{name: "secret-file", arg: "file", group: "auth", help: "read it from the file", take: from(secretFile)},
		{
			name: "secret-command", arg: "command", group: "auth", help: "run the command for it, once a realm, when it is asked for",
			take: from(secretCommand),
		},
	}
}

func secretFromStdin(o *options, on bool) {
	switch {
	case on && o.secret.kind != secretNone && o.secret.kind != secretStdin:
		o.secret.twice = true
	case on:
		o.secret = secretSource{kind: secretStdin}
	case o.secret.kind == secretStdin:
		o.secret = secretSource{}
	}
}

// errTwoSecrets: two flags name a source each.
var errTwoSecrets = errors.New("one source of a secret is enough")

// set takes the source, unless another kind was given before.
func (s *secretSource) set(to secretSource) error {
	if s.kind != secretNone && s.kind != to.kind {
		return errTwoSecrets
	}
	*s = to
	return nil
}
