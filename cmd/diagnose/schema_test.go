package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// reportSchema compiles the published schema, formats checked.
func reportSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("../../docs/report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("report.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("report.json")
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
		report := answer(t, base, sortedNames(files), files, 2, 64<<10)
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(report))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v\n%.2000s", name, err, report)
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
