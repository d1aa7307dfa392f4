package authtest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
)

// SOCKS is a SOCKS proxy on the loopback, written from RFC 1928, RFC 1929 and
// the two SOCKS4 documents. It connects to 127.0.0.1 at the port it is asked
// for, whatever the host.
type SOCKS struct {
	// Addr is its host:port.
	Addr string

	users Users        // nil: nobody is asked
	note  func(string) // may be nil
	l     net.Listener

	mu  sync.Mutex
	log []string
}

// StartSOCKS starts one. It asks SOCKS5 clients for a user and a password when
// there are users. Each line of its log goes to note as well, unless that is
// nil, before it connects.
func StartSOCKS(users Users, note func(string)) (*SOCKS, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &SOCKS{Addr: l.Addr().String(), users: users, note: note, l: l}
	go func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(nc)
		}
	}()
	return s, nil
}

// Close stops it.
func (s *SOCKS) Close() { _ = s.l.Close() }

// Log returns a line for each connection that was asked for, and forgets them:
// "5 name example.com:80 as alice:secret", "4 address 127.0.0.1:80 as alice".
func (s *SOCKS) Log() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	log := s.log
	s.log = nil
	return log
}

func (s *SOCKS) write(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	s.mu.Lock()
	s.log = append(s.log, line)
	s.mu.Unlock()
	if s.note != nil {
		s.note(line)
	}
}

func (s *SOCKS) serve(nc net.Conn) {
	defer func() { _ = nc.Close() }()
	br := bufio.NewReader(nc)
	version, err := br.ReadByte()
	if err != nil {
		return
	}
	var port string
	switch version {
	case 4:
		port, err = s.four(br)
	case 5:
		port, err = s.five(nc, br)
	default:
		return
	}
	if err != nil {
		return
	}
	there, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		_, _ = nc.Write(map[byte][]byte{4: {0, 91, 0, 0, 0, 0, 0, 0}, 5: {5, 5, 0, 1, 0, 0, 0, 0, 0, 0}}[version])
		return
	}
	_, _ = nc.Write(map[byte][]byte{4: {0, 90, 0, 0, 0, 0, 0, 0}, 5: {5, 0, 0, 3, 3, 'a', 'b', 'c', 0, 0}}[version])
	go func() {
		_, _ = io.Copy(there, br)
		_ = there.Close()
	}()
	_, _ = io.Copy(nc, there)
}

// four reads what follows VN: CD, DSTPORT, DSTIP, USERID, NUL, and of SOCKS4A a
// name and NUL.
func (s *SOCKS) four(br *bufio.Reader) (port string, err error) {
	b := make([]byte, 7)
	if _, err := io.ReadFull(br, b); err != nil {
		return "", err
	}
	user, err := br.ReadString(0)
	if err != nil {
		return "", err
	}
	port = portOf(b[1:3])
	to := "address " + net.IP(b[3:7]).String()
	if b[3] == 0 && b[4] == 0 && b[5] == 0 && b[6] != 0 {
		name, err := br.ReadString(0)
		if err != nil {
			return "", err
		}
		to = "name " + strings.TrimSuffix(name, "\x00")
	}
	s.write("4 %s:%s as %s", to, port, strings.TrimSuffix(user, "\x00"))
	return port, nil
}

// five holds the dialogue of SOCKS5 up to the request.
func (s *SOCKS) five(nc net.Conn, br *bufio.Reader) (port string, err error) {
	methods, err := counted(br)
	if err != nil {
		return "", err
	}
	as := ""
	if s.users == nil {
		if !strings.Contains(methods, "\x00") {
			_, _ = nc.Write([]byte{5, 0xff})
			return "", errors.New("no method")
		}
		_, _ = nc.Write([]byte{5, 0})
	} else if as, err = s.login(nc, br, methods); err != nil {
		return "", err
	}
	b := make([]byte, 4) // VER CMD RSV ATYP
	if _, err := io.ReadFull(br, b); err != nil {
		return "", err
	}
	to := ""
	switch b[3] {
	case 3:
		name, err := counted(br)
		if err != nil {
			return "", err
		}
		to = "name " + name
	default:
		ip := make([]byte, map[byte]int{1: 4, 4: 16}[b[3]])
		if _, err := io.ReadFull(br, ip); err != nil {
			return "", err
		}
		to = "address " + net.IP(ip).String()
	}
	if _, err := io.ReadFull(br, b[:2]); err != nil {
		return "", err
	}
	port = portOf(b[:2])
	s.write("5 %s:%s as %s", to, port, as)
	return port, nil
}

// login is RFC 1929.
func (s *SOCKS) login(nc net.Conn, br *bufio.Reader, methods string) (string, error) {
	if !strings.Contains(methods, "\x02") {
		_, _ = nc.Write([]byte{5, 0xff})
		return "", errors.New("no method")
	}
	_, _ = nc.Write([]byte{5, 2})
	if v, err := br.ReadByte(); err != nil || v != 1 {
		return "", errors.New("no version 1")
	}
	user, err := counted(br)
	if err != nil {
		return "", err
	}
	password, err := counted(br)
	if err != nil {
		return "", err
	}
	if want, ok := s.users[user]; !ok || want != password {
		s.write("5 refused %s:%s", user, password)
		_, _ = nc.Write([]byte{1, 1})
		return "", errors.New("refused")
	}
	_, _ = nc.Write([]byte{1, 0})
	return user + ":" + password, nil
}

// counted reads one octet of length, and so many octets.
func counted(br *bufio.Reader) (string, error) {
	n, err := br.ReadByte()
	if err != nil {
		return "", err
	}
	b := make([]byte, n)
	_, err = io.ReadFull(br, b)
	return string(b), err
}

func portOf(b []byte) string { return strconv.Itoa(int(b[0])<<8 | int(b[1])) }
