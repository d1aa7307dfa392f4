package cli

// requestOptions are what a group says of its requests beside fields and data.
type requestOptions struct {
	ranges      string        // -r
	target      string        // --request-target
	unless      timeCondition // -z
	etagSave    string        // file of --etag-save
	etagCompare string        // file of --etag-compare
	keepPost    []int         // of --post301 and its kin
	urlRules
	redirectTo protocols // of --proto-redir; zero is all
}
