package parser

import (
	"strconv"
	"time"

	"diagnose"
)

// journalWrapper is a record of journalctl -o json, and of collectors that pass the
// journal's fields on (systemd.journal-fields(7)). It is written anew as the line
// that journalctl -o short-iso prints, which the formats know:
//
//	{"__REALTIME_TIMESTAMP":"1667604471747589","_HOSTNAME":"h","SYSLOG_IDENTIFIER":"sshd","_PID":"12","MESSAGE":"text"}
var journalWrapper = wrapper{name: "journald JSON", first: "{", take: takeJournal}

func takeJournal(line []byte, _ *diagnose.Entry) ([]byte, uint64) {
	if !contains(line, `"MESSAGE"`) || !contains(line, `"__REALTIME_TIMESTAMP"`) && !contains(line, `"_HOSTNAME"`) &&
		!contains(line, `"SYSLOG_IDENTIFIER"`) {
		return nil, 0
	}
	f := readFields(line)
	message, ok := f.text("MESSAGE")
	if !ok {
		if message = byteArray(f.raw("MESSAGE")); message == nil {
			return nil, 0
		}
	}
	return f.syslogLine(innerLines(message)), 0
}

// syslogLine writes "TIME HOST PROCESS[PID]: message" of a journal record.
func (f jsonFields) syslogLine(message []byte) []byte {
	return appendSyslogLine(f.word("_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP"), f.word("_HOSTNAME"),
		f.word("SYSLOG_IDENTIFIER", "_COMM"), f.word("_PID", "SYSLOG_PID"), message)
}

func epochMicros(t time.Time) string { return strconv.FormatInt(t.UnixMicro(), 10) }

// appendSyslogLine leaves out what would not be read again as what it is. Without a
// time the message stands alone.
func appendSyslogLine(stamp, host, process, pid string, message []byte) []byte {
	t, _ := readEpoch([]byte(stamp))
	if t.IsZero() {
		return message
	}
	out := make([]byte, 0, len(message)+len(host)+len(process)+64)
	out = t.UTC().AppendFormat(out, time.RFC3339Nano)
	out = appendName(append(out, ' '), host)
	out = appendName(append(out, ' '), process)
	if pid != "" && digitsIn(pid) == len(pid) {
		out = append(append(append(out, '['), pid...), ']')
	}
	return append(append(out, ": "...), message...)
}

// appendName appends what a host or process is called, "-" without one: (sd-pam) is
// sd-pam.
func appendName(out []byte, name string) []byte {
	n := len(out)
	for i := range len(name) {
		if isProcessByte(name[i]) {
			out = append(out, name[i])
		}
	}
	if len(out) == n {
		out = append(out, '-')
	}
	return out
}

// byteArray decodes the array of numbers that journalctl writes for a message that
// is no UTF-8; nil when it is none.
func byteArray(v []byte) []byte {
	if len(v) < 3 || v[0] != '[' {
		return nil
	}
	out := make([]byte, 0, len(v)/3)
	number, given := 0, false
	for _, c := range v[1:] {
		switch {
		case c-'0' <= 9:
			number, given = number*10+int(c-'0'), true
			if number > 255 {
				return nil
			}
		case c == ',' || c == ']':
			if !given {
				return nil
			}
			out = append(out, byte(number))
			number, given = 0, false
		case !isBlank(c):
			return nil
		}
	}
	return out
}
