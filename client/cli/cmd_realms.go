package cli

import (
	"cmp"
	"context"
	"runtime/debug"
	"slices"
	"strings"

	"getin/prompt"
	"getin/store/exchange"
	"getin/store/index"
)

// realmsActions are the verbs of "getin realms"; without one it lists.
func realmsActions() []action {
	return []action{
		{
			name: "list", words: "[PATTERN...]", help: "what is stored, as a table; every pattern must match",
			flags: func() []flagDef { return []flagDef{jsonFlag()} }, most: -1, run: listRealms,
		},
		{
			name: "show", words: "ID", help: "all that is known of one entry",
			flags: showFlags, least: 1, most: 1, run: showRealm,
		},
		{
			name: "add", words: "URL", help: "store a credential without a request",
			flags: addFlags, least: 1, most: 1, run: addRealm,
		},
		{
			name: "remove", words: "ID...|PATTERN...", help: "remove entries and their secrets; what is not an ID is asked about",
			flags: removeFlags, most: -1, run: removeRealms,
		},
		{
			name: "check", words: "[PATTERN...]", help: "try each against the URL that it was last used for",
			flags: checkFlags, most: -1, run: checkRealms,
		},
		{
			name: "default", words: "ID", help: "the account to take in its realm when none is named",
			flags: noFlags, least: 1, most: 1, run: defaultRealm,
		},
		{
			name: "import", words: "FROM [FILE]", help: "from " + exchange.Names() + "; shows a plan and asks",
			flags: importFlags, least: 1, most: 2, run: importRealms,
		},
		{
			name: "export", words: "netrc|json|age [PATTERN...]", help: "write entries to a file, or to standard output",
			flags: exportFlags, least: 1, most: -1, run: exportRealms,
		},
	}
}

// listGC lets the heap of a list grow to 16 MiB before it is searched for garbage,
// the runtime's 4 MiB times this per cent: that is some 8,000 entries.
const listGC = 400

func runRealms(ctx context.Context, sys *System, args []string) int {
	return runActions(ctx, sys, "realms", realmsActions(), args)
}

// listRealms shows the entries that all patterns match. It reads the index
// alone: no store is opened.
func listRealms(j *job) error {
	// Next to nothing of what it makes is garbage before it ends.
	defer debug.SetGCPercent(debug.SetGCPercent(listGC))
	all, err := j.entriesBy((*index.Index).List)
	if err != nil && all == nil {
		return err
	}
	found := ordered(all, j.words)
	if j.o.command.json {
		return firstOf(writeJSON(j.sys.Stdout, entriesToJSON(found)), err)
	}
	if len(found) > 0 {
		return firstOf(j.table(found, all), err)
	}
	if len(j.words) > 0 {
		j.rep.notice("getin: nothing matches")
	} else {
		j.rep.notice("getin: nothing is stored")
	}
	return err
}

// firstOf returns the first error there is.
func firstOf(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

// filter returns the entries that all patterns match, in the order in which
// they are shown.
func filter(all []index.Entry, patterns []string) []index.Entry {
	var found []index.Entry
	for _, e := range ordered(all, patterns) {
		found = append(found, *e)
	}
	return found
}

// ordered is filter for thousands of entries, which are large.
func ordered(all []index.Entry, patterns []string) []*index.Entry {
	found := make([]*index.Entry, 0, len(all))
	for i := range all {
		if len(patterns) == 0 || matchesAll(patterns, &all[i]) {
			found = append(found, &all[i])
		}
	}
	slices.SortStableFunc(found, compareEntries)
	return found
}

func pointers(list []index.Entry) []*index.Entry {
	all := make([]*index.Entry, len(list))
	for i := range list {
		all[i] = &list[i]
	}
	return all
}

func compareEntries(a, b *index.Entry) int {
	if c := strings.Compare(a.Space.Origin.Host, b.Space.Origin.Host); c != 0 {
		return c // mostly
	}
	return cmp.Or(
		strings.Compare(a.Space.Origin.String(), b.Space.Origin.String()),
		strings.Compare(a.Space.Party.Name, b.Space.Party.Name),
		strings.Compare(a.Space.Realm, b.Space.Realm),
		strings.Compare(a.Account, b.Account),
		strings.Compare(a.ID+a.Store, b.ID+b.Store),
	)
}

// table writes the entries found, with IDs as short as all allow.
func (j *job) table(found []*index.Entry, all []index.Entry) error {
	short := index.ShortIDs(all)
	rows := append(make([][]string, 0, len(found)+1), []string{"ID", "ORIGIN", "REALM", "SCHEME", "ACCOUNT", "STORE", "SAVED", "LAST USED", "EXPIRES"})
	issued := slices.ContainsFunc(found, func(e *index.Entry) bool { return e.Issuer != "" })
	if issued {
		rows[0] = append(rows[0], "ISSUER", "SCOPE")
	}
	for _, e := range found {
		row := []string{
			short[e.ID], originText(e), realmText(e, realmCells), schemeText(e),
			accountText(e, accountCells), prompt.Clean(e.Store, uncut), savedText(e), dayText(e.Used), expiryText(e),
		}
		if issued {
			row = append(row, orDash(prompt.Clean(e.Issuer, uncut)), orDash(prompt.Clean(e.Scope, realmCells)))
		}
		rows = append(rows, row)
	}
	return writeTable(j.sys.Stdout, rows)
}
