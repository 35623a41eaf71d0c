package diagnose

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// rooms are the packages with what they may import of ours and of others; the
// standard library is open to all. ARCHITECTURE.md has the reasons.
var rooms = map[string][]string{
	".":            {},
	"source":       {"github.com/klauspost/compress", "github.com/therootcompany/xz", "github.com/pierrec/lz4", "golang.org/x/text/encoding/simplifiedchinese", "golang.org/x/text/width"},
	"filter":       {},
	"parser":       {"diagnose"},
	"correlate":    {"diagnose"},
	"rules":        {"diagnose", "github.com/expr-lang/expr", "gopkg.in/yaml.v3", "github.com/blevesearch/mmap-go"},
	"verdict":      {"diagnose"},
	"report":       {"diagnose", "github.com/mattn/go-runewidth"},
	"follow":       {"github.com/fsnotify/fsnotify", "golang.org/x/sys"},
	"incident":     {},
	"notify":       {},
	"redact":       {},
	"corpus":       {"diagnose", "gopkg.in/yaml.v3"},
	"index":        {"diagnose", "github.com/blevesearch/bleve", "github.com/blevesearch/bleve_index_api"},
	"cmd/diagnose": {"diagnose", "diagnose/follow", "diagnose/incident", "diagnose/notify", "diagnose/redact", "diagnose/corpus", "diagnose/index", "diagnose/source", "diagnose/filter", "diagnose/parser", "diagnose/correlate", "diagnose/rules", "diagnose/verdict", "diagnose/report", "diagnose/testdata/healthy", "github.com/spf13/pflag", "golang.org/x/term", "github.com/gofrs/flock"},
}

// Data goes one way: siblings do not know one another, and each third-party
// package has one room.
func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "bench" || strings.HasPrefix(d.Name(), ".") && d.Name() != ".") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		room := path.Dir(filepath.ToSlash(file))
		allowed, known := rooms[room]
		if !known {
			t.Errorf("%s: %q is no room of ARCHITECTURE.md", file, room)
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, text, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imp := range tree.Imports {
			name, _ := strconv.Unquote(imp.Path.Value)
			if !mayImport(name, allowed) {
				t.Errorf("%s imports %s, which its room may not", file, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func mayImport(name string, allowed []string) bool {
	if first, _, _ := strings.Cut(name, "/"); !strings.Contains(first, ".") && first != "diagnose" {
		return true
	}
	for _, a := range allowed {
		if name == a || strings.Contains(a, ".") && strings.HasPrefix(name, a+"/") {
			return true
		}
	}
	return false
}
