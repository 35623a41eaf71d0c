package parser

import (
	"bytes"
	"slices"
	"strings"

	"diagnose"
)

// soundsLikeTrouble reports whether a line without a level has the shape of a
// failure: what programs print when they give up, not what prose says about it.
func soundsLikeTrouble(message string) bool {
	first, rest, _ := strings.Cut(message, "\n")
	first, _ = inEnglish(first)
	line := []byte(strings.TrimRight(first, " .\r"))
	if troubleTexts.match(line) || isUnhandledRejection(line) || isOracleError(line) || isDoingFailed(line) || endsInErrno(line) || hasPrefix(line, "make[") && contains(line, "]: *** [") ||
		isExceptionLine(line) || hasPrefix(line, "Caused by: ") || isCompilerError(line) || saysFailed(string(line)) || isComplaint(line) ||
		isProgramError(line) || isErrorDoing(line) || givesUpThere(line) || isIndentedLevel(line) || isNpmDebugError(line) || isRubyError(line) {
		return true
	}
	below := rest
	for range maxErrorLines {
		var next string
		if next, below, _ = strings.Cut(below, "\n"); next == "" {
			break
		}
		line := []byte(next)
		if next := bytes.TrimLeft(line, " \t"); isCompilerError(next) || isProgramError(next) || isErrorDoing(next) || isIndentedLevel(line) {
			return true
		} else if (hasPrefix(next, "Error: ") || isExceptionLine(next)) && strings.HasPrefix(strings.TrimLeft(below, " \t"), "at ") {
			return true // a trace of Node that is set in, as in yarn-error.log
		} else if isExceptionLine(line) && bytes.Contains(line, []byte(": ")) {
			return true // it was taken for what goes on with the line above, which knows no level
		}
	}
	return strings.Contains(rest, "Traceback (most recent call last)") || strings.HasPrefix(rest, "Caused by: ") ||
		strings.Contains(rest, "\nCaused by: ") || strings.Contains(rest, "\n\tat ") && isExceptionLine([]byte(diagnose.FirstLine(rest)))
}

// isUnhandledRejection knows "(node:7) UnhandledPromiseRejectionWarning: text" of Node before
// version 15, which names itself a warning though nobody caught the error.
func isUnhandledRejection(line []byte) bool {
	return hasPrefix(line, "(node:") && contains(line[:min(len(line), maxErrorName+len("UnhandledPromiseRejectionWarning"))], ") UnhandledPromiseRejectionWarning: ")
}

// isOracleError knows "ORA-01653: text"; 19815 warns from 85 % on.
func isOracleError(line []byte) bool {
	return hasPrefix(line, "ORA-") && digits(line, 4) == 9 && hasPrefix(line[9:], ": ") && !hasPrefix(line[11:], "WARNING")
}

// isDoingFailed knows "Failed loading the blob. text".
func isDoingFailed(line []byte) bool {
	rest, found := bytes.CutPrefix(line, []byte("Failed "))
	word := rest[:letters(rest, 0)]
	return found && len(word) > len("ing") && bytes.HasSuffix(word, []byte("ing")) && len(word) < len(rest) && rest[len(word)] == ' '
}

// isComplaint knows "su: must be run from a terminal": the name of a program, and what
// it could not do, in words that are not said of what is done without. Tools of a few lines
// say no more, and nothing in it is a level.
func isComplaint(line []byte) bool {
	name, rest, found := bytes.Cut(line, []byte(": "))
	return found && isProgram(name) && complaints.match(rest)
}

// isProgramError knows "frob: error: text", which GNU's programs and Python's argparse print.
func isProgramError(line []byte) bool {
	name, rest, found := bytes.Cut(line, []byte(": "))
	if !found || len(name) == 0 || !hasPrefix(rest, "error: ") && !hasPrefix(rest, "fatal error: ") && !hasPrefix(rest, "[ERROR] ") || contains(line, "etrying") {
		return false
	}
	if name[0]-'A' <= 25 && len(name) <= maxProgram { // VBoxManage
		name = append([]byte{name[0] | 0x20}, name[1:]...)
	}
	return isProgram(name)
}

// isErrorDoing knows "Error reading the plan: text", "CMake Error at x: text" and "Parse
// Error: text": what a program did when the error came, and then the error.
func isErrorDoing(line []byte) bool {
	line = bytes.TrimLeft(line, " \t")
	if len(line) == 0 || line[0]-'A' > 25 {
		return false
	}
	before, after, found := bytes.Cut(line[:min(len(line), maxErrorName)], []byte("Error"))
	if !found || len(after) == 0 || len(before) > 0 && (before[len(before)-1] != ' ' || bytes.Count(before, []byte(" ")) > 1) {
		return false
	}
	rest := line[len(before)+len("Error"):]
	if len(before) > 0 && hasPrefix(rest, ": ") {
		word := string(before[:len(before)-1])
		return word != "No" && word != "Last" && word != "Any"
	}
	if rest[0] != ' ' || bytes.IndexByte(rest, ':') < 0 {
		return false
	}
	word := rest[1:]
	word = word[:letters(word, 0)]
	switch string(word) {
	case "while", "when", "during", "in", "at", "on", "from":
		return true
	case "handling", "logging", "reporting", "tracking", "checking", "processing":
		return false
	}
	return bytes.HasSuffix(word, []byte("ing"))
}

// isSmallErrorDoing knows "error pulling image: text" and "error while removing network: text"
// of programs in Go, and "error Your lockfile needs to be updated." of yarn and other tools for
// JavaScript (yarnpkg/yarn, src/reporters/console/console-reporter.js).
func isSmallErrorDoing(line []byte) bool {
	rest, found := bytes.CutPrefix(line, []byte("error "))
	if !found || len(rest) == 0 {
		return false
	}
	if rest[0]-'A' <= 25 {
		return bytes.IndexByte(rest, ' ') > 0
	}
	rest = bytes.TrimPrefix(rest, []byte("while "))
	word := rest[:letters(rest, 0)]
	at := bytes.Index(rest, []byte(": "))
	return len(word) > len("ing") && bytes.HasSuffix(word, []byte("ing")) && at > len(word) && at+2 < len(rest) && !quietDoings[string(word)]
}

// quietDoings are what a program says of an error that it is not in, or that it met when it only looked.
var quietDoings = map[string]bool{"handling": true, "reporting": true, "logging": true, "trying": true, "checking": true, "processing": true, "tracking": true}

// maxErrorLines bounds the lines of one entry, below its first, that are looked at.
const maxErrorLines = 1000

// maxErrorName bounds what stands before the word Error in isErrorDoing.
const maxErrorName = 24

// isIndentedLevel knows "  ERROR text": a level behind the blanks with which some loggers
// and wrappers set their lines off.
func isIndentedLevel(line []byte) bool {
	text := bytes.TrimLeft(line, " \t")
	if indent := len(line) - len(text); indent == 0 || indent > maxIndent {
		return false
	}
	return hasPrefix(text, "ERROR ") || hasPrefix(text, "ERROR: ") || hasPrefix(text, "FATAL ") || hasPrefix(text, "FATAL: ") ||
		hasPrefix(text, "error: ") && bytes.IndexByte(text[len("error: "):], ' ') > 0
}

// isRubyError knows "Errno::ECONNREFUSED: text" and Sinatra's "Faraday::ConnectionFailed - text"
// (sinatra/sinatra, lib/sinatra/base.rb, dump_errors!): the class of an exception, which Ruby's
// modules stand before, and what it says.
func isRubyError(line []byte) bool {
	if len(line) == 0 || line[0]-'A' > 25 {
		return false
	}
	n, class := 0, line
	for {
		for n < len(line) && isWordByte(line[n]) {
			n++
		}
		if !hasPrefix(line[n:], "::") {
			break
		}
		n += len("::")
		class = line[n:]
	}
	class = class[:len(class)-len(line[n:])]
	if len(class) == n || !hasPrefix(line[n:], ": ") && !hasPrefix(line[n:], " - ") {
		return false
	}
	return hasPrefix(line, "Errno::E") || bytes.HasSuffix(class, []byte("Error")) || bytes.HasSuffix(class, []byte("Exception")) || bytes.HasSuffix(class, []byte("Failed"))
}

const maxIndent = 8

// givesUpThere reports whether a line ends in a program's statement that it ends now, and
// has said that something is wrong: one that only ends may do so because it was told to.
func givesUpThere(line []byte) bool {
	at := bytes.LastIndexAny(line, ",.;!:-")
	if at < 0 || len(line)-at > maxLastWord {
		return false
	}
	switch strings.ToLower(strings.Trim(string(line[at+1:]), " ")) {
	case "aborting", "abort", "giving up", "terminating", "exiting", "quitting", "bailing out", "cannot continue":
	default:
		return false
	}
	said := strings.ToLower(string(line[:at]))
	return slices.ContainsFunc(wrongs, func(w string) bool { return strings.Contains(said, w) })
}

const maxLastWord = 20

// wrongs are words that nobody uses of an end that was asked for.
var wrongs = []string{"error", "exception", "fail", "unable", "cannot", "can't", "could not", "couldn't", "invalid", "missing", "not found", "no such", "refused", "denied", "corrupt", "too many", "unsupported"}

// isNpmDebugError knows "14 error code ENOENT", a line of npm-debug.log (npm/cli,
// lib/utils/log-file.js): a number and the level. What follows keeps "1 error generated." of a
// compiler apart: a word in capitals, a blank of a stack, or one of npm's own.
func isNpmDebugError(line []byte) bool {
	n := digits(line, 0)
	if n == 0 || n > maxNpmDigits || !hasPrefix(line[n:], " error ") {
		return false
	}
	rest := line[n+len(" error "):]
	if len(rest) == 0 || 'A' <= rest[0] && rest[0] <= 'Z' {
		return len(rest) > 0
	}
	return npmErrors.match(rest)
}

// maxNpmDigits is longer than the numbers of npm's lines are.
const maxNpmDigits = 7

var npmErrors = newStarts("code E", "errno ", "syscall ", "argv ", "path ", "enoent ", "network ", "notsup ", "notarget ", "peerinvalid ", "gyp ERR", "eacces ", "eperm ")

// isProgram reports whether a word is the name or the path of a program.
func isProgram(word []byte) bool {
	if len(word) < 2 || len(word) > maxProgram || word[0] != '/' && word[0] != '.' && !('a' <= word[0] && word[0] <= 'z') {
		return false
	}
	for _, c := range word {
		if !isASCIIWord(c) && c != '/' && c != '.' && c != '-' && c != '+' {
			return false
		}
	}
	return true
}

// maxProgram is longer than the paths of programs are.
const maxProgram = 60

var complaints = newStarts("must be ", "you must ", "you need to ", "invalid option", "illegal option", "unknown option", "unrecognized ", "bad option",
	"not allowed", "not permitted", "permission denied", "too many ", "a password is required", "a terminal is required")

// isCompilerError knows "main.cpp:41:17: error: ..." of compilers and linters.
func isCompilerError(line []byte) bool {
	at := -1
	for _, mark := range compilerErrors {
		if at = bytes.Index(line, mark); at >= 0 {
			break
		}
	}
	if at < 0 {
		return isBuildError(line)
	}
	return at > 1 && line[at-1]-'0' <= 9 && bytes.IndexByte(line[:at], ':') > 0
}

var compilerErrors = [][]byte{[]byte(": error: "), []byte(": fatal error: "), []byte(": internal compiler error: "), []byte(": *** ")} // the last is make's

// isBuildError knows "app.csproj : error NU1903: ..." and "main.ts(3,1): error TS2307: ...",
// the format of MSBuild's canonical errors (dotnet/msbuild, src/Shared/CanonicalError.cs).
func isBuildError(line []byte) bool {
	_, code, found := bytes.Cut(line, []byte(": error "))
	if !found {
		return false
	}
	n := letters(code, 0)
	end := digits(code, n)
	return n >= 2 && n <= 6 && end-n >= 3 && end-n <= 5 && hasPrefix(code[end:], ": ")
}

// saysFailed reports whether a line ends in the statement that something failed,
// and not in a count of failures.
func saysFailed(line string) bool {
	line = strings.TrimRight(line, " .!。！…")
	if chineseTrouble.match([]byte(line)) {
		return true
	}
	if rest, ok := strings.CutSuffix(line, "失败"); ok {
		return rest != "" && !strings.HasSuffix(rest, "无") && !strings.HasSuffix(rest, "没有") && !strings.HasSuffix(rest, "是否")
	}
	if strings.Contains(line, "FAILED with ") || strings.Contains(line, ". Error: ") || strings.Contains(line, "failed to solve: ") || strings.Contains(line, "' returned a non-zero code: ") {
		return true
	}
	if len(line) < len("failed") || !strings.EqualFold(line[len(line)-len("failed"):], "failed") {
		return false
	}
	words := strings.Fields(line[:len(line)-len("failed")])
	if len(words) == 0 || !strings.HasSuffix(line[:len(line)-len("failed")], " ") {
		return false
	}
	switch before := strings.ToLower(strings.Trim(words[len(words)-1], "([:,")); before {
	case "not", "never", "no", "none", "any", "if", "or", "and", "have", "that", "which", "previously":
		return false
	default:
		return digitsIn(before) == 0
	}
}

// chineseTrouble are the starts that need no end, as half of our users' scripts print them.
var chineseTrouble = newStarts("错误：", "错误:", "錯誤：", "錯誤:", "【错误】", "【失败】", "[错误]", "【異常】", "【异常】", "异常：", "异常:")

var troubleTexts = newStarts("❌", "[PM2][ERROR] ", "** (", "(error) ", "sed: -e expression #", "✗ ", "✘ ", "error: ", "Error: ", "ERROR: ", "fatal: ", "Fatal: ", "FATAL: ", "panic: ", "Traceback (most recent call last)",
	"Exception in thread ", "FAILED", "FAIL: ", "--- FAIL: ", "FAILURE: ", "Segmentation fault", "Error response from daemon: ",
	"E: ", "npm ERR! ", "make: *** ", "Cannot connect to the Docker daemon", "docker: Error response", "error during connect: ",
	"rsync error: ", "rsync: connection unexpectedly closed", "WSManFault", "UNREACHABLE!", "Failed to ")

// endsInErrno reports whether the line ends in ": " and the words of an error that
// the system gave. A sentence about an error ends otherwise.
func endsInErrno(line []byte) bool {
	i := bytes.LastIndex(line, []byte(": "))
	if i < 0 || len(line)-i > maxErrno {
		return false
	}
	switch string(line[i+2:]) {
	case "No such file or directory", "Permission denied", "Connection refused", "Connection timed out", "Operation timed out",
		"Connection reset by peer", "Broken pipe", "No space left on device", "command not found", "Operation not permitted",
		"not found", "No route to host", "Network is unreachable", "Name or service not known",
		"Temporary failure in name resolution", "Input/output error", "Read-only file system", "not in gzip format",
		"cannot execute binary file", "Exec format error", "unexpected end of file", "Disk quota exceeded", "Cannot allocate memory",
		"Too many open files", "Transport endpoint is not connected", "Host is down", "Stale file handle", "permission denied",
		"no such file or directory", "connection refused", "i/o timeout", "no such host", "no space left on device", "Device or resource busy", "target is busy", "Text file busy",
		"Resource temporarily unavailable", "Address already in use", "Cannot assign requested address", "Directory not empty", "Invalid cross-device link",
		"Argument list too long", "No such device", "No such device or address", "Required key not available", "Structure needs cleaning", "Bad message",
		"Protocol not supported", "Address family not supported by protocol", "Authentication failure":
		return true
	}
	return false
}

// maxErrno is longer than every text that endsInErrno knows.
const maxErrno = 48
