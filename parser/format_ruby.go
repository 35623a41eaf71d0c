package parser

import "diagnose"

// rubyFormat reads Ruby's Logger (Rails, Puma, Chef):
//
//	E, [2024-01-02T10:00:00.123456 #12] ERROR -- web: text
var rubyFormat = Format{
	Name:   "ruby",
	Head:   rubyHead,
	First:  firstLetters,
	Finish: levelFinish,
	Marks:  []string{"] ERROR -- ", "] FATAL -- "},
}

func rubyHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 32 || line[0]-'A' > 25 || line[1] != ',' || line[2] != ' ' || line[3] != '[' {
		return -1
	}
	c := cursor{line: line, at: 4}
	t := c.iso()
	c.literal(" #")
	pid := c.number()
	c.literal("] ")
	c.blanks()
	level := diagnose.LevelInfo
	if !c.try("ANY") { // a message without a level
		level = c.level()
	}
	c.literal(" -- ")
	program := c.until(":")
	c.try(" ")
	if c.bad {
		return -1
	}
	if e != nil {
		e.Time, e.Level = t, level
		e.PID, e.Process = string(pid), string(program)
	}
	return c.at
}
