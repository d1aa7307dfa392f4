package cli

// displayOptions is what is shown of the transfers beside what they bring.
type displayOptions struct {
	bar     bool // -#
	noMeter bool
}

func displayFlags() []flagDef {
	return []flagDef{
		{
			letter: "#", name: "progress-bar", group: "info", help: "show a bar of how far the transfer is",
			on: func(o *options, b bool) { o.display.bar = b },
		},
		{
			name: "no-progress-meter", group: "info", help: "show errors and notices, but not how far the transfer is",
			on: func(o *options, b bool) { o.display.noMeter = b },
		},
		{name: "styled-output", group: "output", help: "accepted: heads are never styled", on: func(*options, bool) {}},
	}
}
