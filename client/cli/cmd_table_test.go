package cli

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestTableByCells(t *testing.T) {
	var b strings.Builder
	rows := [][]string{{"A", "B", "C"}, {"事務所", "é", "x"}, {"-", "longer", ""}}
	if err := writeTable(&b, rows); err != nil {
		t.Fatal(err)
	}
	want := "A       B       C\n" +
		"事務所  é       x\n" +
		"-       longer\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space") }

func TestOutputThatCannotBeWritten(t *testing.T) {
	var w *writeError
	if err := writeTable(fullDisk{}, [][]string{{"A"}}); !errors.As(err, &w) {
		t.Errorf("table: %v", err)
	}
	if err := writeJSON(fullDisk{}, nil); !errors.As(err, &w) {
		t.Errorf("JSON: %v", err)
	}
}

// JSON goes to terminals too: nothing in it may be obeyed there, and a reader
// gets every character back.
func TestJSONForTerminals(t *testing.T) {
	said := "a\x00\x1b[2J\x7f\u0085\u009b\u202e\u200b\u2028\U000e0041 <é事\U0001f600\n"
	var b strings.Builder
	if err := writeJSON(&b, []string{said}); err != nil {
		t.Fatal(err)
	}
	for _, r := range b.String() {
		if r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || strings.ContainsRune("\u202e\u200b\u2028\U000e0041", r) {
			t.Errorf("%q is written as it is", r)
		}
	}
	if !strings.Contains(b.String(), "<é事\U0001f600") {
		t.Errorf("what prints is escaped: %s", b.String())
	}
	var back []string
	if err := json.Unmarshal([]byte(b.String()), &back); err != nil || back[0] != said {
		t.Errorf("read back: %q, %v", back, err)
	}
}
