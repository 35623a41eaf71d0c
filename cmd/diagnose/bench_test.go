package main

import (
	"context"
	"os"
	"testing"

	"diagnose/source"
)

// BenchmarkDiagnose runs the whole program over the file that DIAGNOSE_BENCH_LOG
// names.
func BenchmarkDiagnose(b *testing.B) {
	path := os.Getenv("DIAGNOSE_BENCH_LOG")
	if path == "" {
		b.Skip("DIAGNOSE_BENCH_LOG names no log")
	}
	base, _, _ := openBase("", nil)
	for b.Loop() {
		streams, _ := source.Open([]string{path}, nil, source.Options{})
		b.SetBytes(streams[0].Size)
		if _, err := newEngine(base, streams).diagnose(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFirstPass is the part that reads every byte.
func BenchmarkFirstPass(b *testing.B) {
	path := os.Getenv("DIAGNOSE_BENCH_LOG")
	if path == "" {
		b.Skip("DIAGNOSE_BENCH_LOG names no log")
	}
	base, _, _ := openBase("", nil)
	for b.Loop() {
		streams, _ := source.Open([]string{path}, nil, source.Options{})
		b.SetBytes(streams[0].Size)
		if err := newEngine(base, streams).firstPass(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
