package source

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// looksLike says in words why the first bytes of a stream are not plain UTF-8
// text; it returns "" when they are. One byte in twenty may be odd: a log that was
// cut off by its rotation may begin in mid-character, or hold a few NULs.
func looksLike(sample []byte) string {
	if bytes.HasPrefix(sample, []byte("\xff\xfe")) || bytes.HasPrefix(sample, []byte("\xfe\xff")) {
		return "begins with a UTF-16 mark, but is read as bytes"
	}
	control, undecodable := 0, 0
	for i := 0; i < len(sample); {
		r, size := utf8.DecodeRune(sample[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			undecodable++
		case r < ' ' && !isTextControl(byte(r)):
			control++
		}
		i += size
	}
	switch odd := len(sample) / 20; {
	case control > odd:
		return fmt.Sprintf("looks binary: %d%% of its first %d bytes are NULs and other control characters", 100*control/len(sample), len(sample))
	case undecodable > odd:
		return fmt.Sprintf("is not UTF-8: %d%% of its first %d bytes cannot be decoded", 100*undecodable/len(sample), len(sample))
	}
	return ""
}

// isTextControl reports whether a control character is usual in logs: tab, line
// ends, backspace and bell of progress meters, escape sequences.
func isTextControl(c byte) bool { return c >= '\a' && c <= '\r' || c == '\x1b' }
