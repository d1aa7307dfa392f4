package auth

import "context"

// Signer is a scheme without a challenge: every request is signed before it is
// sent, and nothing of the secret goes with it. Implementations may be used by
// many goroutines at once.
type Signer interface {
	// Sign returns the fields to send with the request, Server.Answer among
	// them. Those of Message.Fields are sent beside them.
	Sign(context.Context, Message, Credential) ([]Field, error)
}
