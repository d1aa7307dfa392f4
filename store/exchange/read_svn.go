package exchange

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"getin/client/auth"
	"getin/store"
)

// readSvn reads the passwords in the folder auth of Subversion's: those that lie
// there in clear. Subversion knows realms.
func readSvn(dir string) (Found, error) {
	simple := filepath.Join(dir, "svn.simple")
	list, err := os.ReadDir(simple)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(dir); err != nil {
			return Found{}, err
		}
		return Found{}, nil
	}
	if err != nil {
		return Found{}, err
	}
	var f Found
	for _, d := range list {
		if !d.Type().IsRegular() {
			continue
		}
		name := filepath.Join(simple, d.Name())
		text, err := readFile(name, nil)
		if err != nil {
			return Found{}, err
		}
		before := len(f.Skipped)
		f.addSvn(d.Name(), text)
		if len(f.Skipped) == before {
			f.Files = append(f.Files, name)
		}
	}
	return f, nil
}

func (f *Found) addSvn(file, text string) {
	hash, err := svnHash(text)
	if err != nil {
		f.skip(file, err.Error())
		return
	}
	// "<SCHEME://HOST:PORT> REALM"
	server, realm, ok := strings.Cut(strings.TrimPrefix(hash["svn:realmstring"], "<"), "> ")
	o, err := auth.ParseOrigin(server)
	if !ok || err != nil {
		f.skip(hash["svn:realmstring"], "not of http or https")
		return
	}
	what := hash["username"] + " at " + o.Display()
	if t := hash["passtype"]; t != "simple" && t != "" {
		f.skip(what, "its password lies in "+t)
		return
	}
	password, has := hash["password"]
	if !has || hash["username"] == "" {
		f.skip(what, "no user name or no password")
		return
	}
	f.add(Item{
		Key: store.Key{
			Space: auth.Space{Party: auth.Server, Origin: o, Realm: realm, HasRealm: true}, Kind: auth.Password, Account: hash["username"],
		},
		Secret: auth.NewSecret(password),
	})
}

// svnHash reads a hash dump of Subversion's,
//
//	dump  = *( "K " length LF octets LF "V " length LF octets LF ) "END" LF
func svnHash(text string) (map[string]string, error) {
	hash := map[string]string{}
	for {
		key, rest, err := svnPiece(text, "K ")
		if err != nil {
			if strings.HasPrefix(text, "END") {
				return hash, nil
			}
			return nil, err
		}
		value, rest, err := svnPiece(rest, "V ")
		if err != nil {
			return nil, err
		}
		hash[key], text = value, rest
	}
}

func svnPiece(text, mark string) (piece, rest string, err error) {
	line, rest, _ := strings.Cut(text, "\n")
	length, ok := strings.CutPrefix(line, mark)
	n, err := strconv.Atoi(length)
	if !ok || err != nil || n < 0 || n >= len(rest) || rest[n] != '\n' {
		return "", "", fmt.Errorf("%w: no hash of Subversion's", ErrFormat)
	}
	return rest[:n], rest[n+1:], nil
}
