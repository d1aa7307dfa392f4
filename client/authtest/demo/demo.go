package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"getin/client/authtest"
)

// What the page wants, and what it gives.
const (
	realm    = "Access to the staging site"
	user     = "alice"
	password = "wonderland"

	page = "<!doctype html>\n<title>Staging</title>\n<h1>You got in.</h1>\n"

	// refusal is the body of the 401: 281 octets of HTML, as a server would send.
	refusal = `<!doctype html>
<html lang="en">
<head><title>401 Unauthorized</title></head>
<body>
<h1>Unauthorized</h1>
<p>This server could not verify that you are authorized to access the document
you asked for. Either you gave the wrong credentials, or none at all.</p>
<hr>
</body>
</html>
`
)

// demo is one run: getin, and what surrounds it.
type demo struct {
	out     io.Writer
	program string
	env     []string
	typed   bool // a person types the password
}

// show runs the demo and says what it does on out.
func show(ctx context.Context, out io.Writer, program string, typed bool) error {
	dir, err := os.MkdirTemp("", "getin-demo-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	server := authtest.Start(authtest.Row{
		Path:    "/",
		Demands: []authtest.Demand{authtest.Basic{Realm: realm, Users: authtest.Users{user: password}}},
		Body:    []byte(page), Refusal: refusal,
	})
	defer server.Close()
	d := demo{out: out, program: program, env: surroundings(os.Environ(), dir), typed: typed}
	url := server.URL + "/"

	d.say("A vault in %s takes the password; your own keyring is left alone.", dir)
	if err := d.getin(ctx, "", "store", "init"); err != nil {
		return err
	}
	if err := d.first(ctx, url); err != nil {
		return err
	}
	if n := server.Count(http.StatusOK); n != 1 {
		return fmt.Errorf("the page was delivered %d times, not once", n)
	}
	server.Forget()
	d.say("\nOnce more: nothing is asked, and the server sees one request.")
	if err := d.getin(ctx, "", url); err != nil {
		return err
	}
	if log := server.Log(); len(log) != 1 || server.Count(http.StatusUnauthorized) != 0 {
		return fmt.Errorf("the second fetch was not silent: %d requests, %d of them challenged",
			len(log), server.Count(http.StatusUnauthorized))
	}
	d.say("\nWhat is kept, and where:")
	return d.getin(ctx, "", "realms")
}

// first fetches the page with the password, typed or given.
func (d demo) first(ctx context.Context, url string) error {
	if d.typed {
		d.say("\nThe page asks for a password. Type user %q and password %q.", user, password)
		return d.getin(ctx, "", url)
	}
	d.say("\nThe page asks for a password. No terminal: it is given on standard input.")
	return d.getin(ctx, password+"\n", "--account", user, "--secret-stdin", "--save", url)
}

func (d demo) say(format string, args ...any) {
	_, _ = fmt.Fprintf(d.out, format+"\n", args...)
}

// getin runs the program. With nothing to say to it, standard input is the
// person's when there is one.
func (d demo) getin(ctx context.Context, input string, args ...string) error {
	d.say("$ getin %s", strings.Join(args, " "))
	cmd := exec.CommandContext(ctx, d.program, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = d.env, d.out, os.Stderr
	switch {
	case input != "":
		cmd.Stdin = strings.NewReader(input)
	case d.typed:
		cmd.Stdin = os.Stdin
	}
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("getin %s: exit %d", strings.Join(args, " "), exit.ExitCode())
	}
	return err
}

// surroundings is the environment with everything that getin reads or writes
// moved into dir, and without what would answer for the person or lead away.
func surroundings(env []string, dir string) []string {
	env = slices.DeleteFunc(slices.Clone(env), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return strings.HasPrefix(name, "GETIN_") || name == "CREDENTIALS_DIRECTORY" ||
			strings.HasSuffix(strings.ToLower(name), "_proxy")
	})
	for _, name := range []string{"CONFIG", "STATE", "DATA", "CACHE"} {
		env = append(env, "XDG_"+name+"_HOME="+filepath.Join(dir, strings.ToLower(name)))
	}
	return append(env, "GETIN_STORE=vault", "NETRC="+filepath.Join(dir, "netrc"))
}
