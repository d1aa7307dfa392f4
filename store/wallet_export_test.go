package store

import (
	"testing"
	"time"
)

// FlightTime is flightTime.
const FlightTime = flightTime

// At makes f the clock of the test. No wallet may be at work when it ends.
func At(t *testing.T, f func() time.Time) {
	old := testOnlyNow
	testOnlyNow = f
	t.Cleanup(func() { testOnlyNow = old })
}

// AfterStep has f called after each step of a save or removal.
func AfterStep(f func(string)) { testOnlyStep = f }
