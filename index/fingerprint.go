package index

import (
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
)

// Fingerprint is what is alike in two incidents of one kind: the masked lines of
// their trouble and the rules that named their causes.
type Fingerprint struct {
	Lines []Line   `json:"lines"`
	Rules []string `json:"rules"` // of the root causes
}

// Line is a text with what differs between two occurrences taken out
// (diagnose.Mask), and how often it stood in the log.
type Line struct {
	Text  string `json:"text"`
	Count int    `json:"count"`
	Of    Part   `json:"of,omitempty"`
}

// Part is what a line was to the verdict.
type Part string

// Parts. A line of neither is trouble that nothing explained, or a consequence.
const (
	PartCause   Part = "cause"   // it proves a root cause
	PartSymptom Part = "symptom" // it is an umbrella's, under which many failures look the same
)

// Bounds of a fingerprint's features.
const (
	maxLines    = 24 // lines, in their order
	maxPairs    = 14 // pairs of words of one line: those of its beginning and of its end
	maxFeatures = 240
)

// Kinds of features by their first letter, with their weights. A whole line says
// more than two words of it; the rule of a cause says most; what is an umbrella's
// alone says little.
const (
	featureRule = 'r'
	featureLine = 't'
	featurePair = 's'

	umbrellaShare = 0.3
)

// feature is a term under which a fingerprint is found, with how much it says
// beside how rare it is.
type feature struct {
	term   string
	weight float64
}

func newFeature(kind byte, text string) feature {
	h := fnv.New64a()
	h.Write([]byte(text))
	f := feature{string(kind) + strconv.FormatUint(h.Sum64()>>24, 36), 1}
	switch kind {
	case featureRule:
		f.weight = 4
	case featureLine:
		f.weight = 2
	}
	return f
}

// Empty reports whether nothing can be like it.
func (f Fingerprint) Empty() bool { return len(f.Lines) == 0 && len(f.Rules) == 0 }

// features are those of the rules and lines, each once and with the most that it
// says anywhere.
func (f Fingerprint) features() []feature {
	var out []feature
	at := map[string]int{}
	add := func(x feature) {
		i, ok := at[x.term]
		switch {
		case ok:
			out[i].weight = max(out[i].weight, x.weight)
		case len(out) < maxFeatures:
			at[x.term] = len(out)
			out = append(out, x)
		}
	}
	for _, r := range f.Rules {
		add(newFeature(featureRule, r))
	}
	for _, l := range first(f.Lines, maxLines) {
		for _, x := range l.features() {
			add(x)
		}
	}
	return out
}

// terms are the features' names.
func terms(list []feature) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = x.term
	}
	return out
}

// features are those of one line: the line, and each two words that follow one
// another.
func (l Line) features() []feature {
	words := lineWords(l.Text)
	if len(words) == 0 {
		return nil
	}
	out := []feature{newFeature(featureLine, strings.Join(words, " "))}
	for i := 0; i+1 < len(words); i++ {
		if i < maxPairs/2 || i >= len(words)-1-maxPairs/2 {
			out = append(out, newFeature(featurePair, words[i]+" "+words[i+1]))
		}
	}
	if l.Of == PartSymptom {
		for i := range out {
			out[i].weight *= umbrellaShare
		}
	}
	return out
}

// unnumbered is text in which the tokens that stand for secrets have no numbers:
// which one of an incident's it was says nothing.
func unnumbered(s string) string {
	const head = "<secret:"
	var b strings.Builder
	for {
		i := strings.Index(s, head)
		if i < 0 {
			break
		}
		end := strings.IndexByte(s[i:], '>')
		if end < 0 {
			break
		}
		b.WriteString(s[:i] + "<secret>")
		s = s[i+end+1:]
	}
	return b.String() + s
}

// lineWords are the words of a masked line that two hosts' logs have in common:
// a word with something masked in it is a name, and counts as one.
func lineWords(text string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(unnumbered(foldText(text)), func(r rune) bool {
		return !isWord(r) && !isIdeograph(r) && r != '#' && r != '-' && r != '.'
	}) {
		w = strings.Trim(w, ".-_")
		switch {
		case w == "":
		case strings.Contains(w, "#"):
			if n := len(out); n == 0 || out[n-1] != "#" {
				out = append(out, "#")
			}
		default:
			out = append(out, ideographs(w)...)
		}
	}
	return out
}

// ideographs splits Chinese text into its pairs and leaves other words whole.
func ideographs(w string) []string {
	if !strings.ContainsFunc(w, isIdeograph) {
		return []string{foldWord(w)}
	}
	var out []string
	for _, t := range Tokens(w) {
		out = append(out, t.Term)
	}
	return out
}

// normal is the text by which two lines are the same one.
func (l Line) normal() string { return strings.Join(lineWords(l.Text), " ") }

func first[T any](list []T, n int) []T {
	if len(list) > n {
		return list[:n]
	}
	return list
}

// without returns what a has and b lacks, by key.
func without[T any](a, b []T, key func(T) string) []T {
	has := map[string]bool{}
	for _, x := range b {
		has[key(x)] = true
	}
	return slices.DeleteFunc(slices.Clone(a), func(x T) bool { return has[key(x)] })
}

// both returns what a and b have in common, by key, in a's order.
func both[T any](a, b []T, key func(T) string) []T {
	has := map[string]bool{}
	for _, x := range b {
		has[key(x)] = true
	}
	return slices.DeleteFunc(slices.Clone(a), func(x T) bool { return !has[key(x)] })
}
