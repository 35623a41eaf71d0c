package diagnose

import (
	"path"
	"strings"
	"time"
)

// Role is what a rule's finding can be in a verdict.
type Role string

// Roles. A symptom is an umbrella: never a root cause. A benign rule accounts
// for lines that look bad and are not. A reason is a kind of reason that programs
// give in their own words: it is asked of these alone (Verdict.Stated, and what
// Rule.Reads quotes), and has no findings.
const (
	RoleCause   Role = "cause"
	RoleSymptom Role = "symptom"
	RoleBenign  Role = "benign"
	RoleReason  Role = "reason"
)

// Reach is how far a rule that yields gives way.
type Reach string

// Reaches. Each holds the ones before it.
const (
	ReachEntry  Reach = "entry"
	ReachCase   Reach = "case"
	ReachStream Reach = "stream"
)

// Severity is how much a finding matters. Warnings and infos never make a
// healthy run look failed.
type Severity string

// Severities.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
	SeverityInfo    Severity = "info"
)

// Confidence says what supports a root cause.
type Confidence string

// The three grades; docs/rules.md defines what evidence each one needs.
const (
	Confirmed Confidence = "confirmed" // the component that failed states this cause itself
	Likely    Confidence = "likely"    // the log shows the failure; the cause follows from its pattern
	Possible  Confidence = "possible"  // the text has several owners; this one comes first
)

// Sides are the words of rules for who has to act.
var Sides = []string{
	"client", "execution host", "target", "server", "proxy", "network",
	"management server", "hypervisor host", "virtual router", "system VM", "storage server", "database server", "template server",
}

// Step is one thing to do: a sentence, a command, or both. Expect is what a
// verification command should print.
type Step struct {
	Say    string `json:"say,omitempty" yaml:"say"`
	Run    string `json:"run,omitempty" yaml:"run"`
	Expect string `json:"expect,omitempty" yaml:"expect"`
}

// Texts are the sentences of a rule in one language. Captures are written
// {{name}}.
type Texts struct {
	Title      string `yaml:"title"`
	Cause      string `yaml:"cause"`
	Fix        []Step `yaml:"fix"`
	Verify     []Step `yaml:"verify"`
	TellsApart string `yaml:"tells_apart"`
}

// Explains says which findings are consequences of this rule's finding.
type Explains struct {
	Rule    string        // rule id, or a glob over ids such as "ansible/*"
	Symptom string        // or a class of symptoms
	On      []string      // names that must agree: captures, or kinds of ids
	Within  time.Duration // largest distance in log time; 0 = any
	Across  bool          // across cases of the whole input, not only within one case
}

// Rule is one known failure: the prose and the links that cross rooms. What
// makes it hold (signals, conditions) stays inside package rules.
type Rule struct {
	ID         string // path below the base without extension: ssh/connection-refused
	System     string
	Role       Role
	Class      string // class of symptom that other rules can explain: connection-failed
	Severity   Severity
	Confidence Confidence
	// Recovered is the severity of a finding whose failure the log shows to be over:
	// SeverityWarning or SeverityInfo; empty for no finding at all.
	Recovered Severity
	Side      string // who has to act, one of Sides
	EN, ZH    Texts
	Explains  []Explains
	// Refines names more general rules whose finding on the same entry is dropped
	// in favour of this one.
	Refines []string
	// Yields is how near a cause whose rule does not yield takes the place of this
	// one, which says the like in general words: on the same entry this finding is
	// dropped, farther off it is a symptom.
	Yields Reach
	// Reads is the capture in which a rule of general words quotes what the program says: a rule
	// of RoleReason may tell what kind of reason that is. Empty for rules that know it.
	Reads string
	// CandidateOf names rules whose text this rule may also be the owner of; it is
	// listed beside them with TellsApart.
	CandidateOf []string
	References  []string
	Specificity int // more required evidence is more specific; set on loading
}

// Texts returns the rule's texts in lang ("zh" or anything else for English),
// English where a Chinese text is missing.
func (r *Rule) Texts(lang string) Texts {
	t := r.EN
	if lang != "zh" {
		return t
	}
	if r.ZH.Title != "" {
		t.Title = r.ZH.Title
	}
	if r.ZH.Cause != "" {
		t.Cause = r.ZH.Cause
	}
	if len(r.ZH.Fix) > 0 {
		t.Fix = r.ZH.Fix
	}
	if len(r.ZH.Verify) > 0 {
		t.Verify = r.ZH.Verify
	}
	if r.ZH.TellsApart != "" {
		t.TellsApart = r.ZH.TellsApart
	}
	return t
}

// MatchID reports whether a rule's id is the pattern, or matches it as a glob;
// "ssh/..." is everything below ssh.
func MatchID(pattern, id string) bool {
	if strings.HasSuffix(pattern, "/...") {
		return pattern == id || strings.HasPrefix(id, pattern[:len(pattern)-len("...")])
	}
	// Every rule is held against every pattern when a base is checked: what differs
	// before the first special character is sooner seen here than in path.Match.
	for i := range len(pattern) {
		switch c := pattern[i]; {
		case c == '*' || c == '?' || c == '[' || c == '\\':
			ok, _ := path.Match(pattern[i:], id[i:])
			return ok
		case i == len(id) || id[i] != c:
			return false
		}
	}
	return len(pattern) == len(id)
}
