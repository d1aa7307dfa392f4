package keyring

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"getin/client/auth"
	"getin/store"
	"getin/store/storetest"
)

// SECURITY-CASES E1: a line end in a name would be a second command on macOS.
func TestControlCharacterIsRefused(t *testing.T) {
	k := storetest.Key("https://a.test", "R", "alice")
	k.Space.Origin.Host = "a.test\nadd-generic-password"
	if err := new(Keyring).Put(t.Context(), k, auth.Credential{}); !errors.Is(err, store.ErrDenied) {
		t.Errorf("got %v, want %v", err, store.ErrDenied)
	}
}

func TestExplain(t *testing.T) {
	for _, tt := range []struct{ in, want error }{
		{nil, nil},
		{keyring.ErrNotFound, store.ErrNotFound},
		{fmt.Errorf("deep: %w", keyring.ErrNotFound), store.ErrNotFound},
		{keyring.ErrSetDataTooBig, store.ErrTooLarge},
		{keyring.ErrUnsupportedPlatform, store.ErrUnavailable},
		{errors.New("failed to unlock correct collection '/x'"), store.ErrLocked},
		{errors.New("anything else"), store.ErrUnavailable},
		{context.Canceled, store.ErrUnavailable},
		{errNotDone, store.ErrDenied},
	} {
		got := explain(tt.in)
		if !errors.Is(got, tt.want) || (got == nil) != (tt.want == nil) {
			t.Errorf("%v: got %v, want %v", tt.in, got, tt.want)
		}
		if got != nil && !strings.HasPrefix(got.Error(), "keyring: ") {
			t.Errorf("%v: %q", tt.in, got)
		}
	}
}

// The statuses are the low octets of Apple's error numbers.
func TestSecurityExit(t *testing.T) {
	for number, want := range map[int32]error{
		-25308: store.ErrLocked,      // errSecInteractionNotAllowed
		-25300: store.ErrNotFound,    // errSecItemNotFound
		-25293: store.ErrDenied,      // errSecAuthFailed
		-128:   store.ErrDenied,      // userCanceledErr
		-25291: store.ErrUnavailable, // errSecNotAvailable
	} {
		if got := securityExit(int(uint8(number))); !errors.Is(got, want) {
			t.Errorf("%d: got %v, want %v", number, got, want)
		}
	}
}

func TestPanicIsAnError(t *testing.T) {
	var k Keyring
	_, err := k.guard(t.Context(), func() (string, error) { panic("nil pointer") })
	if !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("got %v, want %v", err, store.ErrUnavailable)
	}
	if err := k.hung(t.Context()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// The value of a call that was abandoned is nobody's, and the next call waits
// for a late one for a moment.
func TestLateCall(t *testing.T) {
	var k Keyring
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	time.AfterFunc(10*time.Millisecond, cancel)
	v, err := k.guard(ctx, func() (string, error) { <-release; return "late", nil })
	if v != "" || !errors.Is(err, context.Canceled) {
		t.Errorf("got %q, %v", v, err)
	}
	time.AfterFunc(10*time.Millisecond, func() { close(release) })
	if err := k.hung(t.Context()); err != nil {
		t.Errorf("after a call that was only late: %v", err)
	}
}
