package client

import (
	"net/http"
)

// retries notes which statuses have had their one more try at this hop.
type retries struct{ done map[int]bool }

// again reports whether the request is worth sending once more: on another
// connection (421, RFC 9110 section 15.5.20), after the handshake (425, RFC 8470
// section 5.2), without Expect (417, RFC 9110 section 15.5.18), or with a
// Content-Length (411, RFC 9110 section 15.5.12).
func (r *retries) again(h *hop, resp *http.Response) bool {
	code := resp.StatusCode
	if r.done[code] || h.body.spent() {
		return false
	}
	switch code {
	case http.StatusMisdirectedRequest, http.StatusTooEarly:
	case http.StatusExpectationFailed:
		if resp.Request.Header.Get("Expect") == "" {
			return false
		}
		h.noExpect = true
	case http.StatusLengthRequired:
		if !h.body.measure() {
			return false
		}
	default:
		return false
	}
	if r.done == nil {
		r.done = map[int]bool{}
	}
	r.done[code] = true
	return true
}

// discard drops a response before its request is sent again. After a 421 the
// connection is not to be used again, so its body is left unread and what the
// sender holds idle is closed.
func (c *Client) discard(resp *http.Response) {
	if resp.StatusCode != http.StatusMisdirectedRequest {
		drain(resp)
		return
	}
	_ = resp.Body.Close() // unread on purpose
	if s, ok := c.Sender.(interface{ CloseIdleConnections() }); ok {
		s.CloseIdleConnections()
	}
}
