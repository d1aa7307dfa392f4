package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"getin/client"
	"getin/client/auth"
	"getin/client/auth/sigv4"
	"getin/client/cli/mask"
	"getin/client/h1"
	"getin/client/ticket"
	"getin/client/token"
	"getin/client/transfer"
	"getin/client/transfer/coding"
	"getin/prompt"
	"getin/store"
)

// shownCells bounds a line of an error or a notice, in terminal cells.
const shownCells = 1000

// report is the one place that tells the user what went wrong, on stderr, with
// secrets masked and a server's words cleaned.
//
// It may be used by many goroutines at once: a save that runs beside the
// transfer reports as well.
type report struct {
	to     io.Writer
	mask   *mask.Mask
	errors bool // shown: not -s, or -S
	hints  bool // and notices: not -s

	mu      sync.Mutex
	held    int // bodies that are on their way to the same terminal; lines wait for them
	waiting []string
}

func newReport(sys *System, o *runOptions, m *mask.Mask) *report {
	if m == nil {
		m = &mask.Mask{}
	}
	return &report{to: sys.Stderr, mask: m, errors: !o.silent || o.showError, hints: !o.silent}
}

// fail shows the error and returns its exit code. Nil is exit 0 and silence.
func (r *report) fail(ctx context.Context, err error) int {
	if err == nil {
		return exitOK
	}
	if r.errors && !errors.Is(context.Cause(ctx), errFailEarly) {
		r.line("getin: " + errorText(err))
		if hint := hintFor(err); hint != "" {
			r.line("getin: hint: " + hint)
		}
	}
	return codeOf(ctx, err)
}

// notice tells something that is no error; -s silences it.
func (r *report) notice(format string, args ...any) {
	if r.hints {
		r.line(fmt.Sprintf(format, args...))
	}
}

func (r *report) line(s string) {
	s = prompt.Clean(r.mask.Text(s), shownCells)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held > 0 {
		r.waiting = append(r.waiting, s)
		return
	}
	_, _ = fmt.Fprintln(r.to, s) // nowhere to say that stderr is closed
}

// hold keeps lines back until release is called, so that they do not end up in
// the middle of a body that goes to the same terminal.
func (r *report) hold() (release func()) {
	r.mu.Lock()
	r.held++
	r.mu.Unlock()
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.held--; r.held > 0 {
			return
		}
		for _, s := range r.waiting {
			_, _ = fmt.Fprintln(r.to, s) // as in line
		}
		r.waiting = nil
	}
}

// refusal is a Concern that nobody consented to.
type refusal struct {
	concern auth.Concern
	err     error // wraps auth.ErrNotAllowed
}

func (e *refusal) Error() string { return e.err.Error() }
func (e *refusal) Unwrap() error { return e.err }

// statusError is a status of 400 and above, with --fail.
type statusError struct {
	url    string
	status string
	hint   string
}

func (e *statusError) Error() string { return e.url + ": " + e.status }

// writeError is standard output that cannot be written.
type writeError struct{ err error }

func (e *writeError) Error() string { return "writing the output: " + e.err.Error() }
func (e *writeError) Unwrap() error { return e.err }

// codeOf returns the exit code that stands for the error.
func codeOf(ctx context.Context, err error) int {
	var (
		usage    *usageError
		address  *urlError
		file     *readError
		status   *statusError
		output   *writeError
		delivery *transfer.WriteError
		encoded  *coding.Error
		wire     *h1.Error
		slow     *slowError
		sum      *checksumError
	)
	switch {
	case errors.As(err, &usage):
		return usage.code
	case errors.As(err, &address):
		return address.code
	case errors.Is(context.Cause(ctx), errTimeLimit), errors.As(context.Cause(ctx), &slow),
		errors.Is(err, errTimeLimit), errors.As(err, &slow):
		return exitTimeout
	case errors.Is(err, auth.ErrCanceled), ctx.Err() != nil:
		return exitInterrupted
	case errors.As(err, &file):
		return exitRead
	case errors.As(err, &output), errors.As(err, &delivery):
		return exitWrite
	case errors.As(err, &status):
		return exitStatus
	case errors.Is(err, transfer.ErrTooLarge):
		return exitTooLarge
	case errors.As(err, &encoded):
		return codingCode(err)
	case isRangeError(err):
		return exitRange
	case errors.As(err, &sum):
		return exitChecksum
	case isAuthError(err):
		return authCode(err)
	case errors.Is(err, sigv4.ErrScope):
		return exitURL
	case errors.Is(err, client.ErrTooManyRedirects):
		return exitRedirects
	case errors.Is(err, client.ErrRedirectScheme), errors.Is(err, client.ErrRedirect) && errors.Is(err, auth.ErrOrigin):
		return exitProtocol
	case errors.Is(err, client.ErrRedirectUser):
		return exitLogin
	case errors.Is(err, client.ErrRedirect):
		return exitURL
	case errors.As(err, &wire):
		return int(wire.Kind)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, errUploaded):
		return exitPartial
	}
	return exitReceive
}

// authSentinels are the ends of a dialogue that are exit 94: a store or a
// scheme failed, or policy forbids. The others are exit 67.
var authSentinels = []error{
	auth.ErrStore, auth.ErrNotAllowed, auth.ErrServerUnverified, auth.ErrCredential, auth.ErrCannotStart,
}

func isAuthError(err error) bool {
	var u *client.Unanswered
	return errors.As(err, &u) || errors.Is(err, client.ErrBodySpent) || matches(err, authSentinels)
}

func authCode(err error) int {
	var issuer *token.Error
	switch {
	case errors.Is(err, client.ErrBodySpent):
		return exitRewind
	case errors.Is(err, ticket.ErrNoTicket):
		return exitLogin // nothing failed: nobody is logged in
	case errors.As(err, &issuer) && issuer.Code == "invalid_client":
		return exitLogin // a secret that is wrong, mostly
	case errors.Is(err, auth.ErrDeclined) && errors.Is(err, auth.ErrCannotStart):
		return exitLogin // a sign-in that nobody wanted
	case matches(err, authSentinels):
		return exitAuth
	}
	return exitLogin
}

func matches(err error, list []error) bool {
	for _, e := range list {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// errorText is the error as a user reads it: what, then why.
func errorText(err error) string {
	var u *client.Unanswered
	var slow *slowError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &u):
		return unansweredText(u)
	case errors.Is(err, auth.ErrCanceled):
		return "interrupted"
	case errors.Is(err, context.Canceled) && !errors.Is(err, errTimeLimit) && !errors.As(err, &slow):
		return "interrupted"
	}
	return err.Error()
}

// unansweredText tells the three situations apart: nothing was sent; what was
// sent was refused; the challenge cannot be read or answered at all.
func unansweredText(u *client.Unanswered) string {
	asks := fmt.Sprintf("%s: %d", u.Target.Redacted(), u.Party.Status)
	if u.Party == auth.Proxy {
		asks = "proxy " + asks
	}
	var refused *refusal
	var issuer *token.Error
	switch {
	case errors.As(u.Reason, &issuer):
		return asks + ": " + issuerText(issuer)
	case errors.Is(u.Reason, token.ErrSignIn):
		return asks + ": nothing was sent: somebody has to sign in, and there is nobody to ask"
	case errors.Is(u.Reason, client.ErrNoChallenge) && u.Syntax != nil:
		return fmt.Sprintf("%s: the challenge cannot be read: %v", asks, u.Syntax)
	case errors.Is(u.Reason, client.ErrNoChallenge):
		return asks + ": the server does not say how to log in"
	case errors.Is(u.Reason, client.ErrNoScheme):
		return fmt.Sprintf("%s: offered is %s, which getin does not answer", asks, schemesOf(u))
	case errors.As(u.Reason, &refused):
		return fmt.Sprintf("%s: not answered: %s", asks, whyRefused(refused))
	case errors.Is(u.Reason, client.ErrTooManyRounds):
		return fmt.Sprintf("%s: %v, whatever it was answered", asks, u.Reason)
	case u.Sent && wantsToken(u):
		return asks + ": " + refusedToken(u)
	case u.Sent && errors.Is(u.Reason, auth.ErrDeclined):
		return asks + ": the user or password was refused"
	case u.Sent:
		return fmt.Sprintf("%s: the user or password was refused, and %s", asks, u.Reason)
	case errors.Is(u.Reason, auth.ErrFinal):
		return fmt.Sprintf("%s: offered is %s, and %v", asks, schemesOf(u), u.Reason)
	case errors.Is(u.Reason, client.ErrOwnHeader), errors.Is(u.Reason, client.ErrSigned):
		return fmt.Sprintf("%s: %v", asks, u.Reason)
	}
	if errors.Is(u.Reason, auth.ErrDeclined) {
		return asks + ": nothing was sent: declined"
	}
	return fmt.Sprintf("%s: nothing was sent: %v", asks, u.Reason)
}

// whyRefused says what spoke against an answer, and who did not consent.
func whyRefused(e *refusal) string {
	var changed *store.KeyChangedError
	if errors.As(e, &changed) {
		return changed.Error()
	}
	who := "server"
	if e.concern.Query.Space.Party == auth.Proxy {
		who = "proxy"
	}
	risk := map[auth.Risk]string{
		auth.ClearText:  "the " + string(e.concern.Query.Wants) + " would be sent unencrypted",
		auth.Unverified: "the " + who + "'s certificate is not verified",
		auth.Downgrade:  "it was " + e.concern.Stronger.String() + " before and is " + e.concern.Query.Strength.String() + " now",
		auth.Elsewhere: fmt.Sprintf("the %s for %s would go to the token server %s", e.concern.Query.Wants,
			e.concern.Query.Space.Origin.Display(), e.concern.Issuer.Display()),
	}[e.concern.Risk]
	if errors.Is(e, auth.ErrNobody) {
		return risk + ", and there is nobody to ask"
	}
	return risk
}

// schemesOf names the schemes of the challenges.
func schemesOf(u *client.Unanswered) string {
	var names []string
	for _, c := range u.Challenges {
		if !slices.Contains(names, c.Scheme) {
			names = append(names, c.Scheme)
		}
	}
	return prompt.Clean(strings.Join(names, ", "), hintCells)
}
