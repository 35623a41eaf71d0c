package parser

import (
	"bytes"

	"diagnose"
)

// Some programs print one message as several lines that each begin alike, below a first
// one that tells what it is.

// bars are how the line begins that Terraform draws on the left of a diagnostic
// (internal/command/format/diagnostic.go), as it is, and as programs show it that take
// its UTF-8 for Windows-1252 or for code page 437.
var (
	bars       = newStarts("│", "╵", "â”‚", "â•µ", "Γöé", "Γò╡")
	diagnostic = newStarts("│ Error: ", "│ Warning: ", "â”‚ Error: ", "â”‚ Warning: ", "Γöé Error: ", "Γöé Warning: ")
)

// oldKeys begin the lines that Ansible 1 prints below the result of a task that failed
// (lib/ansible/callbacks.py).
var oldKeys = newStarts("msg: ", "stderr: ", "stdout: ")

// isGroupHead knows "│ Error: text" and "failed: [web1] => {...}".
func isGroupHead(line []byte) bool {
	if line[0] == 'f' {
		return (hasPrefix(line, "failed: [") || hasPrefix(line, "fatal: [")) && contains(line, "] => ")
	}
	return diagnostic.match(line)
}

func isGroupLine(line []byte) bool {
	return oldKeys.match(line) || bars.match(line) && !diagnostic.match(line)
}

// barredLevel is the level of a diagnostic that bars stand beside.
func barredLevel(message string) diagnose.Level {
	if message == "" || message[0] < 0x80 {
		return diagnose.LevelUnknown
	}
	line := []byte(message[:min(len(message), len("â”‚ Warning: "))])
	if !diagnostic.match(line) {
		return diagnose.LevelUnknown
	}
	return anyCaseLevel(line[bytes.IndexByte(line, ' ')+1 : bytes.IndexByte(line, ':')])
}
