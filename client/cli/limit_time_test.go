package cli

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestClockExpires(t *testing.T) {
	ctx, stop := withLimit(context.Background(), time.Millisecond)
	defer stop()
	<-ctx.Done()
	if !errors.Is(context.Cause(ctx), errTimeLimit) {
		t.Errorf("cause %v", context.Cause(ctx))
	}
}

func TestClockWithoutLimit(t *testing.T) {
	ctx, stop := withLimit(context.Background(), 0)
	hold(ctx)()
	if ctx.Err() != nil {
		t.Error("ended")
	}
	stop()
	if errors.Is(context.Cause(ctx), errTimeLimit) {
		t.Error("a limit where there is none")
	}
}

// The clock stands while anybody is asked, and goes on with what was left.
func TestClockStandsStill(t *testing.T) {
	const limit = 50 * time.Millisecond
	ctx, stop := withLimit(context.Background(), limit)
	defer stop()
	first, second := hold(ctx), hold(ctx)
	first()
	first() // a second release of the same question is none of another's
	select {
	case <-ctx.Done():
		t.Fatal("ended while a question was open")
	case <-time.After(3 * limit):
	}
	second()
	select {
	case <-ctx.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("stands still for ever")
	}
}
