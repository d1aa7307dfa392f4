package cli

import "getin/client/cli/trace"

// displayOptions is what is shown of the transfers beside what they bring.
type displayOptions struct {
	bar      bool // -#
	noMeter  bool
	unstyled bool

	trace trace.Options // -v, --trace and --trace-ascii: the last of them
	har   string        // file of --har
}

// traceTo takes -v or a trace. Only one of them is written: the last, as in curl.
func traceTo(form trace.Form, name string) func(*options, string) error {
	return func(o *options, file string) error {
		if was := o.display.trace.Form; was != trace.None && was != form {
			o.warned = append(o.warned, name+" overrides an earlier trace or verbose option")
		}
		o.display.trace.Form, o.display.trace.File = form, file
		return nil
	}
}

func takeVerbose(o *options, on bool) {
	if !on {
		o.display.trace.Form = trace.None
		return
	}
	_ = traceTo(trace.Lines, "-v")(o, "") // never fails
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
		{
			name: "trace", arg: "file", group: "info", help: "write everything that passes to the file, in hexadecimal; secrets are masked",
			take: traceTo(trace.Bytes, "--trace"),
		},
		{
			name: "trace-ascii", arg: "file", group: "info", help: "the same as text; \"-\" is standard output, \"%\" stderr",
			take: traceTo(trace.Text, "--trace-ascii"),
		},
		{
			name: "trace-time", group: "info", help: "with the time, in traces and -v",
			on: func(o *options, b bool) { o.display.trace.Timed = b },
		},
		{
			name: "har", arg: "file", group: "info", help: "write an HTTP archive (HAR 1.2), for browsers to show; secrets are masked",
			take: func(o *options, v string) error { o.display.har = v; return nil },
		},
		{
			name: "styled-output", group: "output", help: "on a terminal, show the names of header fields in bold, which is the default",
			on: func(o *options, b bool) { o.display.unstyled = !b },
		},
	}
}
