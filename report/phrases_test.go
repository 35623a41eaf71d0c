package report

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestTranslate(t *testing.T) {
	f := func(en, zh string) {
		t.Helper()
		if got := translate(en, "zh"); got != zh {
			t.Errorf("%s\n\tgot  %s\n\twant %s", en, got, zh)
		}
		if got := translate(en, "en"); got != en {
			t.Errorf("in English: %s", got)
		}
	}
	f("ends at 2026-01-05 03:10:00, 15m30s before the failure (server.log:27)", "在 2026-01-05 03:10:00 就结束了，比故障（server.log:27）早 15m30s")
	f("ends at 2026-01-05 03:10:00, 15m30s before the failure (a:1); and so it is with 4 more logs", "在 2026-01-05 03:10:00 就结束了，比故障（a:1）早 15m30s；另有 4 个日志也是如此")
	f("gzip data ends early: 812 bytes were decoded", "gzip 数据不完整：已解出 812 字节")
	f("is GB18030, recognised by its bytes (lines transcoded: 812); 3 bytes could not be decoded", "按字节特征识别为 GB18030（已转码 812 行）；有 3 个字节无法解码")
	f("something that nobody translated", "something that nobody translated")
}

// What is translated is still said somewhere: a changed text must be changed here
// too.
func TestPhrasesAreSaid(t *testing.T) {
	var sources strings.Builder
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && len(d.Name()) > 2) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "phrases") {
			return nil
		}
		text, err := os.ReadFile(path)
		sources.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	said := regexp.MustCompile(`%%|%[a-z]`).ReplaceAllString(sources.String(), "{}")
	system := map[string]bool{"no such file or directory": true, "permission denied": true, "the file's time stamp": true, "is a directory": true}
	for _, p := range phrases {
		if system[p.en] {
			continue
		}
		// A text may be put together of several: the longest piece must stand there.
		longest := ""
		for _, piece := range strings.Split(p.en, "{}") {
			if len(piece) > len(longest) {
				longest = piece
			}
		}
		if strings.Contains(p.en, "lines transcoded") {
			longest = "(lines transcoded: "
		}
		if !strings.Contains(said, strings.TrimSpace(strings.Trim(longest, "();:, "))) {
			t.Errorf("nobody says %q", p.en)
		}
	}
}
