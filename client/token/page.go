package token

import (
	"html"
	"net/http"
	"strings"
)

// page is what stands in the browser when a sign-in is over.
type page struct {
	status      int
	title, text string // plain text, ours or a server's
}

// style is that of all pages: readable by day and by night, and with nothing to
// load.
const style = `:root{color-scheme:light dark}` +
	`body{margin:0;min-height:100vh;display:flex;align-items:center;justify-content:center;font:18px/1.5 system-ui,sans-serif}` +
	`main{max-width:32em;padding:2em}h1{font-size:1.6em;margin:0 0 .5em}p{margin:0;overflow-wrap:anywhere}`

// html returns the document.
func (p page) html() string {
	return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">" +
		"<meta name=\"viewport\" content=\"width=device-width\"><title>" + html.EscapeString(p.title) + " – getin</title>" +
		"<style>" + style + "</style></head>\n<body><main><h1>" + html.EscapeString(p.title) + "</h1>\n<p>" +
		strings.ReplaceAll(html.EscapeString(p.text), "\n", "<br>\n") + "</p></main></body></html>\n"
}

// header keeps the page to itself: the URL that it stands under has a code in it,
// and is passed on to nobody.
func (p page) header() http.Header {
	return http.Header{
		"Content-Type":            {"text/html; charset=utf-8"},
		"Cache-Control":           {"no-store"},
		"Referrer-Policy":         {"no-referrer"},
		"X-Content-Type-Options":  {"nosniff"},
		"Content-Security-Policy": {"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
	}
}
