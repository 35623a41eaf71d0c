package source

import (
	"bytes"
	"strings"
	"testing"
)

// TestPageBlanks: what was copied from a page has blanks that no program prints, and lines
// keep their numbers.
func TestPageBlanks(t *testing.T) {
	f := func(text, want string, notes int) {
		t.Helper()
		for _, size := range []int{1, 7, 4096} {
			r := newTranscoder(strings.NewReader(text))
			var got bytes.Buffer
			buf := make([]byte, size)
			for {
				n, err := r.Read(buf)
				got.Write(buf[:n])
				if err != nil {
					break
				}
			}
			if got.String() != want {
				t.Errorf("%q is read as %q, not %q", text, got.String(), want)
			}
			if said := r.counts.notes(); len(said) != notes {
				t.Errorf("of %q it says %q", text, said)
			}
			if r.counts.plain() != (text == want) {
				t.Errorf("%q: plain is %v", text, r.counts.plain())
			}
			r.close()
		}
	}
	f("curl:\u00a0(7)\u00a0Failed\nplain\n\u200bnone \u2060of\u202fthem", "curl: (7) Failed\nplain\nnone of them", 1)
	f("\u00a0\u00a0at x\n", "  at x\n", 1)
	f("ls: 无法访问 ‘/x’: 没有那个文件或目录\n", "ls: 无法访问 ‘/x’: 没有那个文件或目录\n", 0)
	f("10 \u20ac £5 \u2007\n", "10 € £5  \n", 1)
	f("caf\xe9\u00a0x", "caf\xe9\u00a0x", 1) // no UTF-8: what cannot be decoded stays
	f("plain\n", "plain\n", 0)
}
