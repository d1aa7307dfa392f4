package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"getin/client/authtest"
)

// disk is a small file system of the test's own, below the home's DISK, with
// folders for the state (the index) and the data (the vault). It is there for
// the commands of one script, in which $getin is getin.
type disk struct {
	home
	server *authtest.Server
}

func newDisk(t *testing.T) disk {
	t.Helper()
	s := authtest.Start(scriptRows("")...)
	t.Cleanup(s.Close)
	d := disk{newHome(t), s}
	if out, err := d.script("exit 0").CombinedOutput(); err != nil {
		t.Skipf("no file system can be mounted here: %v %s", err, out)
	}
	return d
}

// script runs the text where the disk is mounted. "full" fills it to the last
// octet, "readonly" makes it so, "room" makes room again; "want CODE WORDS"
// demands how the last "try" ended and what it said.
func (d disk) script(text string) *exec.Cmd {
	const words = `
set -u
mount -t tmpfs -o size=256k,mode=700 none "$DISK" || exit 77
mkdir -m 700 "$DISK/state" "$DISK/data"
full() { cat /dev/zero >"$DISK/filler" 2>/dev/null; cat /dev/zero >>"$DISK/filler" 2>/dev/null; }
room() { rm -f "$DISK/filler"; }
readonly_() { mount -o remount,ro "$DISK"; }
writable() { mount -o remount,rw "$DISK"; }
try() { said=$("$@" 2>&1 </dev/null); code=$?; }
want() {
	c=$1; shift
	[ "$code" = "$c" ] || { echo "exit $code, want $c: $said"; exit 1; }
	for w; do case $said in *"$w"*) ;; *) echo "not said: $w: $said"; exit 1 ;; esac; done
}
`
	cmd := exec.Command("sh", "-c", words+text)
	at := filepath.Join(d.dir, "DISK")
	if err := os.MkdirAll(at, 0o700); err != nil {
		d.t.Fatal(err)
	}
	secret := filepath.Join(d.dir, "secret")
	if err := os.WriteFile(secret, []byte("wonderland"), 0o600); err != nil {
		d.t.Fatal(err)
	}
	cmd.Env = append(os.Environ(), "getin="+d.link.Path, "DISK="+at, "GETIN_TEST_KEYRING="+filepath.Join(d.dir, "keyring"),
		"HOME="+d.dir, "XDG_CONFIG_HOME="+filepath.Join(d.dir, "config"), "XDG_STATE_HOME="+at+"/state", "XDG_DATA_HOME="+at+"/data",
		"URL="+d.server.URL, "SECRET="+secret)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	return cmd
}

func (d disk) passes(text string) {
	d.t.Helper()
	if out, err := d.script(text).CombinedOutput(); err != nil || len(out) > 0 {
		d.t.Errorf("%v: %s", err, strings.TrimSpace(string(out)))
	}
}

// An index on a disk that is full or read-only costs a line and not the page;
// login fails for it; and what was remembered before is used and stays.
func TestIndexOnABadDisk(t *testing.T) {
	for spoil, why := range map[string]string{"full": "no space left on device", "readonly_": "read-only file system"} {
		t.Run(strings.Trim(spoil, "_"), func(t *testing.T) {
			newDisk(t).passes(`
try "$getin" -sS --save -u alice:wonderland "$URL/basic/"; want 0 'welcome, alice'
` + spoil + `
try "$getin" --save -u alice:wonderland "$URL/digest/"; want 0 'welcome, alice' 'not saved' '` + why + `'
try "$getin" login --account alice --secret-file "$SECRET" "$URL/digest/"; want 94 '` + why + `'
try "$getin" realms add https://a.test/ --realm R --account alice --secret-file "$SECRET"; want 94 '` + why + `'
try "$getin" --no-prompt "$URL/basic/"; want 0 'welcome, alice'
try "$getin" realms; want 0 'Access to the staging site'
try "$getin" realms remove staging --yes; [ "$code" = 0 ] || want 94 'not removed' '` + why + `'
try "$getin" doctor; want 94 'nothing can be written there' 'make room on the disk'
[ ` + spoil + ` = full ] && room || writable
try "$getin" login --account alice --secret-file "$SECRET" "$URL/digest/"; want 0 saved
try "$getin" --no-prompt "$URL/digest/"; want 0 'welcome, alice'
`)
		})
	}
}

// A vault there is read as ever, and what cannot be written is said; nothing of
// what is in it is lost.
func TestVaultOnABadDisk(t *testing.T) {
	for spoil, why := range map[string]string{"full": "no space left on device", "readonly_": "read-only file system"} {
		t.Run(strings.Trim(spoil, "_"), func(t *testing.T) {
			newDisk(t).passes(`
export XDG_STATE_HOME="$HOME/state" GETIN_STORE=vault
try "$getin" store init; want 0
try "$getin" login --account alice --secret-file "$SECRET" "$URL/basic/"; want 0
` + spoil + `
try "$getin" --save -u alice:wonderland "$URL/digest/"; want 0 'welcome, alice' 'not saved in the vault: vault: not available' '` + why + `'
try "$getin" login --account alice --secret-file "$SECRET" "$URL/digest/"; want 94 'vault:' '` + why + `'
try "$getin" realms remove staging --yes; want 94 'not removed from vault: vault: not available' '` + why + `'
try "$getin" store migrate vault --store keyring; want 0
try "$getin" realms add https://a.test/ --realm R --account alice --secret-file "$SECRET" --store keyring; want 0
try "$getin" store migrate vault --store keyring; want 94 'not copied' '` + why + `' 'the keyring is as it was'
try "$getin" store init "$DISK/data/other"; want 94 '` + why + `'
try "$getin" --no-prompt "$URL/basic/"; want 0 'welcome, alice'
try "$getin" store status; want 0 'ok'
[ ` + spoil + ` = full ] && room || writable
try "$getin" store migrate vault --store keyring; want 0 '1 from the keyring'
try "$getin" login --account alice --secret-file "$SECRET" "$URL/digest/"; want 0 saved
try "$getin" --no-prompt "$URL/digest/"; want 0 'welcome, alice'
try "$getin" realms export json --reveal --yes; want 0 a.test
`)
		})
	}
}
