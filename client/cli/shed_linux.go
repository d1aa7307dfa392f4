//go:build amd64 || arm64

package cli

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	auxProgram = 3 // AT_PHDR of getauxval(3): where the program headers are
	auxNumber  = 5 // AT_PHNUM: how many

	loaded    = 1 // PT_LOAD of elf(5)
	ownHeader = 6 // PT_PHDR
	writable  = 2 // PF_W
)

// segment is a program header, Elf64_Phdr of elf(5).
type segment struct {
	kind, flags                uint32
	offset, address, physical  uint64
	inFile, inMemory, boundary uint64
}

// shed gives back the pages of the program itself that have been touched so far:
// to begin, it takes four fifths of its code and tables, two megabytes more than a
// transfer does, and keeps them mapped. They are as they are in its file; what is
// needed again is mapped again, for a fifth of a millisecond in all, which only a
// long transfer does not notice.
func shed() {
	headers := ownSegments()
	var bias uint64 // of a program that may lie anywhere
	for i := range headers {
		if h := &headers[i]; h.kind == ownHeader {
			bias = uint64(uintptr(unsafe.Pointer(&headers[0]))) - h.address
		}
	}
	for _, h := range headers {
		if h.kind != loaded || h.flags&writable != 0 {
			continue
		}
		page := uint64(unix.Getpagesize())
		begin, end := (bias+h.address)&^(page-1), (bias+h.address+h.inMemory)&^(page-1)
		if begin < end {
			_ = unix.Madvise(unsafe.Slice((*byte)(pointer(begin)), end-begin), unix.MADV_DONTNEED) // stays as it was
		}
	}
}

// ownSegments returns the headers as the kernel has loaded them, nil when it does
// not say where.
func ownSegments() []segment {
	aux, err := unix.Auxv()
	if err != nil {
		return nil
	}
	var at, n uint64
	for _, a := range aux {
		switch a[0] {
		case auxProgram:
			at = uint64(a[1])
		case auxNumber:
			n = uint64(a[1])
		}
	}
	if at == 0 {
		return nil
	}
	return unsafe.Slice((*segment)(pointer(at)), n)
}

// pointer is for addresses outside of Go's heap.
func pointer(at uint64) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&at)) }
