package ticket

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"syscall"

	"github.com/alexbrainman/sspi"

	"getin/client/auth"
	"getin/client/auth/negotiate"
)

// Client gets tokens from the system, as the user who is logged on. It may be
// used by many goroutines at once.
type Client struct {
	Getenv func(string) string
}

// maxToken is the most that the Kerberos package of Windows makes, in octets.
const maxToken = 48000

const flags = sspi.ISC_REQ_MUTUAL_AUTH | sspi.ISC_REQ_REPLAY_DETECT | sspi.ISC_REQ_SEQUENCE_DETECT | sspi.ISC_REQ_INTEGRITY

// Acquire implements negotiate.Mechanism. It makes a token, to see whether one
// can be made.
func (c *Client) Acquire(ctx context.Context, host string, have auth.Credential, _ bool) (auth.Credential, error) {
	if !have.Secret.Empty() || have.User != "" {
		return auth.Credential{}, cannotStart(nil, "on Windows only the account that is logged on can answer")
	}
	b, err := begin(host, nil)
	if err != nil {
		return auth.Credential{}, err
	}
	defer b.release()
	if _, err := b.Next(nil); err != nil {
		return auth.Credential{}, err
	}
	return auth.Credential{Kept: true}, nil
}

// Held implements negotiate.Mechanism: somebody is always logged on.
func (c *Client) Held(_, account string, _ bool) (string, error) {
	if account != "" {
		return "", cannotStart(nil, "on Windows only the account that is logged on can answer")
	}
	return "", nil
}

// Begin implements negotiate.Mechanism.
func (c *Client) Begin(_ context.Context, host string, _ auth.Credential, endPoint []byte) (negotiate.Context, error) {
	return begin(host, endPoint)
}

// bound is a security context of SSPI.
type bound struct {
	target   *uint16
	bindings []byte // nil for none
	cred     *sspi.Credentials
	context  *sspi.Context
	done     bool
}

func begin(host string, endPoint []byte) (*bound, error) {
	target, err := syscall.UTF16PtrFromString("HTTP/" + strings.TrimSuffix(host, "."))
	if err != nil {
		return nil, cannotStart(nil, "%v", err)
	}
	cred, err := sspi.AcquireCredentials("", sspi.MICROSOFT_KERBEROS_NAME, sspi.SECPKG_CRED_OUTBOUND, nil)
	if err != nil {
		return nil, cannotStart(ErrNoTicket, "nobody is logged on: %v", err)
	}
	return &bound{target: target, bindings: bindings(endPoint), cred: cred, context: sspi.NewClientContext(cred, flags)}, nil
}

// Next implements negotiate.Context.
func (b *bound) Next(token []byte) ([]byte, error) {
	out := make([]byte, maxToken)
	var in []sspi.SecBuffer
	if token != nil {
		in = append(in, sspi.SecBuffer{})
		in[0].Set(sspi.SECBUFFER_TOKEN, token)
	}
	if b.bindings != nil {
		in = append(in, sspi.SecBuffer{})
		in[len(in)-1].Set(sspi.SECBUFFER_CHANNEL_BINDINGS, b.bindings)
	}
	var inDesc *sspi.SecBufferDesc
	if len(in) > 0 {
		inDesc = sspi.NewSecBufferDesc(in)
	}
	made := make([]sspi.SecBuffer, 1)
	made[0].Set(sspi.SECBUFFER_TOKEN, out)
	switch ret := b.context.Update(b.target, sspi.NewSecBufferDesc(made), inDesc); ret {
	case sspi.SEC_E_OK:
		b.done = token != nil
	case sspi.SEC_I_CONTINUE_NEEDED:
	default:
		if token != nil {
			return nil, fmt.Errorf("kerberos: %w: %v", auth.ErrServerUnverified, ret)
		}
		return nil, cannotStart(ErrNoTicket, "%v", ret)
	}
	n := made[0].BufferSize
	if b.done {
		b.release()
	}
	if n == 0 {
		return nil, nil
	}
	return out[:n], nil
}

// Done implements negotiate.Context.
func (b *bound) Done() bool { return b.done }

// release gives the handles back. Those of a handshake that broke off go with
// the process.
func (b *bound) release() {
	if b.context.Handle != nil {
		_ = b.context.Release() // it is of no use any more
	}
	_ = b.cred.Release() // nor is that
}

// bindings is SEC_CHANNEL_BINDINGS: eight numbers, of which the last two are the
// length and the place of the application's data.
func bindings(endPoint []byte) []byte {
	if endPoint == nil {
		return nil
	}
	data := append([]byte("tls-server-end-point:"), endPoint...)
	const head = 8 * 4
	b := make([]byte, head-8, head+len(data))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	b = binary.LittleEndian.AppendUint32(b, uint32(head))
	return append(b, data...)
}
