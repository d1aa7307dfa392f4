package cli

import "strings"

// maxDistance is how many typing errors a suggestion may mend. With three, most
// short names would be near to each other.
const maxDistance = 2

// nearestFlag returns the flag, with its dashes, that the unknown one was
// likely meant to be, or "".
func nearestFlag(table []flagDef, shown string) string {
	name, long := strings.CutPrefix(shown, "--")
	if !long {
		return nearestLetter(table, strings.TrimPrefix(shown, "-"))
	}
	best, least := "", maxDistance+1
	for i := range table {
		for _, n := range []string{table[i].name, table[i].alias, oppositeOf(&table[i], table[i].name)} {
			if n == "" {
				continue
			}
			d := distance(name, n)
			if strings.HasPrefix(n, name) && len(name) > maxDistance {
				d = 1 // an abbreviation
			}
			if d < least {
				best, least = "--"+n, d
			}
		}
	}
	return best
}

// nearestLetter: of a letter only the case can be near.
func nearestLetter(table []flagDef, letter string) string {
	for i := range table {
		if l := table[i].letter; l != "" && strings.EqualFold(l, letter) {
			return "-" + l + " (--" + table[i].name + ")"
		}
	}
	return ""
}

// distance counts the octets to insert, delete or replace to make b of a
// (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
