package parser

import "diagnose"

// composeWrapper is the prefix of docker compose, old (web_1) and new (web-1):
//
//	web-1  | text
var composeWrapper = wrapper{name: "docker compose", first: firstLetters, take: takeCompose}

// takeCompose requires the number of the instance: tables have bars too.
func takeCompose(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	bar := hostColumn(line)
	if bar == 0 || !hasPrefix(line[bar:], "| ") {
		return nil, 0
	}
	name := wordEnd(line, 0)
	number := name
	for number > 0 && line[number-1]-'0' <= 9 {
		number--
	}
	if number == name || number < 2 || line[number-1] != '-' && line[number-1] != '_' {
		return nil, 0
	}
	if n := bar + 2; !adHocWords.match(line[n:]) && !outputWords.match(line[n:]) {
		return line[n:], writerOf(line[:name])
	}
	return nil, 0 // web-1 | UNREACHABLE! is Ansible's
}
