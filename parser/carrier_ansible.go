package parser

import "diagnose"

// ansibleLogWrapper is the prefix of Ansible's log_path before lines of known
// formats; before other text it is read by Ansible's own format:
//
//	2024-05-30 11:09:00,123 p=12 u=root n=ansible | text
var ansibleLogWrapper = wrapper{name: "Ansible's log_path", first: firstDigits, guarded: true, take: takeAnsibleLog}

func takeAnsibleLog(line []byte, e *diagnose.Entry) ([]byte, uint64) {
	n := ansibleLogPrefix(line)
	if n == 0 || !isKnown(line[n:]) {
		return nil, 0
	}
	pid := ansibleProcess(string(line[:n]))
	if e != nil {
		noteISO(line, e)
		e.PID = pid
	}
	return line[n:], writerOfWords(pid)
}
