package cli

// deepStack, in octets, is more than the calls of a transfer need.
const deepStack = 36 << 10

// growStack makes the stack of its goroutine large while little is on it. To grow
// step by step, with all calls on it, costs a walk over their frames each time,
// for which the runtime reads most of the program's tables: half a megabyte of
// resident memory and a tenth of the processor time of a small fetch.
//
//go:noinline
func growStack(anywhere int) byte {
	var room [deepStack]byte
	return room[anywhere]
}
