package auth_test

import (
	"sync"
	"testing"

	"getin/client/auth"
)

func TestPartyNamed(t *testing.T) {
	for _, p := range []*auth.Party{auth.Server, auth.Proxy} {
		if auth.PartyNamed(p.String()) != p {
			t.Errorf("%s is not found by its name", p)
		}
	}
	if auth.PartyNamed("Server") != nil || auth.PartyNamed("") != nil {
		t.Error("a party is found by a name that is not its own")
	}
}

func TestStrengthOrder(t *testing.T) {
	// RULES R8, strongest first.
	order := []string{"Negotiate", "SCRAM-SHA-256", "Digest SHA-512-256", "Digest SHA-256", "SCRAM-SHA-1", "Digest MD5", "NTLM", "Bearer", "Basic"}
	last := auth.Strength(1 << 30)
	for _, name := range order {
		s := auth.StrengthNamed(name)
		if s <= 0 || s >= last || s.String() != name {
			t.Errorf("%s: %d after %d, named %q", name, s, last, s)
		}
		last = s
	}
	if auth.StrengthNamed("basic") != 0 || auth.Strength(1).String() != "" {
		t.Error("an unknown strength has a name")
	}
}

func TestOutcomeString(t *testing.T) {
	var zero auth.Outcome
	if zero.String() != "undecided" || auth.Accepted.String() != "accepted" || auth.Rejected.String() != "rejected" {
		t.Error("an outcome has another's name")
	}
}

func TestChallengeLookUp(t *testing.T) {
	list, err := auth.ParseChallenges([]string{`DIGEST Realm="r", empty=""`})
	if err != nil {
		t.Fatal(err)
	}
	c := list[0]
	if v, ok := c.Param("realm"); v != "r" || !ok {
		t.Errorf("realm %q, %v", v, ok)
	}
	if v, ok := c.Param("empty"); v != "" || !ok {
		t.Errorf("empty %q, %v", v, ok)
	}
	if _, ok := c.Param("none"); ok {
		t.Error("a parameter that is not there was found")
	}
	if !c.Is("Digest") || c.Is("Basic") {
		t.Error("schemes are compared without regard to case")
	}
}

func TestLiveIsShared(t *testing.T) {
	var live auth.Live
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			live.Update(func(state any) any {
				n, _ := state.(int)
				return n + 1
			})
		})
	}
	wg.Wait()
	live.Update(func(state any) any {
		if state != 50 {
			t.Errorf("%v calls counted, want 50", state)
		}
		return state
	})
}
