package report

import (
	"bytes"
	"encoding/json"
	"io"

	"diagnose"
)

// ExplainSchema names the shape of the JSON of explain and of --near. Optional
// fields may be added within v1.
const ExplainSchema = "diagnose/explain/v1"

type jsonExplain struct {
	Schema string            `json:"schema"`
	Rules  []jsonExplanation `json:"rules"`
}

type jsonExplanation struct {
	Rule     string         `json:"rule"`
	Standing string         `json:"standing"`
	By       string         `json:"by,omitempty"` // the rule that explains or refines it
	Nearness float64        `json:"nearness"`     // 1 when it holds
	Groups   []jsonJudgment `json:"groups"`
	More     int            `json:"more_groups,omitempty"`
	Miss     *jsonMiss      `json:"miss,omitempty"`
}

type jsonJudgment struct {
	By       map[string]string `json:"by"`
	Cases    []string          `json:"cases"`
	Truth    string            `json:"truth"`
	Nearness float64           `json:"nearness"`
	When     jsonNode          `json:"when"`
	Unless   *jsonNode         `json:"unless,omitempty"`
	Miss     *jsonMiss         `json:"miss,omitempty"`
}

type jsonNode struct {
	Condition string         `json:"condition"`
	Truth     string         `json:"truth"`
	Evidence  []jsonEvidence `json:"evidence"`
	More      int            `json:"evidence_more,omitempty"`
	Args      []jsonNode     `json:"args"`
	Miss      *jsonMiss      `json:"miss,omitempty"`
}

type jsonMiss struct {
	Kind   string            `json:"kind"`
	Text   string            `json:"text"`
	Signal string            `json:"signal,omitempty"`
	At     *jsonEvidence     `json:"at,omitempty"`
	Other  *jsonEvidence     `json:"other,omitempty"`
	Want   string            `json:"want,omitempty"`
	Got    string            `json:"got,omitempty"`
	Short  float64           `json:"short_seconds,omitempty"`
	Values map[string]string `json:"values,omitempty"`
}

// ExplainJSON writes explanations as one document.
func ExplainJSON(w io.Writer, list []*diagnose.Explanation, lang string) error {
	return writeExplain(w, list, explainWordsOf(lang), explanationJSON)
}

// NearJSON writes the rules that nearly matched, nearest first, without their
// trees.
func NearJSON(w io.Writer, list []*diagnose.Explanation, lang string) error {
	return writeExplain(w, list, explainWordsOf(lang), func(x *diagnose.Explanation, words *explainWords) jsonExplanation {
		return jsonExplanation{Rule: x.Rule.ID, Standing: string(x.Standing), Nearness: x.Nearness, Groups: []jsonJudgment{}, Miss: missJSON(nearestMiss(x), words)}
	})
}

func writeExplain(w io.Writer, list []*diagnose.Explanation, words *explainWords, one func(*diagnose.Explanation, *explainWords) jsonExplanation) error {
	doc := jsonExplain{ExplainSchema, each(list, func(x *diagnose.Explanation) jsonExplanation { return one(x, words) })}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return err
	}
	_, err := w.Write(escapeJSON(b.Bytes()))
	return err
}

func explanationJSON(x *diagnose.Explanation, words *explainWords) jsonExplanation {
	return jsonExplanation{
		Rule: x.Rule.ID, Standing: string(x.Standing), By: x.By, Nearness: x.Nearness, More: x.More, Miss: missJSON(x.Miss, words),
		Groups: each(x.Groups, func(g *diagnose.Judgment) jsonJudgment {
			j := jsonJudgment{By: pairsJSON(g.By), Truth: string(g.Truth), Nearness: g.Nearness, When: nodeJSON(g.When, words), Miss: missJSON(g.Miss, words),
				Cases: each(first(g.Cases, maxCases), func(c *diagnose.Case) string { return c.ID })}
			if g.Unless != nil {
				n := nodeJSON(g.Unless, words)
				j.Unless = &n
			}
			return j
		}),
	}
}

func pairsJSON(list [][2]string) map[string]string {
	out := map[string]string{}
	for _, p := range list {
		out[p[0]] = p[1]
	}
	return out
}

func nodeJSON(n *diagnose.Node, words *explainWords) jsonNode {
	return jsonNode{
		Condition: n.Text, Truth: string(n.Truth), More: n.More, Miss: missJSON(n.Miss, words), Evidence: each(n.Evidence, evidenceJSON),
		Args: each(n.Args, func(a *diagnose.Node) jsonNode { return nodeJSON(a, words) }),
	}
}

func missJSON(m *diagnose.Miss, words *explainWords) *jsonMiss {
	if m == nil {
		return nil
	}
	out := &jsonMiss{Kind: string(m.Kind), Text: missText(m, words), Signal: m.Signal, Want: m.Want, Got: m.Got, Short: m.Short.Seconds()}
	for _, e := range []struct {
		from *diagnose.Evidence
		to   **jsonEvidence
	}{{m.At, &out.At}, {m.Other, &out.Other}} {
		if e.from != nil {
			j := evidenceJSON(*e.from)
			*e.to = &j
		}
	}
	if len(m.Values) > 0 {
		out.Values = pairsJSON(m.Values)
	}
	return out
}
