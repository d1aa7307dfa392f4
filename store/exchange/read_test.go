package exchange

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// show writes items as "ORIGIN[PATHS] REALM KIND USER/SECRET".
func show(f Found) (list []string) {
	for _, i := range f.Items {
		realm := "unbound"
		if !i.Key.Unbound {
			realm = fmt.Sprintf("%q", i.Key.Space.Realm)
		}
		list = append(list, fmt.Sprintf("%s%s %s %s %s/%s", i.Key.Space.Origin.Display(), strings.Join(i.Paths, ","), realm, i.Key.Kind, i.Key.Account, i.Secret.Reveal()))
	}
	return list
}

func wantFound(t *testing.T, what string, f Found, err error, skipped int, want ...string) {
	t.Helper()
	if got := show(f); err != nil || !slices.Equal(got, want) || len(f.Skipped) != skipped {
		t.Errorf("%s: %v\ngot  %q\nwant %q\nskipped %q", what, err, got, want, f.Skipped)
	}
}

func TestReadNetrc(t *testing.T) {
	f, err := readNetrc("machine a.test login alice password \"won der\"\nmachine a.test:8443 login alice password x\n" +
		"machine b.test login onlyuser\nmachine ::1 login i password six\nmachine a.test login alice password second\ndefault login d password d\n")
	wantFound(t, "netrc", f, err, 3,
		"https://a.test unbound password alice/won der", "https://a.test:8443 unbound password alice/x", "https://[::1] unbound password i/six")
}

func TestReadGit(t *testing.T) {
	f, err := readGit("https://alice:won%20der@a.test\nhttps://bob:x@a.test:8443/team/repo.git\nhttp://c:d@127.0.0.1:80\nhttps://a.test\nftp://a:b@c.test\nhttps://nobody@a.test\n\n")
	wantFound(t, "git", f, err, 3,
		"https://a.test unbound password alice/won der", "https://a.test:8443/team/repo.git unbound password bob/x", "http://127.0.0.1 unbound password c/d")
}

func TestReadDocker(t *testing.T) {
	f, err := readDocker(`{"auths":{"https://index.docker.io/v1/":{"auth":"YWxpY2U6YTpi"},"registry.test:5000":{"identitytoken":"tok","auth":"eDo="},
		"r.test/team":{"username":"u","password":"p"},"empty.test":{}},"credsStore":"secretservice","credHelpers":{"x.test":"pass"}}`)
	wantFound(t, "docker", f, err, 2,
		"https://index.docker.io unbound password alice/a:b", "https://r.test/team unbound password u/p", "https://registry.test:5000 unbound token /tok")
	if _, err := readDocker("x"); !errors.Is(err, ErrFormat) {
		t.Errorf("%v", err)
	}
}

func TestReadCurlrc(t *testing.T) {
	f, err := readCurlrc("# mine\nurl = \"https://a.test/x\"\nuser: \"alice:won \\\"der\\\"\"\n--proxy-user p:q\nnext\nurl b.test\n-u bob:y\n" +
		"next\nuser = nowhere:z\nnext\nurl=https://c.test\noauth2-bearer tok\nnext\nurl=https://d.test\nuser = asked\n")
	wantFound(t, "curlrc", f, err, 2,
		`https://a.test unbound password alice/won "der"`, "https://b.test unbound password bob/y", "https://c.test unbound token /tok")
}

func TestReadCSV(t *testing.T) {
	f, err := readCSV("\"url\",\"username\",\"password\",\"httpRealm\",\"formActionOrigin\",\"guid\"\n" +
		"\"https://a.test\",\"alice\",\"x,y\",\"The \"\"realm\"\"\",,\"{1}\"\n\"https://b.test\",\"bob\",\"z\",,\"https://b.test\",\"{2}\"\n\"https://c.test\",,\"z\",\"R\",,\n")
	wantFound(t, "firefox", f, err, 2, `https://a.test "The \"realm\"" password alice/x,y`)
	for _, bad := range []string{"", "a,b\n", "url,username,password\n\"x\n"} {
		if f, err := readCSV(bad); !errors.Is(err, ErrFormat) {
			t.Errorf("%q: %v, %v", bad, f, err)
		}
	}
}

// What is no file of the kind is an error that holds none of it; no octet makes
// a reader fall over.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"machine a login b password c", "https://a:b@c.test", `{"auths":{"a":{"auth":"YTpi"}}}`, "url=a\nuser=\"b:c", "K 1\na\nV 1\nb\nEND\n", "url,username,password\nhttps://a,b,c\n",
		`{"getin-export":1,"entries":[{"party":"server","origin":"https://a.test","kind":"password","account":"a","secret":"b"}]}`, "K 99999999999999999999\n", "V -1",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, format := range Formats() {
			read := format.read
			if read == nil {
				read = func(text string) (Found, error) {
					var f Found
					f.addSvn("x", text)
					return f, nil
				}
			}
			found, _ := read(text)
			for _, i := range found.Items {
				if i.Key.Space.Party == nil || i.Key.Space.Origin.Host == "" || i.Key.Unbound && i.Key.Space.HasRealm {
					t.Fatalf("%s: %q gave %+v", format.Name, text, i.Key)
				}
			}
		}
	})
}
