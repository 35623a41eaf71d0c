package rules

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

// The published schema is the one that the program makes.
func TestSchemaIsPublished(t *testing.T) {
	got, err := os.ReadFile("../docs/rule.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, Schema()) {
		t.Error("docs/rule.schema.json is old: go run ./cmd/diagnose rules schema > docs/rule.schema.json")
	}
}

// The schema knows the keys that the loader reads, and no others.
func TestSchemaHasTheKeysOfTheLoader(t *testing.T) {
	read := map[string]bool{}
	for _, file := range []string{"load.go", "loadcond.go"} {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if m, ok := lit.Type.(*ast.MapType); !ok || !isReader(m.Value) {
				return true
			}
			for _, e := range lit.Elts {
				if key, ok := e.(*ast.KeyValueExpr).Key.(*ast.BasicLit); ok {
					name, _ := strconv.Unquote(key.Value)
					read[name] = true
				}
			}
			return true
		})
	}
	var doc any
	if err := json.Unmarshal(Schema(), &doc); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	propertyNames(doc, known)
	want, got := slices.Sorted(maps.Keys(read)), slices.Sorted(maps.Keys(known))
	if len(want) < 40 || !slices.Equal(got, want) {
		t.Errorf("keys of the schema\n%v\nkeys of the loader\n%v", got, want)
	}
}

func isReader(e ast.Expr) bool {
	f, ok := e.(*ast.FuncType)
	return ok && len(f.Params.List) == 1 && len(f.Params.List[0].Names) == 2
}

// propertyNames collects the keys below "properties", however deep.
func propertyNames(v any, into map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for key, sub := range v {
			if properties, ok := sub.(map[string]any); ok && key == "properties" && v["additionalProperties"] == false {
				for name := range properties {
					into[name] = true
				}
				for _, of := range properties {
					propertyNames(of, into)
				}
				continue
			}
			propertyNames(sub, into)
		}
	case []any:
		for _, sub := range v {
			propertyNames(sub, into)
		}
	}
}

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("rule.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("rule.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON is what a JSON Schema sees of a YAML text.
func asJSON(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// Every shipped rule follows the schema.
func TestRulesFollowTheSchema(t *testing.T) {
	schema := compiledSchema(t)
	n := 0
	err := fs.WalkDir(Embedded(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".yaml") {
			return err
		}
		text, err := fs.ReadFile(Embedded(), name)
		if err != nil {
			return err
		}
		n++
		if err := schema.Validate(asJSON(t, text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		return nil
	})
	if err != nil || n < 300 {
		t.Fatalf("%d rules: %v", n, err)
	}
}

func TestSchemaRefuses(t *testing.T) {
	schema := compiledSchema(t)
	f := func(old, new string, good bool) {
		t.Helper()
		text := strings.Replace(lintGood, old, new, 1)
		if err := schema.Validate(asJSON(t, []byte(text))); (err == nil) != good {
			t.Errorf("%q -> %q: %v", old, new, err)
		}
	}
	f("", "", true)
	f("side: storage server", "side: somebody", false)
	f("references:", "reference:", false)
	f("system: shared\n", "", false)
	f("cause: The", "when: {all: [failed, {not: named}], within: 5m}\ncause: The", true)
	f("cause: The", "when: {al: [failed]}\ncause: The", false)
	f("cause: The", "when: {count: {at_least: 3}}\ncause: The", false)
	f("cause: The", "quiet: soon\ncause: The", false)
	f("expect: none", "expect: nothing", false)
}
