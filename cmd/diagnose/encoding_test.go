package main

import (
	"encoding/binary"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"
)

var hanzi = regexp.MustCompile(`\p{Han}`)

// TestCasesInOtherEncodings wants the same answer to each case when its logs come
// from a Windows host: in GB18030 if they have Chinese, and in UTF-16 with a mark,
// without one, or as a log that PowerShell went on writing in it, which goes round.
func TestCasesInOtherEncodings(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of diagnoses")
	}
	wide := func(order binary.AppendByteOrder, text string) string {
		var out []byte
		for _, u := range utf16.Encode([]rune(text)) {
			out = order.AppendUint16(out, u)
		}
		return string(out)
	}
	gb18030 := func(text string) string {
		if !hanzi.MatchString(text) {
			return text
		}
		out, err := simplifiedchinese.GB18030.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	utf16s := []func(string) string{
		func(text string) string { return "\xff\xfe" + wide(binary.LittleEndian, text) },
		func(text string) string { return wide(binary.BigEndian, text) },
		func(text string) string {
			half := strings.LastIndexByte(text[:len(text)/2], '\n') + 1
			return text[:half] + wide(binary.LittleEndian, text[half:])
		},
	}
	base := loadedBase(t)
	for i, dir := range caseDirs(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			logs, names := caseLogs(t, dir)
			want := summary(diagnoseFiles(t, base, names, logs))
			for way, pack := range []func(string) string{gb18030, utf16s[i%len(utf16s)]} {
				packed := map[string]string{}
				changed := false
				for name, text := range logs {
					packed[name] = pack(text)
					changed = changed || packed[name] != text
				}
				if !changed {
					continue
				}
				if got := summary(diagnoseFiles(t, base, names, packed)); got != want {
					t.Errorf("%s:\n%swant\n%s", [...]string{"GB18030", "UTF-16"}[way], got, want)
				}
			}
		})
	}
}
