package parser

import "diagnose"

// logrusFormat reads logrus on a terminal, and with full stamps:
//
//	ERRO[0012] text                                          key=value
//	INFO[2024-01-02T10:00:00Z] text
var logrusFormat = Format{
	Name:   "logrus",
	Head:   logrusHead,
	First:  firstCapitals,
	Finish: levelFinish,
	Marks:  append(marksBefore("ERRO[000", "0123456789"), marksBefore("FATA[000", "0123456789")...),
}

func logrusHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 11 || line[4] != '[' || line[0]-'A' > 25 {
		return -1
	}
	switch string(line[:4]) {
	case "TRAC", "DEBU", "INFO", "WARN", "ERRO", "FATA", "PANI":
	default:
		return -1
	}
	c := cursor{line: line, at: 4}
	stamp := c.bracket()
	if c.bad || len(stamp) < 4 || stamp[0]-'0' > 9 {
		return -1
	}
	t, n := readISO(stamp)
	if n == 0 && digits(stamp, 0) != len(stamp) { // else seconds since the start
		return -1
	}
	c.blanks()
	if e != nil {
		e.Time = t
		e.Level = spelledLevel(line[:4])
	}
	return c.at
}
