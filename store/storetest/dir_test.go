package storetest_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"getin/store"
	"getin/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func() store.Store { return storetest.Dir{Path: t.TempDir()} })
}

func TestFaults(t *testing.T) {
	d := storetest.Dir{Path: t.TempDir()}
	k := storetest.Key("https://a.test", "R", "alice")
	storetest.MustPut(t, d, k, "secret")
	for fault, want := range map[storetest.Fault]error{
		storetest.Locked:  store.ErrLocked,
		storetest.Failing: store.ErrUnavailable,
		storetest.Hanging: context.DeadlineExceeded,
	} {
		if err := d.Set(fault); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		if _, err := d.Get(ctx, k); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", fault, err, want)
		}
		cancel()
		if err := d.Clear(fault); err != nil {
			t.Fatal(err)
		}
	}
	storetest.MustGet(t, d, k, "secret")
}

// Two of them on one folder are two processes with one keyring, and what either
// asked is seen.
func TestSharedAndNoted(t *testing.T) {
	a := storetest.Dir{Path: t.TempDir()}
	b := storetest.Dir{Path: a.Path}
	k := storetest.Key("https://a.test", "R", "alice")
	storetest.MustPut(t, a, k, "secret")
	storetest.MustGet(t, b, k, "secret")
	if n, err := b.Items(); n != 1 || err != nil {
		t.Errorf("%d items, error %v", n, err)
	}
	got, err := b.Noted()
	want := []string{"put " + k.Service() + " (alice)", "get " + k.Service() + " (alice)"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("noted %q, error %v; want %q", got, err, want)
	}
}
