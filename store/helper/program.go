package helper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"getin/client/auth"
	"getin/store"
)

// Protocol is one that programs speak.
type Protocol string

// The protocols of consumed helpers.
const (
	ProtocolGit    Protocol = "git"
	ProtocolDocker Protocol = "docker"
)

// ErrName: no helper can be called so.
var ErrName = errors.New("not the name of a helper")

// isHelperName reports whether a helper may be called so (RULES R15).
//
//	name = 1*( ALPHA / DIGIT / "_" / "-" )
func isHelperName(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r != '_' && r != '-' && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z')
	})
}

// runTime is how long a helper may take when its caller sets no limit: a person
// may have to unlock something.
const runTime = time.Minute

// Program is a helper that another project ships: git-credential-NAME or
// docker-credential-NAME. It is a store.Store that knows no realms.
type Program struct {
	Protocol Protocol
	Name     string

	// Lookup finds an environment variable.
	Lookup func(string) (string, bool)

	// Quiet tells the program to ask nobody, as far as it can be told.
	Quiet bool
}

var (
	_ store.Store   = (*Program)(nil)
	_ store.Merging = (*Program)(nil)
)

// ParseProgram reads "git:NAME" or "docker:NAME".
func ParseProgram(text string, lookup func(string) (string, bool)) (*Program, error) {
	protocol, name, _ := strings.Cut(text, ":")
	p := &Program{Protocol: Protocol(protocol), Name: name, Lookup: lookup}
	if p.Protocol != ProtocolGit && p.Protocol != ProtocolDocker {
		return nil, fmt.Errorf("%q: %w: git:NAME and docker:NAME are", text, ErrName)
	}
	if !isHelperName(name) {
		return nil, fmt.Errorf("%q: %w: letters, digits, \"_\" and \"-\"", text, ErrName)
	}
	return p, nil
}

// String returns the text that ParseProgram takes.
func (p *Program) String() string { return string(p.Protocol) + ":" + p.Name }

// Path returns the program's file. It is looked for in the absolute folders of
// PATH alone, so that none in the working folder is run (SECURITY J5).
func (p *Program) Path() (string, error) {
	name := string(p.Protocol) + "-credential-" + p.Name
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	list, _ := p.Lookup("PATH")
	for _, dir := range filepath.SplitList(list) {
		if !filepath.IsAbs(dir) {
			continue
		}
		file := filepath.Join(dir, name)
		info, err := os.Stat(file)
		if err == nil && info.Mode().IsRegular() && (runtime.GOOS == "windows" || info.Mode()&0o111 != 0) {
			return file, nil
		}
	}
	return "", fmt.Errorf("%w: %s: %w", store.ErrUnavailable, name, fs.ErrNotExist)
}

// Get implements store.Store. An account of "" is any.
func (p *Program) Get(ctx context.Context, k store.Key) (auth.Credential, error) {
	if err := p.takes(k); err != nil {
		return auth.Credential{}, err
	}
	if p.Protocol == ProtocolDocker {
		return p.dockerGet(ctx, k)
	}
	return p.gitGet(ctx, k)
}

// Put implements store.Store.
func (p *Program) Put(ctx context.Context, k store.Key, c auth.Credential) error {
	if err := p.takes(k); err != nil {
		return err
	}
	if p.Protocol == ProtocolDocker {
		return p.dockerPut(ctx, k, c)
	}
	return p.gitPut(ctx, k, c)
}

// Delete implements store.Store. What lies there under another secret by now is
// deleted as well.
func (p *Program) Delete(ctx context.Context, k store.Key) error {
	if err := p.takes(k); err != nil {
		return err
	}
	c, err := p.Get(ctx, k)
	if err != nil {
		return err
	}
	if p.Protocol == ProtocolDocker {
		return p.dockerDelete(ctx, k)
	}
	return p.gitDelete(ctx, k, c)
}

// Same implements store.Merging: these protocols know no realms.
func (p *Program) Same(a, b store.Key) bool {
	return a.Space.Origin == b.Space.Origin && a.Account == b.Account
}

// takes refuses what these protocols cannot say: they know servers, and
// passwords.
func (p *Program) takes(k store.Key) error {
	if k.Space.Party != auth.Server || k.Kind != auth.Password {
		return fmt.Errorf("%s: %w: it keeps the passwords of servers only", p, store.ErrUnavailable)
	}
	return nil
}

// run runs the program with one argument and returns what it wrote. Nothing of
// a server's or a person's is among its arguments.
func (p *Program) run(ctx context.Context, op string, in []byte) ([]byte, error) {
	path, err := p.Path()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, runTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, op)
	cmd.Stdin = bytes.NewReader(in)
	cmd.WaitDelay = time.Second // a grandchild may hold the pipe
	var out bytes.Buffer
	cmd.Stdout = &limited{b: &out, left: maxJSON}
	if p.Quiet {
		cmd.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0", "GCM_INTERACTIVE=never")
	}
	err = cmd.Run()
	if ctx.Err() != nil {
		return nil, fmt.Errorf("%w: %w", store.ErrUnavailable, context.Cause(ctx))
	}
	if err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		return out.Bytes(), fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	return out.Bytes(), nil
}

// limited takes no more than it has room for.
type limited struct {
	b    *bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		return 0, fmt.Errorf("more than %d octets", maxJSON)
	}
	l.left -= len(p)
	return l.b.Write(p)
}
