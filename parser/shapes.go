package parser

import "bytes"

const (
	upper    = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	lower    = "abcdefghijklmnopqrstuvwxyz"
	anyName  = upper + lower + "_"
	anyDigit = "0123456789"
)

// shapeTests are the shapes of lines that are not indented.
var shapeTests = []shapeTest{
	{"a", shFrame, isFrame},
	{".", shFrame, isElision},
	{anyName, shException, isExceptionLine},
	{"C", shException, begins("Caused by: ")},
	{"E", shJavaThread, begins("Exception in thread \"")},
	{"F", shDumpHead, begins("Full thread dump ")},
	{"\"FJT=_0}*", shKnownTail, begins("\"", "Found ", "JNI global ref", "Java stack information for", "Threads class SMR info:",
		"====", "_java_thread_list=", "0x", "}")},

	{anyName, shPyRaise, isPythonRaise},
	{"DT", shPyChain, begins("During handling of the above exception, another exception occurred:",
		"The above exception was the direct cause of the following exception:")},
	{"[(LDHC", shSQLTail, isSQLTail},
	{"LDHC", shContinues, isPostgresTail},
	{"-", shContinues, begins("--- End of ", "---> ")}, // .NET
	{"S[", shContinues, isPHPTrace},

	{"pfSru", shGoPanic, begins("panic: ", "fatal error: ", "SIGQUIT: ", "SIGABRT: ", "runtime: goroutine stack exceeds", "unexpected fault address")},
	{"g", shGoroutine, isGoroutine},
	{anyName + "[.", shGoLine, isGoLine},
	{"W", shRaceHead, begins("WARNING: DATA RACE")},
	{"=RWPGA[", shKnownTail, begins("==================", "Read at 0x", "Write at 0x", "Previous read at 0x", "Previous write at 0x", "Goroutine ",
		"Atomic read at 0x", "Atomic write at 0x", "[failed to restore the stack]")},

	{"/_" + lower + upper, shNodePlace, isNodePlace},
	{"^", shCaret, isCaret},
	{upper + "[u", shNodeError, isNodeError},
	{"R-T", shNodeTail, begins("Require stack:", "- /", "- node:", "Thrown at:")},
	{"N", shNodeVersion, begins("Node.js v")},

	{"t", shRustPanic, func(line []byte) bool { return isRustPanic(line) && line[len(line)-1] == ':' }},
	{"t", shRustOld, func(line []byte) bool { return isRustPanic(line) && line[len(line)-1] != ':' }},
	{"nsh.", shRustNote, begins("note: ", "stack backtrace:", "help: ", "...")},
	{"ew", shRustcHead, begins("error[E", "error: ", "warning: ")},
	{anyDigit, shRustcSource, isRustcSource},

	{"/." + anyName, shRubyFrame, isRubyFrame},
	{"S[N", shPHPTrace, isPHPTrace},
	{"#", shHashed, func(line []byte) bool { n := digits(line, 1); return n > 1 && n < len(line) && line[n] == ' ' }},
	{"PT", shGDBSignal, isGDBSignal},
	{"#", shGDBFrame, isGDBFrame},
	{"0123456789[(T", shGDBLine, isGDBLine},
	{"=", shSanitizer, func(line []byte) bool { n := sanitizerPID(line); return n > 0 && hasPrefix(line[n:], "ERROR: ") }},
	{"=RW0fpadSDIAH", shSanitizerLine, isSanitizerLine},

	{"-", shDiffOld, func(line []byte) bool { return hasPrefix(line, "--- ") && !hasPrefix(line, "--- End of ") }},
	{"+", shDiffNew, begins("+++ ")},
	{"@", shDiffHunk, begins("@@ -")},
	{"+-\\", shDiffLine, func(line []byte) bool { return line[0] != '\\' || hasPrefix(line, "\\ No newline") }},
	{"dinosr", shDiffMeta, begins("diff --git a/", "index ", "new file mode ", "old mode ", "new mode ", "deleted file mode ", "similarity index ",
		"rename from ", "rename to ")},
	{"focsu", shResult, isOpenResult},
	{"SM", shSection, func(line []byte) bool {
		switch string(line) {
		case "STDOUT:", "STDERR:", "MSG:", "MODULE_STDOUT:", "MODULE_STDERR:":
			return true
		}
		return false
	}},

	{"-", shRule, func(line []byte) bool { return string(line) == "------" }},
	{"-", shLongRule, func(line []byte) bool { return string(line) == "--------------------" }},
	{anyName + "./", shPlace, isDockerfilePlace},

	{"F", shGradle, begins("FAILURE: Build failed with an exception", "FAILURE: Build completed with ")},
	{"*>", shGradleStar, begins("* ", "> ")},
	{"A", shSpring, begins("APPLICATION FAILED TO START")},
	{"*", shLongRule, begins("**********")},
	{"D", shSpringReason, func(line []byte) bool { return string(line) == "Description:" }},
	{"A", shSpringAction, func(line []byte) bool { return string(line) == "Action:" }},
	{"c", shCurlTLS, begins("curl: (60)", "curl: (77)")},
	{"Mceht", shKnownTail, begins("More details here: https://cur", "curl failed to verify the legitimacy", "curl performs SSL certificate verification by",
		"establish a secure connection to it", "how to fix it, please visit", "the web page mentioned above")},
	{anyName + "./\\", shRecord, isNativeRecord},
	{"AIEN+" + firstHigh, shRecordPlace, isRecordPlace},
	{"f\xe2\xc3\xce", shGroupHead, isGroupHead},
	{"ms\xe2\xc3\xce", shGroupLine, isGroupLine},
}

// indentedTests are the shapes of indented lines, by what follows the blanks.
var indentedTests = []shapeTest{
	{"a", shFrame, func(line []byte) bool { return isFrame(bytes.TrimLeft(line, " \t")) }},
	{".", shFrame, func(line []byte) bool { return isElision(bytes.TrimLeft(line, " \t")) }},
	{"F", shPyFile, isPythonFile},
	{"+", shPyGroup, begins("  + Exception Group Traceback")},
	{"^~", shCaret, isCaret},
	{"a", shNodeFrame, func(line []byte) bool { return hasPrefix(line, "    at ") && !bytes.HasSuffix(line, []byte(".java")) }},
	{"-", shRustcArrow, func(line []byte) bool { return hasPrefix(bytes.TrimLeft(line, " "), "--> ") }},
	{">", shStage, func(line []byte) bool { return hasPrefix(line, " > ") }},
	{"+", shRecordPlace, isRecordPlace},
	{"+", shRecordEnd, isRecordEnd},
}

// begins returns a test for lines that begin with one of list.
func begins(list ...string) func(line []byte) bool { return newStarts(list...).match }

// isTracebackHead reports whether a line ends in what Python begins a traceback with.
func isTracebackHead(line []byte) bool {
	const head = "Traceback (most recent call last):"
	return len(line) >= len(head) && line[len(line)-1] == ':' && string(line[len(line)-len(head):]) == head
}

// lowerCaseExceptions are names behind a module's: socket.error, socket.timeout,
// socket.gaierror, pywintypes.error, zlib.error, struct.error.
var lowerCaseExceptions = map[string]bool{"error": true, "timeout": true, "gaierror": true, "herror": true}

// isPythonRaise reports whether the line is "module.Name: text" or "Name"; a few modules
// of Python and of pywin32 name their exceptions in lower case.
func isPythonRaise(line []byte) bool {
	n, class := 0, 0
	for ; n < len(line) && (isWordByte(line[n]) || line[n] == '.'); n++ {
		if line[n] == '.' {
			class = n + 1
		}
	}
	if class >= n || line[class]-'A' > 25 && (class == 0 || !lowerCaseExceptions[string(line[class:n])]) {
		return false
	}
	return n == len(line) || line[n] == ':' && (n+1 == len(line) || line[n+1] == ' ')
}

// isPythonFile knows the first line of a SyntaxError, which names no function.
func isPythonFile(line []byte) bool {
	const head = `  File "`
	if !hasPrefix(line, head) {
		return false
	}
	_, rest, ok := bytes.Cut(line[len(head):], []byte(`", line `))
	return ok && len(rest) > 0 && digits(rest, 0) == len(rest)
}

var (
	postgresTails   = newStarts("DETAIL:  ", "HINT:  ", "CONTEXT:  ")
	sqlAlchemyTails = newStarts("[SQL: ", "[parameters: ", "(Background on this error at: ")
)

// isPostgresTail knows what PostgreSQL's client puts below an error: "DETAIL:  ..."
// with two blanks, "LINE 1: select ...".
func isPostgresTail(line []byte) bool {
	if !hasPrefix(line, "LINE ") {
		return postgresTails.match(line)
	}
	n := digits(line, 5)
	return n > 5 && hasPrefix(line[n:], ": ")
}

func isSQLTail(line []byte) bool { return isPostgresTail(line) || sqlAlchemyTails.match(line) }

// isGoroutine knows "goroutine 12 [running]:" and "goroutine 0 gp=0x.. m=0 [idle]:".
func isGoroutine(line []byte) bool {
	const head = "goroutine "
	if !hasPrefix(line, head) {
		return false
	}
	n := digits(line, len(head))
	return n > len(head) && n < len(line) && line[n] == ' ' && bytes.IndexByte(line[n:], '[') > 0 && bytes.HasSuffix(line, []byte("]:"))
}

var goLines = newStarts("created by ", "[signal ", "[originating from goroutine ", "[goroutine ", "runtime stack:", "...additional frames elided...",
	"goroutine running on other thread")

// isGoLine knows the unindented lines of a dump of goroutines: functions, where they
// were started, registers, and the status that `go run` ends with.
func isGoLine(line []byte) bool {
	if goLines.match(line) || hasPrefix(line, "...") && bytes.HasSuffix(line, []byte("frames elided...")) {
		return true
	}
	if hasPrefix(line, "exit status ") {
		return digits(line, 12) == len(line)
	}
	if line[len(line)-1] == ')' {
		return isGoFunction(line)
	}
	return isRegister(line)
}

// isGoFunction knows "main.(*T).f(0xc000, {0x1, 0x2})", "panic({0x1?, 0x2?})" and
// "main.f(...)".
func isGoFunction(line []byte) bool {
	n := 0
	for n < len(line) && line[n] != ' ' && line[n] != ',' && line[n] != '{' && line[n] != ':' {
		n++
	}
	path := line[:n]
	open := bytes.LastIndexByte(path, '(')
	return open > 0 && path[open-1] != '.' && (bytes.IndexByte(path[:open], '.') > 0 || string(path[:open]) == "panic")
}

// isRegister knows "rax    0x0".
func isRegister(line []byte) bool {
	n := 0
	for n < len(line) && (line[n]-'a' < 26 || line[n]-'0' < 10) {
		n++
	}
	return n > 1 && n < 7 && hasPrefix(line[skip(line, n, ' '):], "0x") && skip(line, n, ' ') > n && len(line) < 40
}

// isNodePlace knows "/srv/a.js:3", "node:fs:573", "file:///srv/a.mjs:3" and
// "C:\a.js:3", alone on a line.
func isNodePlace(line []byte) bool {
	switch {
	case line[0] == '/', hasPrefix(line, "file:///"), hasPrefix(line, "node:"):
	case len(line) > 3 && line[1] == ':' && line[2] == '\\':
	case contains(line, ".js:") && !contains(line, "://"): // a module of Node.js before 15
	default:
		return false
	}
	return endsInNumber(line)
}

// endsInNumber reports whether line is one word that ends in a colon and a number.
func endsInNumber(line []byte) bool {
	n := len(line)
	for n > 0 && line[n-1]-'0' < 10 {
		n--
	}
	return n > 1 && n < len(line) && line[n-1] == ':' && bytes.IndexByte(line, ' ') < 0
}

func isCaret(line []byte) bool { return len(bytes.Trim(line, " \t^~")) == 0 }

// isNodeError knows "TypeError: x", "Error [ERR_X]: x", "AssertionError [ERR_ASSERTION]: x",
// "[UnhandledPromiseRejection: x" and "Uncaught x".
func isNodeError(line []byte) bool {
	if line[0] == '[' {
		line = line[1:]
	}
	if hasPrefix(line, "Uncaught ") {
		return true
	}
	n := 0
	for n < len(line) && isASCIIWord(line[n]) {
		n++
	}
	rest := line[n:]
	if n == 0 || line[0]-'A' > 25 {
		return false
	}
	if hasPrefix(rest, " [") {
		end := bytes.IndexByte(rest, ']')
		if end < 0 {
			return false
		}
		rest = rest[end+1:]
	}
	return len(rest) == 0 || rest[0] == ':'
}

func isRustPanic(line []byte) bool {
	return hasPrefix(line, "thread '") && bytes.Contains(line, []byte(" panicked at "))
}

// isRustcSource knows "5 |     x".
func isRustcSource(line []byte) bool {
	n := digits(line, 0)
	bar := skip(line, n, ' ')
	return bar > n && bar < len(line) && line[bar] == '|'
}

// isRubyFrame knows "app/x.rb:3:in `f'", with the error behind it or not.
func isRubyFrame(line []byte) bool {
	at := bytes.Index(line, []byte(":in "))
	if at < 3 || bytes.IndexByte(line[:at], ' ') >= 0 || line[at-1]-'0' > 9 {
		return false
	}
	rest := line[at+4:]
	return len(rest) > 1 && (rest[0] == '`' || rest[0] == '\'')
}

func isPHPTrace(line []byte) bool {
	return string(line) == "Stack trace:" || string(line) == "[stacktrace]" || hasPrefix(line, "Next ") && bytes.Contains(line, []byte(" in /"))
}

func isGDBSignal(line []byte) bool {
	return hasPrefix(line, "Program received signal ") || hasPrefix(line, "Program terminated with signal ") ||
		hasPrefix(line, "Thread ") && (bytes.Contains(line, []byte(" received signal ")) || bytes.Contains(line, []byte(" (LWP ")))
}

// isGDBFrame knows "#0  0x0000 in f (x=1) at m.c:2" and "#1  main () at m.c:3".
func isGDBFrame(line []byte) bool {
	n := digits(line, 1)
	if n == 1 || !hasPrefix(line[n:], " ") {
		return false
	}
	rest := bytes.TrimLeft(line[n:], " ")
	if hasPrefix(rest, "0x") {
		return bytes.Contains(rest, []byte(" in "))
	}
	return hasPrefix(line[n:], "  ") && bytes.Contains(rest, []byte(" (")) &&
		(bytes.Contains(rest, []byte(") at ")) || bytes.Contains(rest, []byte(") from ")))
}

// isGDBLine knows what gdb prints between the signal and the frames: the place, the
// line of source, switches of thread.
func isGDBLine(line []byte) bool {
	switch {
	case hasPrefix(line, "0x"):
		return bytes.Contains(line, []byte(" in "))
	case line[0]-'0' < 10:
		n := digits(line, 0)
		return n < len(line) && line[n] == '\t'
	}
	return hasPrefix(line, "[Switching to ") || hasPrefix(line, "[Current thread is ") || hasPrefix(line, "(More stack frames follow")
}

// sanitizerPID returns the length of "==123==", 0 without it.
func sanitizerPID(line []byte) int {
	if !hasPrefix(line, "==") {
		return 0
	}
	n := digits(line, 2)
	if n == 2 || !hasPrefix(line[n:], "==") {
		return 0
	}
	return n + 2
}

var sanitizerLines = newStarts("READ of size ", "WRITE of size ", "0x", "freed by thread ", "previously allocated by ", "allocated by thread ",
	"SUMMARY: ", "Shadow byte", "=>0x", "Direct leak of ", "Indirect leak of ", "HINT: ", "Thread T", "Address 0x", "ABORTING", "Hint: ")

func isSanitizerLine(line []byte) bool { return sanitizerPID(line) > 0 || sanitizerLines.match(line) }

// isOpenResult knows Ansible's heads whose result follows below them: in YAML,
// pretty-printed, or after "changed=true".
func isOpenResult(line []byte) bool {
	at := bytes.Index(line, []byte("] "))
	if at = max(at, bytes.Index(line, []byte("]: "))); at < 0 || !ansibleTexts.match(line) {
		return false
	}
	line = bytes.TrimRight(line, " ")
	return bytes.HasSuffix(line, []byte("=>")) || bytes.HasSuffix(line, []byte("=> {")) || bytes.HasSuffix(line, []byte("=> {}")) || bytes.Contains(line, []byte("=> changed="))
}

// isDockerfilePlace knows "Dockerfile:5" above the excerpt of one.
func isDockerfilePlace(line []byte) bool { return len(line) < maxWord && endsInNumber(line) }
