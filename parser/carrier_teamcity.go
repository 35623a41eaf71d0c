package parser

import (
	"bytes"

	"diagnose"
)

// teamCityWrapper is the prefix of TeamCity's build log. W and E are its levels:
//
//	[17:45:39]E: [Step 6/11] text
//	[17:45:39] :	 [Step 6/11] text
var teamCityWrapper = wrapper{name: "TeamCity", first: "[", take: takeTeamCity}

func takeTeamCity(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	if len(line) < 12 || line[3] != ':' {
		return nil, 0
	}
	if _, n := readTimeOfDay(line[1:]); n != 8 || line[9] != ']' {
		return nil, 0
	}
	rest := line[10:]
	rest = rest[teamCityLevel(rest):]
	if !hasPrefix(rest, "[Step ") {
		return nil, 0
	}
	closing := bytes.IndexByte(rest, ']')
	if closing < 0 {
		return nil, 0
	}
	noteClock(line[1:], e)
	rest = rest[closing+1:]
	if len(rest) > 0 && rest[0] == ' ' {
		rest = rest[1:]
	}
	return rest, 0
}

// teamCityLevel returns the length of "W:\t ", "E: ", " :\t " and their like.
func teamCityLevel(b []byte) int {
	n := 0
	if n < len(b) && (b[n] == ' ' || b[n]|0x20-'a' < 26) {
		n++
	}
	if n >= len(b) || b[n] != ':' {
		return 0
	}
	for n++; n < len(b) && isBlank(b[n]); n++ {
	}
	return n
}
