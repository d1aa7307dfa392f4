//go:build linux

package labtest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

// An archive opens in a browser's network panel: Chromium's own importer reads what
// --har writes.
func TestHARInABrowser(t *testing.T) {
	lab(t, "GETIN_BINARY")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/from" {
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
			http.Redirect(w, r, "/to?token=t0k3n", http.StatusFound)
			return
		}
		fmt.Fprintln(w, "hello")
	}))
	t.Cleanup(s.Close)
	file := filepath.Join(t.TempDir(), "run.har")
	if code, said := download(t, "-s", "-L", "--har", file, "-o", os.DevNull, s.URL+"/from",
		"-:", "-s", "-o", os.DevNull, "-d", "x=1&password=p", s.URL+"/post",
		"-:", "-s", "-o", os.DevNull, "http://127.0.0.1:1/"); code != 7 {
		t.Fatalf("exit %d: %s", code, said)
	}
	archive, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := newChromium(t)
	c.must("Page.navigate", map[string]any{"url": "devtools://devtools/bundled/devtools_app.html"}, nil)
	c.must("Runtime.evaluate", map[string]any{"expression": importer + "(" + string(archive) + ")"}, nil)
	want := fmt.Sprintf("GET %[1]s/from 302 \nGET %[1]s/to?token=[masked] 200 \nPOST %[1]s/post 200 x=1&password=[masked]\n"+
		"GET http://127.0.0.1:1/ 0 ", s.URL)
	if got := c.until("window.shown"); got != want {
		t.Errorf("the browser shows\n%s\nwant\n%s", got, want)
	}
}

// importer reads an archive as the network panel does, and leaves in a variable what
// the panel would show. The panel's own scripts may be on their way.
const importer = `(async archive => {
	for (let tries = 0; ; tries++) {
		try {
			const {HARFormat, Importer} = await import('devtools://devtools/bundled/models/har/har.js');
			let lines = [];
			for (const r of Importer.Importer.requestsFromHARLog(new HARFormat.HARRoot(archive).log)) {
				lines.push([r.requestMethod, r.url(), r.statusCode, await r.requestFormData()].join(' '));
			}
			window.shown = lines.join('\n');
			return;
		} catch (e) {
			if (tries == 100) {
				window.shown = String(e);
				return;
			}
			await new Promise(done => setTimeout(done, 50));
		}
	}
})`
