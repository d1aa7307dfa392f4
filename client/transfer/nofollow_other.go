//go:build !unix

package transfer

// noFollow has no like on Windows, where making a link takes a privilege; noLink
// looks beforehand.
const noFollow = 0
