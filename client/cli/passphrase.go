package cli

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"

	"getin/client/auth"
	"getin/client/keypair"
	"getin/store"
	"getin/store/index"
)

// passPhrase finds what opens a private key: what is stored of it, then what a
// person says, who is asked whether it is to be stored. It is stored for whoever
// wants the certificate, as the kind "key" of the file (rule R13).
type passPhrase struct {
	run     *run
	options *options
	space   func(*url.URL) (auth.Space, bool)

	from   phraseSource
	looked bool // into the store
	key    store.Key
	phrase auth.Secret
}

// phraseSource is where the phrase came from that was tried last.
type phraseSource int

const (
	phraseOfNobody phraseSource = iota
	phraseStored
	phraseTyped
)

// begin forgets where the last phrase came from.
func (p *passPhrase) begin() { p.from = phraseOfNobody }

// of returns the phrase to try; again tells that one which was typed is wrong.
func (p *passPhrase) of(ctx context.Context, file string, again bool) (string, error) {
	if stored, ok := p.stored(ctx, file); ok {
		p.from, p.phrase = phraseStored, stored
		return stored.Reveal(), nil
	}
	if p.run.asker == nil {
		return "", keypair.ErrPassphrase
	}
	typed, err := p.run.asker.phrase(ctx, file, again)
	if errors.Is(err, auth.ErrNobody) || errors.Is(err, auth.ErrDeclined) {
		err = keypair.ErrPassphrase
	}
	if err == nil {
		p.from, p.phrase = phraseTyped, auth.NewSecret(typed)
	}
	return typed, err
}

// stored returns the phrase that is kept, once: a wrong one is no use. The store
// is asked for nothing that the index does not list (rule R12).
func (p *passPhrase) stored(ctx context.Context, file string) (auth.Secret, bool) {
	ix := p.run.index
	if p.looked || ix == nil {
		return auth.Secret{}, false
	}
	p.looked = true
	path, err := filepath.Abs(file)
	rec := recordOf(ctx)
	if err != nil || rec == nil || rec.request == nil {
		return auth.Secret{}, false
	}
	sp, ok := p.space(rec.request.URL)
	if !ok {
		return auth.Secret{}, false
	}
	p.key = store.Key{Space: sp, Kind: auth.Key, Account: path}
	f, err := ix.Load(sp.Party, sp.Origin)
	if err != nil || p.options.renew || f.Find(p.key.ID(), p.run.keep.Name) == nil {
		return auth.Secret{}, false
	}
	c, err := p.run.keep.Store.Get(ctx, p.key)
	if err != nil {
		p.run.report.notice("getin: %s does not give the pass phrase of %s: %v", placeText(p.run.keep.Name), file, err)
		return auth.Secret{}, false
	}
	p.run.mask.Add(c)
	return c.Secret, true
}

// offer keeps the phrase that has opened the key, if it was typed and the person
// agrees; with --save that needs no question. A save that fails is one line
// (rule R3).
func (p *passPhrase) offer(ctx context.Context) {
	if p.from != phraseTyped || p.key.Account == "" || p.options.saving == savingNone {
		return
	}
	if p.options.saving != savingAll && !p.run.asker.keeps(ctx, p.run.keep.Name) {
		return
	}
	w := &store.Wallet{Keep: p.run.keep, Index: p.run.index}
	if err := w.Add(ctx, p.key, auth.Credential{Secret: p.phrase}, index.Entry{}); err != nil {
		p.run.report.notice("getin: not saved in %s: %v", placeText(p.run.keep.Name), err)
		return
	}
	p.run.report.notice("saved in %s for this key (getin realms remove %s to undo)", placeText(p.run.keep.Name), p.run.shortID(p.key.ID()))
}
