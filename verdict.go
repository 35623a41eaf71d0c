package diagnose

// VerdictKind is the answer in one word.
type VerdictKind string

// Kinds of verdict.
const (
	VerdictCause       VerdictKind = "cause"       // at least one root cause
	VerdictUnexplained VerdictKind = "unexplained" // trouble, and no known cause
	VerdictClean       VerdictKind = "clean"       // nothing wrong
)

// Verdict is the whole answer.
type Verdict struct {
	Kind        VerdictKind
	Quality     []Quality
	Causes      []*Cause // root causes, best first
	Symptoms    []*Cause // umbrellas with no known cause
	Unexplained []*Group // first occurrence first
	// Stated is where the log itself gives a reason that no rule knows, nil where it does
	// not or a cause is known.
	Stated *Evidence
	// Reason is what kind of reason Stated gives: a rule of RoleReason with what it
	// captures there; nil where none reads it.
	Reason   *Cause
	Warnings []*Cause // findings of severity warning or info
	Seen     []Seen   // past incidents that are like this one, best first
	Stats    Stats
}

// Settle sets the kind from what the verdict holds.
func (v *Verdict) Settle() {
	switch {
	case len(v.Causes) > 0:
		v.Kind = VerdictCause
	case len(v.Symptoms) > 0 || len(v.Unexplained) > 0:
		v.Kind = VerdictUnexplained
	default:
		v.Kind = VerdictClean
	}
}

// Quality is something that was not read or is uncertain, and could change the
// verdict or does not.
type Quality struct {
	Place  string // stream or place, empty for the whole input
	Text   string
	Weighs bool // it could change the verdict
}

// Cause is one known failure with everything found of it: findings of one rule
// whose rendered title is the same.
type Cause struct {
	Rule       *Rule
	Captures   map[string]string
	Cases      []*Case
	Evidence   []Evidence
	Explains   []*Consequence
	Candidates []*Rule
	Why        Why
	// Reason is what kind of reason the words are that Rule.Reads quotes; nil where no rule
	// reads them.
	Reason *Cause
}

// Consequence is a finding that a root cause explains.
type Consequence struct {
	Rule     *Rule
	Captures map[string]string
	Evidence []Evidence
}

// Why is what put a cause in its place.
type Why struct {
	Explained int // trouble entries that the cause and its consequences account for
	Trouble   int // all trouble entries
	Reason    WhyReason
}

// WhyReason is the comparison that decided a cause's place.
type WhyReason string

// Reasons, in the order they are tried.
const (
	WhyOnly     WhyReason = "only"     // it is the only one
	WhyLatest   WhyReason = "latest"   // many runs wrote to the log, and it is of the latest that failed
	WhyShare    WhyReason = "share"    // it accounts for more of the trouble than the next
	WhyGrade    WhyReason = "grade"    // equal share, better supported
	WhySpecific WhyReason = "specific" // equal so far, more required evidence
	WhyEarliest WhyReason = "earliest" // equal so far, earliest evidence
	WhyOrder    WhyReason = "order"    // nothing in the logs puts one before the other
	WhyOlder    WhyReason = "older"    // it is of a run before the ones above
	WhyLess     WhyReason = "less"     // others account for more
	WhyAfter    WhyReason = "after"    // it accounts for as much as the one before it, which goes first by evidence
)

// Group is trouble that nothing explains: entries of one masked text.
type Group struct {
	Level    Level
	Count    int
	Text     string
	Evidence []Evidence
	Last     *Entry // the latest of them that is known
}

// Stats are the totals of what was read.
type Stats struct {
	Files   int
	Bytes   int64 // after decompression
	Lines   int64
	Entries int64 // parsed
	Cases   int
	Skipped []Count
	Cut     []Count
}

// Count is a number of things that were left out, with the reason.
type Count struct {
	Reason string `json:"reason"`
	Count  int64  `json:"count"`
}
