package cli

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"strings"

	"getin/client/transfer"
)

// algorithm is a hash that --checksum knows, by the length of its sum in octets.
type algorithm struct {
	name string
	size int
	new  func() hash.Hash
}

// algorithms returns them, strongest first. MD5 and SHA-1 tell of an accident,
// not of an attack; many servers publish nothing else.
func algorithms() []algorithm {
	return []algorithm{
		{"sha512", sha512.Size, sha512.New},
		{"sha256", sha256.Size, sha256.New},
		{"sha1", sha1.Size, sha1.New},
		{"md5", md5.Size, md5.New},
	}
}

// checksum is what a file must have.
type checksum struct {
	algorithm
	sum []byte
}

// readChecksum reads "ALG:HEX", the algorithm as in "sha256" or "SHA-256".
func readChecksum(v string) (checksum, error) {
	name, digits, ok := strings.Cut(v, ":")
	if !ok {
		return checksum{}, errors.New("neither ALGORITHM:HEX nor @FILE")
	}
	return newChecksum(name, digits)
}

// newChecksum finds the algorithm, an empty name's by the length of the sum.
func newChecksum(name, digits string) (checksum, error) {
	sum, err := hex.DecodeString(strings.TrimSpace(digits))
	if err != nil {
		return checksum{}, errors.New("the sum is not hexadecimal")
	}
	plain := strings.ToLower(strings.ReplaceAll(name, "-", ""))
	for _, a := range algorithms() {
		switch {
		case name == "" && a.size == len(sum), plain == a.name && a.size == len(sum):
			return checksum{a, sum}, nil
		case plain == a.name:
			return checksum{}, fmt.Errorf("a sum of %s has %d digits, not %d", a.name, 2*a.size, 2*len(sum))
		}
	}
	if name == "" {
		return checksum{}, fmt.Errorf("a sum of %d digits is of no algorithm known", 2*len(sum))
	}
	return checksum{}, fmt.Errorf("the algorithm %q is none of sha256, sha512, sha1, md5", name)
}

// checksumError is a file that is not what it should be. curl has no such thing;
// exit code 110.
type checksumError struct {
	name  string // of the file, or what stands for it
	aside string // where it lies now, or ""
	why   string
}

func (e *checksumError) Error() string {
	text := e.name + ": " + e.why
	if e.aside != "" {
		text += "; set aside as " + e.aside
	}
	return text
}

// checksumFor returns the checksum of what is to be written to the path, nil when
// there is none to be had.
func (f *fetcher) checksumFor(rec *record, path string) (*checksum, error) {
	if rec.checksum != "" {
		c, err := readChecksum(rec.checksum)
		return &c, err
	}
	if f.sums == nil {
		return nil, nil
	}
	return f.sums.find(rec.number, path, rec.target.fileName())
}

// summing gives the sink the hash that the body is to be checked by. One of a
// stream that is gone on with is gone on with as well.
func (f *fetcher) summing(rec *record, resp *http.Response, sink *transfer.Sink) error {
	want, err := f.checksumFor(rec, sink.Path)
	if err != nil || want == nil || resp.Request.Method == http.MethodHead {
		return err
	}
	if rec.sum == nil || sink.Path != "" || rec.part == nil || rec.part.From == 0 {
		rec.sum = want.new()
	}
	rec.want, sink.Sum = want, rec.sum
	return nil
}

// verify compares the sum of what came with what it should be.
func (f *fetcher) verify(rec *record) error {
	if rec.want == nil {
		return nil
	}
	got := rec.sum.Sum(nil)
	if bytes.Equal(got, rec.want.sum) {
		return nil
	}
	e := &checksumError{name: rec.file, why: fmt.Sprintf("the %s is %x, not %x", rec.want.name, got, rec.want.sum)}
	if e.name == "" {
		e.name = "standard output"
		return e
	}
	if f.options.removeOnError {
		return e
	}
	aside, err := transfer.SetAside(rec.file, ".mismatch")
	if err != nil {
		f.report.notice("getin: %v", err)
		return e
	}
	e.aside = aside
	rec.file = aside
	return e
}

// verifyFile is verify for a file that was complete before.
func (f *fetcher) verifyFile(rec *record) error {
	want, err := f.checksumFor(rec, rec.file)
	if err != nil || want == nil || rec.file == "" {
		return err
	}
	file, err := os.Open(rec.file)
	if err != nil {
		return &readError{err}
	}
	defer file.Close()
	rec.want, rec.sum = want, want.new()
	if _, err := io.Copy(rec.sum, file); err != nil {
		return &readError{err}
	}
	return f.verify(rec)
}
