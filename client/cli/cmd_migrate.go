package cli

import (
	"context"
	"errors"
	"fmt"

	"getin/prompt"
	"getin/store"
	"getin/store/index"
)

// storeMigrate is "store migrate": everything in the store in use is copied to
// another and read back there, item by item; only then is anything removed from
// the first.
func storeMigrate(j *job) error {
	from, err := chooseStore(j.sys, j.o.store)
	if err != nil {
		return err
	}
	to, err := readPlace(j.sys, j.words[0], j.title)
	if err != nil {
		return err
	}
	switch {
	case from.name == to.name:
		return j.usage("that is where they lie already")
	case from.name == placeNone || to.name == placeNone:
		return j.usage("\"none\" holds nothing")
	}
	ix, err := j.index()
	if err != nil {
		return err
	}
	all, problem := j.entries()
	source := j.open(from)
	w := &store.Wallet{Keep: j.open(to), Others: []store.Place{source}, Index: ix}
	var moving []index.Entry
	for _, e := range filter(all, nil) {
		if e.Store == from.name {
			moving = append(moving, e)
		}
	}
	if err := j.copyAll(w, source, moving, all); err != nil {
		return err
	}
	for i := range moving {
		if err := w.Remove(j.ctx, moving[i]); err != nil {
			return &failure{
				err: fmt.Errorf("all lie in %s now; %s in %s too: %w", placeText(to.name), describe(&moving[i]), placeText(from.name), err), code: exitAuth,
				hint: "the same command again goes on where this one stopped",
			}
		}
	}
	return firstOf(j.tellMoved(len(moving), from, to), problem)
}

// copyAll copies the entries and then reads all of them back; when one cannot be
// copied, the others are all the same, and the error says that nothing is to be
// removed.
func (j *job) copyAll(w *store.Wallet, source store.Place, moving, all []index.Entry) error {
	failed := 0
	short := index.ShortIDs(all)
	for _, do := range []func(context.Context, index.Entry, store.Place) error{w.Copy, w.Copied} {
		for i := range moving {
			e := &moving[i]
			err := do(j.ctx, *e, source)
			if errors.Is(err, store.ErrNotFound) && e.State == index.Pending {
				continue // a save that was interrupted: there is nothing to copy
			}
			if err == nil {
				continue
			}
			failed++
			j.warn("%s: %s: not copied: %v", short[e.ID], describe(e), err)
			if j.ctx.Err() != nil {
				break
			}
		}
		if failed > 0 {
			return &failure{
				err: fmt.Errorf("%d of %d not copied; %s is as it was", failed, len(moving), placeText(source.Name)), code: exitAuth,
				hint: "the same command again goes on where this one stopped; getin realms remove takes away what cannot be read",
			}
		}
	}
	return nil
}

func (j *job) tellMoved(n int, from, to choice) error {
	if err := j.say("moved, and read back: %d from %s to %s", n, placeText(from.name), placeText(to.name)); err != nil {
		return err
	}
	if now, err := chooseStore(j.sys, ""); err == nil && now.name != to.name {
		j.rep.notice("getin: to use it: getin store use %s", prompt.Clean(to.name, uncut))
	}
	return nil
}

// storeRebuild is "store rebuild".
func storeRebuild(j *job) error {
	w, err := j.walletToAdd()
	if err != nil {
		return err
	}
	found, restored, err := w.Rebuild(j.ctx)
	if errors.Is(err, store.ErrNowhere) {
		return &failure{
			err: fmt.Errorf("%s cannot list what lies in it", placeText(w.Keep.Name)), code: exitAuth,
			hint: "nothing is lost: it is asked after a challenge, whether getin remembers anything there or not",
		}
	}
	all, _ := w.Index.All() // only for the length of the IDs
	short := index.ShortIDs(all)
	for i := range restored {
		if err := j.say("restored %s: %s", short[restored[i].ID], describe(&restored[i])); err != nil {
			return err
		}
	}
	if err != nil {
		return &failure{err: err, code: exitAuth}
	}
	return j.say("%d found in %s, %d restored", found, placeText(w.Keep.Name), len(restored))
}
