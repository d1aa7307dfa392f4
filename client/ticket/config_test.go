//go:build !windows

package ticket

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

const confText = `
# a comment
[libdefaults]
	default_realm = EXAMPLE.COM
	dns_lookup_kdc = no
	default_ccache_name = "DIR:/run/user/%{uid}/krb5cc"
	unknown = { deep = { a = b } }

[realms]
	EXAMPLE.COM = {
		kdc = kdc1.example.com
		kdc = tcp/kdc2.example.com:1088
		kdc = https://proxy.example.com/KdcProxy
		admin_server = kdc1.example.com
		auth_to_local_names = {
			kdc = not.a.kdc
		}
	}
	OTHER.TEST = {
		kdc = [::1]:88
	}

[domain_realm]
	.branch.example.com = BRANCH.EXAMPLE.COM
	Www.example.net = OTHER.TEST

includedir $DIR/more
`

func TestConfig(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(os.Expand(text, func(string) string { return dir })), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("krb5.conf", confText)
	write("more/site", "[domain_realm]\n.site.test = SITE.TEST\nwww.example.net = LATE.TEST\n")
	write("more/site.rpmnew~", "[domain_realm]\n.never.test = NEVER.TEST\n")
	write("self", "include $DIR/self\n[domain_realm]\nself.test = SELF.TEST\n")
	files := filepath.Join(dir, "none") + string(filepath.ListSeparator) + filepath.Join(dir, "krb5.conf") + string(filepath.ListSeparator) + filepath.Join(dir, "self")
	c, err := readConfig(func(name string) string { return map[string]string{"KRB5_CONFIG": files}[name] })
	if err != nil {
		t.Fatal(err)
	}
	if c.realm != "EXAMPLE.COM" || c.lookupKDC || c.cacheName != "DIR:/run/user/%{uid}/krb5cc" {
		t.Errorf("got %+v", c)
	}
	if got, err := c.addresses(t.Context(), "EXAMPLE.COM"); err != nil || !slices.Equal(got, []string{"kdc1.example.com:88", "kdc2.example.com:1088"}) {
		t.Errorf("KDCs %q, %v", got, err)
	}
	for host, want := range map[string]string{
		"www.example.net": "OTHER.TEST", "a.b.branch.example.com": "BRANCH.EXAMPLE.COM", "branch.example.com": "EXAMPLE.COM",
		"intra.example.com.": "EXAMPLE.COM", "example.com": "", "notexample.com": "", "example.com.evil.test": "",
		"x.site.test": "SITE.TEST", "x.never.test": "", "self.test": "SELF.TEST", "127.0.0.1": "", "localhost": "",
		"a.other.test": "OTHER.TEST",
	} {
		if got := c.realmOf(host); got != want {
			t.Errorf("realm of %s: %q, want %q", host, got, want)
		}
	}
}

func TestPrincipals(t *testing.T) {
	for text, want := range map[string]string{
		"alice": "alice@R", "alice/admin": "alice/admin@R", "alice@X.Y": "alice@X.Y", `al\@ice@X`: "al@ice@X", "alice@": "alice@R",
	} {
		if got := parsePrincipal(text, "R").String(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if p := parsePrincipal(`a\/b/c`, "R"); !slices.Equal(p.parts, []string{"a/b", "c"}) {
		t.Errorf("got %q", p.parts)
	}
}
