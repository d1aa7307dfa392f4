package cli

import "getin/client/keypair"

// ownPair is what the command line says of a certificate of the user's own.
type ownPair struct {
	files   keypair.Files
	pass    string // of --pass, or behind the colon of -E
	hasPass bool
	visible bool // the phrase is in the arguments, and not in a config file
}

// ownPairFlags are -E and its kin, for servers; and the same for proxies, whose
// names begin with the prefix.
func ownPairFlags(prefix, group, what string, of func(*options) *ownPair) []flagDef {
	letter := ""
	if prefix == "" {
		letter = "E"
	}
	return []flagDef{
		{
			letter: letter, name: prefix + "cert", arg: "file[:phrase]", group: group, help: what + "; the phrase opens its key",
			take: func(o *options, v string) error { of(o).take(o, v); return nil },
		},
		{
			name: prefix + "cert-type", arg: "type", group: group, help: "of it: PEM, DER or P12",
			take: func(o *options, v string) error { of(o).files.CertType = v; return nil },
		},
		{
			name: prefix + "key", arg: "file", group: group, help: "the key of the certificate, where it is not in the same file",
			take: func(o *options, v string) error { of(o).files.Key = v; return nil },
		},
		{
			name: prefix + "key-type", arg: "type", group: group, help: "of the key: PEM or DER",
			take: func(o *options, v string) error { of(o).files.KeyType = v; return nil },
		},
		{
			name: prefix + "pass", arg: "phrase", group: group, help: "opens the key; without it getin asks",
			take: func(o *options, v string) error { of(o).setPass(o, v); return nil },
		},
	}
}

func (p *ownPair) setPass(o *options, phrase string) {
	p.pass, p.hasPass = phrase, true
	p.visible = p.visible || o.inConfig == 0
}

// take takes "file:phrase" apart. A colon and a backslash of the name stand
// behind a backslash.
func (p *ownPair) take(o *options, v string) {
	var file []byte
	i := 0
	for ; i < len(v) && (v[i] != ':' || i == 1 && isDrive(v)); i++ {
		if v[i] == '\\' && i+1 < len(v) && (v[i+1] == ':' || v[i+1] == '\\') {
			i++
		}
		file = append(file, v[i])
	}
	p.files.Cert = string(file)
	if i < len(v) {
		p.setPass(o, v[i+1:])
	}
}
