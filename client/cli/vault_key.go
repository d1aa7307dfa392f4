package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"getin/client/auth"
	"getin/prompt"
	"getin/store/vault"
)

// identityCredential is the name of a vault's identity among systemd's
// credentials (systemd.exec(5), LoadCredential=).
const identityCredential = "getin-identity"

// vaultKey says how vaults are opened in this run: by the identity that a flag
// names, or the service manager gives, and else by what lies beside them; where
// that is sealed, p asks for the pass phrase. A nil p asks nobody.
func (o *runOptions) vaultKey(sys *System, p *person) vault.Key {
	k := vault.Key{Source: o.identitySource(sys), Opened: sys.Opened}
	if p != nil {
		k.Passphrase = p.vaultPhrase
	}
	return k
}

// identitySource returns what reads the identity given from elsewhere, or nil.
func (o *runOptions) identitySource(sys *System) func() ([]byte, error) {
	id := o.vaultIdentity
	switch {
	case id.kind == secretFD:
		keepFromChildren(id.fd)
		return func() ([]byte, error) {
			return readSecret(os.NewFile(uintptr(id.fd), "--vault-identity-fd"), "--vault-identity-fd")
		}
	case id.kind == secretFile:
		return func() ([]byte, error) { return readSecretFile(id.value, "--vault-identity") }
	}
	dir := sys.env("CREDENTIALS_DIRECTORY")
	if !filepath.IsAbs(dir) {
		return nil
	}
	name := filepath.Join(dir, identityCredential)
	if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return func() ([]byte, error) { return readSecretFile(name, "$CREDENTIALS_DIRECTORY") }
}

func readSecretFile(name, source string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", source, err)
	}
	return readSecret(f, source)
}

// vaultPhrase asks for the pass phrase of the vault in the folder.
func (p *person) vaultPhrase(ctx context.Context, dir string, again bool) (auth.Secret, error) {
	phrase, err := p.phraseFor(ctx, "the vault in ", dir, again)
	return auth.NewSecret(phrase), err
}

// newPhrase gets the pass phrase of a vault that is to be made: from where the
// command line says, or from the person, who types it twice.
func (j *job) newPhrase() (*auth.Secret, error) {
	read, _, err := j.o.secretReader(j.sys, "", j.mask)
	if err != nil {
		return nil, err
	}
	var phrase auth.Secret
	if read != nil {
		phrase, err = read(j.ctx, auth.Query{})
	} else {
		err = j.talk(func(ctx context.Context, t *prompt.Terminal) error {
			first, err := t.Secret(ctx, "a pass phrase for the vault")
			if err != nil {
				return err
			}
			second, err := t.Secret(ctx, "once more")
			if err == nil && first != second {
				err = errors.New("they are not the same")
			}
			phrase = j.secret(first)
			return err
		})
	}
	switch {
	case errors.Is(err, auth.ErrNobody):
		return nil, &usageError{why: j.title + ": there is nobody to ask", hint: "--secret-fd, --secret-stdin and --secret-file give the pass phrase", code: exitUsage}
	case err != nil:
		return nil, err
	case phrase.Empty():
		return nil, j.usage("an empty pass phrase protects nothing")
	}
	return &phrase, nil
}

// keyFor is the vault key of a command: the pass phrase comes from where the
// command line says, or else from the person.
func (j *job) keyFor() (vault.Key, error) {
	k := j.vaultKey()
	read, source, err := j.o.secretReader(j.sys, "", j.mask)
	if err != nil || read == nil {
		return k, err
	}
	k.Tries = 1
	k.Passphrase = func(ctx context.Context, _ string, _ bool) (auth.Secret, error) {
		s, err := read(ctx, auth.Query{})
		if err != nil {
			err = fmt.Errorf("%s: %w", source, err)
		}
		return s, err
	}
	return k, nil
}

// vaultKey is how the command opens vaults.
func (j *job) vaultKey() vault.Key {
	var p *person
	if !j.silentRun() {
		p = j.person()
	}
	return j.o.vaultKey(j.sys, p)
}
