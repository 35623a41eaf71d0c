package parser

import (
	"bytes"
	"encoding/binary"

	"diagnose"
)

// A record is an envelope over several lines: what journalctl prints with -o export
// (systemd's Journal Export Format), -o json-pretty and -o verbose, and any other
// envelope's object that was printed with indents. A record is an entry of its own.

// journalExportFormat finds the bounds of records in the export format. What they
// hold is read by the format of its own.
var journalExportFormat = Format{
	Name:    "journal-export",
	Absorbs: true,
	First:   exportStart[:1],
	Head: func(line []byte, _ *diagnose.Entry) int {
		if hasPrefix(line, exportStart) {
			return 0
		}
		return -1
	},
}

// exportStart is the field that a record begins with.
const exportStart = "__CURSOR="

// unpackRecord returns the lines inside the record that text is, nil when it is
// none. It notes in e what the envelope tells.
func unpackRecord(text []byte, e *diagnose.Entry) []byte {
	if len(text) < len(exportStart) {
		return nil
	}
	switch {
	case text[0] == '{' && (text[1] == '\n' || text[1] == '\r'):
		q := peelInto(bytes.TrimSpace(text), e)
		if q.decoded && len(q.inner) > 0 && q.inner[0] != '{' {
			return q.inner
		}
	case text[0] == '_' && hasPrefix(text, exportStart):
		return exportFields(text).syslogLine()
	case text[0]-'A' < 26:
		return verboseLine(text)
	}
	return nil
}

// journalFields are the fields of a record that make a syslog line.
type journalFields struct {
	stamp, host, identifier, command, pid string
	message                               []byte
	given                                 bool // there is a message
}

func (f *journalFields) set(name string, value []byte) {
	switch name {
	case "__REALTIME_TIMESTAMP":
		f.stamp = string(value)
	case "_HOSTNAME":
		f.host = string(value)
	case "SYSLOG_IDENTIFIER":
		f.identifier = string(value)
	case "_COMM":
		f.command = string(value)
	case "_PID":
		f.pid = string(value)
	case "MESSAGE":
		f.message, f.given = value, true
	}
}

// syslogLine is the record as journalctl -o short-iso prints it, nil without a
// message.
func (f *journalFields) syslogLine() []byte {
	if !f.given {
		return nil
	}
	process := f.identifier
	if process == "" {
		process = f.command
	}
	return appendSyslogLine(f.stamp, f.host, process, f.pid, innerLines(f.message))
}

// exportFields reads the lines KEY=value. A key alone stands before a value that
// holds line ends: its length in eight bytes, the lowest first, and its bytes.
func exportFields(text []byte) *journalFields {
	f := &journalFields{}
	for len(text) > 0 {
		line, rest, _ := bytes.Cut(text, []byte{'\n'})
		text = rest
		if name, value, ok := bytes.Cut(line, []byte{'='}); ok {
			f.set(string(name), value)
			continue
		}
		if len(line) == 0 || len(rest) < 8 {
			continue
		}
		size := binary.LittleEndian.Uint64(rest)
		value := rest[8:]
		if size < uint64(len(value)) {
			value = value[:size]
		}
		f.set(string(line), value)
		text = bytes.TrimPrefix(rest[8+len(value):], []byte{'\n'})
	}
	return f
}

// verboseLine reads a record of journalctl -o verbose: the time and the cursor in
// brackets, and the fields below.
func verboseLine(text []byte) []byte {
	if len(text) < 40 || text[3] != ' ' || text[8] != '-' {
		return nil
	}
	t, n := readWeekdayISO(text)
	if n == 0 || !hasPrefix(text[n:], " [s=") {
		return nil
	}
	f := &journalFields{}
	var message *[]byte
	for _, line := range bytes.Split(text, []byte{'\n'})[1:] {
		name, value, ok := bytes.Cut(line, []byte{'='})
		name = bytes.TrimLeft(name, " ")
		if ok && len(line)-len(name)-len(value)-1 == verboseIndent && isFieldName(name) {
			message = nil
			if f.set(string(name), value); string(name) == "MESSAGE" {
				f.message = bytes.Clone(value)
				message = &f.message
			}
		} else if message != nil {
			*message = append(append(*message, '\n'), bytes.TrimPrefix(line, []byte(messageIndent))...)
		}
	}
	if f.stamp == "" {
		f.stamp = epochMicros(t)
	}
	return f.syslogLine()
}

// A field of -o verbose is indented, and the further lines of a message below its
// first one.
const (
	verboseIndent = 4
	messageIndent = "            "
)

func isFieldName(name []byte) bool {
	for _, c := range name {
		if c-'A' > 25 && c != '_' && c-'0' > 9 {
			return false
		}
	}
	return len(name) > 0
}
