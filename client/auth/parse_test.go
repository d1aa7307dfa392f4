package auth_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"getin/client/auth"
)

// challengeCase is one case of testdata/challenges.json. Strings are octets,
// one code point each.
type challengeCase struct {
	ID              string
	Headers         []string
	Expect, Salvage json.RawMessage
}

type wantChallenge struct {
	Scheme, Token68 string
	Params          map[string]string
}

func octets(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteByte(byte(r))
	}
	return b.String()
}

func (c challengeCase) values() []string {
	values := make([]string, len(c.Headers))
	for i, h := range c.Headers {
		values[i] = octets(h)
	}
	return values
}

// want returns the expected challenges as comparable text.
func want(t *testing.T, raw json.RawMessage) []string {
	var list []wantChallenge
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range list {
		params := map[string]string{}
		for k, v := range c.Params {
			params[octets(k)] = octets(v)
		}
		out = append(out, fmt.Sprintf("%q %q %q", octets(c.Scheme), octets(c.Token68), params))
	}
	return out
}

func text(list []auth.Challenge) []string {
	var out []string
	for _, c := range list {
		params := map[string]string{}
		for _, p := range c.Params {
			params[p.Name] = p.Value
		}
		out = append(out, fmt.Sprintf("%q %q %q", c.Scheme, c.Token68, params))
	}
	return out
}

func TestChallengeVectors(t *testing.T) {
	cases := readCases[challengeCase](t, "testdata/challenges.json")
	if len(cases) != 186 {
		t.Errorf("%d cases, want 186", len(cases))
	}
	for _, c := range cases {
		got, err := auth.ParseChallenges(c.values())
		if string(c.Expect) == `"error"` {
			var broken *auth.SyntaxError
			if !errors.As(err, &broken) {
				t.Errorf("%s: %q: error %v, want a syntax error", c.ID, c.Headers, err)
			}
			if c.Salvage != nil {
				c.Expect = c.Salvage
			} else {
				c.Expect = json.RawMessage("[]")
			}
		} else if err != nil {
			t.Errorf("%s: %q: %v", c.ID, c.Headers, err)
		}
		if w := want(t, c.Expect); !reflect.DeepEqual(text(got), w) {
			t.Errorf("%s: %q:\n got %s\nwant %s", c.ID, c.Headers, text(got), w)
		}
	}
}

func TestParamsKeepTheirOrder(t *testing.T) {
	got, err := auth.ParseChallenges([]string{`X c=1, A="2" , b = "3"`})
	if err != nil {
		t.Fatal(err)
	}
	want := []auth.Param{{Name: "c", Value: "1"}, {Name: "a", Value: "2"}, {Name: "b", Value: "3"}}
	if !reflect.DeepEqual(got[0].Params, want) {
		t.Errorf("got %v", got[0].Params)
	}
}

func TestSyntaxErrorTellsWhere(t *testing.T) {
	for _, c := range []struct {
		value  string
		offset int
		reason string
	}{
		{`Basic realm="x", = "y"`, 17, "scheme expected"},
		{`Basic a=b, realm=`, 17, "parameter without a value"},
		{`Basic realm=@`, 12, "parameter without a value"},
		{`Basic realm="abc`, 12, "unterminated quoted-string"},
		{`Basic realm="abc\`, 12, "unterminated quoted-string"},
		{"Basic realm=\"a\x1b\"", 14, "control octet in a quoted-string"},
		{"Basic realm=\"a\\\x7f\"", 15, "control octet in a quoted-string"},
		{`Basic realm=a b`, 13, "comma expected"},
		{`Basic realm=a, REALM=b`, 15, "parameter repeated"},
		{`Basic !x`, 6, "token68 or parameter expected"},
		{"Basic\tx=y", 5, "comma expected"},
		{"X " + strings.Repeat("a", 100<<10), 100 << 10, "field line too long"},
	} {
		_, err := auth.ParseChallenges([]string{"Good", c.value})
		var got *auth.SyntaxError
		if !errors.As(err, &got) {
			t.Errorf("%.40q: error %v", c.value, err)
			continue
		}
		if want := (auth.SyntaxError{Line: 1, Offset: c.offset, Reason: c.reason}); *got != want {
			t.Errorf("%.40q: %+v, want %+v", c.value, *got, want)
		}
	}
}

func TestEveryBrokenLineIsReported(t *testing.T) {
	got, err := auth.ParseChallenges([]string{`=`, `Basic realm="r"`, `"`, ``})
	if len(got) != 1 || got[0].Scheme != "basic" {
		t.Errorf("got %v", got)
	}
	const both = "challenge field 1, octet 1: scheme expected\nchallenge field 3, octet 1: scheme expected"
	if err == nil || err.Error() != both {
		t.Errorf("error %q", err)
	}
}

// The grammar has neither a bound for the number of challenges nor for realms;
// 64 KB of realm are read (SECURITY-CASES E10).
func TestLargeRealm(t *testing.T) {
	realm := strings.Repeat("r", 64<<10)
	got, err := auth.ParseChallenges([]string{`Basic realm="` + realm + `"`})
	if err != nil {
		t.Fatal(err)
	}
	if r, _ := got[0].Param("realm"); r != realm {
		t.Errorf("realm of %d octets", len(r))
	}
}

func TestE9_OneMegabyteIsRefused(t *testing.T) {
	for _, unit := range []string{",", `"`, `\`} {
		got, err := auth.ParseChallenges([]string{"X a=" + strings.Repeat(unit, 1<<20), "Basic realm=r"})
		if err == nil || len(got) != 1 {
			t.Errorf("%q: %d challenges, %v", unit, len(got), err)
		}
	}
}

// TestE9_LinearTime compares the time for a line with the time for one 16 times
// as long (SECURITY-CASES E9). Linear work gives 16, or some 50 where it takes
// memory; quadratic work gives 256.
func TestE9_LinearTime(t *testing.T) {
	for _, c := range []struct{ before, unit, after string }{
		{"Basic ", ",", "A"},
		{"", "A,", ""},
		{"", "A ,", ""},
		{"", "A a==,", ""},
		{"A", " ", "=b"},
		{"A a", " ", "=b"},
		{"A a", " ", "b"},
		{"A ", "a", "!"},
		{"A a", "=", "!"},
		{`A a="`, `\\`, `"`},
		{`A a="`, `\"`, ``},
		{"A ", `a="",`, ""},
		{"A a=\"", "\r\n ", "\""},
		{"A a=\"", "\r\n", "\""},
	} {
		if r := growth(c.before, c.unit, c.after); r > 150 {
			t.Errorf("%q %q...: 16 times the input takes %.1f times as long", c.before, c.unit, r)
		}
	}
	// Distinct names are what a look for repeated ones can stumble over.
	if r := distinctGrowth(); r > 150 {
		t.Errorf("distinct parameters: 16 times the input takes %.1f times as long", r)
	}
}

func growth(before, unit, after string) float64 {
	line := func(octets int) []string {
		return []string{before + strings.Repeat(unit, octets/len(unit)) + after}
	}
	return fastest(line(96<<10)) / fastest(line(6<<10))
}

func distinctGrowth() float64 {
	line := func(n int) []string {
		var b strings.Builder
		b.WriteString("A ")
		for i := range n {
			fmt.Fprintf(&b, "%d=0,", i)
		}
		return []string{b.String()}
	}
	return fastest(line(12000)) / fastest(line(750))
}

// fastest is the shortest of many runs, which other load disturbs least.
func fastest(values []string) float64 {
	best := time.Hour
	for range 15 {
		start := time.Now()
		_, _ = auth.ParseChallenges(values)
		best = min(best, time.Since(start))
	}
	return float64(best)
}

func TestParseParams(t *testing.T) {
	for _, c := range []struct {
		value string
		want  []auth.Param
		ok    bool
	}{
		{"", nil, true},
		{" , ,", nil, true},
		{`a=b`, []auth.Param{{Name: "a", Value: "b"}}, true},
		{`, Nc=00000001 , rspauth = "x"`, []auth.Param{{Name: "nc", Value: "00000001"}, {Name: "rspauth", Value: "x"}}, true},
		{`a`, nil, false},
		{`a=b, c`, nil, false},
		{`a=b c=d`, nil, false},
		{`a=b, A=c`, nil, false},
		{`Digest a=b`, nil, false},
		{`a="`, nil, false},
	} {
		got, err := auth.ParseParams(c.value)
		if (err == nil) != c.ok || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %v, %v", c.value, got, err)
		}
	}
}

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{
		"":               `""`,
		`x\`:             `"x\\"`,
		`a "b" c\`:       `"a \"b\" c\\"`,
		"a\r\nX: b":      `"aX: b"`,
		"t\tn\x00\u00e9": "\"t\tn\u00e9\"",
	} {
		if got := auth.Quote(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}
