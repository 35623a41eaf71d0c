package parser

import (
	"bytes"

	"diagnose"
)

// teamCityWrapper is the prefix of TeamCity's build log. W and E are its levels:
//
//	[17:45:39]E: [Step 6/11] text
var teamCityWrapper = wrapper{name: "TeamCity", first: "[", take: takeTeamCity}

func takeTeamCity(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	if len(line) < 12 || line[3] != ':' {
		return nil, 0
	}
	if _, n := readTimeOfDay(line[1:]); n != 8 || line[9] != ']' {
		return nil, 0
	}
	rest := line[10:]
	if len(rest) > 1 && (rest[0] == ':' || hasPrefix(rest, "W:") || hasPrefix(rest, "E:")) {
		rest = bytes.TrimLeft(rest, "WE: ")
	}
	if !hasPrefix(rest, "[Step ") {
		return nil, 0
	}
	closing := bytes.IndexByte(rest, ']')
	if closing < 0 {
		return nil, 0
	}
	return line[skip(line, len(line)-len(rest)+closing+1, ' '):], 0
}
