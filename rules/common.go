package rules

import (
	"strings"
	"sync"
)

// commonWords are words that many logs have, whatever happens: those in more than 58 of 734
// public ones, most of them healthy (counted 2026-11-21), and the names of what the
// rules are about.
const commonWords = `
	access active add added address after again agent all already also and ansible any apache api app apr arch are
	argument arguments async attempt auth auto available bad base bash because been before being between bin block boot
	broken bug build building but bytes cache cached can cannot case cat catch caused certificates change changed changes
	check checking checkout chmod class clean cleanup client close closed closing cloud cloudstack cluster cmd code com
	command commands comment common compat compile compiler complete completed conf config configuration configure
	configured connect connected connecting connection console context controller copy core correct could count cpu
	create created creating creation critical curl current currently daemon data database date dbus debian debug default
	defaults delay delete deleted deleting delta denied details detected dev device did diff dir directory disable
	disabled dist dns doc does domain done driver due during each echo elapsed elf else empty enable enabled end engine
	env environment error errors etc event events exception exceptions exec execute executing execution exist existing
	exists exit export ext extern fail failed fails failure false fast fatal feature field fields file files final find
	finished first fix fixed flag flags for force found free from full function gcc generated generic get gets git github
	glibc global gnu group handle handler handling has hash have head header headers help here his home host hostname
	hosts html http https id ids ignored image import include index info information init initialized input install
	installed instance instances instead interface interfaces internal into invalid its java job jobs json just keep
	kernel key keys kind lang last least length less level lib libc library like line lines link linux list listing lists
	load loaded loading local location log logger logging login logs loop machine main make man manager map match max may
	memory message messages method min missing mkdir mode models module modules more most mount msg multiple must name
	names native need net network new node non none not note notice now null number object off old one only open opened
	opening openssh openssl operation operations option options org other our out output override package packages
	packaging pam param parameter parameters parser parsing pass password patch path perl permission pid pip pkg platform
	please plugins point policy pool port possible post pre prefix print printf problem proc process processing profile
	program protocol put pwd python queue quiet random read reading reason receive received ref reference refused release
	remote remove removed report req request requests required reset resources response result results retry return
	returned root router rpc run running runtime sbin schema script scripts search seconds section security see self send
	sent server service services session set sets setting setup setuptools sha share shared shell site six size skip
	skipped skipping socket software some source src ssh ssl stack stage start started starting startup state static
	status still stopped stopping storage store string strings strip sub successfully sudo support supported sure syslog
	system systemd table tag tar target task tasks template temporary test text than that the them then this thread
	threads time timed timeout tmp tools total trace tree true try trying tty type types uid unable unavailable undefined
	unexpected unhandled unknown unsupported update updated updating upgrade upstream url use used user users using usr
	utc utf util utils value values var variable vcs vendor verbose version via vm vms volume warn warning warnings was
	web were wheels when where which while will windows with without work write writing www xml yaml yes you your zero
	zip zlib zone
`

// common knows the common words, and what words begin and end with. It is made when a
// pattern is read: a start from the cache does without.
var common = sync.OnceValue(func() (c struct{ words, grams, starts, ends map[string]bool }) {
	c.words, c.grams, c.starts, c.ends = map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, word := range strings.Fields(commonWords) {
		c.words[word] = true
		for i := range len(word) {
			if i+gramLen <= len(word) {
				c.grams[word[i:i+gramLen]] = true
			}
			if i < gramLen {
				c.starts[word[:i]] = true
				c.ends[word[len(word)-i:]] = true
			}
		}
		if len(word) < gramLen {
			c.starts[word], c.ends[word] = true, true
		}
	}
	return c
})

// The filter stops at windows of grams, see package filter.
const (
	gramLen   = 5
	windowLen = 5
)

// commonGrams is how many common grams the filter must take into the window of a literal.
// A gram is common that has letters as common words have them, or none at all.
func commonGrams(lit string) int {
	lit = asciiLower(lit)
	runs := letterRuns(lit)
	least, n := windowLen, 0
	var last [windowLen]int // 1 for each common gram of the window
	for at := 0; at+gramLen <= len(lit); at++ {
		for len(runs) > 0 && runs[0].to <= at {
			runs = runs[1:]
		}
		is := 0
		if commonGram(lit, at, runs) {
			is = 1
		}
		n += is - last[at%windowLen]
		last[at%windowLen] = is
		if at >= windowLen-1 {
			least = min(least, n)
		}
	}
	return least
}

// run is a stretch of letters.
type run struct{ from, to int }

func letterRuns(lit string) []run {
	var runs []run
	for i := 0; i < len(lit); {
		from := i
		for i < len(lit) && 'a' <= lit[i] && lit[i] <= 'z' {
			i++
		}
		if i > from {
			runs = append(runs, run{from, i})
		}
		i++
	}
	return runs
}

// commonGram reports whether the gram at a place is common; runs are the letters from
// there on.
func commonGram(lit string, at int, runs []run) bool {
	end, common := at+gramLen, common()
	for i := at; i < end; i++ {
		if lit[i] >= 0x80 {
			return false
		}
	}
	for _, r := range runs {
		if r.from >= end {
			break
		}
		part := lit[max(r.from, at):min(r.to, end)]
		known := common.grams
		switch begins, ends := r.from >= at, r.to <= end; {
		case begins && ends:
			known = common.words
		case begins:
			known = common.starts
		case ends:
			known = common.ends
		}
		if !known[part] {
			return false
		}
	}
	return true
}

// weight tells how seldom a literal can be expected to stand in a log, in bytes of
// text that is nothing usual: a common word counts as three, also as part of a name like
// resultCode.
func weight(lit string) int {
	n, word, common := 0, 0, common()
	end := func(i int) {
		if common.words[asciiLower(lit[word:i])] {
			n += min(i-word, 3)
		} else {
			n += i - word
		}
		word = i
	}
	for i := range len(lit) {
		switch {
		case lower[lit[i]] < 'a' || lower[lit[i]] > 'z':
			end(i)
			word++
			if lit[i] != ' ' {
				n++
			}
		case lit[i] < 'a' && i > word && lit[i-1] >= 'a':
			end(i)
		}
	}
	end(len(lit))
	return n
}
