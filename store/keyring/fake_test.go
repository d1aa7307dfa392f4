//go:build !windows && !darwin

package keyring

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
)

// fake is a Secret Service that does what a test tells it to, over a bus of its
// own (serve) or a real one (serveOn). Its fields are set before it serves, or
// through with.
type fake struct {
	mu    sync.Mutex
	items map[dbus.ObjectPath]*fakeItem
	made  int

	collections  []dbus.ObjectPath // default: login
	alias        dbus.ObjectPath   // of "default"; default: the first collection, or none
	locked       bool              // the collection
	itemsLocked  bool              // each item
	noProperties bool
	silent       []string                       // methods that are never answered
	dying        string                         // the method at which die is called, instead of an answer
	dyingAfter   string                         // the method after whose answer die is called
	die          func()                         // default: the caller's connection is closed
	asks         []string                       // methods that need a prompt though the collection is open
	answer       func() (dismissed, shown bool) // what a person does; nil: nothing, for ever
	calls        []string                       // methods called, in order
	conns        []net.Conn
	pending      map[dbus.ObjectPath]func() // what a prompt is about
}

type fakeItem struct {
	attributes map[string]string
	value      []byte
}

type fakeSecret struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string
}

// accept and dismiss are persons who answer the dialog at once.
func accept() (dismissed, shown bool)  { return false, true }
func dismiss() (dismissed, shown bool) { return true, true }

func (f *fake) with(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *fake) called(method string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, c := range f.calls {
		if c == method {
			n++
		}
	}
	return n
}

// handle answers one call; one that is not to be answered is not answered.
// Prompts are completed through signal.
func (f *fake) handle(m *dbus.Message, signal func(dbus.ObjectPath, bool, dbus.Variant)) (body []any, fault string, answered bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	method, _ := m.Headers[dbus.FieldMember].Value().(string)
	face, _ := m.Headers[dbus.FieldInterface].Value().(string)
	path, _ := m.Headers[dbus.FieldPath].Value().(dbus.ObjectPath)
	f.calls = append(f.calls, method)
	if method == f.dying {
		f.die()
		return nil, "", false
	}
	if slices.Contains(f.silent, method) {
		return nil, "", false
	}
	if f.noProperties && method == "Get" {
		return nil, "org.freedesktop.DBus.Error.UnknownInterface", true
	}
	switch face {
	case "org.freedesktop.DBus.Properties":
		body, fault = f.property(path, m.Body[1].(string))
	case serviceFace:
		body, fault = f.service(method, m.Body)
	case collectionFace:
		body, fault = f.collection(method, m.Body)
	case itemFace:
		body, fault = f.item(path, method)
	case promptFace:
		f.prompt(path, signal)
	case "org.freedesktop.Secret.Session":
	default:
		fault = "org.freedesktop.DBus.Error.UnknownMethod"
	}
	return body, fault, true
}

func (f *fake) property(path dbus.ObjectPath, name string) ([]any, string) {
	switch {
	case path == servicePath && name == "Collections":
		return []any{dbus.MakeVariant(f.collections)}, ""
	case name == "Items":
		items := []dbus.ObjectPath{}
		for p := range f.items {
			items = append(items, p)
		}
		return []any{dbus.MakeVariant(items)}, ""
	case name == "Attributes" && f.items[path] != nil:
		return []any{dbus.MakeVariant(f.items[path].attributes)}, ""
	case name == "Locked" && f.items[path] != nil:
		return []any{dbus.MakeVariant(f.itemsLocked)}, ""
	case name == "Locked":
		return []any{dbus.MakeVariant(f.locked)}, ""
	}
	return nil, "org.freedesktop.DBus.Error.UnknownProperty"
}

// promptFor returns the path of a prompt about what is to be done.
func (f *fake) promptFor(do func()) dbus.ObjectPath {
	f.made++
	p := servicePath + dbus.ObjectPath(fmt.Sprint("/prompt/p", f.made))
	f.pending[p] = do
	return p
}

func (f *fake) service(method string, args []any) ([]any, string) {
	switch method {
	case "OpenSession":
		return []any{dbus.MakeVariant(""), servicePath + "/session/s1"}, ""
	case "ReadAlias":
		return []any{f.alias}, ""
	case "Unlock":
		paths := args[0].([]dbus.ObjectPath)
		if !f.locked {
			return []any{paths, noPath}, ""
		}
		return []any{[]dbus.ObjectPath{}, f.promptFor(func() { f.locked = false })}, ""
	}
	return nil, "org.freedesktop.DBus.Error.UnknownMethod"
}

func (f *fake) collection(method string, args []any) ([]any, string) {
	if f.locked && method != "SearchItems" {
		return nil, "org.freedesktop.Secret.Error.IsLocked"
	}
	switch method {
	case "SearchItems":
		found := []dbus.ObjectPath{}
		if p := f.find(args[0].(map[string]string)); p != noPath {
			found = append(found, p)
		}
		return []any{found}, ""
	case "CreateItem":
		attributes := args[0].(map[string]dbus.Variant)[itemFace+".Attributes"].Value().(map[string]string)
		item := &fakeItem{attributes, args[1].([]any)[2].([]byte)}
		path := f.find(attributes)
		if path == noPath {
			f.made++
			path = loginPath + dbus.ObjectPath(fmt.Sprint("/i", f.made))
		}
		keep := func() { f.items[path] = item }
		if slices.Contains(f.asks, method) {
			return []any{noPath, f.promptFor(keep)}, ""
		}
		keep()
		return []any{path, noPath}, ""
	}
	return nil, "org.freedesktop.DBus.Error.UnknownMethod"
}

func (f *fake) find(attributes map[string]string) dbus.ObjectPath {
	for p, item := range f.items {
		if item.attributes["service"] == attributes["service"] && item.attributes["username"] == attributes["username"] {
			return p
		}
	}
	return noPath
}

func (f *fake) item(path dbus.ObjectPath, method string) ([]any, string) {
	item := f.items[path]
	switch {
	case item == nil:
		return nil, "org.freedesktop.Secret.Error.NoSuchObject"
	case method == "GetSecret":
		return []any{fakeSecret{servicePath + "/session/s1", []byte{}, item.value, "text/plain"}}, ""
	case method == "Delete" && slices.Contains(f.asks, method):
		return []any{f.promptFor(func() { delete(f.items, path) })}, ""
	case method == "Delete":
		delete(f.items, path)
		return []any{noPath}, ""
	}
	return nil, "org.freedesktop.DBus.Error.UnknownMethod"
}

// prompt shows the dialog to the person, who answers while the service goes on.
func (f *fake) prompt(path dbus.ObjectPath, signal func(dbus.ObjectPath, bool, dbus.Variant)) {
	answer := f.answer
	if answer == nil {
		return
	}
	go func() {
		dismissed, shown := answer()
		if !shown {
			return
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		result := []dbus.ObjectPath{}
		if do := f.pending[path]; !dismissed && do != nil {
			do()
			result = f.collections
		}
		signal(path, dismissed, dbus.MakeVariant(result))
	}()
}

// init fills in the defaults.
func (f *fake) init() {
	f.items = make(map[dbus.ObjectPath]*fakeItem)
	f.pending = make(map[dbus.ObjectPath]func())
	if f.collections == nil {
		f.collections = []dbus.ObjectPath{loginPath}
	}
	if f.alias == "" {
		f.alias = noPath
		if len(f.collections) > 0 {
			f.alias = f.collections[0]
		}
	}
}

// serve starts a bus in this process on which nothing but the fake is, and
// makes it the session's. A nil fake is a bus without a keyring.
func serve(t *testing.T, f *fake) {
	t.Helper()
	// Not t.TempDir: a socket's path has 108 octets at most (unix(7)).
	dir, err := os.MkdirTemp("", "bus")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	// First, so that it still stands when serveAt cleans up.
	t.Setenv(addressVariable, "unix:path="+filepath.Join(dir, "bus"))
	serveAt(t, f, filepath.Join(dir, "bus"))
}

func serveAt(t *testing.T, f *fake, path string) {
	t.Helper()
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	if f != nil {
		f.init()
		if f.die == nil {
			f.die = func() {
				for _, c := range f.conns {
					_ = c.Close()
				}
			}
		}
	}
	t.Cleanup(func() {
		// go-keyring's connection is the process' own: the next test needs another.
		if c, err := dbus.SessionBus(); err == nil {
			_ = c.Close()
		}
		_ = l.Close()
	})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if f != nil {
				f.with(func() { f.conns = append(f.conns, c) })
			}
			go talk(c, f)
		}
	}()
}

// talk is one client's connection: SASL first (D-Bus Specification, section
// "Authentication Protocol"), then messages.
func talk(c net.Conn, f *fake) {
	defer c.Close()
	r := bufio.NewReader(c)
	if _, err := r.ReadByte(); err != nil { // the NUL that comes first
		return
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		switch {
		case line == "BEGIN":
			messages(c, r, f)
			return
		case line == "AUTH":
			fmt.Fprint(c, "REJECTED EXTERNAL\r\n")
		case strings.HasPrefix(line, "AUTH EXTERNAL"):
			fmt.Fprint(c, "OK 0123456789abcdef0123456789abcdef\r\n")
		default:
			fmt.Fprint(c, "ERROR\r\n")
		}
	}
}

func messages(c net.Conn, r *bufio.Reader, f *fake) {
	out, err := dbus.NewConn(c) // for its serial numbers alone; it reads nothing
	if err != nil {
		return
	}
	defer out.Close()
	for {
		m, err := dbus.DecodeMessage(r)
		if err != nil {
			return
		}
		switch dest, _ := m.Headers[dbus.FieldDestination].Value().(string); {
		case dest == "org.freedesktop.DBus":
			reply(out, m, busAnswer(m), "")
		case f == nil:
			reply(out, m, nil, "org.freedesktop.DBus.Error.ServiceUnknown")
		default:
			respond(out, m, f)
		}
	}
}

func respond(out *dbus.Conn, m *dbus.Message, f *fake) {
	body, fault, answered := f.handle(m, func(p dbus.ObjectPath, dismissed bool, v dbus.Variant) {
		send(out, &dbus.Message{Type: dbus.TypeSignal, Headers: map[dbus.HeaderField]dbus.Variant{
			dbus.FieldPath:      dbus.MakeVariant(p),
			dbus.FieldInterface: dbus.MakeVariant(promptFace),
			dbus.FieldMember:    dbus.MakeVariant("Completed"),
		}, Body: []any{dismissed, v}})
	})
	if answered {
		reply(out, m, body, fault)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if m.Headers[dbus.FieldMember].Value() == f.dyingAfter {
		f.die()
	}
}

func busAnswer(m *dbus.Message) []any {
	switch m.Headers[dbus.FieldMember].Value() {
	case "Hello":
		return []any{":1.1"}
	case "GetConnectionUnixProcessID":
		return []any{uint32(os.Getpid())}
	}
	return nil
}

func reply(out *dbus.Conn, m *dbus.Message, body []any, fault string) {
	answer := &dbus.Message{Type: dbus.TypeMethodReply, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldReplySerial: dbus.MakeVariant(m.Serial()),
	}, Body: body}
	if sender, ok := m.Headers[dbus.FieldSender]; ok {
		answer.Headers[dbus.FieldDestination] = sender
	}
	if fault != "" {
		answer.Type = dbus.TypeError
		answer.Headers[dbus.FieldErrorName] = dbus.MakeVariant(fault)
	}
	send(out, answer)
}

func send(out *dbus.Conn, m *dbus.Message) {
	if len(m.Body) > 0 {
		m.Headers[dbus.FieldSignature] = dbus.MakeVariant(dbus.SignatureOf(m.Body...))
	}
	out.Send(m, nil)
}
