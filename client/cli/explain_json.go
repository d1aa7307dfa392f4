package cli

import (
	"errors"
	"unicode/utf8"

	"getin/client"
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
	Unasked    []unaskedJSON   `json:"unasked"`
	Asks       *string         `json:"asks"` // "server" or "proxy"
	Challenges []offeredJSON   `json:"challenges"`
	Unreadable []unreadJSON    `json:"unreadable"`
	Stored     []entryJSON     `json:"stored"`
	Choice     *choiceJSON     `json:"choice"`
	Reason     *string         `json:"reason"` // why nothing would answer
	Redirect   *redirectedJSON `json:"redirect"`
}

type offeredJSON struct {
	Scheme   string       `json:"scheme"`
	Token68  *string      `json:"token68"`
	Params   []paramJSON  `json:"params"`
	Strength *string      `json:"strength"`
	Problem  *string      `json:"problem"` // null: it can be answered
	Tokens   *issuingJSON `json:"tokens"`  // null: nobody is named who issues them
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

type unaskedJSON struct {
	To     string       `json:"to"` // "server" or "proxy"
	Scheme string       `json:"scheme"`
	By     foreseenJSON `json:"by"`
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
	out := explainJSON{URL: x.mask.URL(chain[0].URL), Hops: []hopJSON{}}
	for _, e := range chain {
		out.Hops = append(out.Hops, x.hopJSON(e))
	}
	return out
}

func (x *explainer) hopJSON(e *explained) hopJSON {
	out := hopJSON{
		URL: x.mask.URL(e.URL), Status: e.Status, Unasked: []unaskedJSON{}, Challenges: []offeredJSON{}, Unreadable: []unreadJSON{},
		Stored: entriesToJSON(pointers(e.stored)),
	}
	for _, a := range e.unasked {
		out.Unasked = append(out.Unasked, unaskedJSON{a.party.Name, a.scheme, foreseenToJSON(a.by)})
	}
	if e.Party != nil {
		out.Asks = &e.Party.Name
	}
	for i, o := range e.Offers {
		out.Challenges = append(out.Challenges, offeredToJSON(o))
		out.Challenges[i].Tokens = issuingToJSON(e.issuers[i])
	}
	for _, wrong := range syntaxErrors(e.Syntax) {
		out.Unreadable = append(out.Unreadable, unreadJSON{wrong.Line + 1, wrong.Offset + 1, wrong.Reason})
	}
	if c := e.Choice; c != nil {
		out.Choice = &choiceJSON{c.Query.Strength.String(), foreseenToJSON(e.by), orEmpty(e.concerns)}
	} else if e.Party != nil {
		out.Reason = known(reasonText(e.Reason))
	}
	if e.Next != nil {
		out.Redirect = &redirectedJSON{x.mask.URL(e.Next), e.Leaves, orEmpty(e.Dropped), known(errorText(e.Ended))}
	}
	return out
}

func offeredToJSON(o client.Offer) offeredJSON {
	out := offeredJSON{Scheme: o.Challenge.Scheme, Token68: known(o.Challenge.Token68), Params: []paramJSON{}}
	for _, p := range o.Challenge.Params {
		j := paramJSON{Name: p.Name}
		if utf8.ValidString(p.Value) {
			j.Value = &p.Value
		} else {
			j.Octets = []byte(p.Value)
		}
		out.Params = append(out.Params, j)
	}
	if o.Problem != nil {
		out.Problem = known(o.Problem.Error())
	} else {
		out.Strength = known(o.Traits.Strength.String())
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
