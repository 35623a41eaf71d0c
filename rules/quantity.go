package rules

import (
	"math/big"
	"strings"
	"time"
)

// dimension is what a quantity measures. Quantities of different dimensions do
// not compare.
type dimension uint8

const (
	noNumber dimension = iota // any other text
	plain                     // a number without a unit
	seconds
	sizes
	percent
)

var dimensions = []dimension{plain, seconds, sizes, percent}

var dimensionNames = [...]string{"text", "number", "time", "size", "percentage"}

func (d dimension) String() string { return dimensionNames[d] }

// quantity is a captured text, read as a number with a unit where it is one.
type quantity struct {
	text   string
	dim    dimension
	number *big.Rat // in seconds, bytes or as it stands; nil for noNumber
}

// units by how they are written. Those of sizes count by 1024, as the programs
// do that print them: MB and MiB are the same here. Of one letter m is minutes
// and M is megabytes; all others are read in any case.
var units = readUnits()

// unit is what one of it measures, in seconds, bytes or as it stands.
type unit struct {
	dim   dimension
	scale *big.Rat
}

func readUnits() map[string]unit {
	all := map[string]unit{}
	add := func(dim dimension, scale *big.Rat, words ...string) {
		for _, w := range words {
			all[w] = unit{dim, scale}
		}
	}
	length := func(d time.Duration, words ...string) {
		add(seconds, big.NewRat(int64(d), int64(time.Second)), words...)
	}
	add(plain, big.NewRat(1, 1), "")
	add(percent, big.NewRat(1, 1), "%", "percent")
	length(time.Nanosecond, "ns")
	length(time.Microsecond, "us", "µs", "μs")
	length(time.Millisecond, "ms", "msec", "msecs", "millisecond", "milliseconds", "毫秒")
	length(time.Second, "s", "sec", "secs", "second", "seconds", "秒")
	length(time.Minute, "m", "min", "mins", "minute", "minutes", "分钟")
	length(time.Hour, "h", "hr", "hrs", "hour", "hours", "小时")
	length(24*time.Hour, "d", "day", "days", "天")
	add(sizes, big.NewRat(1, 1), "b", "byte", "bytes", "字节")
	for i, letter := range []string{"k", "M", "g", "t", "p"} {
		scale := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), uint(10*(i+1))))
		small := strings.ToLower(letter)
		add(sizes, scale, letter, small+"b", small+"ib")
	}
	return all
}

// maxNumber bounds the digits of a number; a longer row of digits is a text.
const maxNumber = 40

// readQuantity reads a number with a unit: 12, -3.5, 30s, 1h30m, 512 MB, 97%.
// Anything else is text.
func readQuantity(text string) quantity {
	text = strings.TrimSpace(text)
	q := quantity{text: text}
	digits, unit := splitNumber(text)
	if digits == "" || len(digits) > maxNumber {
		return q
	}
	if u, ok := unitOf(strings.TrimSpace(unit)); ok {
		q.number, _ = new(big.Rat).SetString(digits)
		if q.number != nil {
			q.dim = u.dim
			q.number.Mul(q.number, u.scale)
		}
		return q
	}
	if d, err := time.ParseDuration(text); err == nil {
		q.dim, q.number = seconds, big.NewRat(int64(d), int64(time.Second))
	}
	return q
}

func unitOf(word string) (u unit, ok bool) {
	if u, ok = units[word]; !ok {
		u, ok = units[strings.ToLower(word)]
	}
	return u, ok
}

// splitNumber parts a decimal number from what follows it. The number is empty
// where the text begins with none.
func splitNumber(text string) (number, rest string) {
	i, point, digits := 0, false, 0
	if i < len(text) && (text[i] == '-' || text[i] == '+') {
		i++
	}
	for ; i < len(text); i++ {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			digits++
			continue
		case c == '.' && !point && digits > 0 && i+1 < len(text) && text[i+1] >= '0' && text[i+1] <= '9':
			point = true
			continue
		}
		break
	}
	if digits == 0 {
		return "", text
	}
	return text[:i], text[i:]
}

// key is equal for equal values: texts that are the same, or numbers that are.
func (q quantity) key() string {
	if q.dim == noNumber {
		return q.text
	}
	return q.dim.String() + "\x00" + q.number.RatString()
}
