package parser

import (
	"bytes"

	"diagnose"
)

// postgresFormat reads PostgreSQL's log with the usual values of log_line_prefix
// ('%m [%p] ', '%t [%p]: [%l-1] user=%u,db=%d ', Debian's, RDS'):
//
//	2024-01-02 10:00:00.123 UTC [12] app@db ERROR:  relation "x" does not exist at character 15
//	2024-01-02 10:00:00.123 UTC [12] app@db STATEMENT:  SELECT * FROM x
//
// A line of a detail, a hint or the statement goes on with the one above it.
var postgresFormat = Format{
	Name:    "postgres",
	Absorbs: true,
	Head:    postgresHead,
	First:   firstDigits,
	Fifth:   "-/.",
	Finish:  bodyFinish,
	Strip:   stripPostgres,
	Marks:   []string{" ERROR:  ", " FATAL:  ", " PANIC:  ", ":ERROR:  ", ":FATAL:  ", ":PANIC:  "},
}

// maxPostgresPrefix bounds what log_line_prefix adds behind the time.
const maxPostgresPrefix = 160

// postgresWord returns the bounds of the severity, or the word of a detail, behind
// the prefix; from is 0 when there is none. The two blanks tell it from others.
func postgresWord(line []byte) (from, to int) {
	at := afterISO(line)
	if at == 0 || line[10] != ' ' {
		return 0, 0
	}
	near := line[at:min(len(line), at+maxPostgresPrefix)]
	colon := bytes.Index(near, postgresColon)
	if colon < 3 {
		return 0, 0
	}
	to = at + colon
	from = to
	for from > at && (line[from-1]-'A' <= 25 || line[from-1]-'0' <= 9) {
		from--
	}
	if from == to || from == at || line[from-1] != ' ' && line[from-1] != ':' {
		return 0, 0
	}
	return from, to
}

var postgresColon = []byte(":  ")

// isPostgresDetail reports whether the line belongs to the message above it.
func isPostgresDetail(line []byte) bool {
	if len(line) < 30 || line[0]-'0' > 9 {
		return false
	}
	from, to := postgresWord(line)
	switch string(line[from:to]) {
	case "DETAIL", "HINT", "STATEMENT", "CONTEXT", "QUERY", "LOCATION", "BACKTRACE":
		return true
	}
	return false
}

func postgresHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 30 || line[0]-'0' > 9 {
		return -1
	}
	from, to := postgresWord(line)
	if from == 0 {
		return -1
	}
	level := spelledLevel(bytes.TrimRight(line[from:to], "12345"))
	t, n := readISO(line)
	if n == 0 || level == diagnose.LevelUnknown {
		return -1
	}
	if e != nil {
		e.Time, e.Level = t, level
		if open := bytes.IndexByte(line[n:from], '['); open >= 0 {
			pid := n + open + 1
			e.PID = string(line[pid:digits(line, pid)])
		}
	}
	return to + len(postgresColon)
}

// stripPostgres takes the prefix off the line of a detail.
func stripPostgres(line []byte) []byte {
	if isPostgresDetail(line) {
		from, _ := postgresWord(line)
		return line[from:]
	}
	return line
}
