package authtest

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// reply is what a request gets.
type reply struct {
	status    int
	header    http.Header
	body      []byte
	letIn     bool
	complaint string
}

func (re reply) write(w http.ResponseWriter) {
	for name, values := range re.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(re.body)))
	w.WriteHeader(re.status)
	_, _ = io.Copy(w, bytes.NewReader(re.body)) // the client may have gone
}

func (s *Server) judge(r *http.Request, body []byte) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	row := s.match(r.URL.Path)
	if row == nil {
		return reply{status: http.StatusNotFound, body: []byte("no such row\n")}
	}
	given := strings.Join(r.Header.Values(s.party.answer), ", ")
	if len(row.Demands) == 0 && len(row.Raw) == 0 {
		return row.welcome(s.party, judgement{})
	}
	if given == "" {
		for _, d := range row.Demands {
			if v, ok := d.(voucher); ok {
				if j, ok := v.vouched(r); ok {
					return row.decide(s.party, j)
				}
			}
		}
		return row.refuse(s.party, false)
	}
	row.answered++
	if status, first := row.first(); first {
		if status == s.party.status {
			return row.refuse(s.party, false)
		}
		return reply{status: status, header: row.Header.Clone(), body: []byte("not now\n")}
	}
	var wrong *judgement // an answer in bad form may be in good form to the next demand
	for _, d := range row.Demands {
		j := d.check(r, given, body)
		if j.mine && j.complaint == "" {
			return row.decide(s.party, j)
		}
		if j.mine && wrong == nil {
			wrong = &j
		}
	}
	if wrong != nil {
		return row.decide(s.party, *wrong)
	}
	return row.refuse(s.party, false)
}

func (s *Server) match(path string) (best *row) {
	for _, r := range s.rows {
		fits := r.Path == path || s.ways != nil || strings.HasSuffix(r.Path, "/") && strings.HasPrefix(path, r.Path)
		if fits && (best == nil || len(r.Path) > len(best.Path)) {
			best = r
		}
	}
	return best
}

func (r *row) first() (status int, first bool) {
	if n := len(r.First); n > 0 && (r.answered <= n || r.Endless) {
		return r.First[min(r.answered, n)-1], true
	}
	return 0, false
}

func (r *row) decide(p party, j judgement) reply {
	switch {
	case j.complaint != "":
		return reply{status: http.StatusBadRequest, body: []byte(j.complaint + "\n"), complaint: j.complaint}
	case j.drop:
		return reply{}
	case j.more != "":
		return reply{status: p.status, header: http.Header{p.challenge: {j.more}}, body: []byte("go on\n")}
	case !j.ok:
		return r.refuse(p, j.stale)
	case r.Forbidden[j.user] == p.status:
		return r.refuse(p, false)
	case r.Forbidden[j.user] != 0:
		return reply{status: r.Forbidden[j.user], body: []byte("not for " + j.user + "\n")}
	}
	return r.welcome(p, j)
}

func (r *row) refuse(p party, stale bool) reply {
	var lines []string
	for _, d := range r.Demands {
		lines = append(lines, d.challenge(stale))
	}
	if r.RawFirst {
		lines = slices.Concat(r.Raw, lines)
	} else {
		lines = append(lines, r.Raw...)
	}
	if r.OneLine {
		lines = []string{strings.Join(lines, ", ")}
	}
	text := r.Refusal
	if text == "" {
		text = "who are you?\n"
	}
	return reply{status: p.status, header: http.Header{p.challenge: lines}, body: []byte(text)}
}

func (r *row) welcome(p party, j judgement) reply {
	re := reply{status: r.Status, header: r.Header.Clone(), body: r.Body, letIn: true}
	if re.status == 0 {
		re.status = http.StatusOK
	}
	if re.header == nil {
		re.header = http.Header{}
	}
	if r.Location != "" {
		re.header.Set("Location", r.Location)
	}
	if re.body == nil {
		re.body = []byte("welcome, " + j.user + "\n")
	}
	if j.last != "" {
		re.header[p.challenge] = []string{j.last}
	}
	if j.info != nil {
		re.header[p.info] = []string{j.info(re.body)}
	}
	return re
}
