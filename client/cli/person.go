package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"getin/client/auth"
	"getin/client/cli/mask"
	"getin/client/cli/meter"
	"getin/prompt"
	"getin/store"
)

// person asks on the terminal, else through an askpass program; it is the
// wallet's store.Person. It may be used by many goroutines at once: one
// dialogue is held at a time, in all processes of the terminal.
type person struct {
	sys   *System
	limit time.Duration // --prompt-timeout; 0 is none
	mask  *mask.Mask
	meter *meter.Meter // makes room for a dialogue
	locks string       // folder of the terminals' locks, or ""

	mu    sync.Mutex
	named auth.Space // the space whose heading stands last on the terminal
}

// Credential implements store.Person. The clock of -m stands still meanwhile.
func (p *person) Credential(ctx context.Context, q store.Question) (auth.Credential, error) {
	var c auth.Credential
	err := p.converse(ctx, func(ctx context.Context, t *prompt.Terminal) error {
		stored, ok := q.Again(ctx)
		if ok {
			c = stored
			return nil
		}
		var err error
		if t == nil {
			c, err = p.askpass(ctx, q)
		} else {
			c, err = p.ask(ctx, t, q)
		}
		return err
	})
	if err == nil {
		p.mask.Add(c)
	}
	return c, err
}

// converse holds one dialogue: with the terminal, or with none (nil) when an
// askpass program is there instead.
func (p *person) converse(ctx context.Context, talk func(context.Context, *prompt.Terminal) error) error {
	defer hold(ctx)()
	p.mask.Expect()
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.meter.Hold()()
	if p.limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, p.limit)
		defer cancel()
	}
	t, err := p.sys.Terminal(ctx)
	if err != nil {
		if p.program() == "" {
			return fmt.Errorf("%w: %w", auth.ErrNobody, err)
		}
		return translate(talk(ctx, nil))
	}
	defer t.Close()
	if p.locks != "" {
		// Without the lock two questions may cross on the screen; not to ask
		// would be worse.
		if unlock, err := prompt.Lock(ctx, p.locks); err == nil {
			defer unlock()
		} else if ctx.Err() != nil {
			return translate(err)
		}
	}
	return translate(talk(ctx, t))
}

// translate turns prompt's errors into those that the wallet decides by.
func translate(err error) error {
	switch {
	case errors.Is(err, prompt.ErrCanceled):
		return auth.ErrCanceled
	case errors.Is(err, prompt.ErrDeclined):
		return auth.ErrDeclined
	case errors.Is(err, prompt.ErrNoTerminal):
		return fmt.Errorf("%w: no terminal", auth.ErrNobody)
	case errors.Is(err, prompt.ErrTimeout):
		return fmt.Errorf("%w: no answer in time", auth.ErrNobody)
	}
	return err
}

// ask holds the dialogue on the terminal. What is ours comes first: who asks.
// The realm is the server's text, and marked as such (SECURITY F5).
func (p *person) ask(ctx context.Context, t *prompt.Terminal, q store.Question) (auth.Credential, error) {
	if p.named != q.Query.Space || !q.Refused {
		if err := p.heading(t, q.Query); err != nil {
			return auth.Credential{}, err
		}
	}
	if q.Refused {
		if err := t.Print("  " + refusedText(q)); err != nil {
			return auth.Credential{}, err
		}
	}
	var c auth.Credential
	var err error
	switch {
	case q.Query.Wants == auth.Token:
		c.User = q.User // no server asks for it; several tokens are told apart by it
	case q.Fixed:
		c.User = q.User
		err = t.Print("  user: " + q.User)
	default:
		c.User, err = t.Line(ctx, "  user", q.User)
	}
	if err != nil {
		return auth.Credential{}, err
	}
	secret, err := t.Secret(ctx, "  "+string(q.Query.Wants))
	c.Secret = auth.NewSecret(secret)
	return c, err
}

func refusedText(q store.Question) string {
	what := "wrong user or password"
	if q.Query.Wants == auth.Token {
		what = "wrong token"
		if said := troubleText([]auth.Challenge{q.Query.Challenge}); said != "" {
			what = said
		}
	}
	if q.Left == 1 {
		return what + "; 1 try left"
	}
	return fmt.Sprintf("%s; %d tries left", what, q.Left)
}

// realmLabel comes before the realm; what is left of the line is for it.
const realmLabel = "  realm, in the server's words: "

func (p *person) heading(t *prompt.Terminal, q auth.Query) error {
	if err := t.Print(asksFor(q)); err != nil {
		return err
	}
	p.named = q.Space
	if !q.Space.HasRealm {
		return nil
	}
	return t.Print(realmLabel + prompt.Quote(q.Space.Realm, t.Width()-len(realmLabel)))
}

// asksFor is the first line of a dialogue: a proxy is named as a proxy, and
// after a redirect both origins are named (rule R5).
func asksFor(q auth.Query) string {
	if q.Challenge.Scheme == "" { // nobody asks
		return fmt.Sprintf("requests to %s are signed with a %s (%s)", partyName(q), q.Wants, q.Scheme)
	}
	text := fmt.Sprintf("%s asks for a %s (%s)", partyName(q), q.Wants, q.Scheme)
	if from := q.Redirected; from != (auth.Origin{}) {
		text += ", after a redirect from " + from.Display()
	}
	return text
}

// partyName is the origin that asks; a proxy is named as a proxy.
func partyName(q auth.Query) string {
	who := q.Space.Origin.Display()
	if q.Space.Party == auth.Proxy {
		who = "the proxy " + who
	}
	return who
}

// phrase asks for what opens the key in the file.
func (p *person) phrase(ctx context.Context, file string, again bool) (string, error) {
	return p.phraseFor(ctx, "the key in ", file, again)
}

// phraseFor asks for what opens something in a file or folder.
func (p *person) phraseFor(ctx context.Context, what, file string, again bool) (string, error) {
	var phrase string
	err := p.converse(ctx, func(ctx context.Context, t *prompt.Terminal) (err error) {
		if t == nil {
			phrase, err = prompt.Askpass(ctx, p.program(), fmt.Sprintf("Pass phrase for '%s': ", file), nil)
			return err
		}
		line := what + prompt.Quote(file, t.Width()) + " is encrypted"
		if again {
			line = "  wrong pass phrase"
		}
		if err := t.Print(line); err != nil {
			return err
		}
		phrase, err = t.Secret(ctx, "  pass phrase")
		return err
	})
	if err == nil {
		p.mask.Add(auth.Credential{Secret: auth.NewSecret(phrase)})
	}
	return phrase, err
}

// keeps asks whether the phrase that was typed is to be stored in the place. An
// askpass program cannot be asked that.
func (p *person) keeps(ctx context.Context, place string) bool {
	yes := false
	err := p.converse(ctx, func(ctx context.Context, t *prompt.Terminal) (err error) {
		if t != nil {
			yes, err = t.Confirm(ctx, "  keep it in "+placeText(place)+"?", true)
		}
		return err
	})
	return yes && err == nil
}

// Account implements store.Person: the menu of rule R10.
func (p *person) Account(ctx context.Context, q auth.Query, names []string) (string, error) {
	choice := ""
	err := p.converse(ctx, func(ctx context.Context, t *prompt.Terminal) error {
		if t == nil {
			return fmt.Errorf("%w: several accounts are stored: %s", auth.ErrNobody, strings.Join(names, ", "))
		}
		if err := p.heading(t, q); err != nil {
			return err
		}
		i, err := t.Choose(ctx, "  several accounts are stored", append(names[:len(names):len(names)], "another one"))
		if err == nil && i < len(names) {
			choice = names[i]
		}
		return err
	})
	return choice, err
}

// lockDir is where the terminals' locks lie, or "" when there is no place.
func lockDir(sys *System) string {
	if dir := sys.env("XDG_RUNTIME_DIR"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "getin")
	}
	return stateDir(sys)
}
