package authtest

import "net/http"

// Row says what one path demands and what it gives. The zero values demand
// nothing and answer 200.
type Row struct {
	// Path is matched whole, or as a prefix when it ends in "/". The longest
	// match counts. The query plays no part.
	Path string

	// Demands are the challenges offered, each in a field line of its own, in
	// this order; any of them lets in. Raw lines are sent after them as they
	// stand: broken challenges, unknown schemes, several in one line.
	Demands  []Demand
	Raw      []string
	RawFirst bool // before them
	OneLine  bool // all challenges in one field line, joined by ", "

	// First are the statuses given in turn to requests that carry an answer,
	// before it is looked at: 401 challenges again, 429 knows nothing of the
	// password, 0 closes the connection without a word. Endless repeats the
	// last of them for ever.
	First   []int
	Endless bool

	// Forbidden names users who are known and yet not let in, with the status
	// that tells them: 401 or 403.
	Forbidden map[string]int

	// What who is let in gets: Status 0 means 200. Location makes sense with a
	// 3xx. A nil Body is "welcome, USER\n".
	Status   int
	Location string
	Header   http.Header
	Body     []byte

	// Refusal is the body of a challenge; empty is "who are you?\n".
	Refusal string
}

// Users maps user names to passwords, both the octets expected on the wire.
type Users map[string]string

// Demand is one challenge and the check of its answer. Implementations are
// Basic, *Digest, *Negotiate, Bearer and *NTLM.
type Demand interface {
	// challenge returns a challenge to send; stale tells that the last answer
	// was right but for its age.
	challenge(stale bool) string
	// check judges credentials. Those of another scheme are not mine.
	check(r *http.Request, credentials string, body []byte) judgement
}

// voucher is a demand that is met by a connection, and not by each request.
type voucher interface {
	vouched(r *http.Request) (judgement, bool)
}

// judgement is what a demand says of credentials.
type judgement struct {
	mine      bool
	ok        bool
	stale     bool
	user      string
	complaint string // what breaks the standard; such an answer is refused with 400
	more      string // the challenge to go on with; the answer is neither right nor wrong yet
	last      string // the challenge that goes with the response of who is let in
	drop      bool   // closes the connection instead of an answer

	// info makes the value of the field that follows an accepted answer from
	// the body of the response; nil for none.
	info func(body []byte) string
}
