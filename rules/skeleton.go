package rules

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"diagnose"
)

// Bounds of a skeleton: lines beyond are for the author to add.
const (
	maxSkeletonPatterns = 8
	maxSkeletonLine     = 400 // bytes of a message that make its pattern
)

// varying are the parts of a line that differ between two occurrences, with the
// names that the shipped rules give them. An empty name is not worth one.
var varying = []struct {
	name, kind string
	re         *regexp.Regexp
}{
	{"url", "", regexp.MustCompile(`^[a-z][a-z0-9+.-]{1,12}://[^\s"'\\,;()\[\]{}<>|]*[^\s"'\\,;()\[\]{}<>|.:!]`)},
	{"", "", regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F-]{9,30}`)},
	{"host", "", regexp.MustCompile(`^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b`)},
	{"host", "", regexp.MustCompile(`^[A-Za-z][\w-]*(?:\.[\w-]+)*\.(?:com|net|org|cn|io|dev|local|internal|lan|corp|example|test)\b`)},
	{"path", "", regexp.MustCompile(`^/[\w.+@-]+(?:/[\w.+@-]*)*[\w@-]`)},
	{"port", ":int", regexp.MustCompile(`^\d{2,5}\b`)}, // behind "port " or a host and a colon only
	{"", "", regexp.MustCompile(`^(?:0x)?[0-9a-fA-F]*\d[0-9a-fA-F]*\b`)},
}

// Skeleton is the text of a rule file made of the messages of log entries that
// show a failure: what varies becomes captures, and the rest is to be written
// where it says TODO. log is the text as it was pasted, for the example. The
// error says that no message has fixed text enough.
func Skeleton(id string, messages []string, log string) ([]byte, error) {
	// YAML takes no control characters but tabs and line ends, not even in quotes.
	messages = slices.Clone(messages)
	for i := range messages {
		messages[i] = strings.Map(printed, messages[i])
	}
	log = strings.Map(printed, log)
	var patterns []string
	var captures [][]string
	for _, m := range messages {
		pattern, names := generalized(m)
		if source, err := translate(pattern); err != nil || slices.Contains(patterns, pattern) {
			continue
		} else if p, err := newPattern(source); err != nil || !p.regexp().MatchString(m) {
			continue
		}
		if patterns = append(patterns, pattern); len(patterns) > maxSkeletonPatterns {
			patterns = patterns[:maxSkeletonPatterns]
			break
		}
		captures = append(captures, names)
	}
	if len(patterns) == 0 {
		return nil, fmt.Errorf("no line has %d bytes of fixed text in a row, which a pattern needs", MinLiteral)
	}
	text := []byte(written(id, patterns, captures, log))
	if _, problems := Parse(id, id, text); len(problems) > 0 {
		// Characters that YAML does not take, and whatever else a line may hold.
		return nil, fmt.Errorf("these lines cannot be written as a rule: %w", problems[0])
	}
	return text, nil
}

// generalized turns a message into the text of `match:` with captures, and
// returns their names.
func generalized(message string) (pattern string, names []string) {
	line := strings.TrimSpace(diagnose.FirstLine(message))
	if len(line) > maxSkeletonLine {
		line = line[:maxSkeletonLine]
		for !utf8.ValidString(line[max(0, len(line)-utf8.UTFMax):]) && len(line) > maxSkeletonLine-utf8.UTFMax {
			line = line[:len(line)-1]
		}
	}
	var b strings.Builder
	for i := 0; i < len(line); {
		if name, kind, n := varies(line, i); n > 0 {
			after := line[i+n:]
			switch {
			case name == "" || slices.Contains(names, name) || !endsWord(name, after):
				b.WriteString("<_>")
			default:
				b.WriteString("<" + name + kind + ">")
				names = append(names, name)
			}
			i += n
			continue
		}
		if line[i] == '<' || line[i] == '\\' {
			b.WriteByte('\\')
		}
		_, n := utf8.DecodeRuneInString(line[i:])
		b.WriteString(line[i : i+n])
		i += n
	}
	return b.String(), names
}

// endsWord reports whether a capture is known to end before the text behind it:
// a word before a space, the end, or a byte that the value does not have.
func endsWord(name, after string) bool {
	return after == "" || name == "port" || strings.ContainsRune(" '\"),;]:", rune(after[0]))
}

// varies returns the name, kind and length of the varying part at line[i:], 0
// where there is none. Codes stay: 403 and 404 have different causes.
func varies(line string, i int) (name, kind string, n int) {
	if r, _ := utf8.DecodeLastRuneInString(line[:i]); i > 0 && (r == '_' || r == '-' || r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r)) {
		return "", "", 0
	}
	for _, v := range varying {
		n := len(v.re.FindString(line[i:]))
		switch {
		case n == 0:
		case v.name == "port" && !strings.HasSuffix(strings.ToLower(line[:i]), "port ") && !afterHost.MatchString(line[:i]):
		case v.name == "" && kept(line, i, n):
			return "", "", 0
		default:
			return v.name, v.kind, n
		}
	}
	return "", "", 0
}

var afterHost = regexp.MustCompile(`(?:\d|[a-z]\.[a-z]{2,8}):$`)

// kept reports whether a number is one that diagnose.Mask leaves as it is.
func kept(line string, i, n int) bool {
	masked := diagnose.Mask(line[max(0, i-40) : i+n])
	return strings.HasSuffix(masked, line[i:i+n])
}

// written puts the file together.
func written(id string, patterns []string, captures [][]string, log string) string {
	title := Unwritten + ": the cause in one sentence"
	zhTitle := Unwritten + "：一句话说明原因"
	seen := map[string]bool{}
	for _, names := range captures {
		for _, name := range names {
			if seen[name] {
				continue
			}
			seen[name] = true
			blank := "{{" + name + "}}"
			if slices.ContainsFunc(captures, func(other []string) bool { return !slices.Contains(other, name) }) {
				blank = "{{" + name + "|the " + name + "}}"
			}
			title += ", " + name + " " + blank
			zhTitle += "，" + blank
		}
	}
	system, _, ok := strings.Cut(id, "/")
	if !ok || system == "" {
		system = "shared"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "title: %s\nsystem: %s\nrole: cause            # cause | symptom | benign\nconfidence: likely     # confirmed | likely | possible\n", quoted(title), quoted(system))
	fmt.Fprintf(&b, "side: target           # who has to act: client, execution host, target, server, network ...\nsignals:\n  failed:\n    match:\n")
	for _, p := range patterns {
		fmt.Fprintf(&b, "      - %s\n", quoted(p))
	}
	fmt.Fprintf(&b, "cause: %s\nfix:\n  - say: %s\nreferences:\n  - %s\n", quoted(Unwritten+": what went wrong, and why"),
		quoted(Unwritten+": what to do tonight"), quoted(Unwritten+": the upstream file or the public issue"))
	fmt.Fprintf(&b, "zh:\n  title: %s\n  cause: %s\n  fix:\n    - say: %s\n", quoted(zhTitle), quoted(Unwritten+"：发生了什么，为什么"), quoted(Unwritten+"：今晚该怎么做"))
	fmt.Fprintf(&b, "examples:\n  - name: %s\n    log: %s\n    expect: {}\n", quoted(Unwritten+": version and layout"), quoted(log))
	fmt.Fprintf(&b, "  - name: %s\n    log: %s\n    expect: none\n", quoted(Unwritten+": the neighbour that shares the words and is no failure"), quoted(Unwritten))
	return b.String()
}

// quoted is a YAML scalar of any text. A text of several lines is written in
// double quotes: a literal block cannot hold every text.
func quoted(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	out, err := json.Marshal(s)
	if err != nil {
		return "''"
	}
	return string(out)
}

func printed(r rune) rune {
	if r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0xfffe || r == 0xffff {
		return ' '
	}
	return r
}
