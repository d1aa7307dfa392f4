package cli

import (
	"context"
	"hash"
	"net/http"
	"time"

	"getin/client"
	"getin/client/auth"
	"getin/client/cli/har"
	"getin/client/cli/meter"
	"getin/client/cli/trace"
	"getin/client/transfer"
)

// record is what became of one transfer. It belongs to one goroutine; the
// client's trace writes into it on the same.
type record struct {
	target *target
	number int    // of the URL in its group, from 0
	before int    // how many URLs the groups before have
	upload string // of -T; "": none
	listed        // what a list says of it

	line   *line // that the transfer is one of
	putOff bool  // it may be, until the next one is under way

	started  time.Time
	ended    time.Time
	request  *http.Request  // the last one sent
	response *http.Response // the last one that came, or nil
	wire     *client.Wire   // of both

	noConnectHeads bool // --suppress-connect-headers

	heads     []string // of every response, as they came
	headSize  int64
	redirects int
	requests  int
	connects  int // connections that were opened

	connectStatus int       // of a proxy's last answer to CONNECT; 0: none
	past          *moments  // of the request before, whose connection this one may go on with; nil: there was none
	begun         time.Time // the last request of the chain of redirects; zero before one
	headsSent     int64     // octets of the requests' heads
	answered      bool      // a credential went with the last request
	asked         bool      // somebody asked for one

	retry   *retry
	retries int
	part    *part           // what of the body is there already
	judged  transfer.Judged // what the response is to it
	sink    *transfer.Sink  // the first that has opened a file

	progress meter.Progress
	rounds   har.Rounds

	limit  *rateLimit // of what is received
	single bool       // --segments did not work with this server

	want *checksum // what sum is to be in the end; nil: whatever it is
	sum  hash.Hash

	file     string // what the body was written to, or ""
	received int64  // octets of the body
	sent     int64  // octets of the request's body
	err      error
	code     int
}

// again begins the record anew, for another try: what is told is of the last.
// What there is of the body stays, and so does what the meter watches.
func (r *record) again() {
	r.started, r.ended = time.Now(), time.Time{}
	r.request, r.response, r.wire = nil, nil, nil
	r.heads, r.headSize, r.redirects, r.requests = nil, 0, 0, 0
	r.answered, r.asked = false, false
	r.judged, r.want = transfer.Judged{}, nil
	r.received, r.sent = 0, 0
}

type recordKey struct{}

func withRecord(ctx context.Context, r *record) context.Context {
	return context.WithValue(ctx, recordKey{}, r)
}

func recordOf(ctx context.Context) *record {
	r, _ := ctx.Value(recordKey{}).(*record)
	return r
}

// tracer returns the client's trace: it keeps the records, and with -v it tells.
func tracer(log *trace.Log, archive *har.Archive) *client.Trace {
	t := &client.Trace{
		Tap:      listening(log, archive),
		Request:  func(r *http.Request) { recordOf(r.Context()).sending(r) },
		Response: func(r *http.Response) { recordOf(r.Request.Context()).came(r) },
		Redirected: func(next *http.Request, dropped []string) {
			recordOf(next.Context()).redirected()
			log.Redirected(next, dropped)
		},
	}
	if log != nil {
		t.Challenged, t.PassedOver, t.Chosen = log.Challenged, log.PassedOver, log.Chosen
		t.Settled, t.Retried = log.Settled, log.Retried
	}
	return t
}

func (r *record) redirected() {
	r.redirects++
	r.begun = time.Now()
}

func (r *record) sending(req *http.Request) {
	if r == nil {
		return
	}
	if r.past = nil; r.wire != nil {
		m := r.times()
		r.past = &m
	}
	r.request, r.response, r.wire = req, nil, client.WireOf(req.Context())
	r.requests++
	r.answered = req.Header.Get(auth.Server.Answer) != ""
	r.sent = max(req.ContentLength, 0)
}

// takeHeads keeps what came before the body, from proxies to CONNECT too.
func (r *record) takeHeads(resp *http.Response) {
	take := func(ofConnect bool, heads ...string) {
		for _, head := range heads {
			r.headSize += int64(len(head))
		}
		if !ofConnect || !r.noConnectHeads {
			r.heads = append(r.heads, heads...)
		}
	}
	if o := r.wire.Opened; o != nil {
		r.connectStatus = o.Status
		take(true, o.Head)
	}
	if r.wire.Refused {
		r.connectStatus = resp.StatusCode
	}
	take(r.wire.Refused, r.wire.Interim...)
	take(r.wire.Refused, r.wire.Head)
}

func (r *record) came(resp *http.Response) {
	if r == nil {
		return
	}
	r.response = resp
	if r.wire != nil {
		r.headsSent += int64(r.wire.SentHead)
		if !r.wire.Reused {
			r.connects++
		}
		r.takeHeads(resp)
	}
	r.asked = r.asked || resp.StatusCode == auth.Server.Status || resp.StatusCode == auth.Proxy.Status
}
