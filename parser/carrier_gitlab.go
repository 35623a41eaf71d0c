package parser

import "diagnose"

// gitLabWrapper is what GitLab's runner puts before lines since 17.0 where
// FF_TIMESTAMPS is on: the time, the number of the stream, O or E, and a plus when
// the text goes on with the line above:
//
//	2025-01-01T10:00:00.123456Z 00O text
//	2025-01-01T10:00:00.123456Z 00E+text
var gitLabWrapper = wrapper{name: "GitLab", first: firstDigits, take: takeGitLab, part: cutByGitLab}

// gitLabText is where the text begins.
const gitLabText = len("2025-01-01T10:00:00.123456Z 00O ")

func takeGitLab(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	const stamp = len("2025-01-01T10:00:00.123456Z")
	if len(line) < stamp+5 || line[10] != 'T' || line[stamp-1] != 'Z' || line[stamp] != ' ' {
		return nil, 0
	}
	mark := line[stamp+1 : stamp+5]
	if !isHexDigit(mark[0]) || !isHexDigit(mark[1]) || mark[2] != 'O' && mark[2] != 'E' || mark[3] != ' ' && mark[3] != '+' {
		return nil, 0
	}
	if _, n := readISO(line); n != stamp {
		return nil, 0
	}
	noteISO(line, e)
	return line[gitLabText:], writerOf(mark[:3])
}

func isHexDigit(c byte) bool { return c-'0' <= 9 || c|0x20-'a' < 6 }
