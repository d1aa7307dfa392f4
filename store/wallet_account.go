package store

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"getin/client/auth"
	"getin/store/index"
)

// AccountsError tells that several accounts are stored for a space, that nothing
// says which to use, and that nobody can be asked. It wraps auth.ErrNobody.
type AccountsError struct{ Accounts []string }

func (e *AccountsError) Error() string {
	return fmt.Sprintf("several accounts are stored: %s", strings.Join(e.Accounts, ", "))
}

func (e *AccountsError) Unwrap() error { return auth.ErrNobody }

// pick returns the one entry that answers at the URL (RULES R10): that with the
// longest remembered path over it, else the default, else the one used last. It
// reports false when that leaves several, or none.
func pick(list []index.Entry, u *url.URL) (index.Entry, bool) {
	longest := 0
	for _, e := range list {
		longest = max(longest, len(e.Covering(u)))
	}
	list = keepIf(list, func(e index.Entry) bool { return len(e.Covering(u)) == longest })
	if chosen := keepIf(list, func(e index.Entry) bool { return e.Default }); len(chosen) == 1 {
		return chosen[0], true
	}
	var last time.Time
	for _, e := range list {
		if e.Used.After(last) {
			last = e.Used
		}
	}
	list = keepIf(list, func(e index.Entry) bool { return e.Used.Equal(last) })
	if len(list) != 1 {
		return index.Entry{}, false
	}
	return list[0], true
}

func keepIf(list []index.Entry, f func(index.Entry) bool) []index.Entry {
	return slices.DeleteFunc(slices.Clone(list), func(e index.Entry) bool { return !f(e) })
}

func accounts(list []index.Entry) []string {
	var names []string
	for _, e := range list {
		names = append(names, e.Account)
	}
	return names
}
