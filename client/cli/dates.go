package cli

import (
	"strconv"
	"strings"
	"time"
)

// parseDate reads a date as curl_getdate does: the forms of HTTP (RFC 9110 section
// 5.6.7), and their words in any order. It also reads RFC 3339, which curl does
// not. Without a time it is midnight, without a zone UTC.
func parseDate(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	d := date{day: -1, year: -1, month: -1}
	for s != "" {
		n := tokenEnd(s)
		if n == 0 {
			n = 1 // a separator
			if len(s) > 4 && (s[0] == '+' || s[0] == '-') && d.offset(s[0], s[1:1+tokenEnd(s[1:])]) {
				n = 5
			}
		} else if !d.take(s[:n]) {
			return time.Time{}, false
		}
		s = s[n:]
	}
	return d.time()
}

// tokenEnd returns the length of the word, number or time at the beginning of s.
func tokenEnd(s string) int {
	for i := range len(s) {
		letter, digit := s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z', s[i] >= '0' && s[i] <= '9'
		if !letter && !digit && (s[i] != ':' || i == 0) {
			return i
		}
	}
	return len(s)
}

// date is what was read of one; -1 is nothing yet.
type date struct {
	day, year   int
	month       int // from 0
	clock       time.Duration
	timed, zone bool
	shift       time.Duration // east of UTC
}

func (d *date) take(word string) bool {
	if word[0] >= '0' && word[0] <= '9' {
		return d.number(word)
	}
	if m, ok := named(months, word); ok && d.month < 0 && (len(word) == 3 || isMonth(m, word)) {
		d.month = m
		return true
	}
	if _, ok := named(days, word); ok && (len(word) == 3 || strings.HasSuffix(strings.ToLower(word), "day")) {
		return true // a day of the week says nothing more
	}
	if hours, ok := zoneHours(word); ok && !d.zone {
		d.zone, d.shift = true, time.Duration(hours*float64(time.Hour))
		return true
	}
	return false
}

func isMonth(m int, word string) bool { return strings.EqualFold(time.Month(m+1).String(), word) }

// number reads a time, YYYYMMDD, a day or a year.
func (d *date) number(word string) bool {
	if strings.Contains(word, ":") {
		return d.time24(word)
	}
	n, err := strconv.Atoi(word)
	if err != nil {
		return false
	}
	switch {
	case len(word) == 8 && d.year < 0 && d.month < 0 && d.day < 0:
		d.year, d.month, d.day = n/10000, n/100%100-1, n%100
		return d.month >= 0 && d.month < 12
	case d.day < 0 && n > 0 && n < 32 && len(word) <= 2:
		d.day = n
	case d.year < 0:
		if d.year = n; n < 100 {
			d.year += 1900
			if n <= 70 {
				d.year += 100 // as in curl
			}
		}
	default:
		return false
	}
	return true
}

// time24 reads hh:mm and hh:mm:ss.
func (d *date) time24(word string) bool {
	if d.timed {
		return false
	}
	for _, layout := range []string{"15:4:5", "15:4"} {
		if t, err := time.Parse(layout, word); err == nil {
			d.timed = true
			d.clock = t.Sub(t.Truncate(24 * time.Hour))
			return true
		}
	}
	return false
}

// offset reads +hhmm behind the time.
func (d *date) offset(sign byte, digits string) bool {
	n, err := strconv.Atoi(digits)
	if err != nil || len(digits) != 4 || n > 1400 || d.zone || !d.timed && d.day < 0 {
		return false
	}
	d.zone, d.shift = true, time.Duration(n/100)*time.Hour+time.Duration(n%100)*time.Minute
	if sign == '-' {
		d.shift = -d.shift
	}
	return true
}

// zoneHours are the zones of RFC 822 and what else curl knows that is still in
// use.
func zoneHours(name string) (float64, bool) {
	switch strings.ToUpper(name) {
	case "GMT", "UTC", "UT", "WET", "Z":
		return 0, true
	case "CET", "MET", "BST", "WEST":
		return 1, true
	case "EET", "CEST", "MEST", "MESZ":
		return 2, true
	case "EEST":
		return 3, true
	case "JST":
		return 9, true
	case "EST", "CDT":
		return -5, true
	case "EDT":
		return -4, true
	case "CST", "MDT":
		return -6, true
	case "MST", "PDT":
		return -7, true
	case "PST":
		return -8, true
	case "AKST", "YST":
		return -9, true
	case "HST":
		return -10, true
	}
	return 0, false
}

func (d *date) time() (time.Time, bool) {
	if d.day < 1 || d.month < 0 || d.year < 0 {
		return time.Time{}, false
	}
	t := time.Date(d.year, time.Month(d.month+1), d.day, 0, 0, 0, 0, time.UTC)
	if t.Day() != d.day {
		return time.Time{}, false // as 31 April
	}
	return t.Add(d.clock - d.shift), true
}
