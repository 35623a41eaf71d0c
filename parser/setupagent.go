package parser

import (
	"strings"

	"diagnose"
)

// setupAgentFormat reads the log of cloudstack-setup-agent and -setup-management
// (setupAgent.log, agent/setup.log), which Python's root logger writes without a
// time: "DEBUG:root:execute:hostname -f". Output of the commands follows on lines
// of its own.
//
// "Failed to execute:" alone is no trouble: a setup that succeeds has several, for
// services that a distribution does not know.
var setupAgentFormat = Format{
	Name:    "cloudstack-setup",
	Head:    setupAgentHead,
	First:   firstCapitals,
	Absorbs: true,
	Finish:  finishSetupAgent,
	Marks:   []string{"ERROR:root:", "CRITICAL:root:", "Traceback (most recent call last)"},
}

func setupAgentHead(line []byte, e *diagnose.Entry) int {
	const logger = ":root:"
	for n := 4; n <= 8 && n+len(logger) <= len(line); n++ {
		if line[n] != ':' {
			if line[n-1]-'A' > 25 {
				return -1
			}
			continue
		}
		if string(line[n:n+len(logger)]) != logger {
			return -1
		}
		level := levelWord(line[:n])
		if level == diagnose.LevelUnknown {
			return -1
		}
		if e != nil {
			e.Level = level
			e.Logger = "root"
		}
		return n + len(logger)
	}
	return -1
}

func finishSetupAgent(e *diagnose.Entry) {
	e.Trouble = e.Level >= diagnose.LevelError || strings.Contains(e.Message, "Traceback (most recent call last)")
	addresses(e, e.Message)
}
