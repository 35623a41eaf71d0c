package source

import "fmt"

// looksLike says in words why the first bytes of a stream, transcoded, are no text;
// it returns "" when they are. One byte in twenty may be odd: a log may hold a few
// NULs. Bytes that could not be decoded are counted by the transcoder.
func looksLike(sample []byte) string {
	control := 0
	for _, c := range sample {
		if c < ' ' && !isTextControl(c) {
			control++
		}
	}
	if control > len(sample)/20 {
		return fmt.Sprintf("looks binary: %d%% of its first %d bytes are NULs and other control characters", 100*control/len(sample), len(sample))
	}
	return ""
}

// isTextControl reports whether a control character is usual in logs: tab, line
// ends, backspace and bell of progress meters, escape sequences.
func isTextControl(c byte) bool { return c >= '\a' && c <= '\r' || c == '\x1b' }
