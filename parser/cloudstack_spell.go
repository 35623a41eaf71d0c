package parser

import (
	"strings"

	"diagnose"
)

// spellCloudStack returns the literals under which an id of CloudStack's strong
// kinds stands in its logs, for the pass that collects a case's entries; nil for
// other kinds. An entry found by one need not belong to the case (job-73 is in
// job-733): its own ids decide.
func spellCloudStack(id diagnose.ID) []string {
	switch id.Kind {
	case diagnose.KindJob:
		return []string{"job-" + id.Value}
	case diagnose.KindLogID:
		return []string{
			"logid:" + id.Value,
			`"logid":"` + id.Value,
			`"jobid":"` + id.Value + "-",
			"jobid=" + id.Value + "-", // jobId= in newer queries; case does not matter
			"= [ " + id.Value + "-",
		}
	case diagnose.KindCtx:
		return []string{"ctx-" + id.Value}
	case diagnose.KindSeq:
		return spellSequence(id.Value)
	case diagnose.KindTask:
		return spellTask(id.Value)
	}
	return nil
}

// spellSequence spells "49-123", or "A49-123" of an agent's own requests.
func spellSequence(value string) []string {
	if agents, ok := strings.CutPrefix(value, "A"); ok {
		return []string{"SeqA " + agents + ":"}
	}
	spellings := []string{"Seq " + value + ":"}
	if host, number, ok := strings.Cut(value, "-"); ok {
		spellings = append(spellings, "Commands "+number+" to Host "+host)
	}
	return spellings
}

// spellTask spells the tasks of the hypervisor and of high availability; other
// tasks are not CloudStack's.
func spellTask(value string) []string {
	if pid, ok := strings.CutPrefix(value, "SM["); ok {
		return []string{": [" + pid, "[" + pid + " 20"} // pid ends in its bracket
	}
	if number, ok := strings.CutPrefix(value, "work-"); ok && isDigits(number) || isXapiTask(value) {
		return []string{value}
	}
	return nil
}
