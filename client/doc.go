// Package client is the spine of getin: it sends a request, answers what a
// server (401) or a proxy (407) asks, and follows redirects, so that every
// secret goes where it belongs and nowhere else.
//
// It is given everything else: Schemes that compute answers (client/auth), a
// Wallet that finds and keeps credentials (store), a Sender that moves bytes.
// It knows no terminal, no keyring and no scheme by name.
//
// One request, read with client.go, converse.go and dialogue.go at hand:
//
//	Do            a loop over the hops of a chain of redirects (redirect.go)
//	  converse    a loop over the rounds of one hop: send, and while somebody
//	              asks, find an answer and send again
//	    recall    what is remembered answers before anybody asks
//	    prepare   an answer that is for the connection gets one (line.go)
//	    send      one request through the Sender, answers in front
//	    next      a challenge: judge the answer that was sent, then choose
//	      choose  strongest first, without a person, then with one
//	      fill    what the Wallet has, or the scheme gets by itself (a ticket)
//	      permit  clear text, unverified peers, weaker schemes (policy.go)
//	    finish    what the final response proves (outcome.go), told to the Wallet
//
// A scheme whose answer authenticates the connection (NTLM, Negotiate) has its
// requests sent over a connection of their own, from the first leg to the final
// response. They are the hop's line; what stays of it is for the same persons.
//
// Foresee goes the same way with every answer left out, for those who explain what
// Do would do (foresee.go).
//
// One dialogue per party and hop holds the conversation; it never touches a
// connection. Rules cited as R1 to R16 are those of the project's security
// chapter in README.md.
//
// Departures:
//
//   - net/http's Client is not used: it keeps Authorization for every port of a
//     host and for subdomains, and knows no protection spaces.
//   - RFC 9110 section 15.4 lets a client keep POST on 301 and 302; it becomes
//     GET, as in browsers and curl.
//   - RFC 9110 section 11.4 has a client repeat a request as often as it is
//     challenged; here it is at most eight times.
package client
