//go:build !unix

package h1

func (s *socket) loneRead(p []byte) (int, error) { return s.Conn.Read(p) }
