package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"diagnose"
	"diagnose/report"
	"diagnose/rules"
	"diagnose/source"
)

// reportSchema compiles the published schema, formats checked.
func reportSchema(t *testing.T) *jsonschema.Schema {
	return schemaOf(t, "report", schemaDoc(t, "report"))
}

// schemaDoc reads a published schema.
func schemaDoc(t *testing.T, name string) any {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + name + ".schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// closed adds to a schema that an object has no other fields than those it names:
// what the program writes is in it.
func closed(node any) {
	switch node := node.(type) {
	case map[string]any:
		if _, object := node["properties"].(map[string]any); object && node["type"] == "object" {
			node["additionalProperties"] = false
		}
		for _, x := range node {
			closed(x)
		}
	case []any:
		for _, x := range node {
			closed(x)
		}
	}
}

func schemaOf(t *testing.T, name string, doc any) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(name+".json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Every report follows docs/report.schema.json: those of the demo, of all golden
// cases, of healthy logs, and of an empty input.
func TestReportsFollowTheSchema(t *testing.T) {
	schema := reportSchema(t)
	base := shippedBase(t)
	inputs := map[string]map[string]string{"demo": demoFiles(t), "empty": {"x.log": ""}}
	paths, err := filepath.Glob("../../testdata/*/*/*.log")
	if err != nil {
		t.Fatal(err)
	}
	healthy, err := filepath.Glob("../../testdata/healthy/*.log")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(paths, healthy...) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Dir(path)
		if inputs[dir] == nil {
			inputs[dir] = map[string]string{}
		}
		inputs[dir][filepath.Base(path)] = string(text)
	}
	for name, files := range inputs {
		text := answer(t, base, sortedNames(files), files, 2, 64<<10)
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v\n%.2000s", name, err, text)
		}
	}
}

// So do the reports of hand-made verdicts, which hold what no log here leads to.
func TestHandMadeReportsFollowTheSchema(t *testing.T) {
	schema := reportSchema(t)
	files, err := filepath.Glob("../../report/testdata/*.json")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d reports (%v)", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// Explanations of every rule, and lists of what nearly matched, follow
// docs/explain.schema.json, in both languages: over the demo, golden cases of each
// system, a log with every way to fail that the documents show, and nothing at all.
func TestExplanationsFollowTheSchema(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("explains every rule over many logs")
	}
	doc := schemaDoc(t, "explain")
	closed(doc)
	schema := schemaOf(t, "explain", doc)
	base := loadedBase(t)
	inputs := map[string]map[string]string{"demo": demoFiles(t), "empty": {"x.log": ""}}
	for i, dir := range caseDirs(t) {
		if i%48 == 0 {
			logs, _ := caseLogs(t, dir)
			inputs[dir] = logs
		}
	}
	valid := func(name string, write func(w io.Writer) error) {
		t.Helper()
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	kinds := map[diagnose.MissKind]bool{}
	check := func(name string, base *rules.Base, files map[string]string) {
		t.Helper()
		var streams []*source.Stream
		for _, n := range sortedNames(files) {
			streams = append(streams, source.Memory(n, files[n], exampleTime, source.Options{}))
		}
		e := newEngine(base, streams)
		list, err := e.explain(context.Background(), base.All())
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range list {
			eachMiss(x, func(m *diagnose.Miss) { kinds[m.Kind] = true })
		}
		near, err := e.nearly(context.Background(), e.judge())
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range []string{"en", "zh"} {
			valid(name, func(w io.Writer) error { return report.ExplainJSON(w, list, lang) })
			valid(name, func(w io.Writer) error { return report.NearJSON(w, near, lang) })
		}
	}
	for name, files := range inputs {
		check(name, base, files)
	}
	for name, r := range docRules(t) {
		for _, x := range r.Examples {
			check(name, rules.NewBase([]*rules.Rule{r}), x.Logs)
		}
	}
	if len(kinds) < 10 {
		t.Errorf("only these ways to fail were seen: %v", kinds)
	}
}

// The schema names every way to fail that there is.
func TestExplainSchemaIsComplete(t *testing.T) {
	doc := schemaDoc(t, "explain").(map[string]any)
	enum := func(def, field string) []string {
		t.Helper()
		node := doc["$defs"].(map[string]any)[def].(map[string]any)["properties"].(map[string]any)[field].(map[string]any)
		var out []string
		for _, x := range node["enum"].([]any) {
			out = append(out, x.(string))
		}
		slices.Sort(out)
		return out
	}
	constants := func(kind string) []string {
		t.Helper()
		text, err := os.ReadFile("../../explanation.go")
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, m := range regexp.MustCompile(`(?m)^\t\w+ +`+kind+` += "(\w+)"`).FindAllStringSubmatch(string(text), -1) {
			out = append(out, m[1])
		}
		slices.Sort(out)
		return out
	}
	for _, x := range [][2][]string{{enum("miss", "kind"), constants("MissKind")}, {enum("rule", "standing"), constants("Standing")}} {
		if len(x[1]) < 5 || !slices.Equal(x[0], x[1]) {
			t.Errorf("the schema has %v, the program %v", x[0], x[1])
		}
	}
}

// eachMiss calls f with every miss of an explanation.
func eachMiss(x *diagnose.Explanation, f func(*diagnose.Miss)) {
	see := func(m *diagnose.Miss) {
		if m != nil {
			f(m)
		}
	}
	var node func(n *diagnose.Node)
	node = func(n *diagnose.Node) {
		if n == nil {
			return
		}
		see(n.Miss)
		for _, a := range n.Args {
			node(a)
		}
	}
	see(x.Miss)
	for _, g := range x.Groups {
		see(g.Miss)
		node(g.When)
		node(g.Unless)
	}
}
