package parser

import (
	"strings"

	"diagnose"
)

// spellTools returns the literals under which a strong id of the formats in this
// group stands in a log.
func spellTools(id diagnose.ID) []string {
	switch id.Kind {
	case diagnose.KindConnection:
		return spellConnection(id.Value)
	case diagnose.KindTrace:
		if len(id.Value) >= minInner {
			return []string{id.Value}
		}
	case diagnose.KindTask:
		return []string{nodeManTask + id.Value + "]"}
	}
	return nil
}

// spellConnection knows "host sshd[17041]" and "address:port".
func spellConnection(value string) []string {
	if i := strings.LastIndex(value, "sshd["); i >= 0 {
		pid := strings.TrimSuffix(value[i+len("sshd["):], "]")
		return []string{
			"sshd[" + pid + "]", "sshd-session[" + pid + "]", "sshd-auth[" + pid + "]", "sshd(pam_unix)[" + pid + "]",
			"User child is on pid " + pid,
		}
	}
	i := strings.LastIndexByte(value, ':')
	if i < 0 {
		return nil
	}
	address, port := strings.Trim(value[:i], "[]"), value[i+1:]
	return []string{address + " port " + port, "[" + address + "]:" + port}
}
