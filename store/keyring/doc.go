// Package keyring keeps credentials in the platform's keyring: the Secret
// Service of the session's D-Bus (GNOME Keyring, KWallet, KeePassXC) on Linux
// and the BSDs, the login keychain on macOS, the Credential Manager on Windows.
// go-keyring does the work. It knows no context, waits for ever for a dialog
// that nobody answers, and panics when the bus goes away meanwhile; what this
// package adds is that a run of getin comes to no harm by that (RULES R12).
//
// On a D-Bus the service is asked first, over a connection of our own, whether
// it is there and whether the keyring is locked, and it is unlocked that way
// too: each step ends with the context. go-keyring meets a keyring that is
// open already.
//
// # Calls that do not come back
//
// A call that outlasts its context is abandoned: its goroutine stays until the
// call comes back, if ever. As long as one is out, further calls fail at once. A
// Put or Delete so abandoned may still take effect later; the caller was told an
// error and does best to believe neither outcome.
//
// # Large values
//
// A value of more than MaxValue octets goes into an age file of its own, in the
// folder Large, and the item holds the X25519 identity that opens it. Get, Put,
// Delete and List see no difference.
//
// # Departures
//
// From the Secret Service API (freedesktop.org, draft 0.2), as go-keyring: the
// session is "plain", the secret crosses the bus unencrypted, which is open to
// processes of the same user alone; and items go to the collection "login"
// before the one that is aliased "default".
//
// On macOS and Windows there is no way to ask in advance whether a dialog would
// come: Quiet is as Keyring there.
package keyring
