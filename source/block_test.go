package source

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

// pieces are the boundaries of a text, written down as simply as they can be: the
// oracle that blocks are compared with. It returns every one but the end, and the
// cuts among them.
func pieces(text []byte, size int) (all map[int]bool, cuts []int, cutLines int64) {
	all = map[int]bool{}
	for start := 0; start < len(text); {
		end := len(text)
		if i := bytes.IndexByte(text[start:], '\n'); i >= 0 {
			end = start + i + 1
		}
		if end-start > size {
			cutLines++
		}
		all[start] = true
		for end-start > size {
			start = naiveCut(text, start+size, size)
			all[start] = true
			cuts = append(cuts, start)
		}
		start = end
	}
	return all, cuts, cutLines
}

func naiveCut(text []byte, i, size int) int {
	if text[i-1] == '\r' && text[i] == '\n' {
		return i - 1
	}
	for at := i; at > i-size/16; at-- {
		if text[at-1] == '\r' {
			return at
		}
	}
	for _, at := range []int{i - 1, i - 2, i - 3} {
		if _, size := utf8.DecodeRune(text[at:]); size > 1 && at+size > i {
			return at
		}
	}
	return i
}

// checkBlocks reads a text with opt and holds every block against the oracle.
func checkBlocks(raw []byte, opt Options) error {
	streams, _ := Open(nil, iotest.DataErrReader(bytes.NewReader(raw)), opt)
	text := transcoded(raw)
	opt = opt.withDefaults()
	boundary, cuts, cutLines := pieces(text, opt.MaxLine)
	var at, seq int
	var gotCuts []int
	st, err := streams[0].Blocks(context.Background(), func(b *Block) error {
		defer b.Release()
		from, start := at, int(b.Offset)
		to, end := start+b.To, start+len(b.Text)
		switch {
		case b.Seq != seq:
			return fmt.Errorf("Seq %d, want %d", b.Seq, seq)
		case start+b.From != at || to <= from:
			return fmt.Errorf("block %d: core %d to %d, but the one before ended at %d", seq, start+b.From, to, at)
		case !bytes.Equal(b.Text, text[start:end]):
			return fmt.Errorf("block %d: Text is not the stream's at %d", seq, start)
		case from-start < opt.Context && start != 0:
			return fmt.Errorf("block %d: %d bytes before the core, want %d", seq, from-start, opt.Context)
		case end-to < opt.Context && end != len(text):
			return fmt.Errorf("block %d: %d bytes behind the core, want %d", seq, end-to, opt.Context)
		case !boundary[from] || !boundary[start] || to != len(text) && !boundary[to] || end != len(text) && !boundary[end]:
			return fmt.Errorf("block %d: %d, %d, %d or %d is in the middle of a line", seq, start, from, to, end)
		case to-from > max(opt.BlockSize, opt.MaxLine):
			return fmt.Errorf("block %d: a core of %d bytes", seq, to-from)
		}
		for _, cut := range b.Cuts {
			if cut < 0 || cut >= len(b.Text) {
				return fmt.Errorf("block %d: cut %d outside of Text", seq, cut)
			}
			if cut >= b.From && cut < b.To {
				gotCuts = append(gotCuts, start+cut)
			}
		}
		if want := within(cuts, start, end); len(want) != len(b.Cuts) {
			return fmt.Errorf("block %d: %d cuts in Text, want %d", seq, len(b.Cuts), len(want))
		}
		at, seq = to, seq+1
		return nil
	})
	switch {
	case err != nil:
		return err
	case at != len(text) || st.Bytes != int64(len(text)) || st.RawBytes != int64(len(raw)) || st.Blocks != seq:
		return fmt.Errorf("the cores end at %d of %d, Stats %+v", at, len(text), st)
	case fmt.Sprint(gotCuts) != fmt.Sprint(cuts):
		return fmt.Errorf("cuts %v, want %v", gotCuts, cuts)
	case st.CutLines != cutLines:
		return fmt.Errorf("CutLines %d, want %d", st.CutLines, cutLines)
	}
	return nil
}

// within returns the cuts from a position up to another.
func within(cuts []int, from, to int) []int {
	i, _ := slices.BinarySearch(cuts, from)
	j, _ := slices.BinarySearch(cuts, to)
	return cuts[i:j]
}

// randomText has lines of all lengths around what options are tried with.
func randomText(r *rand.Rand) []byte {
	var text []byte
	for range r.IntN(60) {
		n := [...]int{0, 1, r.IntN(40), r.IntN(300), r.IntN(9000)}[r.IntN(5)]
		word := [...]string{"x", "log line ", "命", "é\r", "😀", "\xff\x80", "\x00"}[r.IntN(7)]
		text = append(text, strings.Repeat(word, n/len(word)+1)[:n]...)
		text = append(text, [...]string{"\n", "\r\n", "\n", "\n\n"}[r.IntN(4)]...)
	}
	return text[:r.IntN(len(text)+1)]
}

// What is in a block must not depend on how large blocks are.
func TestBlocksOfAnySize(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 7))
	for range 400 {
		text := randomText(r)
		opt := Options{MaxLine: 8 + r.IntN(400), Context: r.IntN(500) - 1, BlockSize: 1 + r.IntN(64<<10)}
		if r.IntN(2) == 0 {
			opt.BlockSize = 1 + r.IntN(600)
		}
		if err := checkBlocks(text, opt); err != nil {
			t.Fatalf("%+v, text of %d bytes: %v", opt, len(text), err)
		}
	}
}

func TestBlocksWithDefaults(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var text []byte
	for len(text) < 4<<20 {
		text = append(text, randomText(r)...)
		if r.IntN(20) == 0 {
			text = append(text, strings.Repeat("长", 50_000)...)
		}
	}
	for _, size := range []int{1 << 10, 64 << 10, 1 << 20} {
		if err := checkBlocks(text, Options{BlockSize: size}); err != nil {
			t.Errorf("blocks of %d: %v", size, err)
		}
	}
}

// However a pipe hands its bytes over, the blocks are the same.
func TestBlocksOfAnyPipe(t *testing.T) {
	text := randomText(rand.New(rand.NewPCG(3, 3)))
	opt := Options{BlockSize: 1 << 10, Context: 200, MaxLine: 300}
	shape := func(s *Stream) string {
		var out strings.Builder
		s.Blocks(t.Context(), func(b *Block) error {
			fmt.Fprintln(&out, b.Seq, b.Offset, b.From, b.To, len(b.Text), b.Cuts)
			b.Release()
			return nil
		})
		return out.String()
	}
	want := shape(one(t, "-", bytes.NewReader(text), opt))
	if got := shape(one(t, "-", iotest.OneByteReader(bytes.NewReader(text)), opt)); got != want {
		t.Errorf("byte by byte:\n%swant\n%s", got, want)
	}
	if got := shape(one(t, "-", iotest.HalfReader(bytes.NewReader(text)), opt)); got != want {
		t.Errorf("half by half:\n%swant\n%s", got, want)
	}
}

func FuzzBlocks(f *testing.F) {
	f.Add([]byte("a\nb\r\nc"), 8, 3, 5)
	f.Add([]byte(strings.Repeat("命", 50)+"\n"), 10, 20, 16)
	f.Add([]byte("0123456\r\n\xff\x80\x80\x80\x80\x80\x80\x80\x80\x80"), 8, 0, 1)
	f.Add([]byte(strings.Repeat("x", 4000)+"\nend"), 100, 1000, 64)
	f.Fuzz(func(t *testing.T, text []byte, maxLine, context, blockSize int) {
		if findDecoder(text) != nil || len(text) > 64<<10 {
			return
		}
		opt := Options{MaxLine: maxLine & 0x3ff, Context: context & 0x3ff, BlockSize: blockSize & 0xfff}
		if opt.MaxLine == 0 || opt.Context == 0 || opt.BlockSize == 0 {
			return // the defaults would need long texts
		}
		if err := checkBlocks(text, opt); err != nil {
			t.Fatalf("%+v: %v", opt, err)
		}
	})
}
