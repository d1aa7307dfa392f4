// getin fetches URLs as curl does, and answers when a server or a proxy asks
// who you are.
package main

import (
	"os"

	"getin/client/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], cli.OS())) }
