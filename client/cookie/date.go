package cookie

import (
	"strings"
	"time"
)

// date is what is found of a cookie-date so far; -1 is nothing.
type date struct{ hour, minute, second, day, month, year int }

// parseDate reads a date by RFC 6265 section 5.1.1, and returns it in seconds of
// Unix time:
//
//	cookie-date     = *delimiter date-token-list *delimiter
//	date-token-list = date-token *( 1*delimiter date-token )
//	delimiter       = %x09 / %x20-2F / %x3B-40 / %x5B-60 / %x7B-7E
//
// Every token is the first of time, day, month and year that it can be. A zone
// is none of them: all dates are UTC.
func parseDate(s string) (int64, bool) {
	d := date{-1, -1, -1, -1, -1, -1}
	for token := range strings.FieldsFuncSeq(s, isDelimiter) {
		switch {
		case d.hour < 0 && d.time(token):
		case d.day < 0 && digits(token, 1, 2, &d.day):
		case d.month < 0 && d.monthName(token):
		case d.year < 0 && digits(token, 2, 4, &d.year):
		}
	}
	switch {
	case 70 <= d.year && d.year <= 99:
		d.year += 1900
	case 0 <= d.year && d.year <= 69:
		d.year += 2000
	}
	if d.day < 1 || d.day > 31 || d.month < 0 || d.year < 1601 || d.hour < 0 || d.hour > 23 || d.minute > 59 || d.second > 59 {
		return 0, false
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.minute, d.second, 0, time.UTC)
	return t.Unix(), t.Day() == d.day
}

func isDelimiter(r rune) bool {
	return r == '\t' || r >= ' ' && r <= '/' || r >= ';' && r <= '@' || r >= '[' && r <= '`' || r >= '{' && r <= '~'
}

// time reads hms-time:
//
//	time     = hms-time ( non-digit *OCTET )
//	hms-time = time-field ":" time-field ":" time-field
func (d *date) time(token string) bool {
	hour, rest, ok1 := strings.Cut(token, ":")
	minute, second, ok2 := strings.Cut(rest, ":")
	var h, m, s int
	if !ok1 || !ok2 || !whole(hour, &h) || !whole(minute, &m) || !digits(second, 1, 2, &s) {
		return false
	}
	d.hour, d.minute, d.second = h, m, s
	return true
}

// whole reads one or two digits and nothing after them.
func whole(s string, n *int) bool { return len(s) <= 2 && digits(s, len(s), 2, n) }

func (d *date) monthName(token string) bool {
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	if len(token) < 3 {
		return false
	}
	i := strings.Index(names, strings.ToLower(token[:3]))
	if i < 0 || i%3 != 0 {
		return false
	}
	d.month = i/3 + 1
	return true
}

// digits reads a number of least to most digits, which no further digit follows.
func digits(s string, least, most int, n *int) bool {
	value, i := 0, 0
	for ; i < len(s) && '0' <= s[i] && s[i] <= '9'; i++ {
		if i == most {
			return false
		}
		value = value*10 + int(s[i]-'0')
	}
	if i < least || i == 0 {
		return false
	}
	*n = value
	return true
}
