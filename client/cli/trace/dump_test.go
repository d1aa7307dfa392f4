package trace

import (
	"bytes"
	"strings"
	"testing"

	"getin/client/cli/mask"
)

// The forms are those of curl 7.88.1, which was asked to trace the same octets.
func TestDumps(t *testing.T) {
	text := []byte("GET / HTTP/1.1\r\nHost: h\r\n\r\n\x00\x1f\x7f\xffend" + strings.Repeat("x", 70) + "\r\n")
	for form, want := range map[Form]string{
		Text: "=> Send data, 106 bytes (0x6a)\n0000: GET / HTTP/1.1\n0010: Host: h\n0019: \n001b: ....end" + strings.Repeat("x", 57) +
			"\n005b: xxxxxxxxxxxxx\n",
		Bytes: "=> Send data, 106 bytes (0x6a)\n0000: 47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a GET / HTTP/1.1..\n" +
			"0010: 48 6f 73 74 3a 20 68 0d 0a 0d 0a 00 1f 7f ff 65 Host: h........e\n",
	} {
		var b bytes.Buffer
		v := &Log{mask: &mask.Mask{}, form: form, to: &b}
		v.content(true, text)
		if !strings.HasPrefix(b.String(), want) {
			t.Errorf("dumped\n%s\nwant\n%s", &b, want)
		}
	}
	var b bytes.Buffer
	(&Log{mask: &mask.Mask{}, form: Bytes, to: &b}).content(false, []byte("ab"))
	if want := "<= Recv data, 2 bytes (0x2)\n0000: 61 62                                           ab\n"; b.String() != want {
		t.Errorf("dumped\n%q, want\n%q", &b, want)
	}
}
