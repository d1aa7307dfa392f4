package curltest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
)

// serveSOCKS starts a proxy of versions 4, 4a and 5 (RFC 1928, RFC 1929). It
// notes who asks for what, lets everybody through, and takes every name for this
// machine's.
func (w *world) serveSOCKS() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	w.stop = append(w.stop, func() { _ = l.Close() })
	w.names["SOCKS"] = l.Addr().String()
	_, w.names["SOCKSPORT"], _ = net.SplitHostPort(l.Addr().String())
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.socks(c)
		}
	}()
	return nil
}

func (w *world) socks(c net.Conn) {
	defer c.Close()
	r := bufio.NewReader(c)
	version, err := r.ReadByte()
	if err != nil {
		return
	}
	var who, host string
	var port int
	granted := []byte{0, 90, 0, 0, 0, 0, 0, 0}
	switch version {
	case 4:
		who, host, port, err = socks4(r)
	case 5:
		granted = []byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0}
		who, host, port, err = socks5(r, c)
	default:
		return
	}
	if err != nil {
		return
	}
	w.note("request to SOCKS\n" + indent(fmt.Sprintf("version %d, %s, port %d%s\n", version, host, port, who)))
	if net.ParseIP(host) == nil {
		host = "127.0.0.1"
	}
	there, err := net.Dial("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return
	}
	defer there.Close()
	_, _ = c.Write(granted) // a client that has gone is seen below
	go func() { _, _ = io.Copy(there, r); _ = there.Close() }()
	_, _ = io.Copy(c, there)
}

// socks4 reads what follows the version:
//
//	%x01 port(2) address(4) user NUL [ name NUL ]
//
// with the name when the address is 0.0.0.x.
func socks4(r *bufio.Reader) (who, host string, port int, err error) {
	head := make([]byte, 7)
	if _, err = io.ReadFull(r, head); err != nil {
		return "", "", 0, err
	}
	user, err := r.ReadString(0)
	if len(user) > 1 {
		who = ", user " + user[:len(user)-1]
	}
	host = net.IP(head[3:7]).String()
	if err == nil && bytes.HasPrefix(head[3:], []byte{0, 0, 0}) {
		host, err = r.ReadString(0)
		host = string(bytes.TrimSuffix([]byte(host), []byte{0}))
	}
	return who, host, int(head[1])<<8 | int(head[2]), err
}

func socks5(r *bufio.Reader, to io.Writer) (who, host string, port int, err error) {
	methods, err := counted(r)
	if err != nil {
		return "", "", 0, err
	}
	method := byte(0)
	if bytes.IndexByte(methods, 2) >= 0 {
		method = 2
	}
	if _, err = to.Write([]byte{5, method}); err != nil {
		return "", "", 0, err
	}
	if method == 2 {
		if _, err = r.ReadByte(); err != nil { // the version of RFC 1929
			return "", "", 0, err
		}
		user, err1 := counted(r)
		password, err2 := counted(r)
		if err1 != nil || err2 != nil {
			return "", "", 0, io.ErrUnexpectedEOF
		}
		who = fmt.Sprintf(", user %s, password %s", user, password)
		if _, err = to.Write([]byte{1, 0}); err != nil {
			return "", "", 0, err
		}
	}
	head := make([]byte, 4) // version, CONNECT, reserved, kind of address
	if _, err = io.ReadFull(r, head); err != nil {
		return "", "", 0, err
	}
	size := map[byte]int{1: 4, 4: 16}[head[3]]
	address := make([]byte, size)
	if size == 0 {
		address, err = counted(r)
		host = string(address)
	} else {
		_, err = io.ReadFull(r, address)
		host = net.IP(address).String()
	}
	if err != nil {
		return "", "", 0, err
	}
	number := make([]byte, 2)
	_, err = io.ReadFull(r, number)
	return who, host, int(number[0])<<8 | int(number[1]), err
}

// counted reads an octet that counts, and so many octets.
func counted(r *bufio.Reader) ([]byte, error) {
	n, err := r.ReadByte()
	if err != nil {
		return nil, err
	}
	b := make([]byte, n)
	_, err = io.ReadFull(r, b)
	return b, err
}
