package cli

import (
	"fmt"
	"net/http"
	"strings"

	"getin/prompt"
)

// hintCells bounds, in terminal cells, what is shown of a server's field in a
// hint.
const hintCells = 100

// statusHint says what helps with a response that is no success, or "" when
// there is nothing to say beyond the status. identified tells that a credential
// was sent with the request.
func statusHint(resp *http.Response, identified bool) string {
	shown := func(name string) string {
		return prompt.Clean(strings.Join(resp.Header.Values(name), ", "), hintCells)
	}
	switch resp.StatusCode {
	case http.StatusBadRequest, http.StatusForbidden:
		if hint := scopeHint(resp); hint != "" {
			return hint
		}
		if resp.StatusCode != http.StatusForbidden {
			break
		}
		if identified {
			return "you were let in, and this is not allowed to you; another account may be (--account)"
		}
	case http.StatusMethodNotAllowed:
		if resp.Header.Get("Allow") != "" {
			return "allowed are " + shown("Allow")
		}
	case http.StatusRequestEntityTooLarge:
		return "the body is too large for this server: " + bodySize(resp.Request)
	case http.StatusRequestURITooLong:
		return fmt.Sprintf("the URL is too long for this server: %d octets", len(resp.Request.URL.String()))
	case http.StatusRequestHeaderFieldsTooLarge:
		return "the header is too large for this server; the longest field is " + longestField(resp.Request)
	case http.StatusUpgradeRequired:
		if resp.Header.Get("Upgrade") != "" {
			return "the server wants " + shown("Upgrade")
		}
	case http.StatusPreconditionRequired:
		return "the server wants a condition: --etag-compare FILE sends what --etag-save kept, -H \"If-Match: ETAG\" says what is to be changed"
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusRequestTimeout:
		if after := shown("Retry-After"); after != "" {
			return "the server says to try again after " + after
		}
	case http.StatusUnavailableForLegalReasons:
		if by := blockedBy(resp.Header.Values("Link")); by != "" {
			return "blocked by " + prompt.Clean(by, hintCells)
		}
	}
	return ""
}

func bodySize(r *http.Request) string {
	if r.ContentLength < 0 {
		return "a stream"
	}
	return fmt.Sprintf("%d octets", r.ContentLength)
}

// longestField names the request's longest field.
func longestField(r *http.Request) string {
	name, size := "unknown", -1
	for n, values := range r.Header {
		for _, v := range values {
			if len(v) > size || len(v) == size && n < name {
				name, size = n, len(v)
			}
		}
	}
	return fmt.Sprintf("%s, %d octets", name, size)
}

// blockedBy returns the target of the Link with that relation, RFC 7725
// section 4.
func blockedBy(links []string) string {
	for _, l := range strings.Split(strings.Join(links, ","), ",") {
		target, params, ok := strings.Cut(strings.TrimSpace(l), ">")
		if ok && strings.HasPrefix(target, "<") && strings.Contains(strings.ReplaceAll(params, `"`, ""), "rel=blocked-by") {
			return target[1:]
		}
	}
	return ""
}

// statusName is the registered name of a status code (the HTTP Status Code
// Registry).
func statusName(code int) string {
	switch code { // net/http has older names, of RFC 7231, 4918 and 2324
	case http.StatusRequestEntityTooLarge:
		return "Content Too Large"
	case http.StatusRequestURITooLong:
		return "URI Too Long"
	case http.StatusRequestedRangeNotSatisfiable:
		return "Range Not Satisfiable"
	case http.StatusTeapot:
		return "(Unused)"
	case http.StatusUnprocessableEntity:
		return "Unprocessable Content"
	}
	if name := http.StatusText(code); name != "" {
		return name
	}
	return "(not a registered status)"
}
