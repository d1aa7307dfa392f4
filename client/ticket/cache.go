//go:build !windows

package ticket

import (
	"errors"
	"time"

	"golang.org/x/crypto/cryptobyte"
)

// held is a ticket with its key: what a client needs to use it.
type held struct {
	client principal
	server principal
	key    key
	starts time.Time
	ends   time.Time
	ticket []byte // DER
}

// valid reports whether the ticket can be used now, and for a moment more.
func (h held) valid(now time.Time) bool {
	return now.After(h.starts.Add(-clockSkew)) && now.Add(shortest).Before(h.ends)
}

const (
	clockSkew = 5 * time.Minute  // what clocks may differ by, RFC 4120 section 8.2
	shortest  = 10 * time.Second // a ticket that ends sooner may end on its way
)

// cache is a credential cache: one client, and tickets.
type cache struct {
	client  principal
	tickets []held
}

var (
	errCacheVersion = errors.New("not a ticket cache, or one of a version before 3")
	errCacheShort   = errors.New("damaged ticket cache")
)

// readCache reads the file format of MIT Kerberos, versions 3 and 4
// (https://web.mit.edu/kerberos/krb5-latest/doc/formats/ccache_file_format.html).
func readCache(b []byte) (cache, error) {
	r := cacheReader{in: b}
	magic, version := r.uint8(), r.uint8()
	if magic != 5 || version != 3 && version != 4 {
		return cache{}, errCacheVersion
	}
	if version == 4 {
		r.take(int(r.uint16())) // the header
	}
	c := cache{client: r.principal()}
	for !r.bad && !r.in.Empty() {
		h := r.ticket(version)
		if !r.bad && h.server.realm != configRealm {
			c.tickets = append(c.tickets, h)
		}
	}
	if r.bad {
		return cache{}, errCacheShort
	}
	return c, nil
}

// configRealm marks entries that are notes to the library.
const configRealm = "X-CACHECONF:"

type cacheReader struct {
	in  cryptobyte.String
	bad bool
}

func (r *cacheReader) take(n int) []byte {
	var b []byte
	if r.bad || n < 0 || !r.in.ReadBytes(&b, n) {
		r.bad = true
	}
	return b
}

func (r *cacheReader) uint8() (v uint8) {
	if r.bad || !r.in.ReadUint8(&v) {
		r.bad = true
	}
	return v
}

func (r *cacheReader) uint16() (v uint16) {
	if r.bad || !r.in.ReadUint16(&v) {
		r.bad = true
	}
	return v
}

func (r *cacheReader) uint32() (v uint32) {
	if r.bad || !r.in.ReadUint32(&v) {
		r.bad = true
	}
	return v
}

func (r *cacheReader) data() []byte { return r.take(int(r.uint32())) }

func (r *cacheReader) time() time.Time { return time.Unix(int64(r.uint32()), 0) }

func (r *cacheReader) principal() principal {
	p := principal{kind: int64(r.uint32())}
	n := r.uint32()
	p.realm = string(r.data())
	for ; n > 0 && !r.bad; n-- {
		p.parts = append(p.parts, string(r.data()))
	}
	return p
}

func (r *cacheReader) ticket(version uint8) held {
	h := held{client: r.principal(), server: r.principal()}
	h.key.etype = int32(int16(r.uint16()))
	if version == 3 {
		r.uint16() // the type once more
	}
	h.key.value = r.data()
	authenticated := r.time()
	h.starts, h.ends = r.time(), r.time()
	if h.starts.Unix() == 0 {
		h.starts = authenticated
	}
	r.time()      // renewable until
	r.take(1 + 4) // in a session key; flags
	for range 2 { // addresses, authorization data
		for n := r.uint32(); n > 0 && !r.bad; n-- {
			r.uint16()
			r.data()
		}
	}
	h.ticket = r.data()
	r.data() // second ticket
	return h
}
