package auth

// Party is one of the two who may ask for authentication, as the names of the
// fields that it uses. There are exactly two, Server and Proxy; code compares
// pointers and never branches on which of them it has.
type Party struct {
	Name      string // "server" or "proxy", for people and for stored keys
	Status    int    // the status code of its challenge
	Challenge string // the field that carries its challenges
	Answer    string // the field that carries the credentials
	Info      string // the field that follows an accepted answer
}

// The two parties of RFC 9110 sections 11.6 and 11.7.
var (
	Server = &Party{"server", 401, "WWW-Authenticate", "Authorization", "Authentication-Info"}
	Proxy  = &Party{"proxy", 407, "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Authentication-Info"}
)

// PartyNamed returns the party with that Name, or nil.
func PartyNamed(name string) *Party {
	for _, p := range []*Party{Server, Proxy} {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// String returns the party's name.
func (p *Party) String() string { return p.Name }
