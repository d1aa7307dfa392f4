package curltest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
)

// Oneliners reads a file of shell commands, one a line; empty lines and those
// that begin with "#" are left out.
func Oneliners(file string) ([]string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var lines []string
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// RunShell has sh run the line, in which "curl" is the program, a file's absolute
// name. It returns what Case.Run does.
func RunShell(ctx context.Context, program, line string) (string, error) {
	bin, err := os.MkdirTemp("", "curltest")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(bin)
	if err := os.Symlink(program, filepath.Join(bin, "curl")); err != nil {
		return "", err
	}
	c := &Case{Env: []string{"PATH=" + bin + string(filepath.ListSeparator) + os.Getenv("PATH")}}
	return c.Run(ctx, "sh", [][]string{{"-c", line}})
}
