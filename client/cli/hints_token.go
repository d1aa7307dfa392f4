package cli

import (
	"errors"
	"net/http"

	"getin/client"
	"getin/client/auth"
	"getin/client/auth/bearer"
	"getin/client/token"
	"getin/prompt"
)

// troubleText says in words what a server has against a token, RFC 6750 section
// 3.1, or is "".
func troubleText(challenges []auth.Challenge) string {
	t := bearer.TroubleOf(challenges)
	text := t.Words
	if text == "" && t.Code != "" {
		text = "the token was refused: " + prompt.Quote(t.Code, hintCells)
	}
	if t.Description != "" {
		text += ": the server says " + prompt.Quote(t.Description, hintCells)
	}
	return text
}

// issuerText says in words what an authorization server has answered instead of a
// token.
func issuerText(e *token.Error) string {
	text := e.Error()
	if e.Description != "" {
		text += ": the server says " + prompt.Quote(e.Description, hintCells)
	}
	return text
}

// refusedToken says that what was sent was refused, and why when the server has
// said it.
func refusedToken(u *client.Unanswered) string {
	if said := troubleText(u.Challenges); said != "" {
		return said
	}
	return "the token was refused"
}

// scopeHint says what a token lacks, by the challenge of a 403, or is "".
func scopeHint(resp *http.Response) string {
	challenges, _ := auth.ParseChallenges(resp.Header.Values(auth.Server.Challenge)) // a broken line says nothing
	t := bearer.TroubleOf(challenges)
	if t.Code == "" {
		return ""
	}
	text := troubleText(challenges)
	if t.Scope != "" {
		text += "; it needs the scope " + prompt.Quote(t.Scope, hintCells)
	}
	return text + "; --ask asks for another token"
}

// wantsToken reports whether a token was all that might answer.
func wantsToken(u *client.Unanswered) bool {
	if errors.Is(u.Reason, auth.ErrFinal) {
		return true
	}
	for _, c := range u.Challenges {
		// Where the challenge names a token server, a password is what is wanted.
		if t, err := (token.Scheme{}).Traits(c); !c.Is("Bearer") || err != nil || t.Wants != auth.Token {
			return false
		}
	}
	return len(u.Challenges) > 0
}
