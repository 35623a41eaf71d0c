package parser

import (
	"testing"

	"diagnose"
)

// Shapes in which programs without levels say that something is wrong, and near ones
// that are said when nothing is.
func TestSoundsLikeTrouble(t *testing.T) {
	f := func(line string, want bool) {
		t.Helper()
		if got := soundsLikeTrouble(line); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
	f("frob: error: the spindle broke", true)
	f("/usr/bin/frob: fatal error: no spindle", true)
	f("warning: error: unable to download 'https://frob.example'; retrying in 298 ms", false)
	f("The page: error: is not a program", false)

	f("Errno::ECONNREFUSED: Connection refused - connect(2)", true)
	f("Faraday::ConnectionFailed - getaddrinfo: Name or service not known:", true)
	f("ActiveRecord::Base: loaded", false)
	f(":a::b: c", false)
	f("A::", false)
	f("std::cout: Error", false)
	f("Spin::Error", false)
	f("    error: Microsoft Visual C++ 14.0 is required.", true)
	f("    error: none", false)
	f("target spindle: failed to solve: failed to read dockerfile: open Dockerfile: no such file or", true)

	f("(node:23570) UnhandledPromiseRejectionWarning: SpinError: the wheel was destroyed", true)
	f("(node:23570) DeprecationWarning: the wheel is old", false)
	f("SpinManage: error: the wheel is locked", true)
	f("spin: [ERROR] unknown option '--wheel'.", true)
	f("ORA-01653: unable to extend the wheel", true)
	f("ORA-19815: WARNING: the wheel is 85% full", false)
	f("Failed loading the wheel. Invalid format", true)
	f("Failed logins: 3", false)
	f("** (Mix) Could not start the wheel", true)
	f("Makefile:314: *** commands commence before first target.  Stop.", true)
	f("spin.c:3:5: internal compiler error: Segmentation fault", true)
	f("Spin\\Wheel\\BindingResolutionException: Target class [Wheel] does not exist.", true)
	f("30 error Error: SSL Error: CERT_UNTRUSTED", true)
	f("15 error enoent This is most likely not a problem with npm itself", true)
	f("Trace: \n  Error: https://registry.example/frob: Not found\n      at spin (/opt/spin.js:3:1)", true)
	f("Trace: \n  Error: none\n      attached", false)
	f("turning the wheel\nspin.SpindleError: [Errno 5] Input/output error: '/dev/wheel0'", true)
	f("turning the wheel\nSpindleError\nturning", false)
	f("1 error generated.", false)
	f("2 error messages", false)

	f("Error reading the plan: it is empty", true)
	f("Error while creating domain: unknown procedure: 350", true)
	f("CMake Error at CMakeLists.txt:4 (include):", true)
	f("\tCMake Error: The source directory does not appear to contain CMakeLists.txt.", true)
	f("No Error: all is well", false)
	f("Last Error: none", false)
	f("Error handling: default", false)
	f("Error rate: 0.1 %", false)
	f("Errors: 0", false)
	f("ErrorDocument: /404.html", false)

	f("[initandlisten] exception in initAndListen: 12596 old lock file, terminating", true)
	f("Could not reach the server. Aborting...", true)
	f("Received SIGTERM, exiting", false)
	f("All workers are done, terminating", false)

	f(`.\src\Spin.csproj : error NU1903: Package 'Spin' is vulnerable`, true)
	f("main.ts(3,1): error TS2307: Cannot find module 'spin'", true)
	f("spin : error of 3 mm: fine", false)

	f("  ERROR the spindle broke", true)
	f("            ERROR is a level of loggers", false)
	f("❌ deploy of web", true)
	f("錯誤：找不到檔案", true)
	f("【错误】部署中断", true)
	f("building the spindle\n  Spin.cs(1,2): error CS0103: The name 'x' does not exist", true)
	f("building the spindle\n  well done", false)
}

// The status that a command ended with, and what is said of something else.
func TestEndsWell(t *testing.T) {
	for line, want := range map[string]bool{
		"Process finished with exit code 0": true,
		"the script ended, rc=0":            true,
		"npm verbose exit 0":                false,
		"Build tool exit code: 0":           false, // JitPack looks for artifacts all the same
		"exit code 10":                      false,
	} {
		if got := endsWell(line); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}

func FuzzSoundsLikeTrouble(f *testing.F) {
	f.Add(":a::b: c")
	f.Add("frob: error: the spindle broke\n  error: no wheel")
	f.Fuzz(func(t *testing.T, message string) { soundsLikeTrouble(message) })
}

func TestRunsDetached(t *testing.T) {
	for line, want := range map[string]bool{
		"[INFO] --- spring-boot:3.2.4:run (default-cli) @ shop ---":                  true,
		"[INFO] --- spring-boot-maven-plugin:2.7.0:run (default-cli) @ shop ---":     true,
		"[INFO] >>> spring-boot:3.2.4:run (default-cli) > test-compile @ shop >>>":   false,
		"[INFO] --- spring-boot:3.2.4:repackage (default) @ shop ---":                false,
		"[INFO] --- exec:3.1.0:java (default-cli) @ shop ---":                        false,
		"the goal [INFO] --- spring-boot:3.2.4:run (default-cli) @ shop --- is next": false,
	} {
		e := diagnose.Entry{Message: line}
		if textFinish(&e); e.Detached != want {
			t.Errorf("%q: %t, want %t", line, e.Detached, want)
		}
	}
}

// Errors in small letters: of programs in Go, and of yarn.
func TestIsSmallErrorDoing(t *testing.T) {
	f := func(line string, want bool) {
		t.Helper()
		if got := isSmallErrorDoing([]byte(line)); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
	f("error pulling image configuration: Get https://spin.example: tls: no wheel", true)
	f("error while removing network: spindle has active endpoints", true)
	f("error Your wheel needs to be turned", true)
	f("error handling: on", false)
	f("error trying to compare the wheels: wheel missing", false)
	f("error count 3", false)
	f("error ", false)
}
