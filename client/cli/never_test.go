package cli_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// never is the table of who must not import whom, with the reason. A pattern
// that ends in "/..." means what lies below it; a lone "..." is all of getin.
var never = []struct {
	who, whom []string
	because   string
}{
	{
		[]string{"client/auth", "client/auth/..."},
		[]string{"net/http", "os", "getin/store", "getin/store/...", "getin/prompt"},
		"a scheme sees a Message and a Credential, asks nobody, fetches nothing",
	},
	{
		[]string{"client"},
		[]string{"getin/store", "getin/store/...", "getin/prompt", "getin/client/auth/...", "github.com/spf13/pflag"},
		"the dialogue is given its schemes and its wallet, so that others can import it",
	},
	{
		[]string{"client/h1"},
		[]string{"getin/..."},
		"an engine moves bytes by RFC 9112 and knows no realm",
	},
	{
		[]string{"client/transfer"},
		[]string{"getin/client/auth", "getin/client/auth/...", "getin/store", "getin/store/...", "getin/prompt"},
		"a 401 is not the business of a transfer: it has a Do",
	},
	{
		[]string{"client/token"},
		[]string{"getin/client", "getin/store", "getin/store/...", "getin/prompt"},
		"token endpoints are fetched with a plain client that cannot recurse",
	},
	{
		[]string{"client/cli/..."},
		[]string{"getin/client/cli", "getin/store", "getin/store/..."},
		"what shows a run knows neither its flags nor its stores",
	},
	{
		[]string{"prompt"},
		[]string{"getin/..."},
		"the terminal knows no realm",
	},
	{
		[]string{"store", "store/..."},
		[]string{"net/http", "getin/prompt"},
		"a store neither fetches nor asks",
	},
	{
		[]string{"..."},
		[]string{"log"},
		"what a user is to read goes through the report, and a secret through neither",
	},
}

// keyring is what only store/keyring may import: it can hang and panic, and
// only there is it guarded against.
const keyring = "github.com/zalando/go-keyring"

// forTests tells of packages that only tests, each other and the demo may import:
// authtest, curltest, storetest.
func forTests(path string) bool { return strings.HasSuffix(path, "test") }

func TestNever(t *testing.T) {
	files := sources(t)
	for _, f := range files {
		for _, imp := range f.tree.Imports {
			path, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if why := forbidden(f.pkg, path); why != "" {
				t.Errorf("%s: %s must not import %s: %s", f.name, f.pkg, path, why)
			}
		}
		for _, what := range misdeeds(f) {
			t.Errorf("%s: %s", f.name, what)
		}
	}
	if len(files) < 20 {
		t.Errorf("only %d files were looked at", len(files))
	}
}

// The table would be worth nothing if it let everything pass.
func TestNeverSeesWhatIsForbidden(t *testing.T) {
	for pkg, path := range map[string]string{
		"client/auth/basic": "net/http",
		"client":            "getin/client/auth/basic",
		"client/transfer":   "getin/store/index",
		"prompt":            "getin/client/auth",
		"store/vault":       "getin/prompt",
		"store":             "github.com/zalando/go-keyring",
		"client/cli":        "log",
		"client/cli/trace":  "getin/store",
		"":                  "getin/client/authtest",
		"store/index":       "getin/store/storetest",
	} {
		if forbidden(pkg, path) == "" {
			t.Errorf("%q may import %q", pkg, path)
		}
	}
	for pkg, path := range map[string]string{
		"client/cli": "getin/store/keyring", "store/keyring": "github.com/zalando/go-keyring",
		"client": "getin/client/auth", "store/index": "getin/client/auth", "client/auth": "log/slog",
	} {
		if why := forbidden(pkg, path); why != "" {
			t.Errorf("%q must not import %q: %s", pkg, path, why)
		}
	}
	text := `package x; import "os"; func init() { os.Exit(1) }; func f() { panic("x") }`
	tree, err := parser.ParseFile(token.NewFileSet(), "x.go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := misdeeds(source{pkg: "client", name: "x.go", tree: tree}); len(got) != 3 {
		t.Errorf("init, os.Exit and panic were seen as %q", got)
	}
}

func forbidden(pkg, path string) string {
	switch {
	case path == keyring && pkg != "store/keyring":
		return "it can hang and panic, and only store/keyring guards against that"
	case strings.HasPrefix(path, "getin/") && forTests(path) && !forTests(pkg) && pkg != "client/authtest/demo":
		return "it is for tests"
	}
	for _, row := range never {
		if matches(row.who, pkg) && matches(row.whom, path) {
			return row.because
		}
	}
	return ""
}

func matches(patterns []string, path string) bool {
	for _, p := range patterns {
		below, deep := strings.CutSuffix(p, "...")
		if deep && strings.HasPrefix(path, below) || path == p {
			return true
		}
	}
	return false
}

// source is a Go file that is no test, whatever platform it is for. pkg is its
// folder, "" at the top.
type source struct {
	pkg, name string
	tree      *ast.File
}

// sources reads every package of the module, as the go command lists them.
func sources(t *testing.T) (found []source) {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Dir", "getin/...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p struct{ ImportPath, Dir string }
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return found
		} else if err != nil {
			t.Fatal(err)
		}
		names, err := filepath.Glob(filepath.Join(p.Dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			tree, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			pkg := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "getin"), "/")
			found = append(found, source{pkg, filepath.Join(pkg, filepath.Base(name)), tree})
		}
	}
}

// misdeeds are what no file but main's does: end the process, panic, and run
// before main.
func misdeeds(f source) (found []string) {
	ast.Inspect(f.tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Name.Name == "init" && n.Recv == nil {
				found = append(found, "no init functions: parts are joined in one visible place")
			}
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "panic" && !forTests(f.pkg) {
				found = append(found, "no panic: errors are returned")
			}
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			if ok && x.Name == "os" && n.Sel.Name == "Exit" && f.tree.Name.Name != "main" {
				found = append(found, "nothing but main exits")
			}
		}
		return true
	})
	return found
}
