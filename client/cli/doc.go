// Package cli is the program: it reads the command line, joins the packages
// that fetch, ask and keep (wire.go), writes what came, and turns every end into
// an exit code and a sentence.
//
// The flags are one table (flags.go); parsing, --help and the check against
// curl's names are made from it. Names and meanings are curl's wherever curl has
// the flag.
//
// A fetch, in the order of its files, which are named by what they are about:
//
//	cli           Main: a command, or a fetch
//	flags…        the table, by groups; what its values mean
//	parse config  words and files into options…, by the table
//	urls… targets a URL as typed, read once; list is --input-file
//	wire…         the parts for each group of options: engine, schemes, wallet, client
//	request       a plan for the requests: headers, body…, form…, etag, timecond
//	tasks         one transfer after the other, or many at once; line overlaps two
//	fetch         one transfer: request, response, delivery; retry, resume and
//	              segments around it, limit… within it
//	record        what became of it; -w (writeout… variables), taps, meter and the
//	              packages trace and har tell of it
//	output finish where a body goes, and what is done when it is there: checksum…,
//	              decode, pretty, styled
//	judge         what a status means; report, hints…, notices and exit say it
//
// Beside it:
//
//	commands      their list; cmd_action runs one, and each is a file cmd_…; explain… is one
//	person…       who is asked: terminal, askpass, consent, sign-in; browser
//	secrets…      where a secret comes from that nobody types: netrc, passphrase,
//	              vault_key, sign, oauth_client
//	proxies tls   whom a connection goes through, and whom it trusts; cookies
//	system        what the program has of the machine, for tests to put other
//	              things in: console, inherit, interrupt, stack, shed
//	help manual   printed from the table
//
// Packages below know nothing of flags: glob (URLs that stand for many), mask (rule
// R16), trace (-v), har, meter, qr.
//
// Departures from curl:
//
//   - A challenge is answered; one that stays unanswered is exit 67, and then a
//     file named with -o or -O is left as it was.
//   - A URL without a scheme is https, or http for a loopback host.
//   - -v, the traces and archives show no secret, unless --show-secrets is given.
//     Where something is masked, the sizes in a trace are those of what is shown;
//     bodies are traced without the framing of chunks.
//   - The progress meter comes after a second, in rows, one for each transfer; a
//     stderr that is no terminal gets a line every five seconds in place of a
//     table. Only -# always shows something.
//   - -C never puts two versions together: where the server has another one, or
//     no ranges, the file is fetched anew (curl ends with exit code 33, or joins
//     what does not belong together). A 206 without Content-Range is refused.
//   - --retry goes on where the transfer broke off, in a file and on standard
//     output, and takes a broken connection for a reason to try again. The body
//     of a status that leads to another try is not written.
//   - A body is offered with Expect from 1 MiB on, whichever flag it is of; curl
//     7.88 asks before every -T. What came through a pipe is sent again after a
//     challenge when no more than 1 MiB of it was read.
//   - --url-query and -G with data both go into the URL; curl drops the first.
//   - -X PUT -d keeps its body after a 301 or 302; curl sends an empty PUT.
//   - A POST, a PUT or a PATCH without a body says that it has none (RFC 9110
//     section 8.6). What frames a body is the program's word: a Content-Length of
//     -H is not sent beside it, and Host and Content-Length are not taken out.
//   - What would break a request is exit code 2: a method or a field's name that
//     is no token, a space in --request-target. So is standard input that is
//     wanted twice, and -C with -r.
//   - Of redirects 304, 305 and 306 are not followed, and what describes a body
//     does not go where the body does not.
//   - --http2 asks no http server for an upgrade, which RFC 9113 has given up. The
//     fields of HTTP/2 are shown in the order of their names.
//   - -D and -i do not show what a proxy says when it refuses a tunnel.
//   - --request-target is for the URL that was typed, and not for a redirect's.
//   - --etag-save writes the ETag when the body is there, and only that of a
//     success; curl writes it before. A 304 without one leaves the file alone.
//   - -z also reads the dates of RFC 3339.
//   - On a terminal the names of fields are bold as in curl, but a Location is no
//     link to click.
//   - --remove-on-error leaves a file that was there before.
//   - A bare "%" in a path is sent as "%25", and bytes that RFC 3986 section 2
//     does not allow in a URL are percent-encoded.
//   - A long flag takes its value after "=" as well.
//   - --next without a URL after it, and a bad URL, stop everything before
//     anything is sent. --no-prompt, --prompt-timeout, --store, --no-store and
//     --show-secrets are for the whole run, in whichever group they stand.
//   - --input-file (curl has none): of what the user says of himself nothing goes
//     to an origin that the list names, but that of its first URL, or those that
//     were typed beside it (list_home.go).
//   - An error in a config file ends the run; curl warns and goes on.
package cli
