package cli

import (
	"context"
	"fmt"
	"strings"
)

// command is what "getin NAME" does instead of fetching.
type command struct {
	name  string
	usage string // as in help, without "getin"
	help  string // one line, lower case, no full stop
	run   func(ctx context.Context, sys *System, args []string) int
}

// commands returns all commands, in the order of the help.
func commands() []command {
	return []command{
		{"login", "login URL", "answer a site's challenge, and store the credential", runLogin},
		{"logout", "logout URL|ID", "remove a credential", runLogout},
		{"realms", "realms ...", "what is stored: list, show, add, remove, check, default, import, export", runRealms},
		{"store", "store ...", "where it is stored: status, use, init, unlock, lock, migrate, rebuild", runStore},
		{"doctor", "doctor", "what is wrong with terminal, stores, index, proxies or clock, and what mends it", runDoctor},
		{"helper", "helper PROTOCOL", "serve other tools: git, docker, goauth, cargo, bazel, askpass, netrc", runHelper},
		{"explain", "explain URL", "what a URL asks, and what would answer", runExplain},
		{"version", "version", "print the version", runVersion},
		{"help", "help [COMMAND]", "this, or how a command is used", runHelp},
	}
}

// commandNamed returns the command that a word names, or nil. A word with a
// ".", ":" or "/" in it is a URL.
func commandNamed(word string) *command {
	if strings.ContainsAny(word, ".:/") {
		return nil
	}
	all := commands()
	for i := range all {
		if all[i].name == word {
			return &all[i]
		}
	}
	return nil
}

func runVersion(_ context.Context, sys *System, args []string) int {
	if len(args) > 0 {
		fmt.Fprintln(sys.Stderr, "getin: version: takes no arguments")
		return exitUsage
	}
	fmt.Fprintln(sys.Stdout, versionLine())
	return exitOK
}

func versionLine() string {
	return "getin " + versionNumber + "\nProtocols: http https\nFeatures: Basic Digest Bearer SCRAM"
}
