package cli

import (
	"context"
	"errors"
	"flag"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/diff"

	"getin/client/authtest/curltest"
)

// How to write a case, and how to record it, stands in the documentation of
// package curltest.
var recordCurl = flag.Bool("record", false, "run the real curl over the cases of TestCurl, and write down what it does")

func readCases(t *testing.T) []*curltest.Case {
	t.Helper()
	cases, err := curltest.Read(filepath.Join("testdata", "curl"))
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// getin does with people's command lines what curl does, and no flag that a case
// shows can be taken out unnoticed.
func TestCurl(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the cases have scripts and paths of Unix")
	}
	table := fetchFlags()
	for _, c := range readCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			if *recordCurl && c.Own == "" {
				if err := c.Save(runCase(t, c, "curl", c.Commands())); err != nil {
					t.Fatal(err)
				}
			}
			want := c.Want("getin")
			if want == "" {
				t.Fatal("nothing is recorded: run with -record")
			}
			began := time.Now()
			if got := runCase(t, c, "getin", c.Commands()); got != want {
				t.Errorf("%s", diff.Diff("want", []byte(want), "getin", []byte(got)))
				return
			}
			took := time.Since(began)
			for _, name := range c.Flags {
				i := slices.IndexFunc(table, func(d flagDef) bool { return d.name == name })
				if i < 0 {
					t.Errorf("flag %q: not in the table", name)
					continue
				}
				wantDifference(t, c, &table[i], took)
			}
		})
	}
}

// wantDifference demands that the case fails without the flag. Some then wait
// for ever: a second more than the case took, in which all others are done, is
// enough to see that. Where it is a matter of time, a machine that is held up can
// make one run pass, and not several.
func wantDifference(t *testing.T, c *curltest.Case, d *flagDef, took time.Duration) {
	t.Helper()
	commands, found := c.Without(spellings(d), d.on == nil)
	if !found {
		t.Errorf("flag --%s: not a word of args", d.name)
		return
	}
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second+2*took)
		got, err := c.Run(ctx, "getin", commands)
		cancel()
		if err != nil || got != c.Want("getin") {
			return
		}
	}
	t.Errorf("flag --%s: the case passes without it", d.name)
}

func runCase(t *testing.T, c *curltest.Case, program string, commands [][]string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // on a busy machine
	defer cancel()
	got, err := c.Run(ctx, program, commands)
	if errors.Is(err, curltest.ErrUnable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func spellings(d *flagDef) []string {
	all := []string{"--" + d.name}
	if d.letter != "" {
		all = append(all, "-"+d.letter)
	}
	if d.alias != "" {
		all = append(all, "--"+d.alias)
	}
	return all
}

// uncovered are the flags that no case and no script can show, with the reason.
var uncovered = map[string]string{}

func TestEveryFlagHasACase(t *testing.T) {
	covered := map[string]bool{}
	for _, c := range readCases(t) {
		for _, name := range c.Flags {
			covered[name] = true
		}
	}
	for _, names := range scriptFlags(t) {
		for _, name := range names {
			covered[name] = true
		}
	}
	known := map[string]bool{}
	for _, d := range fetchFlags() {
		known[d.name] = true
		switch why := uncovered[d.name]; {
		case covered[d.name] && why != "":
			t.Errorf("--%s has a case and is among the uncovered", d.name)
		case !covered[d.name] && why == "":
			t.Errorf("--%s has no case in testdata/curl, and no script: package curltest says how to write one", d.name)
		}
	}
	for name := range uncovered {
		if !known[name] {
			t.Errorf("--%s is among the uncovered and not in the table", name)
		}
	}
}
