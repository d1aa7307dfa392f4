package cookie

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// maxTaken is how many cookies of one response are taken, as in curl.
	maxTaken = 50

	// maxSent is how many cookies go with one request, as in curl.
	maxSent = 150

	// maxField is the longest Cookie field, name and all, in octets, that is
	// made: what servers allow a line of a head to be (Apache's
	// LimitRequestFieldSize).
	maxField = 8190

	// maxSite is how many cookies are kept that one site has set, so that a
	// server cannot fill the memory. RFC 6265 section 6.1 asks for 50.
	maxSite = 1000
)

// cookie is one cookie of a jar.
type cookie struct {
	name, value string
	domain      string // in lower case, with no dot in front
	tail        bool   // Domain was given: it is meant for the names below domain too
	wide        bool   // and goes there, since domain is no public suffix
	path        string // as files have it
	secure      bool
	httpOnly    bool
	expires     int64 // Unix time in seconds; 0: with the session
	created     int   // a later cookie has a higher number
}

// Jar holds cookies. The zero value is an empty one. It may be used by many
// goroutines at once.
type Jar struct {
	mu    sync.Mutex
	sites map[string][]*cookie // by site
	count int                  // of cookies ever created

	testOnlyNow func() time.Time
}

// site returns what the domains have in common whose cookies may go to the same
// host: the last two labels, or the whole of an address.
func site(host string) string {
	if isIP(host) {
		return host
	}
	i := strings.LastIndexByte(host, '.')
	if i < 0 {
		return host
	}
	return host[strings.LastIndexByte(host[:i], '.')+1:]
}

func isIP(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

func (j *Jar) now() int64 {
	if j.testOnlyNow != nil {
		return j.testOnlyNow().Unix()
	}
	return time.Now().Unix()
}

// expired tells of a cookie whose time is over.
func (c *cookie) expired(now int64) bool { return c.expires != 0 && c.expires <= now }

// Cookies returns the value of the Cookie field of a request, or "" (RFC 6265
// section 5.4). The host is in lower case and A-labels, the path as it is sent.
// confidential tells that nobody but the host can read the request; only then do
// Secure cookies go along.
func (j *Jar) Cookies(host, path string, confidential bool) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	now := j.now()
	var list []*cookie
	for _, c := range j.sites[site(host)] {
		if c.covers(host) && covers(c.path, path) && (confidential || !c.secure) && !c.expired(now) {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, before)
	return join(list[:min(len(list), maxSent)])
}

// before is the order of sending.
func before(a, b *cookie) int {
	return cmp.Or(
		cmp.Compare(len(b.path), len(a.path)),
		cmp.Compare(len(b.domain), len(a.domain)),
		cmp.Compare(len(b.name), len(a.name)),
		cmp.Compare(b.created, a.created),
	)
}

// join writes the cookies, as many as one field holds.
func join(list []*cookie) string {
	var b strings.Builder
	for _, c := range list {
		if len("Cookie: ")+b.Len()+len("; ")+len(c.name)+len("=")+len(c.value) > maxField {
			break
		}
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		b.WriteString(c.name)
		b.WriteByte('=')
		b.WriteString(c.value)
	}
	return b.String()
}

// SetCookies takes the values of the Set-Cookie fields of a response (RFC 6265
// section 5.3). Host, path and confidential are those of its request. What is
// not well formed, or not the host's to set, is dropped.
func (j *Jar) SetCookies(host, path string, confidential bool, fields []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	now := j.now()
	for _, field := range fields[:min(len(fields), maxTaken)] {
		c := parse(field, now)
		if c == nil || !c.settle(host, path) || !c.allowed(confidential) {
			continue
		}
		if confidential || !j.overlays(c) {
			j.add(&c.cookie, now)
			j.evict(site(host))
		}
	}
}

// add puts the cookie into the jar, in place of the one that it replaces, whose
// age it keeps. One that is over only removes.
func (j *Jar) add(c *cookie, now int64) {
	if j.sites == nil {
		j.sites = map[string][]*cookie{}
	}
	key := site(c.domain)
	list := j.sites[key]
	j.count++
	c.created = j.count
	i := slices.IndexFunc(list, c.replaces)
	if i >= 0 {
		c.created = list[i].created
	}
	switch {
	case c.expired(now) && i >= 0:
		j.sites[key] = slices.Delete(list, i, i+1)
	case c.expired(now):
	case i >= 0:
		list[i] = c
	default:
		j.sites[key] = append(list, c)
	}
}

// replaces tells whether the other is the same cookie (RFC 6265 section 5.3,
// step 11).
func (c *cookie) replaces(old *cookie) bool {
	return c.name == old.name && c.domain == old.domain && c.tail == old.tail && bare(c.path) == bare(old.path)
}

// overlays tells whether the cookie, set by a host that others can speak for,
// would take the place of a Secure one (RFC 6265bis section 5.7, step 14).
func (j *Jar) overlays(c *parsed) bool {
	return slices.ContainsFunc(j.sites[site(c.domain)], func(old *cookie) bool {
		return old.secure && old.name == c.name && covers(old.path, c.path) &&
			(within(c.domain, old.domain) || within(old.domain, c.domain))
	})
}

// evict drops the oldest cookie of a site that has too many.
func (j *Jar) evict(key string) {
	list := j.sites[key]
	if len(list) <= maxSite {
		return
	}
	oldest := slices.MinFunc(list, func(a, b *cookie) int { return cmp.Compare(a.created, b.created) })
	i := slices.Index(list, oldest)
	j.sites[key] = slices.Delete(list, i, i+1)
}
