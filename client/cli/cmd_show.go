package cli

import (
	"fmt"
	"strings"
	"time"

	"getin/client/auth"
	"getin/client/token"
	"getin/prompt"
	"getin/store"
	"getin/store/index"
)

func showFlags() []flagDef {
	return []flagDef{
		{name: "reveal", help: "with the secret, after a question", on: func(o *options, b bool) { o.command.reveal = b }},
		yesFlag(), jsonFlag(),
	}
}

// showRealm is "realms show". Of one credential in several stores each is
// shown.
func showRealm(j *job) error {
	found, _, err := j.oneEntry(j.words[0])
	if err != nil {
		return err
	}
	secrets := make([]*string, len(found))
	if j.o.command.reveal {
		for i := range found {
			s, err := j.reveal(&found[i])
			if err != nil {
				return err
			}
			text := s.Reveal()
			secrets[i] = &text
		}
	}
	if j.o.command.json {
		shown := entriesToJSON(pointers(found))
		for i := range shown {
			shown[i].Secret = secrets[i]
		}
		return writeJSON(j.sys.Stdout, shown)
	}
	for i := range found {
		if i > 0 {
			if err := j.say(""); err != nil {
				return err
			}
		}
		if err := writeTable(j.sys.Stdout, j.details(&found[i], secrets[i])); err != nil {
			return err
		}
	}
	return nil
}

// reveal gets the secret, once the person agrees.
func (j *job) reveal(e *index.Entry) (auth.Secret, error) {
	if err := j.confirm(fmt.Sprintf("show the %s of %s, on standard output?", e.Kind, describe(e))); err != nil {
		return auth.Secret{}, err
	}
	place, err := j.place(e.Store)
	if err != nil {
		return auth.Secret{}, err
	}
	if place.Store == nil {
		return auth.Secret{}, &failure{err: fmt.Errorf("%s: %w", e.Store, store.ErrNowhere), code: exitAuth}
	}
	c, err := place.Store.Get(j.ctx, store.KeyOf(*e))
	if err != nil {
		return auth.Secret{}, &failure{err: fmt.Errorf("%s: %w", e.Store, err), code: exitAuth}
	}
	return c.Secret, nil
}

// details are the rows of an entry. Times are in UTC, to be compared.
func (j *job) details(e *index.Entry, secret *string) [][]string {
	rows := [][]string{
		{"id", e.ID},
		{"origin", originText(e)},
		{"realm", realmText(e, uncut)},
		{"kind", prompt.Clean(string(e.Kind), uncut)},
		{"scheme", orDash(e.Strength.String())},
		{"account", accountText(e, uncut)},
		{"default", map[bool]string{true: "yes", false: "no"}[e.Default]},
		{"store", prompt.Clean(e.Store, uncut)},
		{"state", prompt.Clean(string(e.State), uncut)},
		{"saved", momentText(e.Saved)},
		{"last used", momentText(e.Used)},
		{"last path", orDash(prompt.Clean(e.Last, uncut))},
		{"expires", momentText(e.Expires)},
		{"refused", refusalText(e)},
		{"unasked", orDash(prompt.Clean(strings.Join(e.Prefixes, " "), uncut))},
	}
	if e.Space.Resource != "" {
		rows = append(rows, []string{"resource", prompt.Clean(token.ResourceID(e.Space.Resource), uncut)})
	}
	if e.Issuer != "" {
		rows = append(
			rows,
			[]string{"issuer", prompt.Clean(e.Issuer, uncut)},
			[]string{"scope", orDash(prompt.Clean(e.Scope, uncut))},
			[]string{"refreshed", map[bool]string{true: "by itself", false: "no: somebody signs in again"}[e.Refreshable]},
		)
	}
	rows = append(rows, j.consents(e)...)
	if secret != nil {
		rows = append(rows, []string{"secret", prompt.Clean(*secret, uncut)})
	}
	return rows
}

// consents are the rows of what was agreed to for good in the entry's space.
func (j *job) consents(e *index.Entry) [][]string {
	ix, err := j.index()
	if err != nil {
		return nil
	}
	f, err := ix.Load(e.Space.Party, e.Space.Origin)
	if err != nil {
		return nil // the entry has been read from it a moment ago
	}
	var rows [][]string
	agreed := f.Agreed(e.Space)
	if agreed.ClearText {
		rows = append(rows, []string{"allowed", "to go unencrypted"})
	}
	for _, key := range agreed.Keys {
		rows = append(rows, []string{"allowed", "to the unverified key " + prompt.Clean(key, uncut)})
	}
	for _, issuer := range agreed.Issuers {
		rows = append(rows, []string{"allowed", "to go to the token server " + prompt.Clean(issuer, uncut)})
	}
	return rows
}

func momentText(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}

func refusalText(e *index.Entry) string {
	if e.Refused == 0 {
		return "-"
	}
	return fmt.Sprintf("in %d run(s), last %s", e.Refused, momentText(e.RefusedAt))
}
