package index

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/document"
	bleve "github.com/blevesearch/bleve_index_api"
)

// Document is what can be found of one incident.
type Document struct {
	ID      string
	Title   string
	Time    time.Time // zero when it is not known
	Lang    string    // en, zh
	Systems []string
	Rules   []string
	Hosts   []string
	IDs     []string // job-733, logid:5fa4d6ef: what people search for

	Fixed     bool   // it is known what fixed it
	Confirmed bool   // and somebody confirmed that
	Fix       string // what fixed it, or was tried
	By        string // who confirmed

	Sections    []Section // the texts, in the order in which they are shown
	Fingerprint Fingerprint
	Shipped     bool // it came with the program
}

// Section is one text of an incident: cause, fix, evidence, notes.
type Section struct{ Name, Text string }

// maxSection bounds what of one section is indexed, in bytes; the rest is still
// in the incident's file.
const maxSection = 256 << 10

// Card is what the index keeps of an incident for answers that do not read its
// file.
type Card struct {
	ID          string      `json:"id"`
	Title       string      `json:"title"`
	Time        time.Time   `json:"time"`
	Fixed       bool        `json:"fixed"`
	Confirmed   bool        `json:"confirmed"`
	Fix         string      `json:"fix"`
	By          string      `json:"by"`
	Shipped     bool        `json:"shipped"`
	Fingerprint Fingerprint `json:"fingerprint"`
}

// maxFix bounds the fix on a card, in bytes.
const maxFix = 300

func (d *Document) card() Card {
	return Card{ID: d.ID, Title: d.Title, Time: d.Time, Fixed: d.Fixed, Confirmed: d.Confirmed,
		Fix: cutText(d.Fix, maxFix), By: d.By, Shipped: d.Shipped, Fingerprint: d.Fingerprint}
}

// Hash changes when anything does that the index holds of the document.
func (d *Document) Hash() string {
	data, err := json.Marshal(d)
	if err != nil { // a time beyond year 9999
		data = []byte(d.ID + "\x00" + d.Title + "\x00" + d.text())
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:12])
}

// Names of the fields of the store.
const (
	fieldText    = "text"  // all words with their positions
	fieldTitle   = "title" // words of the title, which weigh more
	fieldFeature = "like"  // features of the fingerprint
	fieldCard    = "card"  // stored, not indexed
	fieldRule    = "rule"
	fieldHost    = "host"
	fieldID      = "id"
	fieldSystem  = "system"
	fieldLang    = "lang"
	fieldFixed   = "fixed"
	fieldDay     = "day"  // the year, for counting
	fieldSpan    = "span" // the spans of days that it lies in
)

const (
	optWords   = bleve.IndexField | bleve.IncludeTermVectors
	optTitle   = bleve.IndexField
	optKeyword = bleve.IndexField | bleve.SkipFreqNorm
)

// partBreak stands between the parts of the text field; no phrase goes over it.
const partBreak = "\x1e"

// text is everything that words are sought in.
func (d *Document) text() string {
	parts := make([]string, 0, 4+len(d.Sections))
	parts = append(parts, d.Title, d.ID,
		strings.Join(slices.Concat(d.Systems, d.Rules), partBreak),
		strings.Join(slices.Concat(d.Hosts, d.IDs), partBreak))
	for _, s := range d.Sections {
		parts = append(parts, cutText(s.Text, maxSection))
	}
	return strings.Join(parts, partBreak)
}

// stored is the document as the store takes it.
func (d *Document) stored() *document.Document {
	doc := document.NewDocument(d.ID)
	add := func(name, value string, options bleve.FieldIndexingOptions, a analysis.Analyzer) {
		if value != "" {
			doc.AddField(document.NewTextFieldCustom(name, nil, []byte(value), options, a))
		}
	}
	add(fieldText, d.text(), optWords, wordAnalyzer{})
	add(fieldTitle, d.Title, optTitle, wordAnalyzer{})
	add(fieldFeature, strings.Join(terms(d.Fingerprint.features()), " "), optKeyword, spaceAnalyzer{})
	keywords := func(name string, values ...string) {
		var folded []string
		for _, v := range values {
			if v = foldKey(v); v != "" {
				folded = append(folded, v)
			}
		}
		add(name, strings.Join(folded, " "), optKeyword, spaceAnalyzer{})
	}
	keywords(fieldRule, d.Rules...)
	keywords(fieldHost, d.Hosts...)
	keywords(fieldID, append([]string{d.ID}, d.IDs...)...)
	keywords(fieldSystem, d.Systems...)
	keywords(fieldLang, d.Lang)
	keywords(fieldFixed, yesNo(d.Fixed))
	if !d.Time.IsZero() {
		t := d.Time.UTC()
		keywords(fieldDay, t.Format("2006"))
		keywords(fieldSpan, spansOf(t)...)
	}
	if card, err := json.Marshal(d.card()); err == nil {
		doc.AddField(document.NewTextFieldCustom(fieldCard, nil, card, bleve.StoreField, nil))
	}
	return doc
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// foldKey is a keyword as it is compared: without case, and in one piece.
func foldKey(s string) string {
	return strings.Join(strings.Fields(cutText(foldText(s), maxTerm)), "_")
}

// spaceAnalyzer makes one token of each field between spaces.
type spaceAnalyzer struct{}

// Analyze splits at spaces.
func (spaceAnalyzer) Analyze(text []byte) analysis.TokenStream {
	var out analysis.TokenStream
	for i, f := range strings.Fields(string(text)) {
		out = append(out, &analysis.Token{Term: []byte(f), Position: i + 1})
	}
	return out
}

// wordAnalyzer makes tokens of words, as Tokens does.
type wordAnalyzer struct{}

// Analyze splits into words and their parts.
func (wordAnalyzer) Analyze(text []byte) analysis.TokenStream {
	var out analysis.TokenStream
	pool := make([]analysis.Token, 0, len(text)/6+8)
	tokenize(string(text), func(t Token) {
		pool = append(pool, analysis.Token{Term: []byte(t.Term), Start: t.Start, End: t.End, Position: t.Pos + 1})
	})
	out = make(analysis.TokenStream, len(pool))
	for i := range pool {
		out[i] = &pool[i]
	}
	return out
}
