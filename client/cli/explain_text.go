package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"getin/client"
	"getin/client/auth"
	"getin/prompt"
	"getin/store"
	"getin/store/index"
)

// paramCells bounds one parameter of a challenge, in terminal cells.
const paramCells = 80

// text says everything that is to be said, for people.
func (x *explainer) text(chain []*explained) string {
	var b strings.Builder
	for i, h := range chain {
		if i > 0 {
			b.WriteString("\n")
		}
		x.hopText(&b, h)
	}
	sent := "no secret was sent to find this out"
	if slices.ContainsFunc(x.proxies.told, func(c auth.Credential) bool { return !c.Secret.Empty() }) {
		sent += ", but the SOCKS proxy's own"
	}
	b.WriteString("\n" + sent + "\n")
	return b.String()
}

func (x *explainer) hopText(b *strings.Builder, e *explained) {
	line := func(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }
	line("%s", prompt.Clean(x.mask.URL(e.URL), uncut))
	for _, s := range e.drawing() {
		line("    %s", s)
	}
	for _, a := range e.unasked {
		to := ""
		if a.party == auth.Proxy {
			to = " to the proxy"
		}
		line("  goes at once%s: %s", to, foreseenText(a.by))
	}
	if e.Party != nil {
		x.askedText(line, e)
	}
	if e.Next == nil {
		if e.Ended != nil {
			line("  redirects, but -L does not follow: %s", prompt.Clean(e.Ended.Error(), uncut))
		}
		return
	}
	x.redirectText(line, e)
}

func (x *explainer) redirectText(line func(string, ...any), e *explained) {
	to := prompt.Clean(x.mask.URL(e.Next), uncut)
	if e.Ended != nil {
		line("  redirects to %s, where -L does not follow: %s", to, prompt.Clean(e.Ended.Error(), uncut))
		return
	}
	line("  redirects to %s, which -L follows", to)
	if e.Leaves {
		line("    another origin than the one typed: nothing goes there unasked")
	} else {
		line("    counts as the origin that was typed: what is given for that goes there")
	}
	if e.URL.Scheme == "https" && e.Next.Scheme == "http" {
		line("    from https to http: no secret goes along, whoever asks there")
	}
	if len(e.Dropped) > 0 {
		line("    left behind, for good: %s", prompt.Clean(strings.Join(e.Dropped, ", "), uncut))
	}
}

// askedText tells the challenges, what is stored, and what would be used.
func (x *explainer) askedText(line func(string, ...any), e *explained) {
	line("  the %s asks who you are; offered:", e.Party.Name)
	for i, o := range e.Offers {
		line("    %s", offeredText(o))
		for _, p := range o.Challenge.Params {
			line("      %s = %s", prompt.Clean(p.Name, paramCells), prompt.Quote(p.Value, paramCells))
		}
		if e.issuers[i] != nil {
			for _, text := range e.issuers[i].lines() {
				line("      %s", text)
			}
		}
	}
	for _, wrong := range syntaxErrors(e.Syntax) {
		line("    cannot be read: field %d, octet %d: %s", wrong.Line+1, wrong.Offset+1, wrong.Reason)
	}
	if len(e.Offers) == 0 && e.Syntax == nil {
		line("    nothing: the response does not say how to log in")
	}
	line("  stored for this origin:")
	for i := range e.stored {
		line("    %s", storedText(&e.stored[i], e.stored))
	}
	if len(e.stored) == 0 {
		line("    nothing")
	}
	line("  would be used: %s", choiceText(e))
	for _, c := range e.concerns {
		line("    but %s", c)
	}
}

func offeredText(o client.Offer) string {
	name := prompt.Clean(o.Challenge.Scheme, paramCells)
	switch {
	case o.Problem != nil:
		return fmt.Sprintf("%s: cannot be answered: %s", name, prompt.Clean(o.Problem.Error(), uncut))
	case o.Traits.SendsSecret && o.Traits.ConnectionBound:
		return fmt.Sprintf("%s: who listens can find the %s out", o.Traits.Strength, o.Traits.Wants)
	case o.Traits.SendsSecret:
		return fmt.Sprintf("%s: shows the %s itself to the server", o.Traits.Strength, o.Traits.Wants)
	}
	return fmt.Sprintf("%s: proves the %s without showing it", o.Traits.Strength, o.Traits.Wants)
}

func storedText(e *index.Entry, all []index.Entry) string {
	text := fmt.Sprintf("%s  realm %s, %s, account %s, in %s", index.Short(e.ID, all), realmText(e, realmCells), schemeText(e),
		accountText(e, accountCells), placeText(e.Store))
	if e.Issuer != "" {
		text += fmt.Sprintf(", issued by %s for %s", prompt.Clean(e.Issuer, uncut), prompt.Quote(e.Scope, paramCells))
	}
	if !e.Expires.IsZero() {
		text += ", says that it expires " + momentText(e.Expires)
	}
	if e.Refreshable {
		text += ", is refreshed then"
	}
	if e.Refused > 0 {
		text += ", refused " + refusalText(e)
	}
	return text
}

// choiceText says what would answer, and why that.
func choiceText(e *explained) string {
	if e.Choice == nil {
		return "nothing: " + reasonText(e.Reason)
	}
	chosen := e.Choice.Query.Strength
	text := fmt.Sprintf("%s, with %s", chosen, foreseenText(e.by))
	if p := e.issuer(); p != nil && e.by.From == store.FromPerson {
		text = fmt.Sprintf("%s, with a token that a person signs in for at %s (getin asks first, getin login does not)", chosen, prompt.Clean(p.Server.Issuer, uncut))
	}
	why := "the strongest that is offered"
	var others []string
	for _, o := range e.Offers {
		name := o.Traits.Strength.String()
		if o.Problem != nil || o.Traits.Strength == chosen || slices.Contains(others, name) {
			continue
		}
		others = append(others, name)
		if o.Traits.Strength > chosen {
			why = "what can be answered without asking, or by a password"
		}
	}
	if len(others) > 0 {
		text += fmt.Sprintf("; %s (also there: %s)", why, strings.Join(others, ", "))
	}
	return text
}

// reasonText says why nothing would answer.
func reasonText(err error) string {
	switch {
	case errors.Is(err, client.ErrOwnHeader):
		return "the credentials set by hand are final"
	case errors.Is(err, client.ErrSigned):
		return "the request is signed, and no challenge is answered beside that"
	}
	return prompt.Clean(errorText(err), uncut)
}

func foreseenText(f store.Foreseen) string {
	account := ""
	if f.Account != "" {
		account = " of " + prompt.Clean(f.Account, accountCells)
	}
	switch f.From {
	case store.FromGiven:
		return "what " + f.Source + " gives" + account
	case store.FromStored:
		return "what is stored" + account + " in " + placeText(f.Entry.Store)
	case store.FromTicket:
		return "the Kerberos ticket" + account
	case store.FromRefused:
		return "what a person says: what is stored" + account + " was refused before"
	case store.FromAccounts:
		return "the account that a person chooses: " + prompt.Clean(strings.Join(f.Several, ", "), uncut) + " (--account)"
	}
	return "what a person says" + account
}

// drawing shows the exchange: what was sent now, and what would follow.
func (e *explained) drawing() []string {
	peer := e.Origin.Display()
	if e.Party == auth.Proxy {
		peer = "the proxy"
	}
	ask := "GET"
	for _, a := range e.unasked {
		ask += " + " + a.scheme
	}
	var offers []string
	for _, o := range e.Offers {
		offers = append(offers, prompt.Clean(o.Challenge.Scheme, paramCells))
	}
	answer := strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, strings.Join(offers, ", ")))
	arrows := []struct{ text, line, note string }{
		{ask, "you --%s %s--> %s", ""}, {answer, "you <-%s %s--- %s", ""},
	}
	if e.Choice != nil {
		arrows = append(arrows, struct{ text, line, note string }{
			"GET + " + e.Choice.Query.Strength.String(), "you --%s %s--> %s", "   (would follow)",
		})
	}
	width := 0
	for _, a := range arrows {
		width = max(width, len(a.text))
	}
	var lines []string
	for _, a := range arrows {
		lines = append(lines, fmt.Sprintf(a.line, strings.Repeat("-", width-len(a.text)), a.text, peer)+a.note)
	}
	return lines
}
