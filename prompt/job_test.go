//go:build unix

// What happens to a terminal when signals come can be seen only from outside of
// the process that asks. The test binary therefore runs itself again twice: as a
// shell, which leads the session of a pseudo-terminal, and as a job of it, which
// asks a question.

package prompt

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// role, in the environment, is what the test binary is to be instead of a test.
const role = "PROMPT_TEST_ROLE"

// shellTerminal is the descriptor of the terminal in the shell and its job.
const shellTerminal = 3

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "shell":
		os.Exit(shell(os.Getenv("PROMPT_TEST_JOB")))
	case "secret":
		os.Exit(askSecret())
	case "lock":
		os.Exit(holdLock(os.Getenv("PROMPT_TEST_DIR")))
	default:
		os.Exit(m.Run())
	}
}

// askSecret is a program that reads standard input only after its question.
func askSecret() int {
	term, err := Open()
	if err != nil {
		fmt.Println(err)
		return 3
	}
	switch os.Getenv("PROMPT_TEST_JOB") {
	case "later":
		_ = unix.Kill(os.Getpid(), unix.SIGSTOP)
	case "pipeline":
		mate := exec.Command("cat")
		if _, err := mate.StdinPipe(); err != nil || mate.Start() != nil {
			return 1
		}
		defer func() { _ = mate.Process.Kill(); _ = mate.Wait() }()
		fmt.Println("mate", mate.Process.Pid)
	}
	secret, err := term.Secret(context.Background(), "password")
	if err != nil {
		fmt.Println(err)
		if errors.Is(err, ErrCanceled) {
			return 130
		}
		return 67
	}
	fmt.Println("answered")
	input, _ := io.ReadAll(os.Stdin)
	fmt.Printf("secret %q, input %q\n", secret, input)
	return 0
}

// shell runs one job, in the foreground or not, and tells on standard output
// what becomes of it and of the terminal's mode. When the job stops it takes the
// terminal, as shells do, and waits for "fg" or "bg".
func shell(kind string) int {
	before, err := unix.IoctlGetTermios(shellTerminal, getTermios)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	if kind == "nohup" {
		signal.Ignore(unix.SIGHUP)
	}
	pid, err := startJob(kind != "background", kind == "endless")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("pid", pid)
	commands := bufio.NewScanner(os.Stdin)
	for {
		var status unix.WaitStatus
		if _, err := unix.Wait4(pid, &status, unix.WUNTRACED, nil); err == unix.EINTR {
			continue
		} else if err != nil {
			fmt.Println(err)
			return 1
		}
		fmt.Println(fate(status), modeNow())
		if !status.Stopped() || !commands.Scan() {
			return 0
		}
		takeTerminal(unix.Getpgrp())
		_ = unix.IoctlSetTermios(shellTerminal, setTermios, before)
		if commands.Text() == "fg" {
			takeTerminal(pid)
		}
		_ = unix.Kill(-pid, unix.SIGCONT)
		fmt.Println("continued")
	}
}

// startJob starts the job, whose standard input ends after a few bytes or never.
func startJob(foreground, endless bool) (int, error) {
	in, out, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	_, _ = out.WriteString("a body")
	if !endless {
		_ = out.Close()
	}
	if err := os.Setenv(role, "secret"); err != nil {
		return 0, err
	}
	tty := os.NewFile(shellTerminal, "tty")
	p, err := os.StartProcess(os.Args[0], os.Args[:1], &os.ProcAttr{
		Files: []*os.File{in, os.Stdout, os.Stderr, tty},
		Sys:   &syscall.SysProcAttr{Setpgid: true, Foreground: foreground, Ctty: shellTerminal},
	})
	if err != nil {
		return 0, err
	}
	return p.Pid, nil
}

// takeTerminal makes a process group the foreground one. SIGTTOU must be ignored
// for that, but not by a job, which would inherit it.
func takeTerminal(group int) {
	signal.Ignore(unix.SIGTTOU)
	_ = unix.IoctlSetPointerInt(shellTerminal, unix.TIOCSPGRP, group)
	signal.Reset(unix.SIGTTOU)
}

func fate(s unix.WaitStatus) string {
	switch {
	case s.Stopped():
		return "stopped"
	case s.Signaled():
		return "killed by " + unix.SignalName(s.Signal())
	default:
		return fmt.Sprint("exit ", s.ExitStatus())
	}
}

func modeNow() string {
	m, err := unix.IoctlGetTermios(shellTerminal, getTermios)
	switch {
	case err != nil:
		return err.Error()
	case uint64(m.Lflag)&cookedBits == cookedBits:
		return "cooked"
	default:
		return "raw"
	}
}

// job is a running job, seen by the person at its terminal.
type job struct {
	*screen
	pid     int
	reports chan string
	resumed chan string // what the shell says of itself
	command io.Writer
}

func newJob(t *testing.T, kind string) *job {
	t.Helper()
	j := &job{screen: newScreen(t), reports: make(chan string, 16), resumed: make(chan string, 16)}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), role+"=shell", "PROMPT_TEST_JOB="+kind, "GOTRACEBACK=none")
	cmd.ExtraFiles = []*os.File{j.slave}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: shellTerminal}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if j.command, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if j.pid > 0 {
			_ = unix.Kill(j.pid, unix.SIGKILL)
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if lines.Text() == "continued" {
				j.resumed <- lines.Text()
			} else {
				j.reports <- lines.Text()
			}
		}
	}()
	if _, err := fmt.Sscanf(wait(t, j.reports), "pid %d", &j.pid); err != nil {
		t.Fatal(err)
	}
	return j
}

// report fails unless the next thing that is told begins so.
func (j *job) report(want string) {
	j.t.Helper()
	if got := wait(j.t, j.reports); !strings.HasPrefix(got, want) {
		j.t.Fatalf("it was told: %q, want %q", got, want)
	}
}

func (j *job) kill(sig unix.Signal) {
	j.t.Helper()
	if err := unix.Kill(j.pid, sig); err != nil {
		j.t.Fatal(err)
	}
}

// says gives the shell a command.
func (j *job) says(command string) {
	j.t.Helper()
	if _, err := fmt.Fprintln(j.command, command); err != nil {
		j.t.Fatal(err)
	}
	wait(j.t, j.resumed)
}

// finish answers the question and sees the job end well.
func (j *job) finish() {
	j.t.Helper()
	j.types("sesame\r")
	j.report("answered")
	j.report(`secret "sesame", input "a body"`)
	j.report("exit 0 cooked")
}

// Security case F6: with standard input and output elsewhere, the terminal is
// asked, and what is on standard input stays there.
func TestF6_PipelineAsksTheTerminal(t *testing.T) {
	j := newJob(t, "foreground")
	j.expect("password: ")
	j.isRaw()
	j.finish()
}

// Security case F7: whatever ends the program, the terminal is as before.
func TestF7_SignalsRestore(t *testing.T) {
	for sig, want := range map[unix.Signal]string{
		unix.SIGTERM: "killed by SIGTERM cooked",
		unix.SIGHUP:  "killed by SIGHUP cooked",
		unix.SIGQUIT: "exit 2 cooked", // how Go's runtime ends by it
		unix.SIGINT:  "exit 130 cooked",
	} {
		t.Run(unix.SignalName(sig), func(t *testing.T) {
			t.Parallel()
			j := newJob(t, "foreground")
			j.expect("password: ")
			j.isRaw()
			j.types("half")
			j.kill(sig)
			if sig == unix.SIGINT {
				j.report("interrupted")
			}
			j.report(want)
		})
	}
}

func TestF7_InterruptKey(t *testing.T) {
	j := newJob(t, "foreground")
	j.expect("password: ")
	j.types("half\x03")
	j.report("interrupted")
	j.report("exit 130 cooked")
}

// The bells tell that the question went on after the signal had come.
func TestIgnoredSignalStaysIgnored(t *testing.T) {
	j := newJob(t, "nohup")
	j.expect("password: ")
	j.kill(unix.SIGHUP)
	for range 10 {
		j.types("\x00")
		j.expect("\a")
	}
	j.finish()
}

// ^Z and a signal from elsewhere leave a usable terminal, and after fg the
// question stands there again, with what was typed before.
func TestF7_StopAndGoOn(t *testing.T) {
	for name, stop := range map[string]func(*job){
		"key":    func(j *job) { j.types("\x1a") },
		"signal": func(j *job) { j.kill(unix.SIGTSTP) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := newJob(t, "foreground")
			j.expect("password: ")
			j.types("open ")
			for range 2 {
				stop(j)
				j.report("stopped cooked")
				j.says("fg")
				j.expect("password: ")
				j.isRaw()
			}
			j.types("sesame\r")
			j.report("answered")
			j.report(`secret "open sesame"`)
			j.report("exit 0 cooked")
		})
	}
}

// The rest of a pipeline stops with us, as with ^Z anywhere else.
func TestStopKeyStopsTheJob(t *testing.T) {
	j := newJob(t, "pipeline")
	mate := strings.TrimPrefix(wait(t, j.reports), "mate ")
	j.expect("password: ")
	j.types("\x1a")
	j.report("stopped cooked")
	state := ""
	for limit := time.Now().Add(patience); !strings.HasPrefix(state, "T"); time.Sleep(5 * time.Millisecond) {
		out, err := exec.Command("ps", "-o", "stat=", "-p", mate).Output()
		state = strings.TrimSpace(string(out))
		if err != nil || time.Now().After(limit) {
			t.Fatalf("its state is %q, %v", state, err)
		}
	}
	j.says("fg")
	j.expect("password: ")
	j.finish()
}

// A stop that cannot be caught is made good for afterwards.
func TestGoOnAfterSIGSTOP(t *testing.T) {
	j := newJob(t, "foreground")
	j.expect("password: ")
	j.kill(unix.SIGSTOP)
	j.report("stopped raw")
	j.says("fg")
	j.expect("password: ")
	j.isRaw()
	j.finish()
}

// After a question ^Z works as before it.
func TestStopAfterAQuestion(t *testing.T) {
	j := newJob(t, "endless")
	j.expect("password: ")
	j.types("sesame\r")
	j.report("answered")
	for range 2 {
		j.types("\x1a")
		j.report("stopped cooked")
		j.says("fg")
	}
	j.kill(unix.SIGTERM)
	j.report("killed by SIGTERM cooked")
}

// Sent to the background, a question does not touch the terminal.
func TestGoOnInTheBackground(t *testing.T) {
	j := newJob(t, "foreground")
	j.expect("password: ")
	j.types("\x1a")
	j.report("stopped cooked")
	j.says("bg")
	j.report("stopped cooked")
	j.says("fg")
	j.expect("password: ")
	j.isRaw()
	j.finish()
}

// RULES R11: a background process group has no terminal.
func TestBackgroundHasNoTerminal(t *testing.T) {
	j := newJob(t, "background")
	j.report("no terminal: running in the background")
	j.report("exit 3 cooked")
	if j.all() != "" {
		t.Errorf("the screen shows %q", j.all())
	}
}

func TestBackgroundAsksNothingLater(t *testing.T) {
	j := newJob(t, "later")
	j.report("stopped cooked")
	j.says("bg")
	j.report("no terminal: running in the background")
	j.report("exit 67 cooked")
}

func TestF6_NoControllingTerminal(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), role+"=secret")
	cmd.Stdin = strings.NewReader("not a password\n")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	done := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer done.Stop()
	out, err := cmd.Output()
	if !strings.HasPrefix(string(out), "no terminal: open /dev/tty") || cmd.ProcessState.ExitCode() != 3 {
		t.Errorf("%q, %v", out, err)
	}
}
