package diagnose

import "testing"

func TestQuotes(t *testing.T) {
	f := func(line string, want bool) {
		t.Helper()
		if got := Quotes(line); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
	f("  ✓ reports 'fatal: no wheel' outside (3 ms)", true)
	f("ok 12 - spin prints fatal: no wheel", true)
	f("PASS: test_spin (fatal: no wheel)", true)
	f("--- PASS: TestSpin/fatal:_no_wheel (0.00s)", true)
	f("test_spin (tests.Wheel) ... ok\r", true)
	f("tests/test_wheel.py::test_refused PASSED                [ 12%]", true)
	f(`+ echo "spin: no wheel"`, true)
	f(`echo 'spin: no wheel'`, true)
	f(`if ! grep -q "no wheel" log; then`, true)
	f("// spin: no wheel", true)
	f("[command]/usr/bin/spin --fail 'no wheel'", true)
	f("##[command]spin --fail", true)

	f("✗ reports 'fatal: no wheel' outside (3 ms)", false)
	f("not ok 12 - spin prints fatal: no wheel", false)
	f("#12 ERROR: no wheel", false)
	f("##[error]no wheel", false)
	f("# Fatal error, no wheel", false)
	f("# Creating the spindle: bind: no wheel", false)
	f("# Can't spin: no wheel", false)
	f("grep: wheel: No such file or directory", false)
	f("echo: write error: Broken pipe", false)
	f("spin: no wheel", false)
}
