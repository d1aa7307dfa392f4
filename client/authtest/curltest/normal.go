package curltest

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxShown is how long, in octets, what is shown in full may be; of the rest a
// hash is enough.
const maxShown = 4 << 10

// show adds a head and, indented, the text; nothing when that is empty.
func show(to *strings.Builder, head, text string) {
	if text != "" {
		to.WriteString(head + "\n" + indent(text))
	}
}

// indent shows a text so that every octet of it can be told: "␍" is CR before
// the end of a line, "␄" the end of a text that ends within one. A line with
// what cannot be seen is quoted.
func indent(text string) string {
	if len(text) > maxShown {
		return fmt.Sprintf("  %d octets, SHA-256 %x\n", len(text), sha256.Sum256([]byte(text)))
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		line, ended := strings.CutSuffix(line, "\n")
		line, cr := strings.CutSuffix(line, "\r")
		if hidden(line) {
			line = strconv.Quote(line)
		}
		if cr {
			line += "␍"
		}
		if !ended {
			line += "␄"
		}
		b.WriteString(strings.TrimRight("  "+line, " ") + "\n")
	}
	return b.String()
}

func hidden(line string) bool {
	return !utf8.ValidString(line) || strings.HasSuffix(line, " ") || strings.ContainsAny(line, "␍␄") ||
		strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) })
}

// unshown are the fields that are not compared: how a proxy is asked to keep the
// connection, which no standard knows, and the name of the program.
var unshown = map[string]*regexp.Regexp{
	"Proxy-Connection": regexp.MustCompile(``),
	"User-Agent":       regexp.MustCompile(`^(curl|getin)/[0-9.]+$`), // one that the user set is shown
}

// showRequest shows a request, its fields sorted by name.
func showRequest(server string, r *http.Request, body []byte) string {
	var fields []string
	add := func(name, value string) {
		if no, ok := unshown[name]; !ok || !no.MatchString(value) {
			fields = append(fields, name+": "+value)
		}
	}
	form := strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/")
	text := string(body)
	if form {
		text = boundaries.ReplaceAllString(text, "$$BOUNDARY")
	}
	for name, values := range r.Header {
		for _, v := range values {
			switch {
			case form && name == "Content-Type":
				v = boundaries.ReplaceAllString(v, "$$BOUNDARY")
			case form && name == "Content-Length" && v == strconv.Itoa(len(body)):
				v = strconv.Itoa(len(text))
			case name == "Expect" && smallUpload(r):
				continue
			case strings.HasSuffix(name, "uthorization"):
				v = showNTLM(showDigest(v))
			}
			add(name, v)
		}
	}
	for _, coding := range r.TransferEncoding {
		add("Transfer-Encoding", coding)
	}
	slices.SortStableFunc(fields, func(a, b string) int {
		x, _, _ := strings.Cut(a, ":")
		y, _, _ := strings.Cut(b, ":")
		return cmp.Compare(x, y)
	})
	if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
		fields = append(fields, "(certificate of "+r.TLS.PeerCertificates[0].Subject.CommonName+")")
	}
	head := fmt.Sprintf("%s %s %s\nHost: %s\n", r.Method, r.RequestURI, r.Proto, r.Host)
	for _, f := range fields {
		head += f + "\n"
	}
	if text == "" {
		return "request to " + server + "\n" + indent(head)
	}
	return "request to " + server + "\n" + indent(head+"\n") + indent(text)
}

// boundaries are those of forms, and of the parts in parts: 24 hyphens and what
// is random, 16 octets of it before curl 8.2 and 22 since.
var boundaries = regexp.MustCompile(`-{24}[0-9A-Za-z]{16,22}\b`)

// smallUpload: whether "100 Continue" is waited for depends on the version.
// Before curl 8.7 it was for every PUT, since then for what is larger than 1 MiB.
func smallUpload(r *http.Request) bool {
	return r.Method == http.MethodPut && r.ContentLength >= 0 && r.ContentLength <= 1<<20
}

var digestParam = regexp.MustCompile(`([a-z*]+)=("[^"]*"|[^", ]+)`)

// showDigest shows an answer with Digest, which the server has checked, with its
// parameters sorted and without those that are random or follow from them.
func showDigest(v string) string {
	rest, ok := strings.CutPrefix(v, "Digest ")
	if !ok {
		return v
	}
	var params []string
	for _, m := range digestParam.FindAllStringSubmatch(rest, -1) {
		switch m[1] {
		case "nonce", "cnonce", "response", "opaque":
			m[2] = "$" + strings.ToUpper(m[1])
		}
		params = append(params, m[1]+"="+m[2])
	}
	slices.Sort(params)
	return "Digest " + strings.Join(params, ", ")
}

// showNTLM shows which of the three messages it is.
func showNTLM(v string) string {
	rest, ok := strings.CutPrefix(v, "NTLM ")
	b, err := base64.StdEncoding.DecodeString(rest)
	if !ok || err != nil || len(b) < 9 {
		return v
	}
	return fmt.Sprintf("NTLM $MESSAGE%d", b[8])
}

// The figures that no two runs share: seconds with six decimals, octets a
// second, ports of the client, boundaries of several ranges and nonces.
var figures = []struct {
	from *regexp.Regexp
	to   string
}{
	{regexp.MustCompile(`\b\d+\.\d{6}\b`), "$$SECONDS"},
	{regexp.MustCompile(`(speed_(?:down|up)load"?[:=] ?)\d+`), "${1}$$SPEED"},
	{regexp.MustCompile(`(local_port"?[:=] ?)\d+`), "${1}$$PORT"},
	{regexp.MustCompile(`\b[0-9a-f]{60}\b`), "$$BOUNDARY"},
	{regexp.MustCompile(`(nonce=")[^"]+`), "${1}$$NONCE"},
}

func normal(record string) string {
	for _, f := range figures {
		record = f.from.ReplaceAllString(record, f.to)
	}
	return record
}
