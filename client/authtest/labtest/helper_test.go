//go:build linux

package labtest

import (
	"archive/zip"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// serving is a user who has logged in to the lab's Apache over https once, and
// whose other programs find getin by the names of its links.
func serving(t *testing.T) (w *world, base, www string) {
	t.Helper()
	w = newWorld(t)
	w.keyring()
	base = "https://127.0.0.1:" + lab(t, "LAB_APACHE_HTTPS") + "/basic/"
	w.must("wonderland\n", "login", "--cacert", lab(t, "LAB_CA"), "--account", "alice", "--secret-stdin", base)
	w.links()
	www = filepath.Join(lab(t, "LAB_STATE"), "apache", "www", "main", "basic")
	return w, base, www
}

// links puts getin into PATH, under all its names.
func (w *world) links() {
	w.t.Helper()
	bin := filepath.Join(w.home, "bin")
	if err := os.Mkdir(bin, 0o700); err != nil {
		w.t.Fatal(err)
	}
	for _, name := range []string{"getin", "git-credential-getin", "docker-credential-getin"} {
		if err := os.Symlink(os.Getenv("GETIN_BINARY"), filepath.Join(bin, name)); err != nil {
			w.t.Fatal(err)
		}
	}
	for i, v := range w.env {
		if path, ok := strings.CutPrefix(v, "PATH="); ok {
			w.env[i] = "PATH=" + bin + ":" + path
		}
	}
}

// tool runs another program of the user's, with nobody at a terminal.
func (w *world) tool(env []string, name string, args ...string) (string, error) {
	w.t.Helper()
	path := name
	for _, v := range w.env {
		if list, ok := strings.CutPrefix(v, "PATH="); ok {
			for _, dir := range filepath.SplitList(list) {
				if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
					path = filepath.Join(dir, name)
					break
				}
			}
		}
	}
	cmd := exec.Command(path, args...)
	cmd.Env = append(append([]string{}, w.env...), env...)
	cmd.Dir = w.home
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

func (w *world) mustTool(env []string, name string, args ...string) string {
	w.t.Helper()
	out, err := w.tool(env, name, args...)
	if err != nil {
		w.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return out
}

// folder makes a folder below Apache's that Apache can read, for this test.
func folder(t *testing.T, www, name string) string {
	t.Helper()
	dir := filepath.Join(www, name)
	_ = os.RemoveAll(dir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// git clones from a server that asks by Basic, and has nothing but getin to
// answer with.
func TestGitClone(t *testing.T) {
	w, base, www := serving(t)
	repo := folder(t, www, "helper-test.git")
	git := []string{
		"GIT_TERMINAL_PROMPT=0", "GIT_SSL_CAINFO=" + lab(t, "LAB_CA"), "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@a.test", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@a.test",
	}
	w.mustTool(git, "git", "init", "-q", "src")
	w.mustTool(git, "git", "-C", "src", "commit", "-q", "--allow-empty", "-m", "from the lab")
	w.mustTool(git, "git", "clone", "-q", "--bare", "src", repo)
	w.mustTool(git, "git", "-C", repo, "update-server-info")
	url := base + "helper-test.git"
	if out, err := w.tool(git, "git", "clone", "-q", url, "refused"); err == nil {
		t.Fatalf("cloned without a helper\n%s", out)
	}
	for _, helper := range []string{"!getin helper git", "getin"} {
		dir := "clone-" + strings.Fields(helper)[0][:1]
		if helper == "getin" {
			dir = "clone-link"
		}
		w.mustTool(git, "git", "-c", "credential.helper="+helper, "clone", "-q", url, dir)
		if out := w.mustTool(git, "git", "-C", dir, "log", "--format=%s"); out != "from the lab\n" {
			t.Errorf("%s: the clone holds %q", helper, out)
		}
	}
	// git has sent back what it was given; nothing came of that.
	if list := w.realms(); len(list) != 1 || list[0].Scheme != "Basic" {
		t.Errorf("realms %+v", list)
	}
	// What git asks a person and sees accepted, it stores; refused, it erases.
	askpass := filepath.Join(w.home, "askpass")
	if err := os.WriteFile(askpass, []byte("#!/bin/sh\ncase $1 in User*) echo bob ;; *) echo builder ;; esac\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	w.must("", "realms", "remove", "--all", "--yes")
	w.mustTool(append(git, "GIT_ASKPASS="+askpass), "git", "-c", "credential.helper=getin", "clone", "-q", url, "clone-asked")
	if list := w.realms(); len(list) != 1 || list[0].Account != "bob" || list[0].Scheme != "password" && list[0].Scheme != "" {
		t.Errorf("realms %+v", list)
	}
	w.mustTool(git, "git", "-c", "credential.helper=getin", "clone", "-q", url, "clone-again")
	// And getin itself makes it an entry of the realm.
	w.must("", "--cacert", lab(t, "LAB_CA"), base)
	if list := w.realms(); len(list) != 1 || list[0].Account != "bob" || list[0].Realm != "Lab Basic" {
		t.Errorf("realms %+v", list)
	}
}

// The go command downloads a module from a proxy that asks by Basic.
func TestGoModDownload(t *testing.T) {
	w, base, www := serving(t)
	dir := folder(t, www, "helper-goproxy")
	versions := filepath.Join(dir, "lab.test", "private", "@v")
	if err := os.MkdirAll(versions, 0o755); err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	for name, text := range map[string]string{"go.mod": "module lab.test/private\n", "p.go": "package private\n"} {
		f, err := z.Create("lab.test/private@v1.0.0/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"list": "v1.0.0\n", "v1.0.0.info": `{"Version":"v1.0.0","Time":"2026-01-01T00:00:00Z"}`,
		"v1.0.0.mod": "module lab.test/private\n", "v1.0.0.zip": archive.String(),
	} {
		if err := os.WriteFile(filepath.Join(versions, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{
		"GOPROXY=" + base + "helper-goproxy", "GONOSUMDB=*", "GOFLAGS=-mod=mod", "GOTOOLCHAIN=local", "SSL_CERT_FILE=" + lab(t, "LAB_CA"),
		"GOMODCACHE=" + filepath.Join(w.home, "mod"), "GOCACHE=" + filepath.Join(w.home, "cache"), "GOENV=off",
	}
	t.Cleanup(func() { _, _ = w.tool(env, "go", "clean", "-modcache") }) // its files are read-only
	if out, err := w.tool(append(env, "GOAUTH=off"), "go", "mod", "download", "lab.test/private@v1.0.0"); err == nil {
		t.Fatalf("downloaded without a helper\n%s", out)
	}
	w.mustTool(append(env, "GOAUTH=getin helper goauth"), "go", "mod", "download", "lab.test/private@v1.0.0")
	if _, err := os.Stat(filepath.Join(w.home, "mod", "lab.test", "private@v1.0.0", "p.go")); err != nil {
		t.Error(err)
	}
}

// skopeo, by the code of docker's own clients, logs in to a registry, looks at
// an image, and logs out.
func TestSkopeo(t *testing.T) {
	w := newWorld(t)
	w.keyring()
	registry := "127.0.0.1:" + lab(t, "LAB_REGISTRY_BASIC")
	w.links()
	config := filepath.Join(w.home, "auth.json")
	if err := os.WriteFile(config, []byte(`{"credHelpers":{"`+registry+`":"getin"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{"REGISTRY_AUTH_FILE=" + config}
	inspect := []string{"inspect", "--tls-verify=false", "docker://" + registry + "/alice/hello:latest"}
	if out, err := w.tool(env, "skopeo", inspect...); err == nil {
		t.Fatalf("inspected without a login\n%s", out)
	}
	w.mustTool(env, "skopeo", "login", "--tls-verify=false", "-u", "alice", "-p", "wonderland", registry)
	list := w.realms()
	if len(list) != 1 || list[0].Account != "alice" || list[0].Store != "keyring" {
		t.Errorf("realms %+v", list)
	}
	w.nowhere("wonderland")
	if out := w.mustTool(env, "skopeo", inspect...); !strings.Contains(out, `"Digest"`) {
		t.Errorf("inspect: %s", out)
	}
	w.mustTool(env, "skopeo", "logout", registry)
	if list := w.realms(); len(list) != 0 {
		t.Errorf("after logout: %+v", list)
	}
	// What getin itself has logged in with serves as well.
	w.must("wonderland\n", "login", "--account", "alice", "--secret-stdin", "http://"+registry+"/v2/")
	w.mustTool(env, "skopeo", inspect...)
}

// The keyring's own tools show what an item is for.
func TestSecretToolShowsItems(t *testing.T) {
	w, base, _ := serving(t)
	out := w.mustTool(nil, "secret-tool", "search", "--all", "username", "alice")
	origin := strings.TrimSuffix(base, "/basic/")
	if !strings.Contains(out, "label = Password for 'alice' on 'getin "+origin+" ") {
		t.Errorf("secret-tool search:\n%s", out)
	}
}
