// Guards shows that each security rule has a test that would miss it. For every
// patch in testdata it takes the rule's guard out of a copy of the module, sees
// that the copy still compiles, and demands that the named test fails. A patch
// that no longer applies is a failure too: the guard has moved, and nobody knows
// whether it is still watched.
//
// A patch is a unified diff after a head of four lines:
//
//	Rule: R6
//	What: a password crosses a network in clear text
//	Package: ./client
//	Run: ^TestR6
//
// It is run from the top of the module: go run ./client/authtest/guards
// [PATCH...]
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	patches := os.Args[1:]
	if len(patches) == 0 {
		patches, _ = filepath.Glob("client/authtest/guards/testdata/*.patch") // the pattern is well formed
	}
	failed, err := run(os.Stdout, ".", patches)
	if err != nil {
		fmt.Fprintln(os.Stderr, "guards:", err)
		os.Exit(2)
	}
	if failed > 0 {
		os.Exit(1)
	}
}
