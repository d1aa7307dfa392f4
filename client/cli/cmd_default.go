package cli

import "getin/store/index"

// defaultRealm is "realms default": the entry's account is the one to take in
// its realm when nothing names one (rule R10).
func defaultRealm(j *job) error {
	found, _, err := j.oneEntry(j.words[0])
	if err != nil {
		return err
	}
	ix, err := j.index()
	if err != nil {
		return err
	}
	e := &found[0]
	err = ix.Update(j.ctx, e.Space.Party, e.Space.Origin, func(f *index.File) error {
		if f.Find(e.ID, e.Store) == nil {
			return index.ErrNoEntry
		}
		for i := range f.Entries {
			if o := &f.Entries[i]; o.Space == e.Space && o.Kind == e.Kind {
				o.Default = o.ID == e.ID
			}
		}
		return nil
	})
	if err != nil {
		return &failure{err: err, code: exitAuth}
	}
	return j.say("used unless another is named: %s", describe(e))
}
