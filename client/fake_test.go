package client_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"sync"
	"testing"

	"getin/client"
	"getin/client/auth"
	"getin/client/auth/basic"
	"getin/client/auth/digest"
)

// purse is a wallet in memory: what is held, what a person would type, and a
// record of what was asked and settled.
type purse struct {
	mu      sync.Mutex
	held    map[auth.Space]auth.Credential
	typed   []auth.Credential // what the person types, in turn
	recall  func(*auth.Party, *url.URL) auth.Recalled
	asked   []auth.Query
	settled []settled
}

type settled struct {
	user    string
	outcome auth.Outcome
	unasked bool
}

func (p *purse) Recall(_ context.Context, party *auth.Party, u *url.URL) auth.Recalled {
	if p.recall == nil {
		return auth.Recalled{}
	}
	return p.recall(party, u)
}

func (p *purse) Fill(_ context.Context, q auth.Query) (auth.Credential, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c, ok := p.held[q.Space]; ok {
		return c, nil
	}
	if !q.Person {
		return auth.Credential{}, auth.ErrNoCredential
	}
	p.asked = append(p.asked, q)
	if len(p.typed) == 0 {
		return auth.Credential{}, auth.ErrNobody
	}
	c := p.typed[0]
	p.typed = p.typed[1:]
	return c, nil
}

func (p *purse) Settle(_ context.Context, q auth.Query, c auth.Credential, o auth.Outcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.settled = append(p.settled, settled{c.User, o, q.Unasked})
	switch o {
	case auth.Accepted:
		if p.held == nil {
			p.held = map[auth.Space]auth.Credential{}
		}
		p.held[q.Space] = c
	case auth.Rejected:
		delete(p.held, q.Space)
	}
}

func (p *purse) outcomes() (list []auth.Outcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.settled {
		list = append(list, s.outcome)
	}
	return list
}

func person(user, password string) auth.Credential {
	return auth.Credential{User: user, Secret: auth.NewSecret(password)}
}

// sender is net/http with the addresses of the connection noted, as the Wire
// asks.
type sender struct {
	*http.Transport
	peer       netip.Addr // not zero: pretend the peer has this address
	unverified error      // pretend the check of the certificate said this
}

func (s sender) RoundTrip(r *http.Request) (*http.Response, error) {
	w := client.WireOf(r.Context())
	ctx := httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) {
		w.Peer, _ = netip.ParseAddrPort(i.Conn.RemoteAddr().String())
		if s.peer.IsValid() {
			w.Peer = netip.AddrPortFrom(s.peer, w.Peer.Port())
		}
		w.Unverified, w.PeerKey = s.unverified, "sha256//abc"
	}})
	return s.Transport.RoundTrip(r.WithContext(ctx))
}

func newClient(t *testing.T, w client.Wallet) *client.Client {
	t.Helper()
	s := sender{Transport: &http.Transport{
		DisableCompression: true, ExpectContinueTimeout: expectTime, TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}}
	t.Cleanup(s.CloseIdleConnections)
	schemes := []auth.Scheme{digest.Scheme{}, basic.Scheme{}}
	return &client.Client{
		Sender: s, Schemes: schemes, ProxySchemes: schemes, Wallet: w,
		Policy: client.Policy{Follow: true, MaxRedirects: 10},
	}
}

// get fetches the URL; the error goes with the response when it is an
// *Unanswered.
func get(t *testing.T, c *client.Client, target string) (*http.Response, string, error) {
	t.Helper()
	req, err := http.NewRequest("GET", target, nil)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, c, req)
}

func do(t *testing.T, c *client.Client, req *http.Request) (*http.Response, string, error) {
	t.Helper()
	resp, err := c.Do(req)
	if resp == nil {
		return nil, "", err
	}
	body, rerr := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if rerr != nil && err == nil {
		err = rerr
	}
	return resp, string(body), err
}

func consentFunc(t *testing.T, risk auth.Risk, f func(auth.Concern) error) func(context.Context, auth.Concern) error {
	t.Helper()
	return func(_ context.Context, c auth.Concern) error {
		if c.Risk != risk {
			t.Errorf("asked about risk %v, want %v", c.Risk, risk)
		}
		return f(c)
	}
}

// remembered recalls a Basic credential that may go unasked to the origin.
func remembered(origin string, cred auth.Credential) func(*auth.Party, *url.URL) auth.Recalled {
	o, _ := auth.ParseOrigin(origin)
	space := auth.Space{Party: auth.Server, Origin: o, Realm: "Lab", HasRealm: true}
	return func(p *auth.Party, _ *url.URL) auth.Recalled {
		if p != auth.Server {
			return auth.Recalled{}
		}
		return auth.Recalled{Ready: true, Credential: cred, Query: auth.Query{
			Space: space, Scheme: "Basic", Strength: auth.StrengthBasic, Unasked: true,
			Challenge: auth.Challenge{Scheme: "basic", Params: []auth.Param{{Name: "realm", Value: "Lab"}}},
		}}
	}
}

func dialTo(address string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, address)
	}
}
