package cli

import (
	"errors"
	"io/fs"
	"os"

	"getin/client"
	"getin/client/cookie"
)

// jarFor returns the jar for a group's client, nil when it keeps no cookies. All
// groups share one, as in curl: cookies belong to hosts, and to log in and to
// fetch are often two groups. What is in the group's files is put into it; heads
// that do not say whose their cookies are were given for the hosts that were typed.
func (r *run) jarFor(o *options, typed []*target) client.Jar {
	if !o.keepsCookies() {
		return nil
	}
	if r.jar == nil {
		r.jar = &cookie.Jar{}
	}
	var hosts []string
	for _, origin := range originsOf(typed) {
		hosts = append(hosts, origin.Host)
	}
	for _, name := range o.files {
		err := r.readCookies(name, o.junk, hosts)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			r.verbose.Info("no cookies yet in %s", name) // the first run of "-b jar -c jar"
		case err != nil:
			r.report.notice("getin: the cookies of %s are not read: %v", name, err)
		}
	}
	return r.jar
}

func (r *run) readCookies(name string, junk bool, hosts []string) error {
	switch name {
	case "":
		return nil
	case "-":
		return r.jar.Read(r.sys.Stdin, junk, hosts...)
	}
	f, err := os.Open(name)
	if err != nil {
		return nameless(err)
	}
	defer func() { _ = f.Close() }() // only read
	return nameless(r.jar.Read(f, junk, hosts...))
}

// nameless is the error without the file's name, which is told beside it.
func nameless(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// saveCookies writes the file of -c. As with curl, its failure fails nothing; but
// it is told.
func (p *parts) saveCookies() {
	var err error
	switch p.options.jar {
	case "":
		return
	case "-":
		_, err = p.jar.WriteTo(p.sys.Stdout)
	default:
		err = p.jar.Save(p.options.jar)
	}
	if err != nil {
		p.report.notice("getin: the cookies are not saved: %v", err)
	}
}
