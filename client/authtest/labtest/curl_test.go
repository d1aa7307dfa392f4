//go:build linux

package labtest

import (
	"errors"
	"testing"

	"github.com/rogpeppe/go-internal/diff"

	"getin/client/authtest/curltest"
)

// The records that getin is compared with are still what the real curl does.
func TestCurlRecords(t *testing.T) {
	lab(t, "GETIN_BINARY")
	cases, err := curltest.Read("../../cli/testdata/curl")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		if c.Own != "" {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			got, err := c.Run(t.Context(), "curl", c.Commands())
			if errors.Is(err, curltest.ErrUnable) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			if want := c.Want("curl"); got != want {
				t.Errorf("%s", diff.Diff("recorded", []byte(want), "curl", []byte(got)))
			}
		})
	}
}
