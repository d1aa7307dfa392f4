package cli

import (
	"testing"

	"getin/client/auth"
	"getin/store/index"
)

func TestPatternGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"", "", true},
		{"", "a", false},
		{"*", "", true},
		{"*", "a/b.c", true},
		{"?", "", false},
		{"?", "ä", true},
		{"a*", "abc", true},
		{"a*", "ba", false},
		{"*c", "abc", true},
		{"*c", "abcd", false},
		{"a*c*e", "abcde", true},
		{"a*c*e", "abce", true},
		{"a*c*e", "aecd", false},
		{"**", "x", true},
		{"a?c", "abc", true},
		{"a?c", "ac", false},
		{"*aab", "aaaab", true},
		{"*.example", "a.example.com", false},
		{"a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
		{"[a]", "a", false},
		{"[a]*", "[a]b", true},
	} {
		if got := wildcard(c.pattern, c.s); got != c.want {
			t.Errorf("wildcard(%q, %q) = %v", c.pattern, c.s, got)
		}
	}
}

func TestPatternFields(t *testing.T) {
	e := &index.Entry{
		ID: "3f2a" + "00", Account: "Älice", Strength: auth.StrengthDigestSHA256,
		Space: auth.Space{
			Party: auth.Proxy, Origin: auth.Origin{Scheme: "https", Host: "proxy.example", Port: 443},
			Realm: "The [Realm]*", HasRealm: true,
		},
	}
	for pattern, want := range map[string]bool{
		"example": true, "proxy https": true, ":443": true, "https://proxy.example:443": true, "*.example": true,
		"[realm]": true, "[REALM]*": true, "älice": true, "?lice": true, "sha-256": true, "digest*": true,
		"3f2a": true, "3F2A00": true, "3f2": false, "f2a0": false, "example.com": false, "?.example": false, "basic": false,
	} {
		if got := matchesAll([]string{pattern}, e); got != want {
			t.Errorf("%q matches: %v", pattern, got)
		}
	}
	if matchesAll([]string{"example", "nobody"}, e) || !matchesAll(nil, e) {
		t.Error("every pattern must match, and no pattern forbids nothing")
	}
}

func TestChooseAmongWords(t *testing.T) {
	at := func(id, host, place string) index.Entry {
		return index.Entry{ID: id, Store: place, Space: auth.Space{
			Party: auth.Server, Origin: auth.Origin{Scheme: "https", Host: host, Port: 443},
		}}
	}
	all := []index.Entry{
		at("aaaa11", "one.example", "keyring"), at("aaaa22", "two.example", "keyring"),
		at("bbbb33", "cccc44.example", "keyring"), at("cccc44", "three.example", "keyring"),
		at("dddd55", "four.example", "keyring"), at("dddd55", "four.example", "vault"),
	}
	for _, c := range []struct {
		words []string
		found int
		sure  bool
	}{
		{[]string{"aaaa1"}, 1, true},
		{[]string{"aaaa11", "AAAA2"}, 2, true},
		{[]string{"aaaa11", "aaaa11"}, 1, true},
		{[]string{"aaaa"}, 2, false},              // two IDs
		{[]string{"dddd"}, 2, true},               // one credential in two stores
		{[]string{"cccc44"}, 1, true},             // the whole ID, though a host is called so too
		{[]string{"cccc4"}, 2, false},             // its start is a host's as well
		{[]string{"aaaa11", "example"}, 1, false}, // an ID among patterns is one
		{[]string{"example"}, 6, false},
	} {
		j := &job{}
		found, sure, err := j.choose(c.words, all)
		if err != nil || len(found) != c.found || sure != c.sure {
			t.Errorf("%q: %d entries, sure %v, %v; want %d, %v", c.words, len(found), sure, err, c.found, c.sure)
		}
	}
	for _, words := range [][]string{{"aaa"}, {"eeee"}, {"aaaa1", "eeee"}, {"aaaa11", "two"}} {
		if found, _, err := (&job{}).choose(words, all); err == nil && len(words) == 2 || len(found) > 0 && words[0] != "aaa" {
			t.Errorf("%q: %d entries, %v", words, len(found), err)
		}
	}
}
