package helper_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"getin/client/auth"
	"getin/store"
	"getin/store/helper"
	"getin/store/index"
	"getin/store/storetest"
)

// world is a user's store, and a server of it.
type world struct {
	*helper.Server
	t    *testing.T
	keep storetest.Dir
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ring := filepath.Join(t.TempDir(), "keyring")
	if err := os.Mkdir(ring, 0o700); err != nil {
		t.Fatal(err)
	}
	d := storetest.Dir{Path: ring}
	w := &store.Wallet{Keep: store.Place{Name: "keyring", Store: d}, Index: index.Open(filepath.Join(t.TempDir(), "index"))}
	return &world{&helper.Server{Wallet: w}, t, d}
}

// add stores alice's password as an earlier run of getin would have.
func (w *world) add(origin, realm, user, secret string, change ...func(*store.Key, *index.Entry)) {
	w.t.Helper()
	k := storetest.Key(origin, realm, user)
	e := index.Entry{Strength: auth.StrengthBasic}
	for _, f := range change {
		f(&k, &e)
	}
	c := auth.Credential{User: k.Account, Secret: auth.NewSecret(secret)}
	if err := w.Wallet.Add(w.t.Context(), k, c, e); err != nil {
		w.t.Fatal(err)
	}
}

func below(paths ...string) func(*store.Key, *index.Entry) {
	return func(_ *store.Key, e *index.Entry) { e.Prefixes = paths }
}

func unbound(protocol string) func(*store.Key, *index.Entry) {
	return func(k *store.Key, e *index.Entry) {
		k.Space.Realm, k.Space.HasRealm, k.Unbound, e.Unbound, e.Strength = "", false, true, protocol, 0
	}
}

func token(k *store.Key, e *index.Entry) { k.Kind, e.Strength = auth.Token, auth.StrengthBearer }

func proven(s auth.Strength) func(*store.Key, *index.Entry) {
	return func(_ *store.Key, e *index.Entry) { e.Strength = s }
}

// git runs one operation and returns what git would read.
func (w *world) git(op, in string) (string, error) {
	var out bytes.Buffer
	err := w.Git(w.t.Context(), op, strings.NewReader(in), &out)
	return out.String(), err
}

// got is git's "get", "-" for the reason that there is no answer.
func (w *world) got(in string) string {
	w.t.Helper()
	out, err := w.git("get", in)
	if err != nil {
		if out != "" {
			w.t.Errorf("an answer beside the error %v: %q", err, out)
		}
		return "- " + err.Error()
	}
	return out
}

func (w *world) docker(op, in string) (string, error) {
	var out bytes.Buffer
	err := w.Docker(w.t.Context(), op, strings.NewReader(in), &out)
	return out.String(), err
}

// entries returns what is stored for https://a.test, as "account/secret mark".
func (w *world) entries(origin string) (list []string) {
	w.t.Helper()
	o, err := auth.ParseOrigin(origin)
	if err != nil {
		w.t.Fatal(err)
	}
	f, err := w.Wallet.Index.Load(auth.Server, o)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range f.Entries {
		c, err := w.keep.Get(context.Background(), store.KeyOf(e))
		if err != nil {
			w.t.Fatal(err)
		}
		mark := e.Unbound
		if mark == "" {
			mark = "bound"
		}
		list = append(list, c.User+"/"+c.Secret.Reveal()+" "+mark)
	}
	return list
}

// later makes what is saved next newer than what was before.
func later() { time.Sleep(time.Millisecond) }

// refuse notes so many refusals of all that is stored for the origin.
func (w *world) refuse(origin string, times int) {
	w.t.Helper()
	o, err := auth.ParseOrigin(origin)
	if err != nil {
		w.t.Fatal(err)
	}
	err = w.Wallet.Index.Update(w.t.Context(), auth.Server, o, func(f *index.File) error {
		for i := range f.Entries {
			f.Entries[i].Refused = times
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}
