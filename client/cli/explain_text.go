package cli

import (
	"fmt"
	"slices"
	"strings"

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
	b.WriteString("\nno secret was sent to find this out\n")
	return b.String()
}

func (x *explainer) hopText(b *strings.Builder, h *explained) {
	line := func(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }
	line("%s", prompt.Clean(x.mask.url(h.url), uncut))
	for _, s := range x.drawing(h) {
		line("    %s", s)
	}
	if h.unasked != nil {
		line("  goes at once: %s", foreseenText(*h.unasked))
	}
	if h.party != nil {
		x.askedText(line, h)
	}
	if h.next == nil {
		return
	}
	line("  redirects to %s, which -L follows", prompt.Clean(x.mask.url(h.next), uncut))
	o, err := auth.OriginOf(h.next)
	switch {
	case err != nil:
	case x.leaves(h, o):
		line("    another origin than the one typed: nothing goes there unasked")
	default:
		line("    counts as the origin that was typed: what goes here goes there")
	}
	if len(h.stripped) > 0 {
		line("    left behind, for good: %s", prompt.Clean(strings.Join(h.stripped, ", "), uncut))
	}
	if h.ended != "" {
		line("    %s", h.ended)
	}
}

// askedText tells the challenges, what is stored, and what would be used.
func (x *explainer) askedText(line func(string, ...any), h *explained) {
	line("  the %s asks who you are; offered:", h.party.Name)
	for _, o := range h.challenges {
		line("    %s", offeredText(o))
		for _, p := range o.challenge.Params {
			line("      %s = %s", prompt.Clean(p.Name, paramCells), prompt.Quote(p.Value, paramCells))
		}
	}
	for _, e := range syntaxErrors(h.syntax) {
		line("    cannot be read: field %d, octet %d: %s", e.Line+1, e.Offset+1, e.Reason)
	}
	if len(h.challenges) == 0 && h.syntax == nil {
		line("    nothing: the response does not say how to log in")
	}
	line("  stored for this origin:")
	for i := range h.stored {
		line("    %s", storedText(&h.stored[i], h.stored))
	}
	if len(h.stored) == 0 {
		line("    nothing")
	}
	line("  would be used: %s", choiceText(h))
	if h.choice != nil {
		for _, c := range h.choice.concerns {
			line("    but %s", c)
		}
	}
}

func offeredText(o offered) string {
	name := prompt.Clean(o.challenge.Scheme, paramCells)
	switch {
	case o.problem != nil:
		return fmt.Sprintf("%s: cannot be answered: %s", name, prompt.Clean(o.problem.Error(), uncut))
	case o.traits.SendsSecret && o.traits.ConnectionBound:
		return fmt.Sprintf("%s: who listens can find the %s out", o.traits.Strength, o.traits.Wants)
	case o.traits.SendsSecret:
		return fmt.Sprintf("%s: shows the %s itself to the server", o.traits.Strength, o.traits.Wants)
	}
	return fmt.Sprintf("%s: proves the %s without showing it", o.traits.Strength, o.traits.Wants)
}

func storedText(e *index.Entry, all []index.Entry) string {
	text := fmt.Sprintf("%s  realm %s, %s, account %s, in %s", index.Short(e.ID, all), realmText(e, realmCells), schemeText(e),
		accountText(e, accountCells), placeText(e.Store))
	if !e.Expires.IsZero() {
		text += ", says that it expires " + momentText(e.Expires)
	}
	if e.Refused > 0 {
		text += ", refused " + refusalText(e)
	}
	return text
}

// choiceText says what would answer, and why that.
func choiceText(h *explained) string {
	c := h.choice
	if c == nil {
		return "nothing: no challenge can be answered"
	}
	var others []string
	for _, o := range h.challenges {
		if name := o.traits.Strength.String(); o.problem == nil && o.traits.Strength != c.traits.Strength && !slices.Contains(others, name) {
			others = append(others, name)
		}
	}
	text := fmt.Sprintf("%s, with %s", c.traits.Strength, foreseenText(c.by))
	if len(others) > 0 {
		why := "the strongest that is offered"
		for _, o := range h.challenges {
			if o.problem == nil && o.traits.Strength > c.traits.Strength {
				why = "what can be answered without asking, or by a password"
			}
		}
		text += fmt.Sprintf("; %s (also there: %s)", why, strings.Join(others, ", "))
	}
	return text
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
func (x *explainer) drawing(h *explained) []string {
	peer := h.origin.Display()
	if h.party == auth.Proxy {
		peer = "the proxy"
	}
	ask := "GET"
	if h.unasked != nil {
		ask = "GET + " + h.unaskedScheme()
	}
	var offers []string
	for _, o := range h.challenges {
		offers = append(offers, prompt.Clean(o.challenge.Scheme, paramCells))
	}
	answer := strings.TrimSpace(fmt.Sprintf("%d %s", h.status, strings.Join(offers, ", ")))
	lines := [][2]string{{ask, "-->"}, {answer, "<--"}}
	if h.choice != nil {
		lines = append(lines, [2]string{"GET + " + h.choice.traits.Strength.String(), "-->"})
	}
	width := 0
	for _, l := range lines {
		width = max(width, len(l[0]))
	}
	var out []string
	for i, l := range lines {
		pad := strings.Repeat("-", width-len(l[0]))
		s := fmt.Sprintf("you --%s %s--> %s", pad, l[0], peer)
		if l[1] == "<--" {
			s = fmt.Sprintf("you <-%s %s--- %s", pad, l[0], peer)
		}
		if i == 2 {
			s += "   (would follow)"
		}
		out = append(out, s)
	}
	return out
}

func (h *explained) unaskedScheme() string {
	if h.unasked.From == store.FromStored {
		return h.unasked.Entry.Strength.String()
	}
	if h.unasked.Source == "--oauth2-bearer" {
		return auth.StrengthBearer.String()
	}
	return auth.StrengthBasic.String()
}
