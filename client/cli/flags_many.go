package cli

// manyFlags are those for several URLs.
func manyFlags() []flagDef {
	return []flagDef{
		{
			letter: "Z", name: "parallel", group: "request", help: "fetch several URLs at once",
			on: func(o *options, b bool) { o.parallel = b },
		},
		{
			name: "parallel-max", arg: "number", group: "request", help: "with -Z, how many at once (50)",
			take: takeParallelMax,
		},
		{
			name: "parallel-immediate", group: "request", help: "with -Z, open connections at once, though one of HTTP/2 could be shared",
			on: func(o *options, b bool) { o.parallelImmediate = b },
		},
		{
			name: "fail-early", group: "request", help: "stop at the first transfer that fails",
			on: func(o *options, b bool) { o.failEarly = b },
		},
		{
			name: "rate", arg: "number/unit", group: "request", help: "without -Z, begin at most so many a second, minute, hour or day: 5/m",
			take: func(o *options, v string) (err error) { o.rate, err = transfersAt(v); return err },
		},
		{
			letter: "g", name: "globoff", group: "request", help: "take {} and [] in a URL as they are",
			on: func(o *options, b bool) { o.globOff = b },
		},
		{
			letter: ":", name: "next", group: "request", single: true,
			help: "begin again with no flags set, for the URLs that follow",
			on:   func(o *options, _ bool) { o.next() },
		},
		{
			name: "input-file", arg: "file", group: "request",
			help: "fetch the URLs in the file, one a line; \"out=name\" may follow; - is stdin",
			take: takeList,
		},
	}
}
