package parser

import (
	"bytes"

	"diagnose"
)

// composeWrapper is the prefix of docker compose, old (web_1) and new (web-1), and
// of docker service logs (web.1.x4vn@node); composeNamedWrapper the same with a
// container_name, which any word can be:
//
//	web-1  | text
//	database   | text
var (
	composeWrapper      = wrapper{name: "docker compose", first: firstLetters + firstDigits, take: takeCompose}
	composeNamedWrapper = wrapper{name: "docker compose, named", first: firstLetters, guarded: true, take: takeComposeNamed}
)

// takeCompose requires the number of the instance: tables have bars too.
func takeCompose(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	name, text := composeColumns(line)
	if text == nil || !isInstance(name) {
		return nil, 0
	}
	return fromContainer(name, text, e)
}

func takeComposeNamed(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	name, text := composeColumns(line)
	if text == nil || !isKnown(text) && !isPadded(name, line, text) {
		return nil, 0
	}
	return fromContainer(name, text, e)
}

// isPadded knows a container's name by its form where the text is any: two words or more in
// small letters, with the blanks that Compose sets before its bar, and no second bar, as
// tables of three columns have.
func isPadded(name, line, text []byte) bool {
	if !hasPrefix(line[len(name):], "  ") || bytes.IndexByte(text, '|') >= 0 || isColumn(text) {
		return false
	}
	joints := 0
	for i, c := range name {
		switch {
		case c == '-' || c == '_':
			if i == 0 || i == len(name)-1 {
				return false
			}
			joints++
		case c-'a' > 25 && c-'0' > 9:
			return false
		}
	}
	return joints > 0
}

// isColumn reports whether text is what the last column of a table may be: nothing, a number,
// one word.
func isColumn(text []byte) bool {
	text = bytes.TrimSpace(text)
	return len(text) == 0 || bytes.IndexByte(text, ' ') < 0
}

func fromContainer(name, text []byte, e *diagnose.Entry) ([]byte, uint64) {
	if e != nil {
		e.Mentions = addID(e.Mentions, diagnose.KindPod, string(name))
	}
	return text, writerOf(name)
}

// composeColumns parts "name  | text". web-1 | UNREACHABLE! is Ansible's.
func composeColumns(line []byte) (name, text []byte) {
	end := 0
	for end < len(line) && end < maxHostColumn && (isASCIIWord(line[end]) || line[end] == '.' || line[end] == '-' || line[end] == '@') {
		end++
	}
	bar := skip(line, end, ' ')
	if end == 0 || bar == end || bar >= len(line) || line[bar] != '|' {
		return nil, nil
	}
	if bar+1 == len(line) {
		return line[:end], line[bar+1:]
	}
	text = line[bar+1:]
	if text[0] != ' ' || adHocWords.match(text[1:]) || outputWords.match(text[1:]) {
		return nil, nil
	}
	return line[:end], text[1:]
}

// isInstance knows web-1, web_1, and web.1.x4vnq6h of a service with its node.
func isInstance(name []byte) bool {
	number := len(name)
	for number > 0 && name[number-1]-'0' <= 9 {
		number--
	}
	if number < len(name) && number > 1 && (name[number-1] == '-' || name[number-1] == '_') {
		return true
	}
	at := 0
	for at < len(name) && name[at] != '@' {
		at++
	}
	return at < len(name) && at > 0 && len(name) > at+1
}
