package transfer

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// state is what lies beside a part of segments.
type state struct {
	ETag     string     `json:"etag,omitempty"`
	Modified string     `json:"modified,omitempty"`
	Length   int64      `json:"length"`
	Segments []*segment `json:"segments"`
}

// open makes the part and its state, or takes up those of another run when they
// are of the same version.
func (s *Segments) open() error {
	if s.load() {
		return nil
	}
	if s.CreateDirs {
		if err := os.MkdirAll(filepath.Dir(s.Path), DirMode); err != nil {
			return err
		}
	}
	if err := os.Remove(s.stateName()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Remove(s.PartName()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := openFile(s.PartName(), os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	// Sparse: octets take room when they come.
	if err := errors.Join(file.Truncate(s.Version.Length), file.Close()); err != nil {
		return err
	}
	s.list = nil
	count := int64(s.Count)
	for i := range count {
		s.list = append(s.list, &segment{From: s.Version.Length * i / count, To: s.Version.Length * (i + 1) / count})
	}
	return s.save()
}

// load reads the state of another run. It reports whether that is to be gone on
// with.
func (s *Segments) load() bool {
	var st state
	b, err := os.ReadFile(s.stateName())
	if err != nil || json.Unmarshal(b, &st) != nil {
		return false
	}
	if (Version{st.ETag, st.Modified, st.Length}) != s.Version || !st.sound() {
		return false
	}
	info, err := os.Lstat(s.PartName())
	if err != nil || !info.Mode().IsRegular() || info.Size() != st.Length {
		return false
	}
	for _, g := range st.Segments {
		g.done.Store(g.Done)
	}
	s.list = st.Segments
	return true
}

// sound reports whether the segments are the whole, in order.
func (st *state) sound() bool {
	at := int64(0)
	for _, g := range st.Segments {
		if g == nil || g.From != at || g.To <= g.From || g.Done < 0 || g.Done > g.To-g.From {
			return false
		}
		at = g.To
	}
	return at == st.Length && len(st.Segments) > 0
}

func (s *Segments) saveNowAndThen(finished <-chan struct{}) {
	tick := time.NewTicker(stateEvery)
	defer tick.Stop()
	for {
		select {
		case <-finished:
			return
		case <-tick.C:
			_ = s.save() // the last one tells
		}
	}
}

// save writes the state, of octets that are in the part already.
func (s *Segments) save() error {
	st := state{s.Version.ETag, s.Version.Modified, s.Version.Length, nil}
	for _, g := range s.list {
		st.Segments = append(st.Segments, &segment{From: g.From, To: g.To, Done: g.done.Load()})
	}
	b, err := json.Marshal(st)
	if err != nil {
		return err
	}
	next := s.stateName() + ".new"
	if err := os.WriteFile(next, b, 0o600); err != nil {
		return err
	}
	return os.Rename(next, s.stateName())
}

// Discard removes the part and its state.
func (s *Segments) Discard() {
	_ = os.Remove(s.PartName()) // they may not be there
	_ = os.Remove(s.stateName())
}

// Publish gives the part its name, and returns that. It must be whole. Errors are
// *WriteError.
func (s *Segments) Publish(exists Exists) (string, error) {
	name, err := s.publish(exists)
	if err != nil {
		return "", &WriteError{s.Path, err}
	}
	_ = os.Remove(s.stateName()) // of no use to anybody now
	return name, nil
}

func (s *Segments) publish(exists Exists) (string, error) {
	if exists == Overwrite {
		return s.Path, os.Rename(s.PartName(), s.Path)
	}
	var err error
	for i, name := 0, s.Path; i <= maxNumber; i++ {
		if i > 0 {
			name = s.Path + "." + strconv.Itoa(i)
		}
		// A link overwrites nothing, which a renaming does.
		if err = os.Link(s.PartName(), name); err == nil {
			return name, os.Remove(s.PartName())
		}
		if exists == Refuse || !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return "", err
}
