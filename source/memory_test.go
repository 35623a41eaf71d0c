package source

import (
	"strings"
	"testing"
	"time"
)

// A text in memory is read like a file of that name.
func TestMemory(t *testing.T) {
	for _, text := range []string{"", "a\nb", strings.Repeat("0123456\n", 5000), gz("packed\n")} {
		s := Memory("m.log", text, time.Unix(1, 0), small)
		want := text
		if findDecoder([]byte(text)) != nil {
			want = "packed\n"
		}
		for range 2 {
			if got, st := readAll(t, s); got != want || len(st.Problems) > 0 || st.RawBytes != int64(len(text)) {
				t.Errorf("%d bytes, want %d; %+v", len(got), len(want), st)
			}
		}
		if got, err := s.ReadAt(t.Context(), 1, 3); err != nil || string(got) != want[min(1, len(want)):min(4, len(want))] {
			t.Errorf("ReadAt = %q, %v", got, err)
		}
	}
}
