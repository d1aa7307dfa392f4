package cli

import (
	"mime"
	"net/http"
	"os"
	"strings"

	"getin/client/transfer"
	"getin/client/transfer/pretty"
)

// prettify lays JSON out that goes to a terminal (--pretty): in colours, unless
// NO_COLOR (no-color.org) or TERM speaks against it. It returns what is to be
// done at the end, nil when everything else is written as it comes.
func (f *fetcher) prettify(resp *http.Response, sink *transfer.Sink) (end func() error) {
	shown, ok := sink.Out.(*textOnly)
	if !ok || !f.options.pretty || !isJSON(resp.Header.Get("Content-Type")) {
		return nil
	}
	file, ok := shown.to.(*os.File)
	w := &pretty.Writer{
		To: shown.to, Colors: ok && f.sys.env("NO_COLOR") == "" && takesEscapes(file, f.sys.env("TERM")),
	}
	shown.to = w
	return func() error {
		if err := w.Close(); err != nil {
			return &transfer.WriteError{Err: err}
		}
		return nil
	}
}

// isJSON reports whether a Content-Type is that of JSON (RFC 8259 section 11),
// of a format made of it (RFC 6839 section 3.1), or of many such texts one after
// the other.
func isJSON(field string) bool {
	name, _, err := mime.ParseMediaType(field)
	if err != nil {
		name, _, _ = strings.Cut(strings.ToLower(field), ";")
	}
	switch name = strings.TrimSpace(name); name {
	case "application/json", "text/json", "application/x-ndjson", "application/ndjson", "application/jsonl":
		return true
	}
	return strings.HasSuffix(name, "+json")
}
