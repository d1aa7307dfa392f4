package authtest

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"net/http"
	"strings"
	"sync"
)

// Digest demands a digest of the password, RFC 7616. Use a pointer: it keeps
// its nonces. One Digest may serve several rows.
type Digest struct {
	Realm     string
	Users     Users
	Algorithm string // as sent; "" leaves the parameter out, which means MD5
	QOP       string // as sent: "auth", "auth-int", "auth, auth-int"; "" is the form of RFC 2069
	UserHash  bool   // sends userhash=true and complains when the user name comes in clear
	Charset   string
	Domain    string
	Opaque    string
	Nonce     string // the first nonce; "" is a random one

	// NonceUses is how often a nonce is good; 0 is without limit. After that
	// it is stale, or replaced in time when NextNonce is set.
	NonceUses  int
	NextNonce  bool
	StaleFor   int  // that many right answers are called stale, whatever their nonce
	WrongInfo  bool // Authentication-Info proves nothing: its rspauth is made up
	SilentInfo bool // no Authentication-Info at all

	mu     sync.Mutex
	nonces map[string]*nonce
	last   string // the nonce that challenges carry
}

// nonce is what is remembered of one. The session of a "-sess" algorithm is
// shared with the nonces that follow by nextnonce.
type nonce struct {
	seen map[string]bool // nonce counts
	sess *session
}

type session struct{ nonce, cnonce string }

var hashes = map[string]func() hash.Hash{
	"MD5": md5.New, "SHA-256": sha256.New, "SHA-512-256": sha512.New512_256,
}

func (d *Digest) challenge(stale bool) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n, known := d.nonces[d.last]; !known || len(n.seen) > 0 {
		d.last = d.fresh(&session{})
	}
	params := []string{"realm=" + quote(d.Realm)}
	add := func(name, value string) {
		if value != "" {
			params = append(params, name+"="+value)
		}
	}
	quoted := func(name, value string) {
		if value != "" {
			add(name, quote(value))
		}
	}
	quoted("domain", d.Domain)
	quoted("nonce", d.last)
	quoted("opaque", d.Opaque)
	if stale {
		add("stale", "true")
	}
	add("algorithm", d.Algorithm)
	quoted("qop", d.QOP)
	quoted("charset", d.Charset)
	if d.UserHash {
		add("userhash", "true")
	}
	return join("Digest", params)
}

// fresh makes a nonce; d.mu is held.
func (d *Digest) fresh(s *session) string {
	text := d.Nonce
	if text == "" || d.nonces != nil {
		text = rand.Text()
	}
	if d.nonces == nil {
		d.nonces = map[string]*nonce{}
	}
	d.nonces[text] = &nonce{seen: map[string]bool{}, sess: s}
	return text
}

func (d *Digest) check(r *http.Request, credentials string, body []byte) judgement {
	rest, mine := cutScheme(credentials, "Digest")
	if !mine {
		return judgement{}
	}
	params, err := readParams(rest)
	if err != nil {
		return judgement{mine: true, complaint: "digest: " + err.Error()}
	}
	a := answer{d: d, params: params, method: r.Method, target: r.RequestURI, body: body}
	if why := a.wrongForm(); why != "" {
		return judgement{mine: true, complaint: "digest: " + why}
	}
	user, pass, known := a.account()
	if !known {
		return judgement{mine: true, user: user}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.nonces[a.value("nonce")]
	if n == nil {
		return judgement{mine: true, stale: true, user: user}
	}
	if n.sess.nonce == "" {
		*n.sess = session{a.value("nonce"), a.value("cnonce")}
	}
	a.key = a.userKey(user, pass, n.sess)
	if a.response(a.method, body) != a.value("response") {
		return judgement{mine: true, user: user}
	}
	return d.rightAnswer(a, n, user)
}

// rightAnswer judges the age of an answer that knows the password; d.mu is
// held.
func (d *Digest) rightAnswer(a answer, n *nonce, user string) judgement {
	j := judgement{mine: true, user: user}
	if nc := a.value("nc"); nc != "" {
		if n.seen[nc] {
			j.complaint = "digest: nonce count " + nc + " was used before"
			return j
		}
		n.seen[nc] = true
	}
	if d.StaleFor > 0 {
		d.StaleFor--
		j.stale = true
		return j
	}
	if d.NonceUses > 0 && len(n.seen) > d.NonceUses {
		j.stale = true
		return j
	}
	j.ok = true
	if !d.SilentInfo {
		next := ""
		if d.NextNonce && (d.NonceUses == 0 || len(n.seen) >= d.NonceUses) {
			next = d.fresh(n.sess)
		}
		j.info = func(body []byte) string { return d.info(a, next, body) }
	}
	return j
}

// info writes Authentication-Info, RFC 7616 section 3.5.
func (d *Digest) info(a answer, next string, body []byte) string {
	proof := a.response("", body)
	if d.WrongInfo {
		proof = strings.Repeat("0", len(proof))
	}
	params := []string{"rspauth=" + quote(proof)}
	if qop := a.value("qop"); qop != "" {
		params = append(params, "qop="+qop, "nc="+a.value("nc"), "cnonce="+quote(a.value("cnonce")))
	}
	if next != "" {
		params = append(params, "nextnonce="+quote(next))
	}
	return strings.Join(params, ", ")
}
