package main

import (
	"context"
	"testing"
	"time"

	"diagnose/rules"
	"diagnose/source"
)

// BenchmarkStart is what a run on a tiny log costs before and after reading it.
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	load := func() *rules.Base {
		return rules.Cached(dir, nil, func() (*rules.Base, bool) {
			base, ours, _ := openBase("", nil)
			return base, len(ours) == 0
		})
	}
	load()
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			load()
		}
	})
	base := load()
	b.Run("diagnose", func(b *testing.B) {
		for b.Loop() {
			s := source.Memory("x", "curl: (6) Could not resolve host: a.example\n", time.Time{}, source.Options{})
			if _, err := newEngine(base, []*source.Stream{s}).diagnose(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
