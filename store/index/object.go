package index

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strings"
)

// extra holds the members of a JSON object that this program does not know.
type extra map[string]json.RawMessage

// object is a JSON object that is read in two steps: what is known of it, and
// the rest.
type object = json.RawMessage

// join returns v as a JSON object with the unknown members added to it.
func join(v any, unknown extra) (object, error) {
	text, err := json.Marshal(v)
	if err != nil || len(unknown) == 0 {
		return text, err
	}
	all := extra{}
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	maps.Copy(all, unknown)
	return json.Marshal(all)
}

// split reads a JSON object into v, a pointer to a struct, and returns the
// members that v has no field for.
func split(text object, v any) (extra, error) {
	if err := json.Unmarshal(text, v); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	var all extra
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	// The decoder takes names without regard to case; so does this.
	known := names(reflect.TypeOf(v).Elem())
	maps.DeleteFunc(all, func(name string, _ json.RawMessage) bool { return known[strings.ToLower(name)] })
	if len(all) == 0 {
		return nil, nil
	}
	return all, nil
}

// names returns the JSON names of a struct's fields.
func names(t reflect.Type) map[string]bool {
	known := map[string]bool{}
	for f := range t.Fields() {
		if f.Anonymous {
			maps.Copy(known, names(f.Type))
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		known[name] = true
	}
	return known
}
