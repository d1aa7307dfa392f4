//go:build !linux

package nethttp

const canSplice = false
