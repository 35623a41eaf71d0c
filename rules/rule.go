package rules

import (
	"slices"
	"time"

	"diagnose"
)

// Scope says over which entries a rule's conditions are judged.
type Scope string

// Scopes.
const (
	ScopeEntry  Scope = "entry"
	ScopeCase   Scope = "case"
	ScopeStream Scope = "stream"
	ScopeInput  Scope = "input"
)

// Rule is a known failure with what makes it hold.
type Rule struct {
	diagnose.Rule
	File    string // where it was loaded from
	Formats []string

	Signals   []Signal
	When      *Cond
	Unless    *Cond
	ClearedBy *Cond
	Clears    *Clears // of other rules
	Quiet     time.Duration
	Scope     Scope
	By        []string // groups: declared, or the captures of the title

	DespiteSuccess bool
	Examples       []Example
	hasBy          bool
	links          []link
}

// link is a name of something outside the rule, where its file has it: of
// another rule, a class of symptoms or a format.
type link struct {
	Kind, Name string
	Line, Col  int
}

// Signal is a pattern of a rule, with the expression its match must satisfy.
type Signal struct {
	Name     string
	Patterns []*Pattern
	Where    *Where
	// Finding is in place of patterns the id of another rule, or a glob: each of its
	// findings is a match, with those of its captures that Captures names.
	Finding  string
	Captures []string
}

// Example is a log that the rule must match, or must not.
type Example struct {
	Name string
	Logs map[string]string // stream name -> text
	// Expect holds the captures the finding must have; nil means no finding.
	Expect map[string]string
	Line   int
}

// Hit is a signal that matched an entry.
type Hit struct {
	Rule     *Rule
	Signal   string
	Entry    *diagnose.Entry
	Captures map[string]string
	At       int // line of the message that the match begins on, 0 for the head's
	// Excerpt is that line, or the line of the decoded text, cut to what is near
	// the match.
	Excerpt string
	// In is the place of the hidden text that it matched in; empty for the message.
	In string
	// Dropped counts further matches after this one that were counted, not kept.
	Dropped int

	pos  int // where the match begins in the entry
	size int // bytes of the match

	// Set by Evaluate.
	order int       // place of the entry among those of all hits, in (time, stream, line) order
	at    time.Time // log time: the entry's, or the last one before it in its stream
}

// after reports whether h stands after other: in a later entry, or further on
// in the same one.
func (h *Hit) after(other *Hit) bool {
	return h.order > other.order || h.order == other.order && h.pos > other.pos
}

// formatsOf are the formats whose entries the rules of a product see. Rules of
// other systems see every entry: the words of curl, ssh or docker travel inside
// other logs.
var formatsOf = map[string][]string{
	"cloudstack": {"cloudstack", "cloudstack-early", "cloudstack-systemvm", "cloudstack-setup", "juli", "libvirtd", "xapi", "smlog", "syslog", "text", "shell"},
	"blueking":   {"blueking", "zookeeper", "glog", "spring", "bkci", "curl", "text", "shell"},
	"sshd":       {"sshd", "syslog", "ssh", "text"},
}

// layouts are the formats of log libraries, which programs of any product write.
var layouts = []string{"json", "logfmt", "logrus", "zap", "hclog", "rust", "python", "log4j", "golog", "glog", "ruby", "dotnet", "nlog", "gradle"}

// sees reports whether the rule is offered an entry of the format.
func (r *Rule) sees(format string) bool {
	list := r.Formats
	if len(list) == 0 {
		list = formatsOf[r.System]
	}
	if len(list) == 0 {
		return true
	}
	return slices.Contains(list, format) || len(r.Formats) == 0 && slices.Contains(layouts, format)
}

func (r *Rule) signal(name string) *Signal {
	for i := range r.Signals {
		if r.Signals[i].Name == name {
			return &r.Signals[i]
		}
	}
	return nil
}
