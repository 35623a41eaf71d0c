package diagnose

import "time"

// Truth is what the logs say of a condition. What was not read, or lies beyond
// the end of a log, is unknown; unknown never makes a finding.
type Truth string

// Truths.
const (
	True    Truth = "true"
	False   Truth = "false"
	Unknown Truth = "unknown"
)

// Explanation is why a rule holds, or what it lacks.
type Explanation struct {
	Rule     *Rule
	Standing Standing
	By       string      // the rule that explains or refines it, where Standing says so
	Groups   []*Judgment // those that hold, then the nearest to it
	More     int         // groups that are not listed
	Miss     *Miss       // where there is no group: why nothing matched
	Nearness float64     // of the nearest group, 0 to 1; 1 when it holds
}

// Standing is what the verdict made of a rule.
type Standing string

// Standings.
const (
	StandsNot         Standing = "none"        // it holds nowhere
	StandsCause       Standing = "cause"       // a root cause
	StandsConsequence Standing = "consequence" // another rule explains it
	StandsSymptom     Standing = "symptom"     // an umbrella without a known cause
	StandsWarning     Standing = "warning"
	StandsBenign      Standing = "benign"  // it accounts for lines that are no failure
	StandsReason      Standing = "reason"  // it reads the line in which the log itself gives a reason
	StandsRefined     Standing = "refined" // a more special rule reads the same entries
	StandsOver        Standing = "over"    // the log shows that it ended
)

// Judgment is a rule's conditions over one group of one scope, in one stretch
// between two recoveries.
type Judgment struct {
	By       [][2]string // name and value of each grouping
	Cases    []*Case
	Truth    Truth
	When     *Node
	Unless   *Node // nil where the rule has none, or where it was not asked
	Miss     *Miss // the first thing that failed; of one that held, what ended it
	Nearness float64
}

// Node is a condition with what makes it true or false.
type Node struct {
	Text     string // the condition as rule files write it, its operands left out
	Truth    Truth
	Evidence []Evidence
	More     int // evidence that is not listed
	Args     []*Node
	Miss     *Miss // why it is not true; nil where the operands say so
}

// MissKind is a way to fail.
type MissKind string

// Kinds of misses, with what their fields mean.
const (
	MissNothing MissKind = "nothing" // nothing of Signal stands in the logs
	MissFormat  MissKind = "format"  // At holds its literal, in an entry of the format Got, which the rule does not see
	MissLiteral MissKind = "literal" // At holds the literal Want; the pattern does not match
	MissWhere   MissKind = "where"   // At matches; the expression Want is false, with Values
	MissGroup   MissKind = "group"   // At matches, for another group: Got in place of Want
	MissScope   MissKind = "scope"   // At matches, outside this case, stream or entry: in Got
	MissWindow  MissKind = "window"  // it holds from Other to At, over more than the window by Short
	MissOrder   MissKind = "order"   // At stands before Other and not after it
	MissFew     MissKind = "few"     // Want were needed, Got were seen, At is the last
	MissMany    MissKind = "many"    // at most Want were allowed, Got were seen, At is the last
	MissPresent MissKind = "present" // At is what must be absent
	MissEnd     MissKind = "end"     // the log ends Short before the window does that At opens
	MissGap     MissKind = "gap"     // part of the scope was not read, or has no order in time
	MissUnsure  MissKind = "unsure"  // whether the rule of Signal holds is not known
	MissValue   MissKind = "value"   // Want is false: Got, of At and Other
	MissKindOf  MissKind = "kind"    // Want cannot be said of values such as Got, of At and Other
	MissClosed  MissKind = "closed"  // what Other opened, At closed after Got
	MissTook    MissKind = "took"    // from Other to At it took Got
	MissRate    MissKind = "rate"    // from At on a period has Got, Want were needed
	MissLast    MissKind = "last"    // behind At stand Got lines, at most Want were allowed
	MissProof   MissKind = "proof"   // it holds by absence alone, and nothing is evidence of it
	MissUnless  MissKind = "unless"  // it holds, and At speaks against it
	MissCleared MissKind = "cleared" // it held, and At ended it
	MissQuiet   MissKind = "quiet"   // it held, and silence ended it after At
	MissHealed  MissKind = "healed"  // it held, and the log of its case Got says that the case succeeded
)

// Miss is why a condition does not hold, with the closest line.
type Miss struct {
	Kind      MissKind
	Signal    string
	At, Other *Evidence // nil where there is no such line
	Want, Got string
	Short     time.Duration
	Values    [][2]string
}
