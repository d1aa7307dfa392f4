package har

import "time"

// The types of HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/),
// without what getin never has. Times are in milliseconds; -1 is "does not
// apply".
type (
	Entry struct {
		Started  string   `json:"startedDateTime"`
		Time     float64  `json:"time"`
		Request  Request  `json:"request"`
		Response Response `json:"response"`
		Cache    struct{} `json:"cache"`
		Timings  Timings  `json:"timings"`
		Server   string   `json:"serverIPAddress,omitempty"`
		Port     string   `json:"connection,omitempty"` // ours, which tells connections apart
		Comment  string   `json:"comment,omitempty"`
	}

	Request struct {
		Method   string   `json:"method"`
		URL      string   `json:"url"`
		Version  string   `json:"httpVersion"`
		Cookies  []Cookie `json:"cookies"`
		Headers  []Pair   `json:"headers"`
		Query    []Pair   `json:"queryString"`
		Post     *Post    `json:"postData,omitempty"`
		HeadSize int      `json:"headersSize"`
		BodySize int64    `json:"bodySize"`
	}

	Response struct {
		Status   int      `json:"status"`
		Text     string   `json:"statusText"`
		Version  string   `json:"httpVersion"`
		Cookies  []Cookie `json:"cookies"`
		Headers  []Pair   `json:"headers"`
		Content  Content  `json:"content"`
		Redirect string   `json:"redirectURL"`
		HeadSize int      `json:"headersSize"`
		BodySize int64    `json:"bodySize"`
	}

	Pair struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}

	Cookie struct {
		Name     string `json:"name"`
		Value    string `json:"value"`
		Path     string `json:"path,omitempty"`
		Domain   string `json:"domain,omitempty"`
		Expires  string `json:"expires,omitempty"`
		HTTPOnly bool   `json:"httpOnly,omitempty"`
		Secure   bool   `json:"secure,omitempty"`
	}

	// Post has the text of a form beside its parameters, though the specification
	// wants one of them: browsers write both, and Chromium reads the text alone.
	Post struct {
		MimeType string `json:"mimeType"`
		Params   []Pair `json:"params,omitempty"`
		Text     string `json:"text"`
	}

	Content struct {
		Size     int64  `json:"size"`
		MimeType string `json:"mimeType"`
		Text     string `json:"text,omitempty"`
	}

	Timings struct {
		Blocked float64 `json:"blocked"`
		DNS     float64 `json:"dns"`
		Connect float64 `json:"connect"` // with SSL
		Send    float64 `json:"send"`
		Wait    float64 `json:"wait"`
		Receive float64 `json:"receive"`
		SSL     float64 `json:"ssl"`
	}
)

// timeFormat is ISO 8601 with milliseconds.
const timeFormat = "2006-01-02T15:04:05.000Z07:00"

// Sum is the time of all.
func (t Timings) Sum() float64 {
	sum := 0.0
	for _, ms := range []float64{t.Blocked, t.DNS, t.Connect, t.Send, t.Wait, t.Receive} {
		sum += max(ms, 0)
	}
	return sum
}

// span is the time between two moments, -1 when one of them never came.
func span(from, to time.Time) float64 {
	if from.IsZero() || to.IsZero() {
		return -1
	}
	return max(float64(to.Sub(from).Microseconds())/1000, 0)
}
