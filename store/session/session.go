// Package session is the store of one run: it keeps credentials in memory and
// forgets them when the program ends.
package session

import (
	"context"
	"fmt"
	"sync"

	"getin/client/auth"
	"getin/store"
)

// Session keeps credentials in memory. The zero value is empty and ready. It
// may be used by many goroutines at once and must not be copied.
type Session struct {
	mu   sync.RWMutex
	kept map[store.Key]auth.Credential
}

var _ store.Store = (*Session)(nil)

// Get returns the credential, or an error that wraps store.ErrNotFound.
func (s *Session) Get(ctx context.Context, k store.Key) (auth.Credential, error) {
	if err := ended(ctx); err != nil {
		return auth.Credential{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	c, ok := s.kept[k]
	if !ok {
		return auth.Credential{}, fmt.Errorf("session: %w", store.ErrNotFound)
	}
	return c, nil
}

// Put stores the credential. It fails only when the context has ended.
func (s *Session) Put(ctx context.Context, k store.Key, c auth.Credential) error {
	if err := ended(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil {
		s.kept = make(map[store.Key]auth.Credential)
	}
	c.User = k.Account
	s.kept[k] = c
	return nil
}

// Delete removes the credential, or returns an error that wraps
// store.ErrNotFound.
func (s *Session) Delete(ctx context.Context, k store.Key) error {
	if err := ended(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.kept[k]; !ok {
		return fmt.Errorf("session: %w", store.ErrNotFound)
	}
	delete(s.kept, k)
	return nil
}

func ended(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("session: %w: %w", store.ErrUnavailable, err)
	}
	return nil
}
