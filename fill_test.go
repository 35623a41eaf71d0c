package diagnose

import "testing"

func TestFillCommand(t *testing.T) {
	f := func(command, value, want string) {
		t.Helper()
		if got := FillCommand(command, map[string]string{"v": value}); got != want {
			t.Errorf("FillCommand(%q, %q) = %q, want %q", command, value, got, want)
		}
	}
	f("ping {{v}}", "db-01.example", "ping db-01.example")
	f("ping {{v}}", "$(reboot)", "ping '$(reboot)'")
	f("ping {{v}}", "a'; reboot; '", `ping 'a'\''; reboot; '\'''`)
	// a word that begins with a dash is an option, quoted or not
	f("ping {{v}}", "-oProxyCommand=x", "ping ?")
	f("ssh {{v}}@HOST true", "-oProxyCommand=reboot;", "ssh ?@HOST true")
	f("ssh USER@{{v}} true", "-x", "ssh USER@'-x' true")
	f("x; {{v}}", "-x", "x; ?")
	f("for f in $({{v}})", "-x", "for f in $(?)")
	f(`ls "{{v}}"`, "-x", `ls "?"`)
	f("ls -d -- {{v}}", "-x", "ls -d -- '-x'")
	f("grep -F -e {{v}} -- f", "-x", "grep -F -e '-x' -- f")
	f("bash -e {{v}}", "-x", "bash -e ?")
	f("a -- x; b {{v}}", "-x", "a -- x; b ?")
	f("ls -- {{w|X}} {{v}}", "-x", "ls -- X '-x'")
	f("ls {{w|}}{{v}}", "-x", "ls ?")
	f("--user={{v}}", "-x", "--user='-x'")
	f(`echo "x {{v}}"`, "10.0.0.1", `echo "x 10.0.0.1"`)
	f(`echo "x {{v}}"`, "$(reboot)", `echo "x ?"`)
	f(`echo 'x {{v}}'`, "'; reboot; '", `echo 'x ?'`)
	f(`echo "a" {{v}}`, "b c", `echo "a" 'b c'`)
	// PowerShell writes a quote in quotes otherwise, and knows more of them
	f("Test-NetConnection {{v}} -Port 22", "a b", "Test-NetConnection 'a b' -Port 22")
	f("Test-NetConnection {{v}} -Port 22", "a'; calc; '", "Test-NetConnection ? -Port 22")
	f("cd x; Get-Command {{v}}", "a\u2019; calc; \u2018", "cd x; Get-Command ?")
	f("apt-get install {{v}}", "a'b", `apt-get install 'a'\''b'`)
	f("cat <<E\n{{v}}\nE", "$(reboot)", "cat <<E\n?\nE")
	f("ping {{w}}", "x", "ping …")
	f("ping {{w|HOST}}", "x", "ping HOST")
	f("ping {{v}}", "{{v}}", "ping '{{v}}'")
}

func TestMask(t *testing.T) {
	same := func(a, b string) {
		t.Helper()
		if Mask(a) != Mask(b) {
			t.Errorf("masks differ: %q, %q", Mask(a), Mask(b))
		}
	}
	apart := func(a, b string) {
		t.Helper()
		if Mask(a) == Mask(b) {
			t.Errorf("one mask for %q and %q: %q", a, b, Mask(a))
		}
	}
	same("Timed out on Seq 4-1234: x", "Timed out on Seq 17-99: x")
	same("host 10.0.0.1 is gone", "host 192.168.1.77 is gone")
	same("ctx-0a1b2c3d failed\nat x", "ctx-ffff0000 failed\nat y")
	same("vm i-2-940-VM", "vm i-3-7-VM")
	apart("status 403", "status 404")
	apart("curl: (6) x", "curl: (7) x")
	apart("errno=111(refused)", "errno=110(refused)")
	apart("exit status 1", "exit status 255")
}
