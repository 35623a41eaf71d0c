package parser

import (
	"bytes"
)

// isContinuation reports whether a line that is no head goes on with the entry
// above it, whatever that is: indented text, a stack frame, a closing bracket, the
// last line of a Python traceback, Ansible's word on the failure above it.
func isContinuation(line []byte) bool {
	if len(line) == 0 {
		return false
	}
	switch c := line[0]; {
	case c == ' ' || c == '\t':
		return len(bytes.TrimLeft(line, " \t\r")) > 0
	case c == '}' || c == ']' || c == ')':
		return len(bytes.Trim(line, "}]),;\r ")) == 0
	case c == '.':
		return isElision(line)
	case c == 'a':
		return isFrame(line)
	case c == 'C' && hasPrefix(line, "Caused by: "), c == 'S' && hasPrefix(line, "Suppressed: "):
		return true
	case c|0x20-'a' < 26:
		return isExceptionLine(line) || isPrefixedContinuation(line)
	}
	return isPrefixedContinuation(line)
}

// isFrame reports whether the line is "at pkg.Class.method(File.java:1)".
func isFrame(line []byte) bool {
	if !hasPrefix(line, "at ") {
		return false
	}
	open := bytes.IndexByte(line, '(')
	return open > 3 && bytes.IndexByte(line[3:open], ' ') < 0 && bytes.IndexByte(line[3:open], '.') > 0
}

// isElision knows "... 12 more" of Java, "...<2 lines>..." of Python, and
// "...ignoring".
func isElision(line []byte) bool {
	if !hasPrefix(line, "...") {
		return false
	}
	rest := bytes.TrimRight(line[3:], " \r")
	return string(rest) == "ignoring" || bytes.HasSuffix(rest, []byte(" more")) ||
		bytes.HasSuffix(rest, []byte(" common frames omitted"))
}

// isExceptionLine reports whether the line is "pkg.SomeException: text", as Java
// prints it below a log line and Python below a traceback.
func isExceptionLine(line []byte) bool {
	n := 0
	for n < len(line) && (isWordByte(line[n]) || line[n] == '.' || line[n] == '$' || line[n] == '\\') {
		n++
	}
	if n < len(line) && line[n] != ':' && line[n] != '\r' {
		return false
	}
	name := line[:n]
	class := name[bytes.LastIndexAny(name, `.\`)+1:]
	if len(class) < 6 || class[0]-'A' > 25 {
		return false
	}
	if bytes.HasSuffix(class, []byte("Error")) || bytes.HasSuffix(class, []byte("Exception")) {
		return len(class) > len("Exception") || len(class) < len(name) || n < len(line)
	}
	return false
}

// isPrefixedContinuation sees through the prefix that syslog, docker compose or the
// log file of Ansible puts before every physical line. No format takes such a line
// as a head.
func isPrefixedContinuation(line []byte) bool {
	if n := ansibleLogPrefix(line); n > 0 {
		return isElision(line[n:])
	}
	if p, ok := readSyslog(line); ok {
		return isStackText(line[p.messageAt:])
	}
	if n := readComposePrefix(line, 0); n > 0 {
		return isStackText(line[n:])
	}
	return false
}

// isStackText reports whether text behind such a prefix goes on with a stack trace.
func isStackText(text []byte) bool {
	if len(text) == 0 {
		return false
	}
	switch c := text[0]; {
	case c == '\t':
		return len(bytes.TrimLeft(text, "\t ")) > 0
	case c == ' ':
		text = bytes.TrimLeft(text, " ")
		return isFrame(text) || isElision(text)
	case c == 'a':
		return isFrame(text) || isExceptionLine(text)
	case c == '.':
		return isElision(text)
	case hasPrefix(text, "Caused by: "), hasPrefix(text, "Suppressed: "):
		return true
	}
	return isExceptionLine(text)
}
