package diagnose

import (
	"strings"
	"testing"
)

func TestTellingLine(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		line, at := TellingLine(text)
		if line != want || strings.TrimRight(strings.Split(text, "\n")[at], "\r") != want {
			t.Errorf("%q\n got %q, line %d\nwant %q", text, line, at, want)
		}
	}
	f("", "")
	f("one line", "one line")
	f("the job failed\nbecause of this", "the job failed")
	f("starting\na.b.CException: gone\n\tat a.b.C.d(C.java:1)", "a.b.CException: gone")
	f("starting\na.b.CException: gone\n\tat a.b.C.d(C.java:1)\nCaused by: a.DError: deeper\n\tat a.D.e(D.java:2)", "Caused by: a.DError: deeper")
	f("the job failed\na.b.CException: gone\n\tat a.b.C.d(C.java:1)", "the job failed")
	f("Traceback (most recent call last):\n  File \"a.py\", line 3, in <module>\n    f()\nValueError: bad port: 70000", "ValueError: bad port: 70000")
	f("Traceback (most recent call last):\r\n  File \"a.py\", line 3\r\n    f()\r\nKeyboardInterrupt\r", "KeyboardInterrupt")
	f("Traceback (most recent call last):\n  File \"a.py\", line 1\n    f()\nOSError: one\n\nDuring handling of the above exception, another exception occurred:\n\n"+
		"Traceback (most recent call last):\n  File \"a.py\", line 2\n    g()\nmy.app.Failed: two\n", "my.app.Failed: two")
	f("Traceback (most recent call last):\n  File \"a.py\", line 3\n    f()\nValueError: first\nsecond: line of the message", "ValueError: first")
	f("Traceback (most recent call last):\n  File \"a.py\", line 3", "Traceback (most recent call last):")
	f("APPLICATION FAILED TO START\n*****\n\nDescription:\n\nWeb server failed to start. Port 80 was already in use.\n\nAction:\n\nStop it.", "Web server failed to start. Port 80 was already in use.")
	f("\n*****\nAPPLICATION FAILED TO START\n*****", "APPLICATION FAILED TO START")
	f("Exception in thread \"main\" java.lang.RuntimeException: no\n\tat A.main(A.java:1)\nCaused by: java.io.IOException: two\n\tat B.b(B.java:2)\nCaused by: java.net.ConnectException: Connection refused\n\t... 3 more",
		"Caused by: java.net.ConnectException: Connection refused")
	f("Exception in thread \"main\" java.lang.RuntimeException: no\n\tat A.main(A.java:1)", "Exception in thread \"main\" java.lang.RuntimeException: no")
	f("cannot save the order\njava.lang.RuntimeException: no\nCaused by: java.io.IOException: two", "cannot save the order")
	f("thread 'main' panicked at src/main.rs:4:5:\nindex out of bounds: the len is 3 but the index is 99\nnote: run with `RUST_BACKTRACE=1`", "index out of bounds: the len is 3 but the index is 99")
	f("thread 'main' panicked at 'old layout', src/main.rs:4:5", "thread 'main' panicked at 'old layout', src/main.rs:4:5")
	f("node:internal/modules/cjs/loader:1080\n  throw err;\n  ^\n\nError: Cannot find module 'x'\n    at Module._load", "Error: Cannot find module 'x'")
	f("/app/index.js:3\n    null.x\n         ^\n\nTypeError: Cannot read properties of null (reading 'x')", "TypeError: Cannot read properties of null (reading 'x')")
	f("/var/log/app.log:3\nnothing of a crash", "/var/log/app.log:3")
	f("=================================================================\n==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x1", "==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x1")
	f("====\n----", "====")
	f("goroutine 1 [running]:\nmain.main()", "goroutine 1 [running]:")
	f("panic: runtime error: index out of range\n\ngoroutine 1 [running]:", "panic: runtime error: index out of range")
}

func FuzzTellingLine(f *testing.F) {
	f.Add("Traceback (most recent call last):\n a\nB: c")
	f.Add("====\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		line, at := TellingLine(text)
		lines := strings.Split(text, "\n")
		if at < 0 || at >= len(lines) || strings.TrimRight(lines[at], "\r") != line {
			t.Errorf("%q: line %d is not %q", text, at, line)
		}
	})
}
