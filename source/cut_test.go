package source

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

func TestCutsAreWhereTheLineSays(t *testing.T) {
	maxLine := 8
	f := func(text, want string) {
		t.Helper()
		var got []string
		s := one(t, "-", strings.NewReader(text), Options{MaxLine: maxLine, Context: -1, BlockSize: 1})
		s.Blocks(t.Context(), func(b *Block) error {
			got = append(got, string(b.Text[b.From:b.To]))
			b.Release()
			return nil
		})
		if joined := strings.Join(got, "|"); joined != want {
			t.Errorf("%q is cut to %q, want %q", text, joined, want)
		}
	}
	f("1234567\nab\n", "1234567\n|ab\n")
	f("12345678\nab\n", "12345678|\n|ab\n")
	f("1234567\r\nab\n", "1234567|\r\n|ab\n")
	f("12345678", "12345678")
	f("123456789", "12345678|9")
	f("x\n1234567890123456789\ny", "x\n|12345678|90123456|789\n|y")
	f("1234567é9", "1234567|é9")
	f("123456命9", "123456|命9")
	f("12345😀9", "12345|😀9")
	f("123456\xe5\x919", "123456\xe5\x91|9")
	f("1234\x80\x80\x80\x80\x80\x80", "1234\x80\x80\x80\x80|\x80\x80")

	// What a progress bar overwrote ends at a carriage return.
	maxLine = 32
	f("0123456789012345678901234567890\r3456\n", "0123456789012345678901234567890\r|3456\n")
	f("012345678901234567890123456789\r2error\n", "012345678901234567890123456789\r|2error\n")
	f("01234567890123456789\r1234567890123456\n", "01234567890123456789\r12345678901|23456\n")
	f("0123456789012345678901234567890\r\n", "0123456789012345678901234567890|\r\n")
}

// A line of 1 GB without an end costs no memory and is said once.
func TestEndlessLine(t *testing.T) {
	size := int64(1 << 30)
	if testing.Short() || raceEnabled {
		size = 64 << 20
	}
	s := one(t, "-", io.LimitReader(letters{}, size), Options{SpoolLimit: -1})
	cuts, most := 0, 0
	st, err := s.Blocks(t.Context(), func(b *Block) error {
		for _, cut := range b.Cuts {
			if cut >= b.From && cut < b.To {
				cuts++
			}
		}
		most = max(most, cap(b.buf.bytes))
		b.Release()
		return nil
	})
	if err != nil || st.Bytes != size || st.CutLines != 1 || cuts != int(size>>16)-1 || most > 2<<20 {
		t.Errorf("%+v, %d cuts, buffers of %d, %v", st, cuts, most, err)
	}
	want := "noted -: is longer than the 0 bytes that are kept of a pipe, so it cannot be read again\n" +
		"noted -: lines longer than 65536 bytes, cut into pieces: 1"
	if got := said("", st.Problems); got != want {
		t.Errorf("problems:\n%s\nwant\n%s", got, want)
	}
}

// letters is an endless line.
type letters struct{}

var manyLetters = bytes.Repeat([]byte("x"), 1<<16)

func (letters) Read(p []byte) (int, error) { return copy(p, manyLetters), nil }
