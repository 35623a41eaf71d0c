package index

import (
	"fmt"
	"time"
)

// A document bears the day it belongs to, and the spans of 4, 16, 64 ... days that
// this lies in: all days from one on, or before it, are at most three spans of each
// length and the longest ones beyond.
const (
	spanBits   = 2
	spanLevels = 7 // the longest span is 4,096 days
)

// dayNumber counts days from 1 January of the year 0.
func dayNumber(t time.Time) int {
	const toUnix = 719528 // days up to 1970
	days := t.Unix() / (24 * 60 * 60)
	if t.Unix() < 0 {
		days = -((-t.Unix() + 24*60*60 - 1) / (24 * 60 * 60))
	}
	return max(int(days)+toUnix, 0)
}

// spanTerm names a span by its level and its number; terms of a level sort by number.
func spanTerm(level, number int) string { return fmt.Sprintf("%d:%06x", level, number) }

// spansOf returns the spans that a time lies in.
func spansOf(t time.Time) []string {
	day := dayNumber(t)
	out := make([]string, spanLevels)
	for level := range out {
		out[level] = spanTerm(level, day>>(spanBits*level))
	}
	return out
}

// spansFrom returns the fewest spans that make up all days from one on, or all before
// it. widest are the longest spans that there are.
func spansFrom(day int, after bool, widest []string) []string {
	var out []string
	number := day // of the first span that is in, or of the first that is not
	for level := range spanLevels - 1 {
		for number&(1<<spanBits-1) != 0 {
			if after {
				out = append(out, spanTerm(level, number))
				number++
			} else {
				number--
				out = append(out, spanTerm(level, number))
			}
		}
		number >>= spanBits
	}
	from := spanTerm(spanLevels-1, number)
	for _, span := range widest {
		if after == (span >= from) {
			out = append(out, span)
		}
	}
	return out
}
