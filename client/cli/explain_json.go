package cli

import (
	"errors"
	"unicode/utf8"

	"getin/client/auth"
	"getin/store"
)

// explainJSON is what "explain --json" writes. What is not known is null, and
// lists are never null.
type explainJSON struct {
	URL  string    `json:"url"`
	Hops []hopJSON `json:"hops"`
}

type hopJSON struct {
	URL        string          `json:"url"`
	Status     int             `json:"status"`
	Unasked    *foreseenJSON   `json:"unasked"`
	Asks       *string         `json:"asks"` // "server" or "proxy"
	Challenges []offeredJSON   `json:"challenges"`
	Unreadable []unreadJSON    `json:"unreadable"`
	Stored     []entryJSON     `json:"stored"`
	Choice     *choiceJSON     `json:"choice"`
	Redirect   *redirectedJSON `json:"redirect"`
}

type offeredJSON struct {
	Scheme   string      `json:"scheme"`
	Token68  *string     `json:"token68"`
	Params   []paramJSON `json:"params"`
	Strength *string     `json:"strength"`
	Problem  *string     `json:"problem"` // null: it can be answered
}

type paramJSON struct {
	Name   string  `json:"name"`
	Value  *string `json:"value"`
	Octets []byte  `json:"octets"` // base64, for a value that is no UTF-8
}

type unreadJSON struct {
	Field  int    `json:"field"` // from 1
	Octet  int    `json:"octet"` // from 1
	Reason string `json:"reason"`
}

type foreseenJSON struct {
	From    store.ForeseenFrom `json:"from"`
	Source  *string            `json:"source"`
	Account *string            `json:"account"`
	ID      *string            `json:"id"`
	Several []string           `json:"accounts"`
}

type choiceJSON struct {
	Strength string       `json:"strength"`
	By       foreseenJSON `json:"by"`
	Concerns []string     `json:"concerns"`
}

type redirectedJSON struct {
	To       string   `json:"to"`
	Leaves   bool     `json:"leaves"` // the origin that was typed
	Stripped []string `json:"stripped"`
	Ended    *string  `json:"ended"`
}

func (x *explainer) toJSON(chain []*explained) explainJSON {
	out := explainJSON{URL: x.mask.url(chain[0].url), Hops: []hopJSON{}}
	for _, h := range chain {
		out.Hops = append(out.Hops, x.hopJSON(h))
	}
	return out
}

func (x *explainer) hopJSON(h *explained) hopJSON {
	out := hopJSON{
		URL: x.mask.url(h.url), Status: h.status, Challenges: []offeredJSON{}, Unreadable: []unreadJSON{},
		Stored: entriesToJSON(pointers(h.stored)),
	}
	if h.unasked != nil {
		f := foreseenToJSON(*h.unasked)
		out.Unasked = &f
	}
	if h.party != nil {
		out.Asks = &h.party.Name
	}
	for _, o := range h.challenges {
		out.Challenges = append(out.Challenges, offeredToJSON(o))
	}
	for _, e := range syntaxErrors(h.syntax) {
		out.Unreadable = append(out.Unreadable, unreadJSON{e.Line + 1, e.Offset + 1, e.Reason})
	}
	if c := h.choice; c != nil {
		out.Choice = &choiceJSON{c.traits.Strength.String(), foreseenToJSON(c.by), orEmpty(c.concerns)}
	}
	if h.next != nil {
		o, err := auth.OriginOf(h.next)
		out.Redirect = &redirectedJSON{x.mask.url(h.next), err != nil || x.leaves(h, o), orEmpty(h.stripped), known(h.ended)}
	}
	return out
}

func offeredToJSON(o offered) offeredJSON {
	out := offeredJSON{Scheme: o.challenge.Scheme, Token68: known(o.challenge.Token68), Params: []paramJSON{}}
	for _, p := range o.challenge.Params {
		j := paramJSON{Name: p.Name}
		if utf8.ValidString(p.Value) {
			j.Value = &p.Value
		} else {
			j.Octets = []byte(p.Value)
		}
		out.Params = append(out.Params, j)
	}
	if o.problem != nil {
		out.Problem = known(o.problem.Error())
	} else {
		out.Strength = known(o.traits.Strength.String())
	}
	return out
}

func foreseenToJSON(f store.Foreseen) foreseenJSON {
	return foreseenJSON{
		From: f.From, Source: known(f.Source), Account: known(f.Account), ID: known(f.Entry.ID), Several: orEmpty(f.Several),
	}
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// syntaxErrors takes the error of auth.ParseChallenges apart.
func syntaxErrors(err error) []*auth.SyntaxError {
	var one *auth.SyntaxError
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var list []*auth.SyntaxError
		for _, e := range many.Unwrap() {
			list = append(list, syntaxErrors(e)...)
		}
		return list
	}
	if errors.As(err, &one) {
		return []*auth.SyntaxError{one}
	}
	return nil
}
