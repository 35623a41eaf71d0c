package parser

import (
	"strings"
	"testing"
	"time"
)

// TestPythonHeads reads one line of each layout that begins with a level or two brackets, and
// near ones of others.
func TestPythonHeads(t *testing.T) {
	f := func(line, head, message string) {
		t.Helper()
		e := New().Parse([]byte(line), time.Time{})
		stamp := ""
		if !e.Time.IsZero() {
			stamp = e.Time.Format("2006-01-02T15:04:05.000")
		}
		if got := strings.Join([]string{e.Format, stamp, e.Level.String(), e.Logger, e.PID}, "|"); got != head || e.Message != message {
			t.Errorf("%q\n  got  %s %q\n  want %s %q", line, got, e.Message, head, message)
		}
	}
	f("INFO 2025-08-28 10:19:55,656 autoreload 8292 15344 Watching for file changes", "python|2025-08-28T10:19:55.656|INFO|autoreload|8292", "Watching for file changes")
	f("ERROR 2025-08-04 14:38:28,168 cannot reach 3 hosts", "python|2025-08-04T14:38:28.168|ERROR||", "cannot reach 3 hosts")
	f("INFO 2018-12-10 10:11:16 _log Authentication (publickey) failed.", "python|2018-12-10T10:11:16.000|INFO||", "_log Authentication (publickey) failed.")
	f("WARNING 2026-01-21 17:13:35,067 log Not Found: /favicon.ico", "python|2026-01-21T17:13:35.067|WARN||", "log Not Found: /favicon.ico")
	f("ERROR 2026-01-21 17:13:35,067 [main] org.example.Wheel - stuck", "text||ERROR||", "ERROR 2026-01-21 17:13:35,067 [main] org.example.Wheel - stuck")
	f("SINCE 2026-01-21 17:13:35,067 nothing happened", "text||||", "SINCE 2026-01-21 17:13:35,067 nothing happened")
	f("[2018-04-25][11:17:55] [ERROR] Error loading wheel.py:", "python|2018-04-25T11:17:55.000|ERROR||", "Error loading wheel.py:")
	f("[2018-04-25][11:17] [ERROR] late", "text||||", "[2018-04-25][11:17] [ERROR] late")
	f("[2018-99-25][11:17:55] [ERROR] no day", "text||||", "[2018-99-25][11:17:55] [ERROR] no day")
}
