package curltest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// ErrUnable: this system cannot show what the case is about.
var ErrUnable = errors.New("the system cannot show this")

// farewell is how long the outputs of a program that has ended may stay open: what
// it has started may hold them when it had to be killed, and reading the last of
// them may take a while when many programs run at once.
const farewell = 10 * time.Second

// Run runs the program once for each of the commands, whose words are expanded,
// in a world of their own, and returns what came of it in the form of a record.
func (c *Case) Run(ctx context.Context, program string, commands [][]string) (string, error) {
	w, err := newWorld()
	if err != nil {
		return "", err
	}
	defer w.close()
	if strings.Contains(c.args, "$DEAFPORT") {
		if err := w.listenDeafly(); err != nil {
			return "", err
		}
	}
	if err := c.writeFiles(w); err != nil {
		return "", err
	}
	var record strings.Builder
	for _, words := range commands {
		if err := c.run(ctx, &record, w, program, words); err != nil {
			return "", err
		}
	}
	if err := c.showFiles(&record, w); err != nil {
		return "", err
	}
	if w.unable != nil {
		return "", w.unable
	}
	return normal(w.fold(record.String())), nil
}

// writeFiles writes what the case brings; what begins as a script does is one.
func (c *Case) writeFiles(w *world) error {
	for name, text := range c.files {
		file := filepath.Join(w.names["DIR"], name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return err
		}
		mode := fs.FileMode(0o600)
		if strings.HasPrefix(text, "#!") {
			mode = 0o700
		}
		if err := os.WriteFile(file, []byte(w.expand(text)), mode); err != nil {
			return err
		}
	}
	return nil
}

func (c *Case) run(ctx context.Context, record *strings.Builder, w *world, program string, words []string) error {
	args := make([]string, len(words))
	for i, word := range words {
		args[i] = w.expand(word)
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.WaitDelay = farewell
	cmd.Dir = w.names["DIR"]
	cmd.Env = w.environment(c.Env)
	cmd.Stdin = strings.NewReader(w.expand(c.stdin))
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	w.mu.Lock() // whoever is served knows who asks
	err := cmd.Start()
	if err != nil {
		w.mu.Unlock()
		return err
	}
	w.client = cmd.Process.Pid
	w.mu.Unlock()
	err = cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return err
	}
	fmt.Fprintf(record, "exit %d\n", cmd.ProcessState.ExitCode())
	if c.Stdout == "" {
		show(record, "stdout", stdout.String())
	} else {
		w.showWhether(record, "stdout", c.Stdout, stdout.String())
	}
	w.showWhether(record, "stderr", c.Stderr, stderr.String())
	w.mu.Lock()
	defer w.mu.Unlock()
	if slices.ContainsFunc(words, isParallel) {
		slices.Sort(w.seen) // they came in any order
	}
	record.WriteString(strings.Join(w.seen, ""))
	w.seen = nil
	return nil
}

// showWhether shows that an output is what a line of the case asks about: "any",
// "has TEXT" or "like REGEXP". It shows nothing of one that is not.
func (w *world) showWhether(record *strings.Builder, name, what, output string) {
	text, has := strings.CutPrefix(what, "has ")
	expr, like := strings.CutPrefix(what, "like ")
	switch {
	case has && strings.Contains(output, w.expand(text)), what == "any" && output != "":
		fmt.Fprintf(record, "%s has %s\n", name, text)
	case like && regexp.MustCompile("(?m:"+expr+")").MatchString(output):
		fmt.Fprintf(record, "%s is like %s\n", name, expr)
	}
}

// isParallel finds -Z and its like in a word, or in a line of shell.
func isParallel(word string) bool {
	fields := strings.Fields(word)
	return slices.ContainsFunc(fields, func(f string) bool { return f == "-Z" || f == "--parallel" || f == "--segments" })
}

// environment has nothing of the tester's but where programs lie.
func (w *world) environment(more []string) []string {
	home := filepath.Join(w.dir, "home")
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "GETIN_TEST_KEYRING=" + home, "GORACE=" + os.Getenv("GORACE")}
	for _, v := range more {
		env = append(env, w.expand(v))
	}
	return env
}

// showFiles shows every file that the run made, changed or removed.
func (c *Case) showFiles(record *strings.Builder, w *world) error {
	left := map[string]bool{}
	err := filepath.WalkDir(w.names["DIR"], func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(w.names["DIR"], path)
		if err != nil {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		left[name] = true
		was, input := c.files[name]
		if input && w.expand(was) == string(b) {
			return nil
		}
		head := "file " + name
		// A time long ago is one that the program set.
		if info, err := d.Info(); err == nil && info.ModTime().Year() < 2020 {
			head += " of " + info.ModTime().UTC().Format(time.DateTime)
		}
		show(record, head, string(b))
		if len(b) == 0 {
			fmt.Fprintf(record, "%s\n", head)
		}
		return nil
	})
	for name := range c.files {
		if !left[name] {
			fmt.Fprintf(record, "file %s is gone\n", name)
		}
	}
	return err
}
