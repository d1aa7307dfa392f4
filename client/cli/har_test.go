package cli

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"getin/client/authtest"
	"getin/client/cli/har"
	"getin/client/cli/mask"
)

// harRequired are the fields that HAR 1.2 wants of each object, with their kinds:
// "s" a string, "n" a number, "t" a time, "o:NAME" an object, "a:NAME" an array
// of objects. A question mark marks what may be left out.
var harRequired = map[string]map[string]string{
	"root":     {"log": "o:log"},
	"log":      {"version": "s", "creator": "o:creator", "entries": "a:entry"},
	"creator":  {"name": "s", "version": "s"},
	"entry":    {"startedDateTime": "t", "time": "n", "request": "o:request", "response": "o:response", "cache": "o:cache", "timings": "o:timings", "serverIPAddress": "s?", "connection": "s?", "comment": "s?"},
	"request":  {"method": "s", "url": "s", "httpVersion": "s", "cookies": "a:cookie", "headers": "a:pair", "queryString": "a:pair", "postData": "o:post?", "headersSize": "n", "bodySize": "n"},
	"response": {"status": "n", "statusText": "s", "httpVersion": "s", "cookies": "a:cookie", "headers": "a:pair", "content": "o:content", "redirectURL": "s", "headersSize": "n", "bodySize": "n"},
	"cookie":   {"name": "s", "value": "s", "path": "s?", "domain": "s?", "expires": "t?", "httpOnly": "b?", "secure": "b?"},
	"pair":     {"name": "s", "value": "s"},
	"post":     {"mimeType": "s", "params": "a:pair?", "text": "s?"},
	"content":  {"size": "n", "mimeType": "s", "text": "s?"},
	"cache":    {},
	"timings":  {"blocked": "n", "dns": "n", "connect": "n", "send": "n", "wait": "n", "receive": "n", "ssl": "n"},
}

// validHAR checks a value against the kind of object, and returns what is wrong.
func validHAR(where, kind string, v any) (wrong []string) {
	o, ok := v.(map[string]any)
	if !ok {
		return []string{where + ": no object"}
	}
	for name, want := range harRequired[kind] {
		want, optional := strings.CutSuffix(want, "?")
		field, has := o[name]
		if !has && !optional {
			wrong = append(wrong, where+"."+name+": missing")
		}
		if has {
			wrong = append(wrong, validField(where+"."+name, want, field)...)
		}
	}
	for name := range o {
		if _, known := harRequired[kind][name]; !known && name[0] != '_' {
			wrong = append(wrong, where+"."+name+": not in the specification")
		}
	}
	return wrong
}

func validField(where, want string, v any) (wrong []string) {
	kind, object, _ := strings.Cut(want, ":")
	ok := true
	switch kind {
	case "s":
		_, ok = v.(string)
	case "n":
		_, ok = v.(float64)
	case "b":
		_, ok = v.(bool)
	case "t":
		text, _ := v.(string)
		_, err := time.Parse("2006-01-02T15:04:05.000Z07:00", text)
		ok = err == nil
	case "o":
		return validHAR(where, object, v)
	case "a":
		list, isList := v.([]any)
		for i, one := range list {
			wrong = append(wrong, validHAR(fmt.Sprintf("%s[%d]", where, i), object, one)...)
		}
		ok = isList
	}
	if !ok {
		wrong = append(wrong, fmt.Sprintf("%s: %v is not of kind %s", where, v, kind))
	}
	return wrong
}

// archive runs getin with --har, checks what it wrote, and returns its entries.
func archive(t *testing.T, want int, args ...string) (entries []har.Entry, text string) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "run.har")
	sys, _, stderr := testSystem(t)
	if code := Main(append([]string{"-s", "--har", file}, args...), sys); code != want {
		t.Fatalf("exit %d, want %d: %s", code, want, stderr)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var any any
	var typed struct {
		Log struct{ Entries []har.Entry }
	}
	if err := json.Unmarshal(b, &any); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	if wrong := validHAR("har", "root", any); len(wrong) > 0 {
		t.Errorf("not HAR 1.2: %s\n%s", strings.Join(wrong, "\n"), b)
	}
	if err := json.Unmarshal(b, &typed); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("files left: %v", left)
	}
	for _, e := range typed.Log.Entries {
		if sum := e.Timings.Sum(); e.Time != sum || e.Timings.Send < 0 || e.Timings.Wait < 0 || e.Timings.Receive < 0 {
			t.Errorf("%s: time %v of %+v", e.Request.URL, e.Time, e.Timings)
		}
	}
	return typed.Log.Entries, string(b)
}

// A redirect, a challenge and its answer are entries of their own.
func TestHARRounds(t *testing.T) {
	server := stagingHAR(t)
	entries, text := archive(t, exitOK, "-L", "--no-store", "--anyauth", "-u", "alice:wonderland", "-H", "Cookie: sid=crumbs",
		server.URL+"/to-basic?token=tok123&q=a%20b")
	var got []string
	for _, e := range entries {
		got = append(got, fmt.Sprint(e.Request.Method, " ", strings.TrimPrefix(e.Request.URL, server.URL), " ", e.Response.Status, " ", e.Response.Redirect))
	}
	want := []string{"GET /to-basic?token=[masked]&q=a%20b 302 /basic/x", "GET /basic/x 401 ", "GET /basic/x 200 "}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("entries %q, want %q", got, want)
	}
	for _, secret := range []string{"wonderland", "YWxpY2U6", "tok123", "crumbs", "set-me"} {
		if strings.Contains(text, secret) {
			t.Errorf("RULES R16: the archive holds %q", secret)
		}
	}
	first, last := entries[0], entries[2]
	if want := []har.Pair{{Name: "token", Value: mask.Placeholder}, {Name: "q", Value: "a b"}}; !reflect.DeepEqual(first.Request.Query, want) {
		t.Errorf("query %v, want %v", first.Request.Query, want)
	}
	if want := []har.Cookie{{Name: "sid", Value: mask.Placeholder}}; !reflect.DeepEqual(first.Request.Cookies, want) {
		t.Errorf("cookies %v, want %v", first.Request.Cookies, want)
	}
	if want := []har.Cookie{{Name: "b", Value: mask.Placeholder, Path: "/x", HTTPOnly: true}}; !reflect.DeepEqual(first.Response.Cookies, want) {
		t.Errorf("cookies %v, want %v", first.Response.Cookies, want)
	}
	if last.Response.Content.Text != "welcome, alice\n" || last.Response.Content.Size != 15 || last.Response.BodySize != 15 {
		t.Errorf("content %+v", last.Response.Content)
	}
	if first.Timings.Connect < 0 || first.Timings.Blocked != -1 || last.Timings.Connect != -1 || last.Timings.Blocked < 0 {
		t.Errorf("timings %+v, then %+v", first.Timings, last.Timings)
	}
	if first.Server != "127.0.0.1" || first.Port == "" || first.Port != last.Port {
		t.Errorf("connections %s:%s and %s", first.Server, first.Port, last.Port)
	}
	if _, text := archive(t, exitOK, "--show-secrets", "--no-store", "-u", "alice:wonderland", server.URL+"/basic/?token=tok123"); !strings.Contains(text, "YWxpY2U6") || !strings.Contains(text, "tok123") {
		t.Errorf("--show-secrets hides: %s", text)
	}
}

func stagingHAR(t *testing.T) *authtest.Server {
	t.Helper()
	s := authtest.Start(append(scriptRows(""), authtest.Row{
		Path: "/to-basic", Status: http.StatusFound, Location: "/basic/x",
		Header: http.Header{"Set-Cookie": {"b=set-me; Path=/x; HttpOnly"}},
	})...)
	t.Cleanup(s.Close)
	return s
}

// What was sent is there as pairs or as text, masked; what is no text, or too
// much, is there as a number.
func TestHARBodies(t *testing.T) {
	server := stagingHAR(t)
	entries, _ := archive(t, exitOK, "-d", "a=b%20c&password=v1", server.URL+"/")
	if p := entries[0].Request.Post; p == nil || !reflect.DeepEqual(p.Params, []har.Pair{{Name: "a", Value: "b c"}, {Name: "password", Value: mask.Placeholder}}) || p.Text != "a=b%20c&password=[masked]" {
		t.Errorf("a form: %+v", p)
	}
	entries, _ = archive(t, exitOK, "--json", `{"access_token":"v1","x":1}`, server.URL+"/")
	if p := entries[0].Request.Post; p == nil || p.Text != `{"access_token":"[masked]","x":1}` || p.Params != nil {
		t.Errorf("JSON: %+v", p)
	}
	big := filepath.Join(t.TempDir(), "big")
	if err := os.WriteFile(big, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	entries, text := archive(t, exitOK, "--data-binary", "@"+big, "-H", "Content-Type: text/plain", server.URL+"/binary")
	if e := entries[0]; e.Request.BodySize != 1<<20 || e.Request.Post.Text != "" || e.Response.Content.Size != 3 || len(text) > 4<<10 {
		t.Errorf("%d octets for %+v", len(text), e)
	}
}

// A transfer without an answer is an entry that says why.
func TestHAROfFailures(t *testing.T) {
	entries, _ := archive(t, exitConnect, "http://127.0.0.1:1/x")
	if len(entries) != 1 || entries[0].Response.Status != 0 || !strings.Contains(entries[0].Comment, "connecting") {
		t.Errorf("%+v", entries)
	}
	sys, _, stderr := testSystem(t)
	server := stagingHAR(t)
	server.Forget()
	code := Main([]string{"--har", filepath.Join(t.TempDir(), "no", "folder"), server.URL + "/"}, sys)
	if code != exitWrite || len(server.Log()) > 0 {
		t.Errorf("exit %d after %d requests: %s", code, len(server.Log()), stderr)
	}
}

// Many at once are all there, and what was there before is replaced as a whole.
func TestHARParallel(t *testing.T) {
	server := stagingHAR(t)
	entries, _ := archive(t, exitOK, "-Z", "-o", os.DevNull, server.URL+"/n[1-100]")
	seen := map[string]bool{}
	for _, e := range entries {
		seen[e.Request.URL] = true
	}
	if len(entries) != 100 || len(seen) != 100 {
		t.Errorf("%d entries, %d URLs", len(entries), len(seen))
	}
}

// "-" is standard output, and what is no regular file is not replaced.
func TestHARElsewhere(t *testing.T) {
	server := stagingHAR(t)
	sys, stdout, _ := testSystem(t)
	if code := Main([]string{"-s", "--har", "-", "-o", os.DevNull, server.URL + "/"}, sys); code != 0 || !json.Valid(stdout.Bytes()) {
		t.Errorf("exit %d: %s", code, stdout)
	}
	if code := Main([]string{"-s", "--har", os.DevNull, "-o", os.DevNull, server.URL + "/"}, sys); code != 0 {
		t.Errorf("exit %d", code)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode()&fs.ModeCharDevice == 0 {
		t.Errorf("the null device is %v, %v", info.Mode(), err)
	}
}
