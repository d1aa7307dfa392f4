package cli

import (
	"net/http"
	"os"
	"strings"

	"getin/client/auth"
	"getin/client/transfer"
)

// etagField returns the If-None-Match of --etag-compare. An empty file, and one
// that --etag-save is yet to write, stand for no version that there could be, as
// in curl.
func (o *options) etagField() (auth.Field, bool, error) {
	f := auth.Field{Name: "If-None-Match", Value: `""`}
	if o.etagCompare == "" {
		return f, false, nil
	}
	b, err := os.ReadFile(o.etagCompare)
	if err != nil {
		if o.etagSave != "" && os.IsNotExist(err) {
			return f, true, nil
		}
		return f, false, &readError{err}
	}
	if tag := strings.NewReplacer("\r", "", "\n", "").Replace(string(b)); tag != "" {
		f.Value = tag
	}
	if err := checkText(f.Value); err != nil {
		return f, false, &usageError{why: "flag --etag-compare: the file " + err.Error(), code: exitUsage}
	}
	return f, true, nil
}

// saveETag writes the ETag for --etag-save, once the body it belongs to is there:
// the file must not speak of a version that nobody has. Without one the file is
// emptied; a 304 that names none leaves it.
func (f *fetcher) saveETag(resp *http.Response) error {
	name, tag := f.options.etagSave, resp.Header.Get("ETag")
	status := resp.StatusCode
	if name == "" || status/100 != 2 && (status != http.StatusNotModified || tag == "") {
		return nil
	}
	if tag != "" {
		tag += "\n"
	}
	f.writing.Lock()
	defer f.writing.Unlock()
	if name == "-" {
		_, err := f.sys.Stdout.Write([]byte(tag))
		return err
	}
	if err := f.options.makeDirFor(name); err != nil {
		return err
	}
	if err := os.WriteFile(name, []byte(tag), 0o644); err != nil {
		return &transfer.WriteError{Name: name, Err: err}
	}
	return nil
}
