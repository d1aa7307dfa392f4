package cli

import (
	"io"
	"os"
	"strings"

	"getin/client/transfer"
	"getin/prompt"
)

// styled returns where heads are written to: the sink, or what shows them when
// that is a terminal.
func (f *fetcher) styled(sink *transfer.Sink) io.Writer {
	if shown, ok := sink.Out.(*textOnly); ok {
		return f.shownHeads(sink, shown.to)
	}
	return sink
}

// shownHeads returns what writes heads to the writer, fit for the terminal behind
// it, with names of fields in bold unless somebody says no.
func (f *fetcher) shownHeads(to, terminal io.Writer) io.Writer {
	file, ok := terminal.(*os.File)
	bold := ok && !f.options.display.unstyled && f.sys.env("NO_COLOR") == "" && takesEscapes(file, f.sys.env("TERM"))
	return shownHeads{to, bold}
}

// shownHeads is given whole heads. A server's words draw nothing on the terminal
// (SECURITY F4).
type shownHeads struct {
	to   io.Writer
	bold bool
}

func (h shownHeads) Write(head []byte) (int, error) {
	var s strings.Builder
	first := true
	for line := range strings.Lines(string(head)) {
		line = prompt.Clean(strings.TrimRight(line, "\r\n"), uncut)
		name, value, isField := strings.Cut(line, ":")
		if isField && h.bold && !first && !strings.ContainsAny(name, " \t") {
			line = "\x1b[1m" + name + "\x1b[0m:" + value
		}
		s.WriteString(line + "\r\n")
		first = false
	}
	if _, err := io.WriteString(h.to, s.String()); err != nil {
		return 0, err
	}
	return len(head), nil
}
