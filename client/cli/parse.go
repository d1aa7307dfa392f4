package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// usageError is a command line that cannot be obeyed, with its exit code and
// perhaps a hint.
type usageError struct {
	why  string
	hint string
	code int
}

func (e *usageError) Error() string { return e.why }

// parse reads the words by the table, into o's group and those that --next
// begins after it. Later words win over earlier ones, and over what o holds.
func parse(table []flagDef, o *options, args []string) error {
	fs := flagSet(table, o, slices.ContainsFunc(args, mayBeOpposite))
	if err := fs.Parse(spell(fs, args)); err != nil {
		return explainParse(table, err)
	}
	return nil
}

// boolValue and textValue are the two kinds of pflag.Value.
type boolValue struct {
	o   *options
	set func(*options, bool)
	not bool
}

func (v *boolValue) String() string { return "" }
func (v *boolValue) Type() string   { return "bool" }
func (v *boolValue) Set(s string) error {
	if s != "true" {
		return errors.New("takes no value")
	}
	v.set(v.o.last(), !v.not)
	return nil
}

type textValue struct {
	o    *options
	take func(*options, string) error
}

func (v *textValue) String() string     { return "" }
func (v *textValue) Type() string       { return "string" }
func (v *textValue) Set(s string) error { return v.take(v.o.last(), s) }

// mayBeOpposite reports whether the word may be a --no-NAME, or the beginning of
// one.
func mayBeOpposite(word string) bool { return strings.HasPrefix(word, "--n") }

// flagSet makes the table's flags pflag's. Every --no-NAME is among them only when
// opposites says so: most command lines have none, and they are two of five.
func flagSet(table []flagDef, o *options, opposites bool) *pflag.FlagSet {
	fs := pflag.NewFlagSet("getin", pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	for i := range table {
		d := &table[i]
		addFlag(fs, d.name, d.letter, d, o)
		if d.alias != "" {
			addFlag(fs, d.alias, "", d, o)
		}
	}
	for i := range table {
		d := &table[i]
		for _, name := range [...]string{d.name, d.alias} {
			opposite := oppositeOf(d, name)
			if opposite != "" && (opposites || !mayBeOpposite("--"+opposite)) && fs.Lookup(opposite) == nil {
				f := fs.VarPF(&boolValue{o, d.on, true}, opposite, "", "")
				f.NoOptDefVal = "true"
			}
		}
	}
	return fs
}

func addFlag(fs *pflag.FlagSet, name, letter string, d *flagDef, o *options) {
	if d.on == nil {
		fs.VarP(&textValue{o, d.take}, name, letter, d.help)
		return
	}
	fs.VarPF(&boolValue{o, d.on, false}, name, letter, d.help).NoOptDefVal = "true"
}

// oppositeOf returns the name that switches a boolean off which goes by the given
// one, or "".
func oppositeOf(d *flagDef, name string) string {
	if d.on == nil || d.single || name == "" {
		return ""
	}
	if rest, ok := strings.CutPrefix(name, "no-"); ok {
		return rest
	}
	return "no-" + name
}

// spell rewrites the words so that pflag reads them as curl does: a value after
// a letter is taken to the octet ("-d=1" posts "=1"), and a bare word is a URL
// in its place among the flags.
func spell(fs *pflag.FlagSet, args []string) []string {
	var out []string
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "--":
			for _, u := range args[i+1:] {
				out = append(out, "--url="+u)
			}
			return out
		case len(a) < 2 || a[0] != '-':
			out = append(out, "--url="+a)
		case a[1] == '-':
			name, value, joined := strings.Cut(a[2:], "=")
			if all := meanings(fs, name); len(all) == 1 {
				name = all[0]
			}
			f := fs.Lookup(name)
			if a = "--" + name; joined {
				a += "=" + value
			}
			out = append(out, a)
			if f != nil && f.NoOptDefVal == "" && !joined && i+1 < len(args) {
				i++
				out = append(out, args[i])
			}
		default:
			var used bool
			if out, used = spellLetters(fs, out, a, args[i+1:]); used {
				i++
			}
		}
	}
	return out
}

// spellLetters takes a word such as "-sSo" apart. used tells that the last
// letter took the next word as its value.
func spellLetters(fs *pflag.FlagSet, out []string, word string, rest []string) (_ []string, used bool) {
	for j := 1; j < len(word); j++ {
		f := fs.ShorthandLookup(word[j : j+1])
		switch {
		case f == nil:
			return append(out, "-"+word[j:]), false
		case f.NoOptDefVal != "":
			out = append(out, "--"+f.Name)
			continue
		case j+1 < len(word):
			return append(out, "--"+f.Name+"="+word[j+1:]), false
		case len(rest) > 0:
			return append(out, "--"+f.Name+"="+rest[0]), true
		}
		return append(out, "--"+f.Name), false
	}
	return out, false
}

// explainParse turns pflag's errors into ours: the value of a flag is never
// repeated, since it may be a secret.
func explainParse(table []flagDef, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		return unknownFlag(table, unknown)
	}
	var missing *pflag.ValueRequiredError
	if errors.As(err, &missing) {
		return &usageError{why: fmt.Sprintf("flag --%s: needs a value", missing.GetFlag().Name), code: exitUsage}
	}
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		if invalid.GetFlag().Name == "config" {
			return invalid.Unwrap() // says itself which file and line
		}
		code := exitUsage
		var known *usageError
		if errors.As(invalid.Unwrap(), &known) {
			code = known.code
		}
		return &usageError{why: fmt.Sprintf("flag --%s: %v", invalid.GetFlag().Name, invalid.Unwrap()), code: code}
	}
	return &usageError{why: "flags: cannot be read", code: exitUsage}
}

// meanings returns the flags that a long name may stand for: as in curl 7.88 the
// beginning of a name will do, where nothing else of curl's begins so, or
// nothing else of getin's.
func meanings(fs *pflag.FlagSet, name string) []string {
	if fs.Lookup(name) != nil || name == "" || isCurlName(name) {
		return []string{name}
	}
	var list []string
	for _, n := range strings.Fields(curlNames) {
		if strings.HasPrefix(n, name) {
			list = append(list, n)
		}
	}
	if len(list) > 0 {
		return list
	}
	fs.VisitAll(func(f *pflag.Flag) {
		if strings.HasPrefix(f.Name, name) {
			list = append(list, f.Name)
		}
	})
	return list
}

func inTable(table []flagDef, name string) bool {
	return slices.ContainsFunc(table, func(d flagDef) bool { return d.name == name || d.alias == name })
}

func unknownFlag(table []flagDef, e *pflag.NotExistError) error {
	shown, known := "--"+e.GetSpecifiedName(), isCurlName(e.GetSpecifiedName())
	if name, no := strings.CutPrefix(e.GetSpecifiedName(), "no-"); no && inTable(table, name) {
		return &usageError{why: fmt.Sprintf("flag %s: --%s cannot be switched off", shown, name), code: exitUsage}
	}
	if e.GetSpecifiedShortnames() != "" {
		shown = "-" + e.GetSpecifiedName()
		long := curlLetters[e.GetSpecifiedName()]
		if known = long != ""; known {
			shown += " (--" + long + ")"
		}
	}
	if known {
		return &usageError{why: fmt.Sprintf("flag %s: curl has it, getin does not", shown), code: exitNotBuilt}
	}
	if all := meanings(flagSet(table, defaults(), true), e.GetSpecifiedName()); len(all) > 1 && e.GetSpecifiedShortnames() == "" {
		return &usageError{why: fmt.Sprintf("flag %s: may be any of --%s", shown, strings.Join(all, " --")), code: exitUsage}
	}
	u := &usageError{why: fmt.Sprintf("flag %s: not known", shown), code: exitUsage}
	if near := nearestFlag(table, shown); near != "" {
		u.hint = "did you mean " + near + "?"
	}
	return u
}
