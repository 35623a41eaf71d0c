package parser

import (
	"bytes"

	"diagnose"
)

// What names a writer and nothing else before its lines is taken off only where
// something known stands behind it, and the whole is no line of a format:
//
//	[branch] text                  Jenkins' parallel stages, concurrently, NodeMan's [script]
//	10:00:01 web.1   | text        foreman, honcho, overmind
//	tag\ttext                      GNU parallel --tag
//	web1: text                     pdsh, clush, dsh
var (
	branchWrapper   = wrapper{name: "[branch]", first: "[", guarded: true, take: takeBranch}
	foremanWrapper  = wrapper{name: "foreman", first: firstDigits, take: takeForeman}
	parallelWrapper = wrapper{name: "parallel --tag", guarded: true, take: takeTag}
	pdshWrapper     = wrapper{name: "pdsh", first: firstLetters + firstDigits, guarded: true, take: takeHostColon}
)

// maxWriterName bounds the names of branches, processes and tags.
const maxWriterName = 64

func takeBranch(line []byte, _ *diagnose.Entry) ([]byte, uint64) {
	end := bytes.Index(line[:min(len(line), maxWriterName)], []byte("] "))
	if end < 2 || !isASCIIWord(line[1]) || anyCaseLevel(line[1:end]) != diagnose.LevelUnknown {
		return nil, 0
	}
	// XenServer's storage manager begins its lines with its pid in brackets.
	if index := digits(line, 1) == end && end <= 3; isFormatHead(line) && !(index && isFormatHead(line[end+2:])) {
		return nil, 0
	}
	inner := line[end+2:]
	if !isKnown(inner) && !(hasPrefix(inner, "  ") && isPlainName(line[1:end])) {
		return nil, 0
	}
	return inner, writerOf(line[:end+1])
}

// isPlainName reports whether name is a word: no time, no path, no fraction of a
// count. Behind such a one indented text goes on with what the writer wrote above.
func isPlainName(name []byte) bool {
	return hostLen(name) == len(name)
}

// takeForeman reads the clock, the process with its number, and the bar.
func takeForeman(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	if _, n := readTimeOfDay(line); n != 8 || len(line) < 12 || line[8] != ' ' {
		return nil, 0
	}
	name, text := composeColumns(line[9:])
	if text == nil {
		return nil, 0
	}
	if dot := bytes.LastIndexByte(name, '.'); dot < 1 || dot+1 == len(name) || digits(name, dot+1) != len(name) {
		return nil, 0
	}
	noteClock(line, e)
	return text, writerOf(name)
}

func takeTag(line []byte, _ *diagnose.Entry) ([]byte, uint64) {
	end := bytes.IndexByte(line[:min(len(line), maxWriterName)], '\t')
	if end < 1 || isFormatHead(line) || !isOwnLine(line[end+1:]) {
		return nil, 0
	}
	return line[end+1:], writerOf(line[:end])
}

// takeHostColon takes only names with a digit, a dot or a dash, as hosts have, and
// no program's: "bash: " and "curl: " belong to their lines.
func takeHostColon(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	end := hostLen(line)
	if end < 2 || end > maxWriterName || !hasPrefix(line[end:], ": ") || bytes.IndexAny(line[:end], "0123456789.-") < 0 {
		return nil, 0
	}
	if isFormatHead(line) || isExceptionLine(line) || !isOwnLine(line[end+2:]) {
		return nil, 0
	}
	if e != nil {
		e.Host = string(line[:end])
	}
	return line[end+2:], writerOf(line[:end])
}
