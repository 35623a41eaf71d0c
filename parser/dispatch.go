package parser

import (
	"strings"

	"diagnose"
)

// dispatch holds formats in the order they are tried, and for what a line begins
// with those of them that may take it.
type dispatch struct {
	formats []Format
	byKey   [numKeys][]uint16 // indices of formats
}

// A key is the first byte of a line, and for a digit the kind of byte at offset 4
// too: most logs begin with a date, and the year's separator parts many layouts.
const numKeys = 256 + 10*fifthKinds

// fifths are the bytes at offset 4 that keys tell apart; other digits, other bytes
// and the end of the line are three kinds more.
const fifths = "-/. "

const fifthKinds = len(fifths) + 3

func keyOf(line []byte) int {
	if len(line) == 0 {
		return 0
	}
	c := line[0]
	if c-'0' > 9 {
		return int(c)
	}
	return 256 + int(c-'0')*fifthKinds + fifthKind(line)
}

func fifthKind(line []byte) int {
	if len(line) < 5 {
		return len(fifths) + 2
	}
	switch c := line[4]; {
	case c == '-':
		return 0
	case c == '/':
		return 1
	case c == '.':
		return 2
	case c == ' ':
		return 3
	case c-'0' <= 9:
		return len(fifths)
	}
	return len(fifths) + 1
}

func newDispatch(formats []Format) *dispatch {
	d := &dispatch{formats: formats}
	for i := range formats {
		for c := range 256 {
			if !mayBegin(&formats[i], byte(c)) {
				continue
			}
			if byte(c)-'0' > 9 {
				d.byKey[c] = append(d.byKey[c], uint16(i))
				continue
			}
			for kind := range fifthKinds {
				if mayGoOn(&formats[i], kind) {
					k := 256 + (c-'0')*fifthKinds + kind
					d.byKey[k] = append(d.byKey[k], uint16(i))
				}
			}
		}
	}
	return d
}

func mayBegin(f *Format, c byte) bool {
	return f.First == "" || strings.IndexByte(f.First, c) >= 0
}

// mayGoOn reports whether a head of f that begins with a digit may have a byte of
// the kind at offset 4.
func mayGoOn(f *Format, kind int) bool {
	switch {
	case f.Fifth == "":
		return true
	case kind < len(fifths):
		return strings.IndexByte(f.Fifth, fifths[kind]) >= 0
	case kind == len(fifths):
		return strings.ContainsAny(f.Fifth, firstDigits)
	}
	return kind == len(fifths)+1 && strings.Trim(f.Fifth, fifths+firstDigits) != ""
}

// head returns the first format of which line is the head, and where the message
// begins in it; i is -1 when there is none. It fills e as Format.Head does.
func (d *dispatch) head(line []byte, e *diagnose.Entry) (i, message int) {
	for _, i := range d.byKey[keyOf(line)] {
		if n := d.formats[i].Head(line, e); n >= 0 {
			return int(i), n
		}
	}
	return -1, -1
}
