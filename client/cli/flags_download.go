package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// downloads are the options of downloads that survive.
type downloads struct {
	resume        bool  // -C
	resumeFrom    int64 // with it, in octets; -1 is what the file has
	retry         retryOptions
	checksums     []string // of the n-th URL each; "@FILE" is for all
	segments      int      // connections for one file; 0 and 1: one
	limitRate     int64    // octets a second each way; 0: no limit
	maxFileSize   int64    // octets; 0: no limit
	noClobber     bool
	skipExisting  bool
	removeOnError bool
	remoteTime    bool
	unbuffered    bool // -N
}

func downloadFlags() []flagDef {
	return []flagDef{
		{
			letter: "C", name: "continue-at", arg: "offset", group: "download",
			help: "go on at the offset; with -, where the file ends, if it is of the same version",
			take: takeContinueAt,
		},
		{
			name: "checksum", arg: "alg:hex|@file", group: "download",
			help: "sha256, sha512, sha1 or md5 of the file, or a list of them as by sha256sum",
			take: takeChecksum,
		},
		{
			name: "segments", arg: "number", group: "download", help: "fetch a large file over so many connections at once",
			take: func(o *options, v string) (err error) { o.segments, err = number(v, 1); return err },
		},
		{
			name: "limit-rate", arg: "octets", group: "download", help: "how many octets a second at most, with k, M or G",
			take: func(o *options, v string) (err error) { o.limitRate, err = octets(v); return err },
		},
		{
			name: "max-filesize", arg: "octets", group: "download", help: "the largest file to take, with k, M or G",
			take: func(o *options, v string) (err error) { o.maxFileSize, err = octets(v); return err },
		},
		{
			name: "no-clobber", group: "download", help: "write to name.1 and so on rather than over a file",
			on: func(o *options, b bool) { o.noClobber = b },
		},
		{
			name: "skip-existing", group: "download", help: "do not fetch what there is a file for",
			on: func(o *options, b bool) { o.skipExisting = b },
		},
		{
			name: "remove-on-error", group: "download", help: "remove the file when the transfer does not succeed",
			on: func(o *options, b bool) { o.removeOnError = b },
		},
		{
			letter: "R", name: "remote-time", group: "download", help: "give the file the time of the server's",
			on: func(o *options, b bool) { o.remoteTime = b },
		},
		{
			letter: "N", name: "no-buffer", group: "download", help: "write everything as it comes",
			on: func(o *options, b bool) { o.unbuffered = b },
		},
	}
}

func retryFlags() []flagDef {
	return []flagDef{
		{
			name: "retry", arg: "number", group: "download", help: "how often to try again what may succeed later, going on where it broke",
			take: func(o *options, v string) (err error) { o.retry.times, err = number(v, 0); return err },
		},
		{
			name: "retry-delay", arg: "seconds", group: "download", help: "how long to wait before (1, then twice as long each time)",
			take: func(o *options, v string) (err error) { o.retry.delay, err = seconds(v); return err },
		},
		{
			name: "retry-max-time", arg: "seconds", group: "download", help: "for how long to try again",
			take: func(o *options, v string) (err error) { o.retry.maxTime, err = seconds(v); return err },
		},
		{
			name: "retry-connrefused", group: "download", help: "try again when the connection is refused, too",
			on: func(o *options, b bool) { o.retry.refused = b },
		},
		{
			name: "retry-all-errors", group: "download", help: "try again after every error",
			on: func(o *options, b bool) { o.retry.all = b },
		},
	}
}

func takeContinueAt(o *options, v string) error {
	o.resume, o.resumeFrom = true, -1
	if v == "-" {
		return nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 0 {
		return fmt.Errorf("%q is neither a number of octets nor -", v)
	}
	o.resumeFrom = n
	return nil
}

// takeChecksum reads a sum at once and a list later: a wrong one is no secret.
func takeChecksum(o *options, v string) error {
	if !strings.HasPrefix(v, "@") {
		if _, err := readChecksum(v); err != nil {
			return err
		}
	}
	o.checksums = append(o.checksums, v)
	return nil
}

// octets reads a size as curl does: a whole number, with B, k, M or G behind it,
// each 1024 of the one before.
func octets(v string) (int64, error) {
	digits, factor := v, int64(1)
	if n := len(v) - 1; n > 0 {
		switch v[n] {
		case 'b', 'B':
			digits = v[:n]
		case 'k', 'K':
			digits, factor = v[:n], 1<<10
		case 'm', 'M':
			digits, factor = v[:n], 1<<20
		case 'g', 'G':
			digits, factor = v[:n], 1<<30
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/factor {
		return 0, fmt.Errorf("%q is not a number of octets", v)
	}
	return n * factor, nil
}

// checkDownloads finds what cannot be wanted together.
func (o *options) checkDownloads() error {
	if o.resume && o.remoteHeaderName {
		return &usageError{why: "--continue-at and --remote-header-name cannot be combined", code: exitUsage}
	}
	if o.resume && o.ranges != "" {
		return &usageError{why: "--continue-at and --range cannot be combined", code: exitUsage}
	}
	return nil
}

// retryOptions are those of --retry.
type retryOptions struct {
	times   int
	delay   time.Duration // 0: 1 s, and then twice as long each time
	maxTime time.Duration // since the first try; 0: no limit
	refused bool          // --retry-connrefused
	all     bool          // --retry-all-errors
}
