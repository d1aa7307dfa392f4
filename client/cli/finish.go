package cli

import (
	"fmt"
	"net/http"
	"os"

	"getin/client/transfer"
	"getin/client/transfer/coding"
)

// skips reports whether there is a file already, and none is to be fetched
// (--skip-existing).
func (f *fetcher) skips(rec *record, sets []string) bool {
	if !f.options.skipExisting {
		return false
	}
	path := f.sink(rec, nil, sets).Path
	if _, err := os.Stat(path); path == "" || err != nil {
		return false
	}
	f.report.notice("getin: %s: is there already; skipped", path)
	return true
}

// prepare sets up the sink for what is to be done with the body while it comes.
// decoded is the body that is read, when it is decoded: a file of such is no part
// of what the server has.
func (f *fetcher) prepare(rec *record, resp *http.Response, sink *transfer.Sink) (decoded *coding.Reader, err error) {
	o := f.options
	sink.Prompt = o.unbuffered
	if most := o.maxFileSize; most > 0 {
		sink.Max = most
		if size := sink.From + resp.ContentLength; size > most {
			return nil, fmt.Errorf("%w: %d octets, and %d are allowed", transfer.ErrTooLarge, size, most)
		}
	}
	codings := f.codings(resp)
	if f.survives(rec) && len(codings) == 0 {
		v := transfer.VersionOf(resp)
		sink.Opened = func(name string) { transfer.Remember(name, v, true) }
	}
	rec.limit = newRateLimit(o.limitRate)
	rec.limit.download(resp)
	if err := f.summing(rec, resp, sink); err != nil {
		return nil, err
	}
	return decode(resp, sink, codings)
}

// survives reports whether it is worth noting with the file, while it grows, of
// which version it is. Without -C and --retry that is done only when the transfer
// breaks off.
func (f *fetcher) survives(rec *record) bool { return f.options.resume || rec.retry != nil }

// finish does what is to be done with a file when its body has come; err is why
// it has not.
func (f *fetcher) finish(rec *record, resp *http.Response, sink *transfer.Sink, err error) error {
	if sink.Name() != "" {
		rec.file = sink.Name()
		if rec.sink == nil {
			rec.sink = sink // knows whether the file is this run's
		}
	}
	if err == nil {
		err = rec.judged.Missing()
	}
	if err != nil {
		f.keep(rec, resp, sink)
		return err
	}
	if f.survives(rec) && sink.Name() != "" {
		transfer.Forget(rec.file)
	}
	if err := f.verify(rec); err != nil {
		return err
	}
	if f.options.remoteTime && rec.file != "" {
		f.setTime(rec.file, resp)
	}
	return nil
}

// setTime gives the file the time of Last-Modified (-R).
func (f *fetcher) setTime(name string, resp *http.Response) {
	t, err := http.ParseTime(resp.Header.Get("Last-Modified"))
	if err != nil {
		return
	}
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return
	}
	if err := os.Chtimes(name, t, t); err != nil {
		f.report.notice("getin: the time of %s: %v", name, err)
	}
}

// removeFailed is --remove-on-error: it removes the file that the transfer has
// made, and none that was there before.
func (f *fetcher) removeFailed(rec *record) {
	if rec.err == nil || !f.options.removeOnError || rec.sink == nil {
		return
	}
	if err := rec.sink.Remove(); err != nil {
		f.report.notice("getin: %v", err)
		return
	}
}
