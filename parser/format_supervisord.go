package parser

import (
	"strings"

	"diagnose"
)

// supervisordFormat reads the log of Supervisor:
//
//	2024-01-02 10:00:00,123 INFO gave up: web entered FATAL state, too many start retries too quickly
var supervisordFormat = Format{
	Name:   "supervisord",
	Head:   supervisordHead,
	First:  firstDigits,
	Fifth:  "-/.",
	Finish: supervisordFinish,
	Marks:  []string{" gave up: ", "; not expected)", " FATAL state, "},
}

var supervisordWords = newStarts("spawned: ", "exited: ", "success: ", "gave up: ", "stopped: ", "reaped ", "spawnerr: ", "supervisord started ",
	"RPC interface ", "Set uid ", "Included extra ", "daemonizing ", "received SIG", "waiting for ", "Increased RLIMIT", "killing '", "backoff: ",
	"unix_http_server ", "Server '", "Unlinking stale ", "Supervisor is running as root", "Supervisor running as root")

func supervisordHead(line []byte, e *diagnose.Entry) int {
	const stamp = len("2024-01-02 10:00:00,123")
	if len(line) < stamp+8 || line[0]-'0' > 9 || line[19] != ',' || line[stamp] != ' ' || line[stamp+1]-'A' > 25 || line[stamp+5] != ' ' {
		return -1
	}
	switch string(line[stamp+1 : stamp+5]) {
	case "CRIT", "ERRO", "WARN", "INFO", "DEBG", "TRAC", "BLAT":
	default:
		return -1
	}
	text := stamp + 6
	t, n := readISO(line)
	if n != stamp || !supervisordWords.match(line[text:]) {
		return -1
	}
	if e != nil {
		e.Time, e.Process = t, "supervisord"
		e.Level = spelledLevel(line[stamp+1 : stamp+5])
	}
	return text
}

// supervisordFinish: its levels say little. A warning of its own about root is a
// CRIT, and a program that it gave up an INFO.
func supervisordFinish(e *diagnose.Entry) {
	levelFinish(e)
	if strings.HasPrefix(e.Message, "Supervisor ") || strings.HasPrefix(e.Message, "Server 'unix_http_server' running without any HTTP auth") {
		e.Level, e.Trouble = diagnose.LevelWarn, false
	}
	if strings.HasPrefix(e.Message, "gave up: ") || strings.HasPrefix(e.Message, "spawnerr: ") || strings.HasSuffix(e.Message, "; not expected)") {
		e.Trouble = true
	}
}
