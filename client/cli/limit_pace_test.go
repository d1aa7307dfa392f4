package cli

import (
	"context"
	"errors"
	"testing"
	"time"
)

// A transfer that moves too little for long enough is ended; one that moves
// enough, and one that waits for a person, are not.
func TestPace(t *testing.T) {
	testOnlyPaceTick = time.Millisecond
	t.Cleanup(func() { testOnlyPaceTick = time.Second })

	ctx, stop := withPace(t.Context(), 10, 3)
	defer stop()
	<-ctx.Done() // nothing moves
	var slow *slowError
	if !errors.As(context.Cause(ctx), &slow) || slow.seconds != 3 {
		t.Errorf("ended by %v", context.Cause(ctx))
	}

	ctx, stop = withPace(t.Context(), 10, 3)
	defer stop()
	release := paceOf(ctx).hold()
	other, stopOther := withPace(t.Context(), 10, 3)
	defer stopOther()
	<-other.Done() // as long as it takes
	if ctx.Err() != nil {
		t.Error("ended while a person was asked")
	}
	release()
	<-ctx.Done()
}
