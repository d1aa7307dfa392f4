package cli

// requestOptions are what a group says of its requests beside fields and data.
type requestOptions struct {
	ranges string // -r
	target string // --request-target
}
