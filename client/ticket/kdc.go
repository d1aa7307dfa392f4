//go:build !windows

package ticket

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

const (
	// dialTime is how long one KDC may take to be reached and to answer: as long
	// as it takes a packet that was lost to be sent again, twice.
	dialTime = 5 * time.Second

	// maxReply bounds an answer: a ticket holds a person's groups, which may be
	// a thousand.
	maxReply = 1 << 20

	kdcPort = "88" // RFC 4120 section 7.2.3
)

// ask sends the message to a KDC of the realm and returns its answer. An error
// that is the realm's word is a *kdcError.
func (c *Client) ask(ctx context.Context, conf *config, realm string, msg []byte) ([]byte, error) {
	c.mu.Lock()
	last := c.down[realm]
	c.mu.Unlock()
	if last != nil {
		return nil, last
	}
	addrs, err := conf.addresses(ctx, realm)
	if err != nil {
		return nil, err
	}
	for _, addr := range addrs {
		b, err := askOne(ctx, addr, msg)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			last = err
			continue
		}
		if e := readError(b); e != nil {
			return nil, e
		}
		return b, nil
	}
	last = cannotStart(ErrUnreachable, "the KDC of %s cannot be reached: %v", realm, last)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.down == nil {
		c.down = map[string]error{}
	}
	c.down[realm] = last
	return nil, last
}

// askOne frames the message as RFC 4120 section 7.2.2 has it: its length comes
// first, in four octets.
func askOne(ctx context.Context, addr string, msg []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	if _, err := conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(msg))), msg...)); err != nil {
		return nil, err
	}
	var size [4]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > maxReply {
		return nil, errors.New("the answer is too long")
	}
	b := make([]byte, n)
	_, err = io.ReadFull(conn, b)
	return b, err
}

// addresses returns where the KDCs of the realm listen: as krb5.conf says, else
// as the DNS does.
func (c *config) addresses(ctx context.Context, realm string) ([]string, error) {
	var list []string
	for _, kdc := range c.kdcs[realm] {
		if strings.Contains(kdc, "://") {
			continue // a KDC behind https (MS-KKDCP)
		}
		kdc = strings.TrimPrefix(strings.TrimPrefix(kdc, "tcp/"), "udp/")
		if _, _, err := net.SplitHostPort(kdc); err != nil {
			kdc = net.JoinHostPort(strings.Trim(kdc, "[]"), kdcPort)
		}
		list = append(list, kdc)
	}
	if len(list) > 0 || !c.lookupKDC {
		return known(list, realm)
	}
	_, records, err := net.DefaultResolver.LookupSRV(ctx, "kerberos", "tcp", realm)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	for _, r := range records {
		if r.Target != "." { // RFC 2782: decidedly not available
			list = append(list, net.JoinHostPort(strings.TrimSuffix(r.Target, "."), strconv.Itoa(int(r.Port))))
		}
	}
	if err != nil && len(list) == 0 {
		return nil, cannotStart(ErrRealm, "no KDC is known for the realm %q: %v", realm, err)
	}
	return known(list, realm)
}

func known(list []string, realm string) ([]string, error) {
	if len(list) == 0 {
		return nil, cannotStart(ErrRealm, "no KDC is known for the realm %q", realm)
	}
	return list, nil
}
