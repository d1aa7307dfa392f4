package keyring

import (
	"context"
	"errors"
	"strings"

	"github.com/danieljoos/wincred"
)

// names returns the names of our items in the Credential Manager, where
// go-keyring files each under "SERVICE:USER". No user of ours holds a colon
// (store.Key.User).
func (k *Keyring) names(context.Context) ([]name, error) {
	all, err := wincred.FilteredList(ours + "*")
	if errors.Is(err, wincred.ErrElementNotFound) {
		return nil, nil
	}
	var list []name
	for _, c := range all {
		if i := strings.LastIndexByte(c.TargetName, ':'); i >= 0 && isOurs(c.TargetName) {
			list = append(list, name{c.TargetName[:i], c.TargetName[i+1:]})
		}
	}
	return list, err
}
