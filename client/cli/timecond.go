package cli

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

// timeCondition is -z. The zero value is none.
type timeCondition struct {
	when  time.Time
	field string // If-Modified-Since, If-Unmodified-Since or Last-Modified
}

// takeTimeCondition reads -z: a date, or a file that was changed then; "-" before
// it turns the condition round. What is neither is told, and no condition, as in
// curl.
func takeTimeCondition(o *options, v string) error {
	c := timeCondition{field: "If-Modified-Since"}
	word := v
	switch {
	case strings.HasPrefix(v, "-"):
		c.field, word = "If-Unmodified-Since", v[1:]
	case strings.HasPrefix(v, "="):
		c.field, word = "Last-Modified", v[1:]
	case strings.HasPrefix(v, "+"):
		word = v[1:]
	}
	var isDate bool
	if c.when, isDate = parseDate(word); !isDate {
		info, err := os.Stat(word)
		if err != nil {
			o.warned = append(o.warned, fmt.Sprintf("-z %q is neither a date nor a file; it is passed over", v))
			o.unless = timeCondition{}
			return nil
		}
		c.when = info.ModTime()
	}
	o.unless = c
	return nil
}

// unmet reports whether a response shows that the condition does not hold,
// although the server has not looked at it: many do not. curl does the same.
func (c timeCondition) unmet(resp *http.Response) bool {
	if c.field == "" || resp.StatusCode/100 != 2 {
		return false
	}
	changed, err := http.ParseTime(resp.Header.Get("Last-Modified"))
	if err != nil {
		return false
	}
	when := c.when.Truncate(time.Second)
	switch c.field {
	case "If-Modified-Since":
		return !changed.After(when)
	case "If-Unmodified-Since":
		return !changed.Before(when)
	}
	return false
}

// asNotModified makes the response one that says so, without a body.
func asNotModified(resp *http.Response) {
	_ = resp.Body.Close() // nobody wants it
	resp.Body, resp.ContentLength = http.NoBody, 0
	resp.StatusCode = http.StatusNotModified
	resp.Status = fmt.Sprintf("%d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
}

// months are the beginnings of the names of months and of days.
const (
	months = "janfebmaraprmayjunjulaugsepoctnovdec"
	days   = "sunmontuewedthufrisat"
)

// named returns the index of the name in a list of three letters each, which all
// names in it begin with.
func named(list, word string) (int, bool) {
	if len(word) < 3 {
		return 0, false
	}
	i := strings.Index(list, strings.ToLower(word[:3]))
	return i / 3, i >= 0 && i%3 == 0
}
