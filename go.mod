module getin

go 1.26.0

require (
	filippo.io/age v1.3.2 // the vault is a file that age -d opens
	github.com/alexbrainman/sspi v0.0.0-20250919150558-7d374ff0d59e // Kerberos as Windows has it
	github.com/andybalholm/brotli v1.2.8 // the content coding br
	github.com/creack/pty v1.1.24 // tests only: prompts are tested on real terminals
	github.com/danieljoos/wincred v1.2.3 // lists our items on Windows; go-keyring, which links it, cannot
	github.com/godbus/dbus/v5 v5.2.2 // asks whether the keyring is locked before go-keyring would wait for ever
	github.com/gofrs/flock v0.13.2 // locks files between processes, on Windows too, under a context
	github.com/jcmturner/gofork v1.7.6 // tests only: the DER of Kerberos, for a KDC
	github.com/jcmturner/gokrb5/v8 v8.4.4 // the encryption types of Kerberos; tests also take its other half, a KDC's and a service's
	github.com/klauspost/compress v1.20.3 // the content coding zstd
	github.com/rogpeppe/go-internal v1.16.0 // tests only: the command is tested by scripts
	github.com/spf13/pflag v1.1.0
	github.com/zalando/go-keyring v0.2.8
	go.uber.org/goleak v1.3.0 // tests only: a thousand canceled downloads leave nothing behind
	golang.org/x/crypto v0.58.0 // scrypt, for encrypted private keys
	golang.org/x/net v0.62.0 // host names in other alphabets (idna), the octets of fields (httpguts), public suffixes
	golang.org/x/sys v0.49.0 // terminals, splice and file locks where package syscall ends
	golang.org/x/term v0.47.0
	golang.org/x/text v0.43.0 // the normal forms of user names and passwords (precis), widths of letters
	software.sslmate.com/src/go-pkcs12 v0.7.4 // client certificates in PKCS #12, old and new
)

require (
	filippo.io/hpke v0.4.0 // indirect
	golang.org/x/tools v0.51.0 // indirect
)

require (
	github.com/hashicorp/go-uuid v1.0.3 // indirect
	github.com/jcmturner/aescts/v2 v2.0.0 // indirect
	github.com/jcmturner/dnsutils/v2 v2.0.0 // indirect
	github.com/jcmturner/goidentity/v6 v6.0.1 // indirect
	github.com/jcmturner/rpc/v2 v2.0.3 // indirect
)
