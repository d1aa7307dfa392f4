package exchange

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// Format is a kind of file that can be read.
type Format struct {
	Name string

	// Usual returns where the program keeps it; "" when there is no such place.
	Usual func(Places) string

	// Whole: the file holds nothing but credentials, so that it can go.
	Whole bool

	read func(text string) (Found, error)
	tree func(dir string) (Found, error) // instead, for a folder
}

// Places tells where a user's files lie.
type Places struct {
	Home   string
	Lookup func(name string) (string, bool)
}

// in returns the file in the folder that the variable names, or else in one
// below the home folder.
func (p Places) in(variable, home, file string) string {
	if dir, ok := p.Lookup(variable); ok && dir != "" {
		return filepath.Join(dir, file)
	}
	if p.Home == "" {
		return ""
	}
	return filepath.Join(p.Home, home, file)
}

// Formats returns those that can be read.
func Formats() []Format {
	return []Format{
		{Name: "netrc", Usual: usualNetrc, Whole: true, read: readNetrc},
		{Name: "git-credentials", Usual: func(p Places) string { return p.in("", "", ".git-credentials") }, Whole: true, read: readGit},
		{Name: "docker", Usual: func(p Places) string { return p.in("DOCKER_CONFIG", ".docker", "config.json") }, read: readDocker},
		{Name: "curlrc", Usual: func(p Places) string { return p.in("CURL_HOME", "", ".curlrc") }, read: readCurlrc},
		{Name: "svn", Usual: func(p Places) string { return p.in("", ".subversion", "auth") }, tree: readSvn},
		{Name: "csv", Usual: func(Places) string { return "" }, Whole: true, read: readCSV},
		{Name: "json", Usual: func(Places) string { return "" }, Whole: true, read: ReadJSON},
	}
}

func usualNetrc(p Places) string {
	if name, ok := p.Lookup("NETRC"); ok && name != "" {
		return name
	}
	return p.in("", "", ".netrc")
}

// FormatNamed returns the format, or nil.
func FormatNamed(name string) *Format {
	list := Formats()
	i := slices.IndexFunc(list, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return &list[i]
}

// Names lists the formats, for people.
func Names() string {
	var names []string
	for _, f := range Formats() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// Read reads the file, "-" for stdin, or the folder.
func (f *Format) Read(name string, stdin io.Reader) (Found, error) {
	if f.tree != nil {
		return f.tree(name)
	}
	text, err := readFile(name, stdin)
	if err != nil {
		return Found{}, err
	}
	found, err := f.read(text)
	if err != nil {
		return Found{}, fmt.Errorf("%s: %w", name, err)
	}
	if f.Whole && name != "-" && len(found.Skipped) == 0 {
		found.Files = []string{name}
	}
	return found, nil
}
