package cli

import "errors"

func bodyFlags() []flagDef {
	return append(dataFlags(), []flagDef{
		{
			letter: "F", name: "form", arg: "name=content", group: "body",
			help: "field of a form to post; name=@file sends a file, name=<file what is in it",
			take: func(o *options, v string) error { return o.form.add(o, v) },
		},
		{
			name: "form-string", arg: "name=text", group: "body", help: "the same, with no meaning given to @, < and ;",
			take: func(o *options, v string) error { return o.form.addText(v) },
		},
		{
			name: "form-escape", group: "body", help: "escape names of a form by backslash, not by percent",
			on: func(o *options, b bool) { o.form.backslash = b },
		},
		{
			letter: "T", name: "upload-file", arg: "file", group: "body",
			help: "file to put; \"-\" is standard input. The n-th goes to the n-th URL",
			take: func(o *options, v string) error { o.uploads = append(o.uploads, v); return nil },
		},
	}...)
}

// dataFlags are -d and its kin.
func dataFlags() []flagDef {
	add := func(d datum) func(*options, string) error {
		return func(o *options, v string) error {
			d.value = v
			o.data = append(o.data, d)
			o.json = o.json || d.glued
			return nil
		}
	}
	return []flagDef{
		{
			letter: "d", name: "data", arg: "data|@file", group: "body", alias: "data-ascii",
			help: "form data to post; several are joined with &",
			take: add(datum{file: true}),
		},
		{
			name: "data-raw", arg: "data", group: "body", help: "the same, with no meaning given to @",
			take: add(datum{}),
		},
		{
			name: "data-binary", arg: "data|@file", group: "body", help: "data to post, to the octet",
			take: add(datum{file: true, binary: true}),
		},
		{
			name: "data-urlencode", arg: "name=data", group: "body",
			help: "form data to post, encoded for it; also =data, name@file",
			take: add(datum{encode: true}),
		},
		{
			name: "json", arg: "data|@file", group: "body", help: "JSON to post, with the fields that say so",
			take: add(datum{file: true, binary: true, glued: true}),
		},
		{
			name: "url-query", arg: "name=data", group: "request",
			help: "data to add to the URL, encoded for it; +data is added as it is",
			take: takeQuery,
		},
	}
}

// takeQuery reads --url-query: "+" before what needs no encoding, else as
// --data-urlencode.
func takeQuery(o *options, v string) error {
	d := datum{value: v, encode: true}
	if len(v) > 0 && v[0] == '+' {
		d = datum{value: v[1:]}
	}
	o.query = append(o.query, d)
	return nil
}

var errNoField = errors.New("needs a name and a content, as in name=content")
