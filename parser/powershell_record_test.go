package parser

import (
	"strings"
	"testing"
	"time"

	"diagnose"
)

// What a program wrote to stderr is read without the record that PowerShell makes of it.
func TestPowerShellRecords(t *testing.T) {
	p := New()
	f := func(in, level, process, message string, trouble bool) {
		t.Helper()
		text := []byte(in)
		var got diagnose.Entry
		for i, s := range entriesFromTheStart(t, p, text) {
			e := p.Parse(s.Text(text), time.Time{})
			if i == 0 {
				got = e
			} else if e.Trouble || strings.Contains(e.Message, "CategoryInfo") {
				t.Errorf("%q: the entry %q stands apart", in, e.Message)
			}
		}
		if got.Level.String() != level || got.Process != process || got.Message != message || got.Trouble != trouble {
			t.Errorf("%q: %s %q trouble=%v %q;\nwant %s %q trouble=%v %q", in, got.Level, got.Process, got.Trouble, got.Message, level, process, trouble, message)
		}
	}
	const tail = "    + CategoryInfo          : NotSpecified: (fatal: unable t...nnect to server:String) [], RemoteException\r\n" +
		"    + FullyQualifiedErrorId : NativeCommandError\r\n \r\n"
	f("git : fatal: unable to access 'https://git.example.com/so-user/shop.git/': Failed to connect to git.example.com port 44\r\n"+
		"3 after 21056 ms: Couldn't connect to server\r\n所在位置 行:1 字符: 46\r\n+ ... shop'; git push origin main --force 2>&1 | Tee-O ...\r\n+          ~~~~~~\r\n"+tail,
		"FATAL", "git", "fatal: unable to access 'https://git.example.com/so-user/shop.git/': Failed to connect to git.example.com port 443 after 21056 ms: Couldn't connect to server", true)
	f("node : Failed to bootstrap server\r\nAt line:1 char:1\r\n+ node dist/index.js\r\n+ ~~~~\r\n"+tail, "", "node", "Failed to bootstrap server", true)
	f("C:\\Program Files\\nodejs\\node.exe : the port 80 is taken, cannot \r\nlisten\r\nAt C:\\run.ps1:12 char:5\r\n+     & $node app.js\r\n+     ~~~~\r\n"+tail,
		"", "node", "the port 80 is taken, cannot listen", true)
	f("git : To github.com:some/shop.git\nAt line:1 char:1\n+ git push origin main\n+ ~~~~\n"+strings.ReplaceAll(tail, "\r", "")+"   1a2b..3c4d  main -> main\n",
		"", "git", "To github.com:some/shop.git\n\n\n\n\n\n \n   1a2b..3c4d  main -> main", false)
	f("npm : npm warn deprecated a@1: it is an error to use it\nAt line:1 char:1\n+ npm ci\n+ ~~~\n"+tail, "", "npm", "npm warn deprecated a@1: it is an error to use it", false)
	// PowerShell's own errors keep their words.
	const own = "npm : The term 'npm' is not recognized as the name of a cmdlet, function, script file, or operable program.\nAt line:1 char:1\n+ npm ci\n+ ~~~\n" +
		"    + CategoryInfo          : ObjectNotFound: (npm:String) [], CommandNotFoundException\n    + FullyQualifiedErrorId : CommandNotFoundException"
	f(own+"\n", "ERROR", "npm", own, true)
}

// A name and a colon are nothing of the kind by themselves, nor is a command that a shell
// traces.
func TestNoPowerShellRecord(t *testing.T) {
	p := New()
	f := func(in string, want int) {
		t.Helper()
		if got := len(entriesFromTheStart(t, p, []byte(in))); got != want {
			t.Errorf("%q: %d entries, want %d", in, got, want)
		}
	}
	f("name : shop\nstate : ready\nAt line:1 char:1\n+ git push\n", 3) // a statement below a place is always of PowerShell
	f("At noon\n+ git push\n+ make\n", 3)
	f("name : shop\nword\nword\n+ make\n", 4)
}
