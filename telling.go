package diagnose

import (
	"regexp"
	"strings"
	"unicode"
)

// tellingLines bounds the lines of an entry in which the telling one is sought.
const tellingLines = 2000

var (
	// raised is the last line of a Python traceback.
	raised = regexp.MustCompile(`^[A-Za-z_][\w.]*(: |$)`)
	// thrown is how a Java exception begins that was printed below a line that says nothing
	// of it; ofTrouble is in lines that do.
	thrown    = regexp.MustCompile(`^([a-z][\w$]*\.)+[\w$]*(Error|Exception)\b`)
	ofTrouble = regexp.MustCompile(`(?i)error|fail|exception|cannot|could not|unable|refus|warn`)
	// nodeSource is where Node begins an uncaught error: the file that threw it.
	nodeSource = regexp.MustCompile(`^(node:|file://|/|[A-Za-z]:\\)\S*:\d+$`)
	nodeError  = regexp.MustCompile(`^(Uncaught )?(\w+\.)*\w*(Error|Exception)\b`)
)

// TellingLine returns the line of a crash that says what went wrong, and its number,
// 0 for the first: the exception below a traceback, the innermost cause of an uncaught
// Java exception, the message below the place of a panic. Of all other texts it is the first
// line.
func TellingLine(text string) (line string, at int) {
	lines := strings.SplitN(text, "\n", tellingLines+1)
	if len(lines) > tellingLines {
		lines = lines[:tellingLines]
	}
	for at < len(lines)-1 && !strings.ContainsFunc(lines[at], wordRune) {
		at++ // a rule, as sanitizers draw above what they say
	}
	if !strings.ContainsFunc(lines[at], wordRune) {
		at = 0
	}
	if i := at + tellingBelow(lines[at:]); strings.TrimSpace(lines[i]) != "" {
		at = i
	}
	return strings.TrimRight(lines[at], "\r"), at
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// tellingBelow is the number of the telling line of a crash that begins on the first.
func tellingBelow(lines []string) int {
	first := strings.TrimSpace(lines[0])
	switch {
	case strings.HasSuffix(first, "Traceback (most recent call last):"):
		return lastLine(lines, func(i int) bool {
			line := strings.TrimRight(lines[i], "\r")
			return raised.MatchString(line) && (strings.HasPrefix(lines[i-1], " ") || strings.HasPrefix(lines[i-1], "\t"))
		})
	case strings.HasPrefix(first, "Exception in thread "):
		return lastLine(lines, func(i int) bool { return strings.HasPrefix(lines[i], "Caused by: ") })
	case strings.Contains(first, " panicked at ") && strings.HasSuffix(first, ":"):
		return firstLine(lines, func(i int) bool { return strings.TrimSpace(lines[i]) != "" })
	case first == "APPLICATION FAILED TO START": // Spring Boot's report
		reason := firstLine(lines, func(i int) bool { return strings.TrimSpace(lines[i]) == "Description:" })
		if reason == 0 {
			return 0
		}
		return reason + firstLine(lines[reason:], func(i int) bool { return strings.TrimSpace(lines[reason+i]) != "" })
	case len(lines) > 2 && thrown.MatchString(lines[1]) && strings.HasPrefix(lines[2], "\tat ") && !ofTrouble.MatchString(first):
		return max(1, lastLine(lines, func(i int) bool { return strings.HasPrefix(lines[i], "Caused by: ") }))
	case nodeSource.MatchString(first):
		return firstLine(lines, func(i int) bool { return nodeError.MatchString(lines[i]) })
	}
	return 0
}

// lastLine is the last line below the first that is, 0 where none is.
func lastLine(lines []string, is func(i int) bool) int {
	for i := len(lines) - 1; i > 0; i-- {
		if is(i) {
			return i
		}
	}
	return 0
}

// firstLine is the first one.
func firstLine(lines []string, is func(i int) bool) int {
	for i := 1; i < len(lines); i++ {
		if is(i) {
			return i
		}
	}
	return 0
}
