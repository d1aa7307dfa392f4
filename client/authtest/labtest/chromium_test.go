//go:build linux

package labtest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// chromium is a browser without a window, which is told what to do over a pipe (the
// DevTools protocol).
type chromium struct {
	t       *testing.T
	to      *os.File
	from    *bufio.Reader
	last    int
	session string
}

func newChromium(t *testing.T) *chromium {
	t.Helper()
	theirs, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	from, answers, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	cmd := exec.Command("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--user-data-dir="+home, "--window-size=800,600", "--remote-debugging-pipe", "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+home)
	cmd.ExtraFiles = []*os.File{theirs, answers} // its descriptors 3 and 4
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = theirs.Close(), answers.Close()
	limit := time.AfterFunc(4*patience, func() { _ = from.Close() })
	t.Cleanup(func() {
		limit.Stop()
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
		_, _ = to.Close(), from.Close()
	})
	c := &chromium{t: t, to: to, from: bufio.NewReader(from)}
	var targets struct {
		TargetInfos []struct{ TargetID, Type string }
	}
	c.must("Target.getTargets", nil, &targets)
	for _, target := range targets.TargetInfos {
		if target.Type == "page" {
			var attached struct{ SessionID string }
			c.must("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
			c.session = attached.SessionID
		}
	}
	return c
}

// call has the browser do something.
func (c *chromium) call(method string, params map[string]any, result any) error {
	c.last++
	if params == nil {
		params = map[string]any{}
	}
	message := map[string]any{"id": c.last, "method": method, "params": params}
	if c.session != "" {
		message["sessionId"] = c.session
	}
	text, err := json.Marshal(message)
	if err != nil {
		return err
	}
	if _, err := c.to.Write(append(text, 0)); err != nil {
		return err
	}
	for {
		text, err := c.from.ReadBytes(0)
		if err != nil {
			return err
		}
		var said struct {
			ID     int
			Result json.RawMessage
			Error  *struct{ Message string }
		}
		switch err := json.Unmarshal(text[:len(text)-1], &said); {
		case err != nil:
			return err
		case said.ID != c.last: // an event
		case said.Error != nil:
			return fmt.Errorf("%s: %s", method, said.Error.Message)
		case result == nil:
			return nil
		default:
			return json.Unmarshal(said.Result, result)
		}
	}
}

func (c *chromium) must(method string, params map[string]any, result any) {
	c.t.Helper()
	if err := c.call(method, params, result); err != nil {
		c.t.Fatal(err)
	}
}

// until evaluates the expression until it is a string that is not empty: a page
// may be on its way.
func (c *chromium) until(expression string) string {
	c.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		var got struct{ Result struct{ Value any } }
		err := c.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true}, &got)
		if text, _ := got.Result.Value.(string); text != "" {
			return text
		}
		if time.Now().After(deadline) {
			_ = c.call("Runtime.evaluate", map[string]any{"expression": "document.documentElement.outerHTML", "returnByValue": true}, &got)
			c.t.Fatalf("%s: nothing; %v\n%v", expression, err, got.Result.Value)
		}
	}
}

// picture is a screenshot, a PNG.
func (c *chromium) picture() []byte {
	c.t.Helper()
	var got struct{ Data []byte } // encoding/json undoes its base64
	c.must("Page.captureScreenshot", map[string]any{"format": "png"}, &got)
	return got.Data
}
