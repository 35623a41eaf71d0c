package report

import (
	"testing"

	"diagnose"
)

func TestSidesInBothLanguages(t *testing.T) {
	for _, s := range diagnose.Sides {
		if zh := side(s, "zh"); zh == s || zh == "" {
			t.Errorf("side %q has no Chinese word", s)
		}
		if en := side(s, "en"); en != s {
			t.Errorf("side %q is %q in English", s, en)
		}
	}
	if len(chineseSides) != len(diagnose.Sides) {
		t.Errorf("%d Chinese words for %d sides", len(chineseSides), len(diagnose.Sides))
	}
}
