package mask

import "strings"

// Head returns the lines of a head as they are shown, with the empty one at its
// end. What goes on in a further line (RFC 9112 section 5.2) is shown as little as
// what it goes on.
func (m *Mask) Head(head string) []string {
	lines := strings.Split(strings.TrimSuffix(strings.ReplaceAll(head, "\r\n", "\n"), "\n"), "\n")
	hidden := false
	for i, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		switch {
		case m.Off:
		case i == 0:
			lines[i] = m.startLine(line)
		case line == "":
		case line[0] == ' ' || line[0] == '\t':
			if lines[i] = m.Text(line); hidden {
				lines[i] = " " + Placeholder
			}
		case ok:
			hidden = maskedFields[strings.ToLower(strings.TrimRight(name, " \t"))]
			lines[i] = name + ": " + m.Field(strings.TrimRight(name, " \t"), strings.Trim(value, " \t"))
		default:
			lines[i] = m.Text(line)
		}
	}
	return lines
}

// startLine returns what is shown of a request line or a status line.
func (m *Mask) startLine(line string) string {
	before, query, ok := strings.Cut(line, "?")
	target, version, _ := strings.Cut(query, " ")
	if !ok || strings.HasPrefix(line, "HTTP/") {
		return m.Text(line)
	}
	return m.Text(before + "?" + maskQuery(target) + " " + version)
}

// MediaType returns the Content-Type in a head, or "".
func MediaType(head string) string { return FieldIn(head, "Content-Type") }

// FieldIn returns the value of a head's first field of the name, or "".
func FieldIn(head, name string) string {
	for line := range strings.Lines(head) {
		if n, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(n, name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
