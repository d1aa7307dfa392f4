package cli

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"getin/client/auth"
	"getin/store"
	"getin/store/index"
)

// cmdRemember is "remember [-proxy] ORIGIN REALM STRENGTH ACCOUNT STORE SAVED
// USED": it puts an entry into the script's index that no item belongs to. REALM
// is a Go string in quotes, or "-" for none; times are RFC 3339, or "-"; a "-"
// as SAVED is a pending entry.
func cmdRemember(ts *testscript.TestScript, neg bool, args []string) {
	party := auth.Server
	if len(args) > 0 && args[0] == "-proxy" {
		party, args = auth.Proxy, args[1:]
	}
	if neg || len(args) != 7 {
		ts.Fatalf("usage: remember [-proxy] ORIGIN REALM STRENGTH ACCOUNT STORE SAVED USED")
	}
	origin, err := auth.ParseOrigin(args[0])
	ts.Check(err)
	sp := auth.Space{Party: party, Origin: origin}
	if args[1] != "-" {
		sp.HasRealm = true
		sp.Realm, err = strconv.Unquote(args[1])
		ts.Check(err)
	}
	e := index.Entry{
		Space: sp, Kind: auth.Password, Strength: auth.StrengthNamed(args[2]), Account: args[3], Store: args[4],
		State: index.Pending,
	}
	e.ID = store.KeyOf(e).ID()
	for i, to := range []*time.Time{&e.Saved, &e.Used} {
		if text := args[5+i]; text != "-" {
			*to, err = time.Parse(time.RFC3339, text)
			ts.Check(err)
		}
	}
	if !e.Saved.IsZero() {
		e.State = index.Saved
	}
	ts.Check(scriptIndex(ts).Update(context.Background(), party, origin, func(f *index.File) error {
		f.Put(e)
		return nil
	}))
}

func scriptIndex(ts *testscript.TestScript) *index.Index {
	return index.Open(filepath.Join(ts.Getenv("XDG_STATE_HOME"), "getin", "index"))
}

// cmdID is "id ACCOUNT NAME": it puts the ID of the account's entry into the
// environment variable NAME.
func cmdID(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: id ACCOUNT NAME")
	}
	all, problems := scriptIndex(ts).All()
	if len(problems) > 0 {
		ts.Fatalf("index: %v", problems)
	}
	for _, e := range all {
		if e.Account == args[0] {
			ts.Setenv(args[1], e.ID)
			return
		}
	}
	ts.Fatalf("no entry of %q", args[0])
}

// cmdDamage is "damage ORIGIN": it breaks the origin's index file.
func cmdDamage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: damage HOST")
	}
	names, err := filepath.Glob(filepath.Join(scriptIndex(ts).Dir(), "*"+args[0]+"*.json"))
	ts.Check(err)
	if len(names) != 1 {
		ts.Fatalf("%d files of %s", len(names), args[0])
	}
	ts.Check(os.Truncate(names[0], 20))
}
