package helper

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxLine bounds a line of git's protocol, its end included (git-credential(1)
// and LARGE_PACKET_MAX: git reads no longer one).
const maxLine = 65535

// maxLines bounds a message: git writes a dozen, and one for each challenge.
const maxLines = 1000

// errLines is wrapped by everything that is wrong with a message of git's.
var errLines = errors.New("not git-credential lines")

// pair is one line, "key=value".
type pair struct{ key, value string }

// lines is a message of git's credential protocol, in order.
type lines []pair

// readLines reads up to an empty line or the end,
//
//	message = *( key "=" value LF ) [ LF ]
//	key     = 1*<any octet but "=", LF, NUL>
//	value   = *<any octet but LF, NUL>
//
// A CR is refused as well: to some helpers it ends a line (SECURITY E3).
func readLines(in io.Reader) (lines, error) {
	r := bufio.NewReaderSize(in, maxLine)
	var l lines
	for {
		text, err := r.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return nil, fmt.Errorf("%w: longer than %d octets", errLines, maxLine)
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		}
		line := strings.TrimSuffix(string(text), "\n")
		if line == "" {
			return l, nil
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok || key == "" || strings.ContainsAny(line, "\x00\r") {
			return nil, fmt.Errorf("%w: line %d", errLines, len(l)+1)
		}
		if l = append(l, pair{key, value}); len(l) > maxLines {
			return nil, fmt.Errorf("%w: more than %d", errLines, maxLines)
		}
		if err != nil {
			return l, nil
		}
	}
}

// get returns the last value of the key, as git takes it, or "".
func (l lines) get(key string) string {
	value := ""
	for _, p := range l {
		if p.key == key {
			value = p.value
		}
	}
	return value
}

// all returns the values of a key that may repeat, written with "[]". An empty
// one drops those before it.
func (l lines) all(key string) []string {
	var values []string
	for _, p := range l {
		if p.key != key+"[]" {
			continue
		}
		if values = append(values, p.value); p.value == "" {
			values = nil
		}
	}
	return values
}

// write writes the message, or nothing when a value would not be read back: no
// line end can make a second line of it (SECURITY E1, E3).
func (l lines) write(out io.Writer) error {
	var b strings.Builder
	for _, p := range l {
		if strings.ContainsAny(p.value, "\n\r\x00") || len(p.key)+len(p.value)+2 > maxLine {
			return fmt.Errorf("%w: the %s cannot be written as one line", errLines, p.key)
		}
		b.WriteString(p.key + "=" + p.value + "\n")
	}
	_, err := io.WriteString(out, b.String())
	return err
}
