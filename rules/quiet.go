package rules

import (
	"sort"
	"time"
)

// Quiet returns how long a condition of the rule lasts without evidence, as its
// `quiet` says; 0 where it does not say, or where there is no such rule.
func (b *Base) Quiet(id string) time.Duration {
	i := sort.Search(len(b.slots), func(i int) bool { return b.slots[i].id >= id })
	if i == len(b.slots) || b.slots[i].id != id {
		return 0
	}
	return b.slots[i].get().Quiet
}
