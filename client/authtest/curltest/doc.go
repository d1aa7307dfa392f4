// Package curltest is for tests alone: it compares a program with the real
// curl. A case is a file that holds a command line and what curl made of it
// against the servers of this package: exit code, standard output, files, and
// every request, as the servers saw it. The record is made by curl and never by
// getin:
//
//	go test ./client/cli -run 'TestCurl/NAME' -record
//
// "make test" runs getin against the record and needs no curl; "make test-lab"
// runs the real curl against it, so that no record rots.
//
// # Writing a case
//
// A case is client/cli/testdata/curl/NAME.txtar. It begins with what it shows
// and with lines of "word: value":
//
//	The data is posted; several are joined with "&".
//	flags: data
//	-- args --
//	--data a=1 --data @form $HTTP/
//	-- in/form --
//	b=2
//
// Then -record adds the section "curl". The lines are:
//
//	flags: data, header      the flags that it shows, by their long names. Each is
//	                         taken out once, and the case must fail then; so let
//	                         it be a word of its own in args, not "-sSo".
//	env: http_proxy=$PROXY   adds to the environment
//	stderr: any              records whether anything came to standard error, and
//	stderr: has TEXT         whether that did; its other words are each program's own
//	stderr: like REGEXP      whether a line of it matches
//	stdout: …                the same three, in place of what it is
//	differs: why             getin does something else, on purpose: the section
//	                         "getin" says what, beside "curl"
//	own: why                 curl does not have this; the section "getin" alone,
//	                         written by hand
//
// Sections are args, stdin, in/NAME (a file of the working folder) and the
// records. Each line of args is a command, run after the one before in the same
// world; its words are a shell's, with '…', "…" and \, without expansion. In
// args, env, stdin and in/NAME these names stand for what differs between runs,
// and in records what differs is turned into them again:
//
//	$HTTP $OTHER    two origins over http; $HTTPPORT is the port, and so for all
//	$HTTPS $H2      over https, the second with HTTP/2; $CA is the file to trust
//	$PAIRED         as $H2, and answers a connection when there are two, or after 2 s
//	$MTLS           over https, and wants a certificate of the client
//	$PROXY          a proxy over http; $TLSPROXY over https, and $MTLSPROXY, which
//	                wants a certificate
//	$AUTHPROXY      demands Basic of alice, "wonderland"; $DIGESTPROXY Digest, $NTLMPROXY NTLM
//	$MUTE           over https, and never says a word
//	$SOCKS          "127.0.0.1:PORT", versions 4 and 5; leads to this machine,
//	                whatever the host; $AUTHSOCKS demands alice, too
//	$UNIX           a socket's path
//	$DEAFPORT       of a server that 127.0.0.1 has; at [::1] connecting never ends
//	$DIR            the working folder
//
// What the paths of the servers do is said in routes.go, and what else is made
// equal between runs and between programs in normal.go. No case takes longer than
// what it shows, and most show nothing that takes time.
package curltest
