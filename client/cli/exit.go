package cli

// The exit codes, with curl's numbers and meanings where curl has them
// (libcurl-errors). Those from 100 on are not curl's, but 130, which is the
// shell's for SIGINT (128 + 2).
const (
	exitOK          = 0
	exitProtocol    = 1  // a scheme that is not http or https
	exitUsage       = 2  // the command line
	exitURL         = 3  // a URL that cannot be read
	exitNotBuilt    = 4  // a curl flag that getin does not have
	exitProxyName   = 5  // the proxy's name does not resolve
	exitHostName    = 6  // the host's name does not resolve
	exitConnect     = 7  // no connection
	exitWeirdReply  = 8  // not HTTP
	exitPartial     = 18 // fewer octets than promised
	exitStatus      = 22 // status 400 and above with --fail
	exitWrite       = 23 // the output cannot be written
	exitRead        = 26 // a local file cannot be read
	exitTimeout     = 28
	exitRange       = 33 // the server does not send the range that was asked for
	exitTLS         = 35
	exitArgument    = 43  // an argument that makes no sense
	exitRedirects   = 47  // more redirects than allowed
	exitSyntax      = 49  // the argument of a flag cannot be read
	exitEmptyReply  = 52  // the connection closed with no reply
	exitSend        = 55  // sending failed
	exitReceive     = 56  // receiving failed
	exitCipher      = 59  // no cipher suite that is known
	exitCertificate = 60  // the peer's certificate is not trusted
	exitEncoding    = 61  // a coding that is unknown, or data that are not of it
	exitTooLarge    = 63  // more than --max-filesize
	exitCAFile      = 77  // the CA file cannot be read
	exitRewind      = 65  // the body cannot be sent a second time
	exitLogin       = 67  // a challenge unanswered or refused
	exitPin         = 90  // the pinned public key cannot be read, or is another
	exitAuth        = 94  // a store or a scheme failed, or policy forbids
	exitOversize    = 100 // a header field or head too large
	exitChecksum    = 110 // the file is not what --checksum says
	exitInterrupted = 130
)
