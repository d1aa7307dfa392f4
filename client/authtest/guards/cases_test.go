package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// cases is how many security cases each chapter has: redirects, netrc, reuse of
// connections and state, whom credentials are given to, parsing and injection.
var cases = map[string]int{"A": 20, "B": 8, "C": 11, "D": 18, "E": 16}

// noGuard are those that no patch can take the guard out for, and why.
var noGuard = map[string]string{
	"C11": "crypto/tls sends no early data as a client over TCP: there is nothing to switch off",
}

// Every case has a patch, whose test is named by it.
func TestEveryCaseIsGuarded(t *testing.T) {
	patches, err := filepath.Glob("testdata/*.patch")
	if err != nil {
		t.Fatal(err)
	}
	guarded := map[string]bool{}
	for _, file := range patches {
		g, err := read(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range strings.Split(g.rule, ", ") {
			if c := caseOf.FindStringSubmatch(name); c != nil && named(g.run, c[1], c[2]) {
				guarded[name] = true
			}
		}
	}
	for chapter, n := range cases {
		for i := 1; i <= n; i++ {
			name := fmt.Sprint(chapter, i)
			if guarded[name] == (noGuard[name] != "") {
				t.Errorf("%s: guarded %v; but %q", name, guarded[name], noGuard[name])
			}
		}
	}
}

var caseOf = regexp.MustCompile(`^([A-Z])(\d+)$`)

// named reports whether the pattern of a test names the case: TestA1_, a01_a02.
func named(run, chapter, number string) bool {
	run = strings.ReplaceAll(run, "Test", "_")
	return regexp.MustCompile(`(?i)(?:^|[^a-z])` + chapter + `0?` + number + `(?:\D|$)`).MatchString(run)
}
