package exchange

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"getin/client/auth"
	"getin/store/netrc"
)

// readNetrc reads a netrc. Its default entry is for every host, and so for none.
func readNetrc(text string) (Found, error) {
	file, err := netrc.Parse(text)
	if err != nil {
		return Found{}, err
	}
	var f Found
	for _, e := range file.Entries() {
		switch {
		case e.Machine == "":
			f.skip("default", "it is for every host")
			continue
		case e.Login == "" || !e.HasPassword:
			f.skip("machine "+e.Machine, "no user name or no password")
			continue
		}
		host := e.Machine
		if strings.Count(host, ":") > 1 && !strings.HasPrefix(host, "[") {
			host = "[" + host + "]"
		}
		k, paths, err := unbound(&url.URL{Scheme: "https", Host: host}, auth.Password, e.Login)
		if err != nil {
			f.skip("machine "+e.Machine, err.Error())
			continue
		}
		f.add(Item{Key: k, Secret: auth.NewSecret(e.Password), Paths: paths})
	}
	return f, nil
}

// readGit reads the file of git-credential-store: a URL a line, with user and
// password in it, percent-encoded. git passes over what is no such line.
func readGit(text string) (Found, error) {
	var f Found
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		what := "line " + strconv.Itoa(i+1)
		u, err := url.Parse(line)
		if err != nil || u.User == nil {
			f.skip(what, "no URL with a user in it")
			continue
		}
		password, has := u.User.Password()
		if !has || u.User.Username() == "" {
			f.skip(what, "no user name or no password")
			continue
		}
		k, paths, err := unbound(u, auth.Password, u.User.Username())
		if err != nil {
			f.skip(what, err.Error())
			continue
		}
		f.add(Item{Key: k, Secret: auth.NewSecret(password), Paths: paths})
	}
	return f, nil
}

// readCurlrc reads what a config file of curl says with "user" and
// "oauth2-bearer", for the URLs of the same group ("next" begins another). A
// user without a URL is for any host, and so for none.
func readCurlrc(text string) (Found, error) {
	var f Found
	for _, group := range curlGroups(text) {
		urls, user, bearer := group["url"], last(group["user"], group["u"]), last(group["oauth2-bearer"])
		if p := last(group["proxy-user"], group["U"]); p != "" {
			f.skip("proxy-user", "it is a proxy's")
		}
		kind, account, secret := auth.Token, "", bearer
		if bearer == "" {
			var has bool
			kind = auth.Password
			if account, secret, has = strings.Cut(user, ":"); user == "" || !has {
				continue
			}
		}
		if len(urls) == 0 {
			f.skip("user", "the file names no URL that it is for")
		}
		for _, text := range urls {
			if !strings.Contains(text, "://") {
				text = "https://" + text
			}
			u, err := url.Parse(text)
			if err != nil {
				f.skip("url", "not a URL")
				continue
			}
			u.Path, u.RawPath = "", ""
			k, _, err := unbound(u, kind, account)
			if err != nil {
				f.skip("url", err.Error())
				continue
			}
			if !slices.ContainsFunc(f.Items, func(i Item) bool { return i.Key == k && i.Secret.Reveal() == secret }) {
				f.add(Item{Key: k, Secret: auth.NewSecret(secret)})
			}
		}
	}
	return f, nil
}

func last(lists ...[]string) string {
	all := slices.Concat(lists...)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

// curlGroups reads lines such as `user = "a:b"`, curl(1) under -K.
func curlGroups(text string) []map[string][]string {
	groups := []map[string][]string{{}}
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.Trim(line, " \t\r")
		name, value := line, ""
		if i := strings.IndexAny(line, " \t=:"); i >= 0 {
			name, value = line[:i], strings.TrimLeft(line[i:], " \t=:")
		}
		name = strings.TrimLeft(name, "-")
		switch {
		case line == "" || line[0] == '#':
		case name == "next":
			groups = append(groups, map[string][]string{})
		default:
			g := groups[len(groups)-1]
			g[name] = append(g[name], curlValue(value))
		}
	}
	return groups
}

func curlValue(v string) string {
	if !strings.HasPrefix(v, `"`) {
		return v
	}
	var b strings.Builder
	for i := 1; i < len(v) && v[i] != '"'; i++ {
		if v[i] == '\\' && i+1 < len(v) {
			i++
			b.WriteString(map[byte]string{'n': "\n", 'r': "\r", 't': "\t", 'v': "\v"}[v[i]])
			if strings.IndexByte("nrtv", v[i]) >= 0 {
				continue
			}
		}
		b.WriteByte(v[i])
	}
	return b.String()
}

// readCSV reads what Chrome and Firefox write. Firefox tells passwords of HTTP
// authentication, with their realms, from those of forms, which are no such;
// Chrome does not.
func readCSV(text string) (Found, error) {
	r := csv.NewReader(strings.NewReader(text))
	head, err := r.Read()
	if err != nil {
		return Found{}, fmt.Errorf("%w: no line with the names of columns", ErrFormat)
	}
	column := map[string]int{}
	for i, name := range head {
		column[strings.ToLower(strings.TrimSpace(name))] = i
	}
	for _, name := range []string{"url", "username", "password"} {
		if _, ok := column[name]; !ok {
			return Found{}, fmt.Errorf("%w: no column %q", ErrFormat, name)
		}
	}
	var f Found
	for n := 2; ; n++ {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		if err != nil {
			return Found{}, fmt.Errorf("%w: row %d", ErrFormat, n)
		}
		cell := func(name string) string {
			if i, ok := column[name]; ok && i < len(row) {
				return row[i]
			}
			return ""
		}
		f.addRow("row "+strconv.Itoa(n), cell)
	}
}

func (f *Found) addRow(what string, cell func(string) string) {
	realm := cell("httprealm")
	u, err := url.Parse(cell("url"))
	switch {
	case err != nil:
		f.skip(what, "not a URL")
		return
	case realm == "" && cell("formactionorigin") != "":
		f.skip(what, "the password of a form on a web page")
		return
	case cell("username") == "" || cell("password") == "":
		f.skip(what, "no user name or no password")
		return
	}
	u.Path, u.RawPath = "", "" // the page of the form says nothing of the realm
	k, _, err := unbound(u, auth.Password, cell("username"))
	if err != nil {
		f.skip(what, err.Error())
		return
	}
	if realm != "" {
		k.Unbound, k.Space.Realm, k.Space.HasRealm = false, realm, true
	}
	f.add(Item{Key: k, Secret: auth.NewSecret(cell("password"))})
}

// hostPort writes an origin's host as a netrc names it: with the port when that
// is not https's own.
func hostPort(o auth.Origin) string {
	if o.Port == 443 {
		return o.Host
	}
	return net.JoinHostPort(o.Host, strconv.Itoa(int(o.Port)))
}
