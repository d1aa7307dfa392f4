// Package authtest is for tests alone: a server and a proxy on a loopback
// address that demand authentication in any scheme, rightly or wrongly, and a
// log of what reached them. Answers are verified from the standards (RFC 7617,
// RFC 7616, RFC 6750, [MS-NLMP]) without a line of client/auth, so that a mistake there
// cannot agree with itself here.
//
// A server is a list of rows, each a path and what it demands:
//
//	s := authtest.Start(
//		authtest.Row{Path: "/basic/", Demands: []authtest.Demand{
//			authtest.Basic{Realm: "Lab", Users: authtest.Users{"alice": "wonderland"}},
//		}},
//	)
//	t.Cleanup(s.Close)
//
// Below this folder lie the servers that others wrote: lab starts Apache, nginx
// and more, labtest runs the program against them; demo is what "make demo"
// runs; guards and bench are what their targets in the Makefile run.
//
// Departures:
//
//   - After nextnonce a "-sess" key stays the one of the first challenge: RFC
//     7616 section 3.4.2 fixes it "following receipt of a WWW-Authenticate
//     challenge", which nextnonce is not.
//   - A server may choose to accept a repeated nonce count; this one never
//     does, and complains (Server.Complaints).
package authtest
