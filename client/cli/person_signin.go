package cli

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"strings"

	"getin/client/auth"
	"getin/client/cli/qr"
	"getin/client/token"
	"getin/prompt"
)

// signer is the person as whoever signs in; it is the token.Person.
type signer struct {
	*person
	atOnce    bool // the command's own business is to sign in (login): nobody asks whether to
	noBrowser bool // --no-browser
}

// Consent implements token.Person. Only a terminal will do, as for the sign-in.
func (s signer) Consent(ctx context.Context, c token.Consent) (bool, error) {
	yes := s.atOnce && c.Held == "" && c.Query.Redirected == (auth.Origin{})
	if yes {
		return true, nil
	}
	err := s.converse(ctx, func(ctx context.Context, t *prompt.Terminal) (err error) {
		if t == nil {
			return prompt.ErrNoTerminal
		}
		if err := s.heading(t, c.Query); err != nil {
			return err
		}
		for _, line := range consentLines(c) {
			if err := t.Print(line[0] + prompt.Quote(line[1], t.Width()-len(line[0]))); err != nil {
				return err
			}
		}
		yes, err = t.Confirm(ctx, fmt.Sprintf("sign in at %s?", c.Issuer), false)
		return err
	})
	return yes, err
}

// consentLines are labels, and what the servers say.
func consentLines(c token.Consent) (list [][2]string) {
	add := func(label, text string) {
		if text != "" {
			list = append(list, [2]string{label, text})
		}
	}
	add("  for ", c.Resource)
	if c.Held != "" {
		add("  what is held allows ", c.Held)
	}
	add("  scope asked for: ", c.Scope)
	return list
}

// Browser implements token.Person.
func (s signer) Browser() bool { return !findBrowser(s.sys).none() }

// Show implements token.Person. The browser opens by itself for a sign-in that
// ends in it; for a code, which may have been begun by somebody else, it takes a
// key (SECURITY I4).
func (s signer) Show(ctx context.Context, c token.Code) error {
	err := s.converse(ctx, func(talking context.Context, t *prompt.Terminal) error {
		if t == nil {
			return prompt.ErrNoTerminal
		}
		b, err := findBrowser(s.sys), error(nil)
		if s.noBrowser {
			b = browser{}
		}
		if c.User == "" {
			err = showAddress(t, b, c)
		} else {
			err = s.showCode(talking, t, b, c)
		}
		if err != nil {
			return err
		}
		<-talking.Done()
		return talking.Err()
	})
	if ctx.Err() != nil {
		return nil // the sign-in is over
	}
	return err
}

// showAddress opens the page to sign in at, and says where it is.
func showAddress(t *prompt.Terminal, b browser, c token.Code) error {
	how := "open this address in a browser of this machine:"
	if !b.none() && b.open(c.Address) == nil {
		how = "the browser opens; if it does not, this is the address:"
	}
	return printAll(t, "sign in at "+c.Issuer, how, "", "  "+c.Address, "", waiting)
}

// waiting is what stands last while somebody signs in elsewhere.
const waiting = "waiting for the sign-in; ^C gives up"

// maxCodeCells bounds the server's code, in terminal cells.
const maxCodeCells = 64

// showCode shows the code and where to enter it, for the eye and for a camera.
func (s signer) showCode(ctx context.Context, t *prompt.Terminal, b browser, c token.Code) error {
	code := prompt.Clean(c.User, maxCodeCells)
	err := printAll(t, "sign in at "+c.Issuer+": open this address in a browser, here or elsewhere,",
		"", "    "+c.Address, "", "and enter the code", "", "    "+code, "")
	if err != nil {
		return err
	}
	address := cmp.Or(c.Complete, c.Address)
	if err := s.draw(t, address); err != nil {
		return err
	}
	if b.none() {
		return t.Print(waiting)
	}
	if _, err := t.Line(ctx, "Enter opens the address in the browser here", ""); err != nil {
		return err
	}
	if err := b.open(address); err != nil {
		return t.Print(fmt.Sprintf("no browser has opened: %v", err))
	}
	return t.Print(waiting)
}

func printAll(t *prompt.Terminal, lines ...string) error {
	for _, l := range lines {
		if err := t.Print(l); err != nil {
			return err
		}
	}
	return nil
}

// draw shows the address as a QR code, where there is room for it and a font that
// has its blocks.
func (s signer) draw(t *prompt.Terminal, address string) error {
	if !drawsBlocks(runtime.GOOS, s.sys.env) {
		return nil
	}
	code, err := qr.Encode(address)
	if err != nil {
		return nil // too long for a terminal
	}
	_, err = t.Draw(code.Lines())
	return err
}

// drawsBlocks reports whether the terminal shows colours and block elements: by
// what TERM says, and the encoding that the locale has.
func drawsBlocks(system string, env func(string) string) bool {
	if system == "windows" {
		return env("WT_SESSION") != "" // Windows Terminal; its older console has raster fonts
	}
	locale := strings.ToLower(cmp.Or(env("LC_ALL"), env("LC_CTYPE"), env("LANG")))
	term := env("TERM")
	return term != "" && term != "dumb" && (strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8"))
}
