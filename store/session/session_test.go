package session_test

import (
	"testing"

	"getin/store"
	"getin/store/session"
	"getin/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func() store.Store { return new(session.Session) })
}

// What one run keeps is not seen by another.
func TestR13SessionIsOfOneRun(t *testing.T) {
	var a, b session.Session
	k := storetest.Key("https://a.test", "R", "u")
	storetest.MustPut(t, &a, k, "secret")
	storetest.MustMiss(t, &b, k)
}
