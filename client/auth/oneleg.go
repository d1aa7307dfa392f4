package auth

import "context"

// OneLeg is the Exchange of a scheme whose answer is the same every time and has
// one leg: a challenge that comes in reply refuses it, and no server proves
// anything.
type OneLeg struct {
	Credential Credential // worth keeping, once it was accepted
	Value      Secret     // of the Answer field
}

// Answer returns the one field.
func (e *OneLeg) Answer(_ context.Context, p *Party, _ Message) ([]Field, error) {
	return []Field{{Name: p.Answer, Value: e.Value.Reveal()}}, nil
}

// Challenged refuses.
func (e *OneLeg) Challenged(Challenge) (Verdict, error) { return Refused, nil }

// Accepted returns the credential.
func (e *OneLeg) Accepted(Final) (Credential, error) { return e.Credential, nil }
