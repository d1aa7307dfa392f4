package index

import "slices"

// ShortIDs returns for each ID of the entries the shortest prefix, at least four
// digits, that no other of them shares.
func ShortIDs(entries []Entry) map[string]string {
	ids := make([]string, len(entries))
	for i := range entries {
		ids[i] = entries[i].ID
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	short := make(map[string]string, len(ids))
	before := 0 // digits shared with the one before; in order, nobody shares more
	for i, id := range ids {
		after := 0
		if i+1 < len(ids) {
			after = shared(id, ids[i+1])
		}
		short[id] = id[:min(max(minDigits, before+1, after+1), len(id))]
		before = after
	}
	return short
}

// shared returns how many digits the two have in common at the start.
func shared(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}
