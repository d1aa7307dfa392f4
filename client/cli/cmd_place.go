package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The names of places, as --store, GETIN_STORE and the index write them. A vault
// that is not in the usual folder is "vault:" and its absolute path.
const (
	placeKeyring = "keyring"
	placeVault   = "vault"
	placeNone    = "none"
)

// choice is the place where credentials are kept, and who says so.
type choice struct {
	name string // as the index notes it
	dir  string // of a vault, absolute
	from string // "--store", "GETIN_STORE", the file that "store use" wrote, or "default"
}

// choiceFile holds what "store use" was told: one line, the name of a place.
const choiceFile = "store"

// maxChoice bounds that file, in octets: a name and the longest path of Linux
// (PATH_MAX, 4096).
const maxChoice = 5000

// chooseStore finds the place: the flag, else the environment, else what "store
// use" remembered, else the keyring. None of them is passed over in silence:
// what cannot be read is an error and never the next one's turn.
func chooseStore(sys *System, flag string) (choice, error) {
	if flag != "" {
		return readPlace(sys, flag, "--store")
	}
	if name := sys.env("GETIN_STORE"); name != "" {
		return readPlace(sys, name, "GETIN_STORE")
	}
	dir := configDir(sys)
	if dir == "" {
		return choice{name: placeKeyring, from: "default"}, nil
	}
	file := filepath.Join(dir, choiceFile)
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return choice{name: placeKeyring, from: "default"}, nil
	}
	if err != nil {
		return choice{}, &readError{err}
	}
	if len(b) > maxChoice {
		return choice{}, &usageError{why: file + ": not the name of a store", hint: useHint, code: exitUsage}
	}
	return readPlace(sys, strings.TrimSuffix(string(b), "\n"), file)
}

const useHint = "getin store use keyring|vault|vault:DIR|helper:git:NAME|none says which is to be used"

// readPlace reads the name of a place, given by from.
func readPlace(sys *System, name, from string) (choice, error) {
	bad := func(why string) (choice, error) {
		return choice{}, &usageError{why: fmt.Sprintf("%s: %s", from, why), hint: useHint, code: exitUsage}
	}
	kind, dir, hasDir := strings.Cut(name, ":")
	if helper, ok := strings.CutPrefix(name, placeHelper); ok {
		if _, err := readHelper(sys, helper, from); err != nil {
			return choice{}, err
		}
		return choice{name: name, from: from}, nil
	}
	switch {
	case !hasDir && (name == placeKeyring || name == placeNone):
		return choice{name: name, from: from}, nil
	case kind != placeVault:
		return bad(fmt.Sprintf("no store is called %q", name))
	case hasDir && dir == "":
		return bad("\"vault:\" needs a folder")
	}
	usual := vaultDir(sys)
	if !hasDir {
		if usual == "" {
			return bad("there is no home folder for a vault; name one with vault:DIR")
		}
		return choice{name: placeVault, dir: usual, from: from}, nil
	}
	if strings.ContainsAny(dir, "\n\x00") {
		return bad("a folder's name holds no line end")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return bad(err.Error())
	}
	if dir == usual {
		return choice{name: placeVault, dir: dir, from: from}, nil
	}
	return choice{name: placeVault + ":" + dir, dir: dir, from: from}, nil
}

// vaultDir is where a vault lies that was given no folder, or "" when the user
// has no place for it.
func vaultDir(sys *System) string {
	dir := baseDir(sys, "XDG_DATA_HOME", filepath.Join(".local", "share"))
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, "vault")
}

// largeDir is where the secrets lie that are too large for a keyring, sealed
// with keys that are in it; "" when the user has no place for them.
func largeDir(sys *System) string {
	dir := baseDir(sys, "XDG_DATA_HOME", filepath.Join(".local", "share"))
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, "large")
}

// rememberChoice writes what "store use" was told, and returns the file.
func rememberChoice(sys *System, name string) (string, error) {
	dir := configDir(sys)
	if dir == "" {
		return "", errors.New("there is no home folder to remember it in")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(dir, choiceFile+"-*.tmp")
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(name + "\n")
	file := filepath.Join(dir, choiceFile)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the first error counts
		return "", err
	}
	return file, nil
}

// indexDir is where the index lies, or "" when the user has no place for it.
func indexDir(sys *System) string {
	dir := stateDir(sys)
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, "index")
}
