package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxListLine bounds a line of a list, in octets: a URL that no server takes,
// many times over.
const maxListLine = 256 << 10

// list is a file of --input-file. It is read as the transfers are made, for it
// may be endless:
//
//	line     = *WSP [ URL *( 1*WSP property ) 1*WSP ] [ "#" *char ]
//	property = ( "out=" / "checksum=" ) ( 1*VCHAR / DQUOTE *char DQUOTE )
//
// Globs have no meaning in it.
type list struct {
	name  string
	file  io.Closer
	scan  *bufio.Scanner
	line  int
	ahead *entry // what first has read
	ended bool
}

// entry is a URL of a list.
type entry struct {
	url string
	listed
}

// listed is what a list says of a transfer. The zero value is that of a URL on
// the command line.
type listed struct {
	place    string // "name:line", for people
	out      string // the file to write, as with -o but without "#1"; "" is what -o and -O say
	checksum string // as with --checksum; "" is what that says
}

// openLists opens the group's lists, before anything is sent. They are keyed by
// the number of the source.
func openLists(o *options, stdin *os.File) (map[int]*list, error) {
	var all map[int]*list
	for n, u := range o.urls {
		if !u.list {
			continue
		}
		f := stdin
		if u.text != "-" {
			var err error
			if f, err = os.Open(u.text); err != nil {
				return nil, &readError{fmt.Errorf("--input-file: %w", err)}
			}
		}
		if all == nil {
			all = map[int]*list{}
		}
		all[n] = newList(u.text, f)
	}
	return all, nil
}

func newList(name string, f io.ReadCloser) *list {
	l := &list{name: name, file: f, scan: bufio.NewScanner(f)}
	l.scan.Buffer(nil, maxListLine)
	return l
}

// first reads ahead to the first URL. It returns nil when there is none.
func (l *list) first(rules urlRules) (*target, error) {
	e, err := l.next()
	if err != nil {
		if err == io.EOF {
			err = nil
		}
		return nil, err
	}
	l.ahead = &e
	t, err := rules.read(e.url, nil)
	return t, e.at(err)
}

// next returns the next entry, or io.EOF at the end. After another error one may
// go on.
func (l *list) next() (e entry, err error) {
	if l.ahead != nil {
		e, l.ahead = *l.ahead, nil
		return e, nil
	}
	for !l.ended && l.scan.Scan() {
		l.line++
		if e, err = readEntry(l.scan.Text()); e.url != "" || err != nil {
			e.place = fmt.Sprintf("%s:%d", l.name, l.line)
			return e, e.at(err)
		}
	}
	if err = l.scan.Err(); err != nil && !l.ended {
		err = &readError{fmt.Errorf("%s:%d: %w", l.name, l.line+1, err)}
	} else {
		err = io.EOF
	}
	l.ended = true
	_ = l.file.Close() // it was only read
	return e, err
}

// at adds to an error where it is.
func (l listed) at(err error) error {
	if err == nil || l.place == "" {
		return err
	}
	return fmt.Errorf("%s: %w", l.place, err)
}

// readEntry reads a line; an empty one gives no URL.
func readEntry(line string) (e entry, err error) {
	for word, rest := nextWord(line); word != "" && word[0] != '#'; word, rest = nextWord(rest) {
		name, value, _ := strings.Cut(word, "=")
		switch {
		case e.url == "":
			e.url = word
		case name == "out":
			e.out, err = unquote(value)
		case name == "checksum":
			e.checksum, err = unquote(value)
		default:
			err = errors.New("after the URL may come out= and checksum=")
		}
		if err != nil {
			return e, badURL("%v", err)
		}
	}
	return e, nil
}

// nextWord cuts a word off the line: what reaches to white space outside of
// quotes.
func nextWord(line string) (word, rest string) {
	line = strings.TrimLeft(line, " \t\r")
	quoted := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ' ' || c == '\t' || c == '\r'):
			return line[:i], line[i:]
		}
	}
	return line, ""
}

// unquote reads the value of a property, which must not be empty.
func unquote(value string) (string, error) {
	if inner, ok := strings.CutPrefix(value, `"`); ok {
		if value, ok = strings.CutSuffix(inner, `"`); !ok {
			return "", errors.New("a quote is not closed")
		}
	}
	if value == "" {
		return "", errors.New("out= and checksum= need a value")
	}
	return value, nil
}
