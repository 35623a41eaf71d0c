package filter

import (
	"bytes"
	"fmt"
	"testing"
)

// BenchmarkScan measures blocks of 1 MiB out of a text that does not fit the caches.
func BenchmarkScan(b *testing.B) {
	for _, n := range []int{100, 1000, 5000} {
		for _, shortest := range []int{9, 8, 7, 5} {
			b.Run(fmt.Sprintf("literals=%d/shortest=%d", n, shortest), func(b *testing.B) {
				literals := testLiterals(n, shortest)
				benchmarkScan(b, literals, logText(64<<20, literals, 5000))
			})
		}
	}
}

func benchmarkScan(b *testing.B, literals [][]byte, text []byte) {
	f, err := New(literals, text[len(text)/2:][:256<<10])
	if err != nil {
		b.Fatal(err)
	}
	const block = 1 << 20
	b.SetBytes(block)
	bytes, candidates, hits := 0, 0, 0
	for from := 0; b.Loop(); from = (from + block) % (len(text) - block) {
		candidates += f.Scan(text[from:from+block], 0, block, func(pos, literal int) { hits++ })
		bytes += block
	}
	b.ReportMetric(float64(candidates)/float64(bytes>>20), "candidates/MB")
	b.ReportMetric(float64(hits)/float64(bytes>>20), "hits/MB")
}

// BenchmarkHostile scans text made to meet marks everywhere.
func BenchmarkHostile(b *testing.B) {
	ruler := bytes.Repeat([]byte("="), 60)
	almost := append(bytes.Repeat([]byte("="), 60), '>')
	run := func(name string, literals [][]byte, text []byte) {
		b.Run(name, func(b *testing.B) {
			f, err := New(literals, nil)
			if err != nil {
				b.Fatal(err)
			}
			guard := NewGuard(f)
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				guard.Scan(text, 0, len(text), func(pos, literal int) {})
			}
			b.ReportMetric(float64(guard.Resampled()), "resampled")
		})
	}
	rulers := bytes.Repeat([]byte("="), 1<<20)
	run("all occurrences", [][]byte{ruler}, rulers)
	run("all but the last byte", [][]byte{almost}, rulers)
	literals := testLiterals(1000, 9)
	run("literals side by side", literals, bytes.Join(literals, []byte("\n")))
	cut := make([][]byte, len(literals))
	for i, literal := range literals {
		cut[i] = literal[1:]
	}
	run("all but the first byte", literals, bytes.Join(cut, []byte("\n")))
}

func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{1000, 5000} {
		b.Run(fmt.Sprintf("literals=%d", n), func(b *testing.B) {
			literals := testLiterals(n, 9)
			sample := logText(256<<10, literals, 5000)
			for b.Loop() {
				if _, err := New(literals, sample); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
