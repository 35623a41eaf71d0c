package report

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// cells measures without regard to the locale, which would make another report
// of the same input: what may be one or two columns wide is one.
var cells = &runewidth.Condition{StrictEmojiNeutral: true}

// width is the columns that text takes on a terminal.
func width(text string) int {
	n := 0
	for _, r := range text {
		n += cells.RuneWidth(r)
	}
	return n
}

// minWidth is the least width that text is wrapped to, in columns.
const minWidth = 20

// wrap breaks text at spaces, and between Chinese characters, into lines of at
// most width columns. A word that is wider is cut. Line ends in the text stay.
func wrap(text string, width int) []string {
	var lines []string
	for _, para := range strings.Split(text, "\n") {
		para = strings.TrimRight(para, " ")
		for {
			cut := breakAt(para, max(width, minWidth))
			lines = append(lines, strings.TrimRight(para[:cut], " "))
			if cut == len(para) {
				break
			}
			para = strings.TrimLeft(para[cut:], " ")
		}
	}
	return lines
}

// breakAt returns the byte offset at which a text is broken, its length when it
// fits: behind the last space or Chinese character that a line may end with, or
// inside a word that is wider than the line.
func breakAt(text string, width int) int {
	best, inside, columns, blank := 0, 0, 0, true
	for i, next := 0, 0; i < len(text); i = next {
		r, size := utf8.DecodeRuneInString(text[i:])
		next = i + size
		columns += cells.RuneWidth(r)
		if columns > width {
			return cmp.Or(best, inside, i)
		}
		blank = blank && r == ' '
		if blank || startsClosing(text[next:]) {
			continue
		}
		inside = next
		if r == ' ' || cells.RuneWidth(r) == 2 && !strings.ContainsRune(opening, r) {
			best = next
		}
	}
	return len(text)
}

// Marks that belong to what follows or stands before them: a line neither ends
// with the first nor begins with the second.
const (
	opening = "（《“‘「『【〈"
	closing = "，。；：、！？）》”’」』】〉…%,.;:!?)]}"
)

// startsClosing reports whether a line must not begin with s.
func startsClosing(s string) bool {
	for _, r := range s {
		if r != ' ' {
			return strings.ContainsRune(closing, r) || unicode.Is(unicode.M, r)
		}
	}
	return false
}
