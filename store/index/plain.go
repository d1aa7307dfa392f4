package index

import (
	"bytes"
	"encoding/json"
	"io"

	"getin/client/auth"
)

// plainFile is a file that holds nothing but what this program knows. It is read
// in one step: a list of thousands reads as many files.
type plainFile struct {
	Version   int            `json:"v"`
	Party     string         `json:"party"`
	Origin    string         `json:"origin"`
	Entries   []wireEntry    `json:"entries"`
	Consents  []wireConsent  `json:"consents"`
	Strengths []wireAccepted `json:"strengths"`

	Clients map[string]string `json:"clients"`
}

// readPlain reports whether the text is such a file.
func readPlain(text []byte) (f plainFile, ok bool) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if d.Decode(&f) != nil || f.Version != version {
		return f, false
	}
	_, err := d.Token()
	return f, err == io.EOF
}

// file returns what the plain file holds.
func (w *plainFile) file(p *auth.Party, o auth.Origin) (File, error) {
	f := File{Party: p, Origin: o, Strengths: strengths(w.Strengths), Clients: w.Clients}
	for i := range w.Entries {
		e, err := entryOf(&w.Entries[i], p, o)
		if err != nil {
			return File{Party: p, Origin: o}, err
		}
		f.Entries = append(f.Entries, e)
	}
	for _, c := range w.Consents {
		f.Consents = append(f.Consents, Consent{c.space(p, o), c.ClearText, c.Keys, c.Issuers, nil})
	}
	return f, nil
}
