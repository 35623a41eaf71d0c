package parser

import "diagnose"

// libvirtdFormat reads libvirtd.log and libvirt's lines in the journal, which keep
// their own head behind the journal's:
//
//	2014-01-01 10:00:00.123+0000: 1234: error : virNetDevGetMTU:397 : Cannot get interface MTU on 'brem1-1234': No such device
//	Mar 11 20:11:41 kvm1 libvirtd: 2019-03-11 12:11:41.956+0000: 4955: error : virFileReadAll:1420 : ...
//
// The layout is that of virLogFormatString in libvirt's src/util/virlog.c; the
// second number is the thread's. Source file and line are missing in the line that
// names libvirt's version.
var libvirtdFormat = Format{
	Name:    "libvirtd",
	Head:    libvirtdHead,
	First:   firstDigits + firstCapitals,
	Absorbs: true,
	Finish:  finishLibvirtd,
	Marks:   []string{": error : "},
	Strip:   stripLinePrefix,
}

func libvirtdHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 40 {
		return -1
	}
	if n := readLibvirt(line, 0, e); n > 0 {
		return n
	}
	if !beginsStamp(line) || !contains(line, "+") { // the zone of its own stamp
		return -1
	}
	var p syslogPrefix
	own := readLinePrefix(line, &p)
	if own == 0 || len(line)-own < 40 {
		return -1
	}
	if e != nil {
		p.fill(e)
	}
	n := readLibvirt(line, own, e)
	if n == 0 {
		return -1
	}
	return n
}

// readLibvirt reads libvirt's own head at line[at:] and returns where the message
// begins, 0 when it is none. Entries are filled only from the first field on that
// no other format has in this place.
func readLibvirt(line []byte, at int, e *diagnose.Entry) int {
	const stamp = len("2014-01-01 10:00:00.123+0000")
	b := line[at:]
	if b[0]-'0' > 9 || b[4] != '-' || b[10] != ' ' || b[23] != '+' || b[stamp] != ':' || b[stamp+1] != ' ' {
		return 0
	}
	i := stamp + 2
	thread := span{i, digits(b, i)}
	if thread.to == thread.from || !hasPrefix(b[thread.to:], ": ") {
		return 0
	}
	word := span{thread.to + 2, letters(b, thread.to+2)}
	level := libvirtLevel(b[word.from:word.to])
	if level == diagnose.LevelUnknown || !hasPrefix(b[word.to:], " : ") {
		return 0
	}
	t, n := readISO(b)
	if n != stamp {
		return 0
	}
	message, function := libvirtFunction(b, word.to+3)
	if e != nil {
		e.Time = t
		e.Level = level
		e.Thread = thread.of(b)
		e.Logger = function.of(b)
		if e.Process == "" {
			e.Process = "libvirtd"
		}
	}
	return at + message
}

func libvirtLevel(word []byte) diagnose.Level {
	switch string(word) {
	case "debug":
		return diagnose.LevelDebug
	case "info":
		return diagnose.LevelInfo
	case "warning":
		return diagnose.LevelWarn
	case "error":
		return diagnose.LevelError
	}
	return diagnose.LevelUnknown
}

// libvirtFunction reads an optional "virNetDevGetMTU:397 : " at b[at:].
func libvirtFunction(b []byte, at int) (message int, function span) {
	w := word(b, at)
	i := w.to
	for i > w.from && b[i-1]-'0' < 10 {
		i--
	}
	if i == w.to || i-1 <= w.from || b[i-1] != ':' || !hasPrefix(b[w.to:], " : ") {
		return at, span{at, at}
	}
	return w.to + 3, span{w.from, i - 1}
}

func finishLibvirtd(e *diagnose.Entry) {
	e.Trouble = e.Level >= diagnose.LevelError
	instanceNames(e, e.Message)
	addresses(e, e.Message)
}
