package parser

import (
	"bytes"
	"slices"
	"strings"

	"diagnose"
)

// toolFormats are the formats of BlueKing and of the programs that deployments run,
// in the order they are tried. Where two could take the same line the narrower one
// stands first: a ZooKeeper line before the glog line it is nested in, loggers whose
// level could be syslog's host before syslog, sshd before the rest of it, ssh and
// Ansible before the prompts of a shell. Behind them stand the layouts of loggers,
// servers and databases.
var toolFormats = slices.Concat([]Format{
	zookeeperFormat,
	blueKingFormat,
	springFormat,
	bkciFormat,
	bkciAgentFormat,
	glogFormat,
}, isoLoggers, []Format{
	sshdFormat,
	syslogFormat,
	ansibleOutputFormat,
	ansibleFormat,
	curlFormat,
	sshFormat,
	shellFormat,
}, lineLoggers)

// isoLoggers stand before syslog: what they say behind the time could be its host.
var isoLoggers = []Format{hclogFormat, rustFormat, gradleFormat, log4jFormat}

// lineLoggers are the layouts of loggers, servers and databases that come behind
// the programs above.
var lineLoggers = []Format{
	mongoFormat,
	jsonFormat,
	logfmtFormat,
	logrusFormat,
	supervisordFormat,
	dpkgFormat,
	cbsFormat,
	zapFormat,
	mysqlFormat,
	rabbitFormat,
	capnslogFormat,
	elasticFormat,
	pythonFormat,
	osloFormat,
	postgresFormat,
	nginxFormat,
	goLogFormat,
	apacheFormat,
	phpFormat,
	haproxyFormat,
	redisFormat,
	accessFormat,
	uwsgiFormat,
	rubyFormat,
	paramikoFormat,
	dotnetFormat,
	powerShellFormat,
	logcatFormat,
	eventFormat,
	macFormat,
	bglFormat,
	thunderbirdFormat,
	hpcFormat,
	barsFormat,
	nlogFormat,
	proxifierFormat,
}

// loggerFormats are those of both lists.
var loggerFormats = slices.Concat(isoLoggers, lineLoggers)

// loggerNames are their names: below a line of theirs the program's traces may stand,
// as below one with a time that only the generic format knows.
var loggerNames = namesOf(loggerFormats)

func namesOf(formats []Format) map[string]bool {
	names := make(map[string]bool, len(formats))
	for i := range formats {
		names[formats[i].Name] = true
	}
	return names
}

// starts is a set of line beginnings, looked up by their first byte.
type starts [256][]string

func newStarts(list ...string) *starts {
	var s starts
	for _, p := range list {
		s[p[0]] = append(s[p[0]], p)
	}
	return &s
}

// match reports whether line begins with one of the set.
func (s *starts) match(line []byte) bool {
	if len(line) == 0 {
		return false
	}
	for _, p := range s[line[0]] {
		if hasPrefix(line, p) {
			return true
		}
	}
	return false
}

func hasPrefix(line []byte, prefix string) bool {
	return len(line) >= len(prefix) && string(line[:len(prefix)]) == prefix
}

// timeLeftOut is what BlueKing's documents print where a log has its time.
const timeLeftOut = "时间略"

// readISOOrLeftOut reads an ISO stamp or timeLeftOut.
func readISOOrLeftOut(line []byte, e *diagnose.Entry) (n int) {
	if hasPrefix(line, timeLeftOut) {
		return len(timeLeftOut)
	}
	t, n := readISO(line)
	if n > 0 && e != nil {
		e.Time = t
	}
	return n
}

// skip returns the first position at or after i that holds none of the bytes c.
func skip(line []byte, i int, c byte) int {
	for i < len(line) && line[i] == c {
		i++
	}
	return i
}

// letters returns the end of the run of letters that begins at i.
func letters(line []byte, i int) int {
	for i < len(line) && line[i]|0x20-'a' < 26 {
		i++
	}
	return i
}

// digits returns the end of the run of digits that begins at i.
func digits(line []byte, i int) int {
	for i < len(line) && line[i]-'0' <= 9 {
		i++
	}
	return i
}

// levelWord reads a level in capitals. It is diagnose.ParseLevel without
// allocation, for words that no prose begins with.
func levelWord(word []byte) diagnose.Level {
	if len(word) < 3 || len(word) > 8 {
		return diagnose.LevelUnknown
	}
	switch string(word) {
	case "TRACE":
		return diagnose.LevelTrace
	case "DEBUG":
		return diagnose.LevelDebug
	case "INFO", "NOTICE":
		return diagnose.LevelInfo
	case "WARN", "WARNING":
		return diagnose.LevelWarn
	case "ERROR", "ERR", "SEVERE":
		return diagnose.LevelError
	case "FATAL", "CRITICAL", "CRIT", "ALERT", "EMERG", "PANIC":
		return diagnose.LevelFatal
	}
	return diagnose.LevelUnknown
}

// maxMentions bounds the ids that one entry mentions.
const maxMentions = 16

func addID(list []diagnose.ID, kind diagnose.IDKind, value string) []diagnose.ID {
	id := diagnose.ID{Kind: kind, Value: value}
	if value == "" || len(list) >= maxMentions {
		return list
	}
	for _, old := range list {
		if old == id {
			return list
		}
	}
	return append(list, id)
}

// mentionHosts notes the hosts of URLs and the IPv4 addresses in the message.
func mentionHosts(e *diagnose.Entry) {
	for text := e.Message; len(e.Mentions) < maxMentions; {
		i := strings.Index(text, "://")
		if i < 0 {
			break
		}
		text = text[i+3:]
		host := strings.TrimRight(text[:hostEnd(text)], ".")
		if isAddress(host) {
			continue // found below
		}
		e.Mentions = addID(e.Mentions, diagnose.KindHost, host)
	}
	for text := e.Message; len(e.Mentions) < maxMentions; {
		i := strings.IndexFunc(text, func(r rune) bool { return '0' <= r && r <= '9' })
		if i < 0 {
			break
		}
		glued := i > 0 && (isASCIIWord(text[i-1]) || text[i-1] == '.')
		text = text[i:]
		end := strings.IndexFunc(text, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
		if end < 0 {
			end = len(text)
		}
		address := strings.TrimRight(text[:end], ".")
		if !glued && isAddress(address) && (end == len(text) || !isASCIIWord(text[end])) {
			e.Mentions = addID(e.Mentions, diagnose.KindAddress, address)
		}
		text = text[end:]
	}
}

func isASCIIWord(c byte) bool { return c < 0x80 && isWordByte(c) }

func hostEnd(text string) int {
	for i := range len(text) {
		if c := text[i]; !isWordByte(c) && c != '.' && c != '-' {
			return i
		}
	}
	return len(text)
}

// isAddress reports whether s is an IPv4 address.
func isAddress(s string) bool {
	parts, value, width := 1, 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.':
			if width == 0 {
				return false
			}
			parts, value, width = parts+1, 0, 0
		case c-'0' <= 9:
			value, width = value*10+int(c-'0'), width+1
			if value > 255 || width > 3 {
				return false
			}
		default:
			return false
		}
	}
	return parts == 4 && width > 0
}

// field returns the text between the first before and the next after, in the first
// line of text.
func field(text, before, after string) (string, bool) {
	_, rest, ok := strings.Cut(text, before)
	if !ok {
		return "", false
	}
	value, _, ok := strings.Cut(rest, after)
	return value, ok && value != "" && strings.IndexByte(value, '\n') < 0
}

func contains(line []byte, text string) bool { return bytes.Contains(line, []byte(text)) }
