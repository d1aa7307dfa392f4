package sigv4_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"getin/client/auth"
	"getin/client/auth/sigv4"
)

func field(line string) auth.Field {
	name, value, _ := strings.Cut(line, ":")
	return auth.Field{Name: name, Value: value}
}

func content(s string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(s)), nil }
}

func sign(t *testing.T, flag, user, secret string, m auth.Message) string {
	t.Helper()
	s, err := sigv4.Parse(flag)
	if err != nil {
		t.Fatal(err)
	}
	fields, err := s.Sign(context.Background(), m, auth.Credential{User: user, Secret: auth.NewSecret(secret)})
	if err != nil {
		t.Fatal(err)
	}
	if len(fields) != 1 || fields[0].Name != "Authorization" {
		t.Fatalf("fields %v, want Authorization alone: the message has a date", fields)
	}
	return fields[0].Value
}

// The vectors of AWS's test suite, aws-sig-v4-test-suite: those whose query is in
// order and whose path needs no encoding.
func TestAWSSuite(t *testing.T) {
	for name, tc := range map[string]struct{ method, target, signature string }{
		"get-vanilla":  {"GET", "/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		"post-vanilla": {"POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
		"get-vanilla-query-order-key-case": {
			"GET", "/?Param1=value1&Param2=value2", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := sign(t, "aws:amz:us-east-1:service", "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", auth.Message{
				Method: tc.method, Target: tc.target, Authority: "example.amazonaws.com",
				Fields: []auth.Field{field("X-Amz-Date:20150830T123600Z")},
			})
			want := "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, " +
				"SignedHeaders=host;x-amz-date, Signature=" + tc.signature
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// What curl 7.88.1 sent for user AK and secret SK to svc.us-east-1.example.com:18999.
func TestAsCurl(t *testing.T) {
	const date = "X-Amz-Date:20150830T123600Z"
	for name, tc := range map[string]struct {
		flag, method, target, content string
		fields                        []string
		want                          string // of Authorization, from the day on
	}{
		"query as sent": {
			"aws:amz", "GET", "/?b=2&a=1", "",
			[]string{date},
			"20150830/us-east-1/svc/aws4_request, SignedHeaders=host;x-amz-date, Signature=6428949b3d9e8082df0fa79a4480401f6cf840161ee638c89a5ee074429c693e",
		},
		"encoded": {
			"aws:amz", "GET", "/c?x=a%20b&y", "",
			[]string{date},
			"20150830/us-east-1/svc/aws4_request, SignedHeaders=host;x-amz-date, Signature=5b78c5e7285f5ed88978ad9f9f89b641c6b9eaedbbcc506707d076c3b0b04df0",
		},
		"dots stay": {
			"aws:amz:r:s", "GET", "/a/../b//c", "",
			[]string{date},
			"20150830/r/s/aws4_request, SignedHeaders=host;x-amz-date, Signature=2fd45a58e87a68ed891d3d56a1608084b1543dfda6745b70c478a36be47073a6",
		},
		"s3": {
			"aws:amz:us-east-1:s3", "GET", "/x", "",
			[]string{date},
			"20150830/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=2e53831aebc3b83456df61d1a201f41dfd2f3fe3cb7b6b4321c0242f4cfc5808",
		},
		"content": {
			"aws:amz:us-east-1:s3", "POST", "/x", "hello",
			[]string{date},
			"20150830/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=02d32014ec59d2bfb56a70287f82fb21c2465db752139af39232054d82fa0692",
		},
		"own hash": {
			"aws:amz:us-east-1:es", "POST", "/x", "hi",
			[]string{date, "x-amz-content-sha256:UNSIGNED-PAYLOAD"},
			"20150830/us-east-1/es/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=86d1ae4fbbe333132922b10666f2dbec19c43d1e88d30536f40480d4c1457f8d",
		},
		"twice": {
			"aws:amz:r:s", "POST", "/", "hi",
			[]string{date, "x-a:1", "X-A:0", "content-type:X/y"},
			"20150830/r/s/aws4_request, SignedHeaders=content-type;host;x-a;x-a;x-amz-date, Signature=82618c1f368bf4081fae57239ee742a87e89728090e111a1ec509d0084180534",
		},
		"an empty part ends the flag": {
			"aws:amz::s", "GET", "/", "",
			[]string{date},
			"20150830/us-east-1/svc/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fe66c9093ebdba0d07818dddf48d69a682ad468a8c04cc51a56cc22eaebe331",
		},
		"service guessed": {
			"aws:amz:r:", "GET", "/", "",
			[]string{date},
			"20150830/r/svc/aws4_request, SignedHeaders=host;x-amz-date, Signature=92bd9355826ed6e405122edfd2bdfadfebb4dfbad06f87ceb1a9d94b56544d4f",
		},
		"colon in the service": {
			"aws:amz:r:s:t", "HEAD", "/?", "",
			[]string{date},
			"20150830/r/s:t/aws4_request, SignedHeaders=host;x-amz-date, Signature=c56d4cd75d8780bcda542505d61573acb2f5b8f5a534577719957747a8b63a34",
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := auth.Message{
				Method: tc.method, Target: tc.target,
				Host: "svc.us-east-1.example.com", Authority: "svc.us-east-1.example.com:18999",
			}
			for _, f := range tc.fields {
				m.Fields = append(m.Fields, field(f))
			}
			if tc.content != "" {
				m.Body = content(tc.content)
			}
			if got, want := sign(t, tc.flag, "AK", "SK", m), "AWS4-HMAC-SHA256 Credential=AK/"+tc.want; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// Other providers name the algorithm, the scope and the date; curl 7.88.1 sent
// these at that time.
func TestProviders(t *testing.T) {
	for flag, want := range map[string][2]string{
		"osc": {
			"OSC4-HMAC-SHA256 Credential=AK/20261124/us-east-1/svc/osc4_request, SignedHeaders=host;x-osc-date, " +
				"Signature=e0ee60b806fc3d9846bf6c7b608c26b23d407782a9ca0379aa368b601e2054ce", "X-Osc-Date",
		},
		"OsC:GOog:r": {
			"OSC4-HMAC-SHA256 Credential=AK/20261124/r/svc/osc4_request, SignedHeaders=host;x-goog-date, " +
				"Signature=4b28abb1288b1e3ccfff96cce37cf121160bc50e964540835479301db246f3ef", "X-Goog-Date",
		},
	} {
		s, err := sigv4.Parse(flag)
		if err != nil {
			t.Fatal(err)
		}
		s.Now = func() time.Time { return time.Date(2026, 11, 24, 18, 37, 48, 0, time.UTC) }
		got, err := s.Sign(context.Background(), auth.Message{
			Method: "GET", Target: "/x", Host: "svc.us-east-1.example.com", Authority: "svc.us-east-1.example.com:18999",
		}, auth.Credential{User: "AK", Secret: auth.NewSecret("SK")})
		if err != nil || len(got) != 2 || got[0].Value != want[0] || got[1] != (auth.Field{Name: want[1], Value: "20261124T183748Z"}) {
			t.Errorf("%s: %v, %v\nwant %v", flag, got, err, want)
		}
	}
}

// A Date as HTTP writes it is the same moment.
func TestDateOfHTTP(t *testing.T) {
	m := auth.Message{Method: "GET", Target: "/", Authority: "h", Fields: []auth.Field{field("Date:Sun, 30 Aug 2015 12:36:00 GMT")}}
	if got := sign(t, "aws:amz:r:s", "AK", "SK", m); !strings.Contains(got, "Credential=AK/20150830/r/s/aws4_request, SignedHeaders=date;host") {
		t.Error(got)
	}
}

func TestRefused(t *testing.T) {
	for _, flag := range []string{"", ":amz", "a b", "aws:x y", "aws:ä"} {
		if _, err := sigv4.Parse(flag); !errors.Is(err, sigv4.ErrProvider) {
			t.Errorf("%q: error %v, want ErrProvider", flag, err)
		}
	}
	s, err := sigv4.Parse("aws:amz")
	if err != nil {
		t.Fatal(err)
	}
	for host, word := range map[string]string{"localhost": "service", "a.b": "region"} {
		_, err := s.Sign(context.Background(), auth.Message{Host: host}, auth.Credential{})
		if !errors.Is(err, sigv4.ErrScope) || !strings.Contains(err.Error(), word) {
			t.Errorf("%s: error %v", host, err)
		}
	}
	_, err = s.Sign(context.Background(), auth.Message{Host: "a.b.c"}, auth.Credential{User: "a\nb"})
	if !errors.Is(err, auth.ErrCredential) {
		t.Errorf("error %v, want ErrCredential", err)
	}
}
