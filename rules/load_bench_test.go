package rules

import "testing"

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		rs, _ := Load(Embedded(), "base")
		b.ReportMetric(float64(len(rs)), "rules")
	}
}
