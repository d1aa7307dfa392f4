package cli

import (
	"getin/client/auth"
	"getin/store"
	"getin/store/index"
)

// revoke gives the tokens of an entry, which is about to be removed, back to who
// has issued them. Where that does not work it is said, and hinders nothing.
func (j *job) revoke(e *index.Entry) {
	if e.Kind != auth.Token || e.Issuer == "" {
		return
	}
	if err := j.giveBack(e); err != nil {
		j.warn("%s: not revoked at %s: good there until it expires: %v", describe(e), e.Issuer, err)
	}
}

func (j *job) giveBack(e *index.Entry) error {
	w, err := j.walletOf(e)
	if err != nil {
		return err
	}
	c, err := w.Keep.Store.Get(j.ctx, store.KeyOf(*e))
	if err != nil || c.Grant == nil {
		return err
	}
	t, err := readURL(e.Space.Origin.String())
	if err != nil {
		return err
	}
	r, err := newRun(j.ctx, j.sys, j.o.runOptions, j.mask)
	if err != nil {
		return err
	}
	p, err := r.join(j.o, []*target{t})
	if err != nil {
		return err
	}
	p.mask.Add(c)
	return p.tokens().Revoke(j.ctx, e.Space.Origin, c)
}
