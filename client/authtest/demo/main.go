// Demo shows what getin is for, with a server of its own on a loopback address:
// a page that answers 401, fetched once with the prompt, and once more in
// silence. It is what "make demo" runs:
//
//	go run ./client/authtest/demo ./getin
//
// The credential goes into a vault in a temporary folder; the user's own
// keyring, configuration and index are not touched. Without a terminal on
// standard input the password is given with --secret-stdin instead. It exits 1
// when anything fails, the second fetch having been challenged among it.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"golang.org/x/term"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: demo GETIN")
		os.Exit(2)
	}
	program, err := filepath.Abs(os.Args[1])
	if err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		defer stop()
		err = show(ctx, os.Stdout, program, term.IsTerminal(int(os.Stdin.Fd())))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}
