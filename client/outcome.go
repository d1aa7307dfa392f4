package client

import (
	"net/http"

	"getin/client/auth"
)

// judge tells what the final response proves about an answer that went with
// its request (rule R1). A further challenge is not its business.
func judge(p *auth.Party, resp *http.Response, answered bool) auth.Outcome {
	switch code := resp.StatusCode; {
	case code >= 200 && code < 300, code == http.StatusNotModified:
		return auth.Accepted
	case code >= 300 && code < 400:
		return judgeRedirect(p, resp)
	case code == http.StatusForbidden:
		// The identity is known, and not allowed. Unasked, a 403 may as well be
		// a server that looks at nothing.
		if answered {
			return auth.Accepted
		}
	case p == auth.Proxy && code == http.StatusUnauthorized:
		return auth.Accepted // it is the server behind the proxy who asks
	case accepting[code]:
		return auth.Accepted
	}
	return auth.Undecided
}

// accepting are the client errors that a server gives only to someone it has
// let in: they speak of the resource, not of the person.
var accepting = map[int]bool{
	http.StatusNotFound:                     true,
	http.StatusMethodNotAllowed:             true,
	http.StatusNotAcceptable:                true,
	http.StatusConflict:                     true,
	http.StatusGone:                         true,
	http.StatusPreconditionFailed:           true,
	http.StatusUnsupportedMediaType:         true,
	http.StatusRequestedRangeNotSatisfiable: true,
	http.StatusUnprocessableEntity:          true,
}

// judgeRedirect: a redirect within the origin was made for someone it knows; one
// that leaves it may lead to a login page.
func judgeRedirect(p *auth.Party, resp *http.Response) auth.Outcome {
	if p == auth.Proxy {
		return auth.Accepted
	}
	to, err := resp.Location()
	if err != nil {
		return auth.Undecided
	}
	from, err1 := auth.OriginOf(resp.Request.URL)
	next, err2 := auth.OriginOf(to)
	if err1 != nil || err2 != nil || from != next {
		return auth.Undecided
	}
	return auth.Accepted
}
