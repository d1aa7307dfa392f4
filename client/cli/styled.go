package cli

import (
	"io"
	"os"
	"strings"

	"getin/client/transfer"
)

// styled returns where heads are written to: the sink, or what shows names of
// fields in bold when that is a terminal.
func (f *fetcher) styled(sink *transfer.Sink) io.Writer {
	shown, ok := sink.Out.(*textOnly)
	if !ok || f.options.display.unstyled || f.sys.env("NO_COLOR") != "" {
		return sink
	}
	if file, ok := shown.to.(*os.File); !ok || !takesEscapes(file, f.sys.env("TERM")) {
		return sink
	}
	return boldNames{sink}
}

// boldNames is given whole heads.
type boldNames struct{ to io.Writer }

func (b boldNames) Write(head []byte) (int, error) {
	var s strings.Builder
	first := true
	for line := range strings.Lines(string(head)) {
		name, value, isField := strings.Cut(line, ":")
		if isField = isField && !first && !strings.ContainsAny(name, " \t"); isField {
			s.WriteString("\x1b[1m" + name + "\x1b[0m:" + value)
		} else {
			s.WriteString(line)
		}
		first = false
	}
	if _, err := io.WriteString(b.to, s.String()); err != nil {
		return 0, err
	}
	return len(head), nil
}
