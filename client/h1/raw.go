package h1

// rawLines are those of a chunked body that is read as it is on the wire
// (Wire.Raw), and were not read yet. A nil one keeps none.
type rawLines struct {
	unread []byte
	end    error // what comes after them; nil: data
}

func (l *rawLines) note(octets string) {
	if l != nil {
		l.unread = append(l.unread, octets...)
	}
}

// rawChunked reads a chunked body with its chunk lines and its trailer section.
func (b *body) rawChunked(p []byte) (int, error) {
	l := b.raw
	for b.left == 0 && len(l.unread) == 0 {
		if l.end == nil {
			l.end = b.chunkHeader()
		}
		if l.end != nil && len(l.unread) == 0 {
			return 0, l.end
		}
	}
	if len(l.unread) > 0 {
		n := copy(p, l.unread)
		if l.unread = l.unread[n:]; len(l.unread) == 0 {
			return n, l.end
		}
		return n, nil
	}
	n, err := b.c.read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, cutShort(err)
}
