package h1

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
)

// Where Linux systems keep the CA certificates: the list of crypto/x509
// (root_linux.go), which cannot be asked for it.
var (
	bundleFiles = []string{
		"/etc/ssl/certs/ca-certificates.crt",                // Debian, Ubuntu, Gentoo
		"/etc/pki/tls/certs/ca-bundle.crt",                  // Fedora, RHEL 6
		"/etc/ssl/ca-bundle.pem",                            // OpenSUSE
		"/etc/pki/tls/cacert.pem",                           // OpenELEC
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // CentOS, RHEL 7
		"/etc/ssl/cert.pem",                                 // Alpine
	}
	bundleDirs = []string{"/etc/ssl/certs", "/etc/pki/tls/certs"}
)

var errNoRoots = errors.New("no CA certificates found")

// roots are the trusted certificates, read once, when they are first wanted.
type roots struct {
	file   string // of the user, as is dir; they replace all else
	dir    string
	getenv func(string) string

	once sync.Once
	done chan struct{}
	pool *x509.CertPool
	err  error
}

// start begins to read in the background.
func (r *roots) start() {
	r.once.Do(func() {
		r.done = make(chan struct{})
		go func() {
			defer close(r.done)
			r.pool, r.err = r.load()
		}()
	})
}

// get waits for what start began. A nil pool means the platform's own verifier.
func (r *roots) get() (*x509.CertPool, error) {
	r.start()
	<-r.done
	return r.pool, r.err
}

func (r *roots) load() (*x509.CertPool, error) {
	if r.file != "" || r.dir != "" {
		return r.own()
	}
	file, dir := "", ""
	if r.getenv != nil {
		file, dir = r.getenv("SSL_CERT_FILE"), r.getenv("SSL_CERT_DIR")
	}
	if file == "" && dir == "" && runtime.GOOS != "linux" {
		return nil, nil
	}
	return readSystem(file, dir)
}

// own reads the user's file and folder. A folder without certificates trusts
// nobody.
func (r *roots) own() (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	if r.file != "" {
		named, err := readBundle(r.file)
		if err != nil {
			return nil, err
		}
		pool = named
	}
	if r.dir != "" {
		readDir(pool, r.dir)
	}
	return pool, nil
}

// readSystem reads the bundle: the named one, or the first known; and the
// directories: the named ones, or the known when there is no bundle.
func readSystem(file, dir string) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	found := false
	if file != "" {
		named, err := readBundle(file)
		if err != nil {
			return nil, err
		}
		pool, found = named, true
	} else {
		for _, f := range bundleFiles {
			if b, err := os.ReadFile(f); err == nil {
				found = pool.AppendCertsFromPEM(b)
				break
			}
		}
	}
	dirs := filepath.SplitList(dir)
	if dir == "" && !found {
		dirs = bundleDirs
	}
	for _, d := range dirs {
		found = readDir(pool, d) || found
	}
	if !found {
		return nil, errNoRoots
	}
	return pool, nil
}

func readBundle(file string) (*x509.CertPool, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("CA certificates: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(b) {
		return nil, fmt.Errorf("CA certificates: %s: no certificate in it", file)
	}
	return pool, nil
}

// readDir adds every certificate of a directory; what cannot be read is passed
// over, as crypto/x509 does.
func readDir(pool *x509.CertPool, dir string) bool {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	found := false
	for _, e := range entries {
		if b, err := os.ReadFile(filepath.Join(dir, e.Name())); err == nil {
			found = pool.AppendCertsFromPEM(b) || found
		}
	}
	return found
}

// Roots returns the certificates that are trusted when nobody names others: nil
// for the platform's own verifier. It is for who wants to know whether they can
// be read; connections read them by themselves.
func Roots(getenv func(string) string) (*x509.CertPool, error) {
	return (&roots{getenv: getenv}).load()
}
