package cli

import (
	"encoding/json"
	"strings"
)

// json writes all variables as curl does: one line, in the order of their names.
func (w *writeOut) json(r *record) string {
	var b strings.Builder
	for _, v := range variables {
		text := w.mask.Text(v.text(w, r))
		switch {
		case text == "":
			text = "null"
		case !v.number:
			text = quoted(text)
		case text == "000":
			text = "0"
		}
		b.WriteString(quoted(v.name) + ":" + text + ",")
	}
	return "{" + b.String() + `"curl_version":` + quoted("getin/"+versionNumber) + "}"
}

// headerJSON writes the fields of the last response in the order in which they
// first came, the names in lower case.
func (w *writeOut) headerJSON(r *record) string {
	var names []string
	values := map[string][]string{}
	if r.response != nil && len(r.heads) > 0 {
		for _, line := range strings.Split(r.heads[len(r.heads)-1], "\n") {
			name, _, ok := strings.Cut(line, ":")
			all := r.response.Header.Values(name)
			if name = strings.ToLower(name); !ok || len(all) == 0 || values[name] != nil {
				continue
			}
			names = append(names, name)
			for _, v := range all {
				values[name] = append(values[name], quoted(w.mask.Field(name, v)))
			}
		}
	}
	var lines []string
	for _, name := range names {
		lines = append(lines, quoted(name)+":["+strings.Join(values[name], ",")+"]")
	}
	return "{" + strings.Join(lines, ",\n") + "\n}"
}

// quoted is a JSON string.
func quoted(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string can be encoded, and memory be written to
	return strings.TrimSuffix(b.String(), "\n")
}
