package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"getin/store/index"
)

// oneEntry returns what a word names that must be an ID: its start, at least
// four digits, that no other ID has. It is several entries when one credential
// lies in several stores.
func (j *job) oneEntry(word string) (found, all []index.Entry, err error) {
	all, problem := j.entries()
	if len(word) < leastDigits || !isDigits(word) {
		return nil, all, j.usage(fmt.Sprintf("%q is no ID: those of \"getin realms\" have %d hex digits or more", word, leastDigits))
	}
	found, err = index.Resolve(word, all)
	switch {
	case errors.Is(err, index.ErrAmbiguous):
		return nil, all, &usageError{why: err.Error(), hint: "write more of it: " + j.candidates(word, all), code: exitUsage}
	case err != nil && problem != nil:
		return nil, all, problem // it may be in what could not be read
	case err != nil:
		return nil, all, &usageError{why: err.Error(), hint: "getin realms lists what there is", code: exitUsage}
	}
	return found, all, nil
}

// candidates names the IDs that begin with the word.
func (j *job) candidates(word string, all []index.Entry) string {
	var ids []string
	for _, e := range filterID(word, all) {
		if id := index.Short(e.ID, all); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return strings.Join(ids, ", ")
}

func filterID(word string, all []index.Entry) []index.Entry {
	var found []index.Entry
	for i := range all {
		if namesID(word, &all[i]) {
			found = append(found, all[i])
		}
	}
	return found
}

// choose returns the entries that the words mean: those of the IDs, when every
// word is one, or else those that all words match. sure tells that there is
// nothing to mistake: each word is one ID and matches nothing else.
func (j *job) choose(words []string, all []index.Entry) (found []index.Entry, sure bool, err error) {
	sure = true
	for _, word := range words {
		named := filterID(word, all)
		if !isDigits(word) || !sameID(named) || len(named) == 0 {
			sure = false
			break
		}
		if full := named[0].ID == strings.ToLower(word); !full && len(filter(all, []string{word})) > len(named) {
			sure = false
		}
		for _, e := range named {
			if !containsEntry(found, e) {
				found = append(found, e)
			}
		}
	}
	if sure {
		return found, true, nil
	}
	if found = filter(all, words); len(found) == 0 {
		return nil, false, &usageError{
			why: j.title + ": nothing matches", hint: "getin realms lists what there is", code: exitUsage,
		}
	}
	return found, false, nil
}

func containsEntry(list []index.Entry, e index.Entry) bool {
	return slices.ContainsFunc(list, func(have index.Entry) bool { return have.ID == e.ID && have.Store == e.Store })
}

// sameID reports whether all entries are of one ID.
func sameID(list []index.Entry) bool {
	return !slices.ContainsFunc(list, func(e index.Entry) bool { return e.ID != list[0].ID })
}

func isDigits(word string) bool {
	for i := 0; i < len(word); i++ {
		if !isHex(word[i]) {
			return false
		}
	}
	return word != ""
}
