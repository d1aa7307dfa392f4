package transfer

import (
	"errors"
	"net/http"
	"strings"
	"time"
)

// ErrOtherVersion: what is there is of another version than what the server has.
var ErrOtherVersion = errors.New("the server has another version now")

// Version tells one state of a resource from the next, so that parts of two are
// never put together. The zero Version, and one without IfRange, tells nothing.
type Version struct {
	ETag     string // a strong one, with its quotes; else ""
	Modified string // the Last-Modified as it came, where it is as good as a strong ETag; else ""
	Length   int64  // of the whole, in octets; -1 when not known
}

// VersionOf returns the version of which the response to a GET holds the whole
// or a part.
func VersionOf(resp *http.Response) Version {
	v := Version{Length: resp.ContentLength}
	if resp.StatusCode == http.StatusPartialContent {
		v.Length = -1
		if s, ok := parseContentRange(resp.Header.Get("Content-Range")); ok {
			v.Length = s.length
		}
	}
	if tag := resp.Header.Get("ETag"); strings.HasPrefix(tag, `"`) {
		v.ETag = tag
	}
	if strongDate(resp.Header) {
		v.Modified = resp.Header.Get("Last-Modified")
	}
	return v
}

// strongDate reads RFC 9110 section 8.8.2.2: a Last-Modified is strong when it is
// at least a second before the Date of the response.
func strongDate(h http.Header) bool {
	modified, err := http.ParseTime(h.Get("Last-Modified"))
	if err != nil {
		return false
	}
	date, err := http.ParseTime(h.Get("Date"))
	return err == nil && date.Sub(modified) >= time.Second
}

// IfRange returns the value of If-Range for the version, or "" when it has none
// (RFC 9110 section 13.1.5: an ETag when there is one, else the date).
func (v Version) IfRange() string {
	if v.ETag != "" {
		return v.ETag
	}
	return v.Modified
}

// differs reports whether the response says that it is of another version. Equal
// ETags outweigh dates, which mirrors of one resource may each have their own.
func (v Version) differs(resp *http.Response) bool {
	tag, date := resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")
	switch {
	case v.IfRange() == "":
		return false
	case v.ETag != "" && tag != "":
		if tag != v.ETag {
			return true
		}
	case v.Modified != "" && date != "" && date != v.Modified:
		return true
	}
	length := VersionOf(resp).Length
	return v.Length >= 0 && length >= 0 && v.Length != length
}

// confirmedBy reports whether the response says that it is of this version.
func (v Version) confirmedBy(resp *http.Response) bool {
	return v.ETag != "" && resp.Header.Get("ETag") == v.ETag ||
		v.ETag == "" && v.Modified != "" && resp.Header.Get("Last-Modified") == v.Modified
}
