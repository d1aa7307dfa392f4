package cli

// codingOptions say what is done with the content of a response.
type codingOptions struct {
	compressed bool
	raw        bool
	pretty     bool
}

func codingFlags() []flagDef {
	return []flagDef{
		{
			name: "compressed", group: "request", help: "ask for a compressed response, and decompress it (gzip, deflate, br, zstd)",
			on: func(o *options, b bool) { o.compressed = b },
		},
		{
			name: "raw", group: "output", help: "decode nothing, chunks neither",
			on: func(o *options, b bool) { o.raw = b },
		},
		{
			name: "pretty", group: "output", help: "on a terminal, lay JSON out and colour it",
			on: func(o *options, b bool) { o.pretty = b },
		},
	}
}
