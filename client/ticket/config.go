//go:build !windows

package ticket

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// config is what krb5.conf says that matters to a client.
type config struct {
	realm     string              // default_realm
	cacheName string              // default_ccache_name
	lookupKDC bool                // dns_lookup_kdc
	follow    bool                // dns_canonicalize_hostname is not false
	kdcs      map[string][]string // of a realm, in their order
	hosts     map[string]string   // of [domain_realm]: host, or .domain, to realm
}

// maxIncludes bounds how deep files include each other.
const maxIncludes = 8

// readConfig reads KRB5_CONFIG, a list of files, or /etc/krb5.conf. A file that
// is not there says nothing.
//
// The form is that of https://web.mit.edu/kerberos/krb5-latest/doc/admin/conf_files/krb5_conf.html.
func readConfig(getenv func(string) string) (*config, error) {
	c := &config{lookupKDC: true, follow: true, kdcs: map[string][]string{}, hosts: map[string]string{}}
	names := filepath.SplitList(getenv("KRB5_CONFIG"))
	if len(names) == 0 {
		names = []string{"/etc/krb5.conf"}
	}
	for _, name := range names {
		if err := c.read(name, maxIncludes); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return c, nil
}

func (c *config) read(name string, deep int) error {
	b, err := os.ReadFile(name)
	if err != nil || deep == 0 {
		return err
	}
	section := ""
	var blocks []string
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		switch word, rest, _ := strings.Cut(line, " "); {
		case line == "" || line[0] == '#' || line[0] == ';':
		case word == "include" || word == "includedir":
			c.include(word == "includedir", strings.TrimSpace(rest), deep-1)
		case line[0] == '[':
			section, blocks = strings.TrimSuffix(strings.Trim(line, "[]*"), "]"), nil
		case line[0] == '}':
			if len(blocks) > 0 {
				blocks = blocks[:len(blocks)-1]
			}
		default:
			key, value, ok := strings.Cut(line, "=")
			key, value = strings.TrimRight(strings.TrimSpace(key), "*"), strings.TrimSpace(value)
			switch {
			case !ok:
			case strings.HasPrefix(value, "{"):
				if blocks = append(blocks, key); strings.HasSuffix(value, "}") {
					blocks = blocks[:len(blocks)-1]
				}
			default:
				c.set(section, blocks, key, strings.Trim(value, `"`))
			}
		}
	}
	return nil
}

// include reads other files. One that cannot be read says nothing.
func (c *config) include(dir bool, name string, deep int) {
	files := []string{name}
	if dir {
		files = nil
		entries, _ := os.ReadDir(name) // sorted
		for _, e := range entries {
			if isSnippet(e.Name()) {
				files = append(files, filepath.Join(name, e.Name()))
			}
		}
	}
	for _, f := range files {
		_ = c.read(f, deep)
	}
}

// isSnippet follows includedir: letters, digits, dashes and underscores, or a
// name that ends in ".conf" and does not begin with a dot.
func isSnippet(name string) bool {
	plain := !strings.ContainsFunc(name, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	})
	return plain || strings.HasSuffix(name, ".conf") && name[0] != '.'
}

func (c *config) set(section string, blocks []string, key, value string) {
	switch {
	case section == "libdefaults" && len(blocks) == 0:
		c.setDefault(key, value)
	case section == "realms" && len(blocks) == 1 && key == "kdc":
		if r := blocks[0]; !slices.Contains(c.kdcs[r], value) {
			c.kdcs[r] = append(c.kdcs[r], value)
		}
	case section == "domain_realm" && len(blocks) == 0:
		if name := strings.ToLower(key); c.hosts[name] == "" { // the first file's word holds
			c.hosts[name] = value
		}
	}
}

func (c *config) setDefault(key, value string) {
	switch key {
	case "default_realm":
		if c.realm == "" {
			c.realm = value
		}
	case "default_ccache_name":
		if c.cacheName == "" {
			c.cacheName = value
		}
	case "dns_lookup_kdc":
		c.lookupKDC = isTrue(value)
	case "dns_canonicalize_hostname":
		c.follow = strings.EqualFold(value, "fallback") || isTrue(value)
	}
}

func isTrue(s string) bool {
	return slices.Contains([]string{"1", "true", "t", "yes", "y", "on"}, strings.ToLower(s))
}

// realmOf returns the realm of the host as far as it is known: by
// [domain_realm], which names hosts, or domains with a dot in front; else, as
// is usual, one that is called like a domain of the host's.
func (c *config) realmOf(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if r := c.hosts[host]; r != "" {
		return r
	}
	for rest := host; ; {
		_, parent, ok := strings.Cut(rest, ".")
		if !ok {
			return ""
		}
		if r := c.hosts["."+parent]; r != "" {
			return r
		}
		if up := strings.ToUpper(parent); up == c.realm || len(c.kdcs[up]) > 0 {
			return up
		}
		rest = parent
	}
}
