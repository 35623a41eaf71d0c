package source

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

func gz(text string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write([]byte(text))
	w.Close()
	return out.String()
}

func zst(text string) string {
	w, _ := zstd.NewWriter(nil)
	return string(w.EncodeAll([]byte(text), nil))
}

// logText is a text that compresses like a log.
func logText(lines int) string {
	r := rand.New(rand.NewPCG(5, 5))
	var b strings.Builder
	for i := range lines {
		fmt.Fprintf(&b, "2024-12-26 13:41:%02d,%03d INFO [c.c.a.m] (Agent-%d) Seq %d\n", i/1000%60, i%1000, r.IntN(100), r.Int64())
	}
	return b.String()
}

// Compressed data is known by its first bytes, whatever it is called, and from a
// pipe that hands it over byte by byte.
func TestCompressed(t *testing.T) {
	text := logText(3000)
	half := len(text) / 2
	for _, c := range []struct{ name, format, data string }{
		{"gzip", "gzip", gz(text)},
		{"gzip members", "gzip", gz(text[:half]) + gz("") + gz(text[half:])},
		{"zstd", "zstd", zst(text)},
		{"zstd frames", "zstd", zst(text[:half]) + zst(text[half:])},
		{"zstd behind a skippable frame", "zstd", "\x50\x2a\x4d\x18\x04\x00\x00\x00abcd" + zst(text)},
	} {
		for place, s := range map[string]*Stream{
			"file": one(t, write(t, filepath.Join(t.TempDir(), "app.log"), c.data), nil, Options{BlockSize: 10_000}),
			"pipe": one(t, "-", iotest.OneByteReader(strings.NewReader(c.data)), Options{}),
		} {
			for pass := range 2 {
				got, st := readAll(t, s)
				if got != text || st.Format != c.format || st.RawBytes != int64(len(c.data)) || len(st.Problems) > 0 {
					t.Errorf("%s, %s, pass %d: %d bytes, want %d; %+v", c.name, place, pass, len(got), len(text), st)
				}
			}
		}
	}
}

// What could be decoded counts; that it is not all is said.
func TestDamaged(t *testing.T) {
	text := logText(3000)
	gz, zs := gz(text), zst(text)
	broken := []byte(gz)
	copy(broken[len(gz)/2:], "damaged damaged damaged")
	for _, c := range []struct {
		name, data, want string
		least            int
	}{
		{"truncated gzip", gz[:len(gz)/2], "gzip data ends early", len(text) / 3},
		{"gzip without its sum", gz[:len(gz)-4], "gzip data ends early", len(text)},
		{"half a gzip header", gz[:5], "gzip data ends early: 0 bytes were decoded", 0},
		{"damaged gzip", string(broken), "gzip data is damaged after", len(text) / 3},
		{"garbage behind gzip", gz + "garbage garbage", "gzip data is followed by something else, which is not read: ", len(text)},
		{"truncated zstd", zs[:len(zs)*2/3], "zstd data ends early", 1},
		{"zstd's magic only", "\x28\xb5\x2f\xfd", "zstd data ends early: 0 bytes were decoded", 0},
		{"not really zstd", "\x28\xb5\x2f\xfd" + strings.Repeat("\xff", 100), "zstd data is damaged after 0 decoded bytes", 0},
	} {
		s := one(t, "-", strings.NewReader(c.data), Options{})
		for range 2 {
			got, st := readAll(t, s)
			// Bytes damaged in mid-file may decode to others; the checksum tells at the end.
			if len(got) < c.least || c.data != string(broken) && !strings.HasPrefix(text, got) {
				t.Errorf("%s: %d bytes were decoded, want the first %d or more", c.name, len(got), c.least)
			}
			if p := said("", st.Problems); !strings.HasPrefix(p, "partial -: "+c.want) {
				t.Errorf("%s: %q, want %q", c.name, p, c.want)
			}
		}
	}
}

func TestUnopened(t *testing.T) {
	data := "7z\xbc\xaf\x27\x1c\x00\x04" + strings.Repeat("\x00\xff", 100)
	got, st := readAll(t, one(t, "-", strings.NewReader(data), Options{}))
	if p := said("", st.Problems); got != data || p != "partial -: is 7z data, which is not opened: it is read as it stands" {
		t.Errorf("%d bytes, %q", len(got), p)
	}
}

// A small file must not become an endless stream.
func TestExpansion(t *testing.T) {
	zeros := strings.Repeat("\x00", 101<<20)
	sizes := []int{1 << 20, 100_000}
	if raceEnabled {
		sizes = sizes[:1] // nothing here runs at the same time, only slowly
	}
	for name, data := range map[string]string{"gzip": gz(zeros), "zstd": zst(zeros)} {
		var first int64
		for _, size := range sizes {
			s := one(t, "-", iotest.HalfReader(strings.NewReader(data)), Options{BlockSize: size})
			st, err := s.Blocks(t.Context(), func(b *Block) error { b.Release(); return nil })
			if err != nil {
				t.Fatal(err)
			}
			want := fmt.Sprintf("partial -: %s data stopped after %d bytes: it expands more than 1000 times", name, st.Bytes)
			if p := said("", st.Problems); !strings.Contains(p, want) || st.Bytes != ratioFloor {
				t.Errorf("%s: %d bytes, %q", name, st.Bytes, p)
			}
			if first == 0 {
				first = st.Bytes
			}
			if st.Bytes != first {
				t.Errorf("%s: stopped at %d, with other blocks at %d", name, st.Bytes, first)
			}
		}
	}
	text := logText(100)
	for _, c := range []struct {
		most int64
		want string
	}{
		{int64(len(text)), ""},
		{1000, "partial -: gzip data stopped after 1000 bytes: it expands to more than 1000 bytes"},
	} {
		got, st := readAll(t, one(t, "-", strings.NewReader(gz(text)), Options{MaxExpanded: c.most}))
		if p := said("", st.Problems); got != text[:c.most] || p != c.want {
			t.Errorf("at most %d: %d bytes, %q", c.most, len(got), p)
		}
	}
}
