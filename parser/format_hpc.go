package parser

import (
	"time"

	"diagnose"
)

// hpcFormat reads the event log of an HPC cluster: id, node, component, state, epoch,
// flag, text. The state may have two words, the component too.
//
//	134681 node-246 unix.hw state_change.unavailable 1077804742 1 Component State Change: text
var hpcFormat = Format{
	Name:   "hpc",
	Head:   hpcHead,
	First:  firstDigits,
	Finish: levelFinish,
}

// hpcComponents are what the cluster's manager watches (the data set's own list).
var hpcComponents = newStarts("switch_module ", "gige ", "node ", "action ", "unix.hw ", "partition ", "clusterfilesystem ", "boot_cmd ", "shutdown_cmd ",
	"domain ", "tserver ", "command ")

// maxHPCWords bounds the words between the id and the epoch.
const maxHPCWords = 6

func hpcHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 30 || line[0]-'0' > 9 {
		return -1
	}
	id := digits(line, 0)
	if id < 2 || id > 9 || line[id] != ' ' || !isASCIIWord(line[id+1]) {
		return -1
	}
	c := cursor{line: line, at: id + 1}
	node := c.word()
	c.literal(" ")
	component := c.at
	if c.bad || !hpcComponents.match(c.rest()) {
		return -1
	}
	var t time.Time
	end := 0
	for range maxHPCWords {
		if !c.bad && c.at < len(line) && line[c.at] == '1' {
			var n int
			if t, n = readEpoch(c.rest()); n == 10 {
				end = c.at
				c.at += n
				break
			}
		}
		c.word()
		c.literal(" ")
	}
	c.literal(" ")
	c.try("-")
	c.number()
	c.literal(" ")
	if c.bad || end <= component {
		return -1
	}
	if e != nil {
		e.Time, e.Host = t, string(node)
		e.Logger = string(line[component : end-1])
	}
	return c.at
}
