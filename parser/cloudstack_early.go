package parser

import (
	"strings"
	"time"

	"diagnose"
)

// earlyConfigFormat reads what cloud-early-config and its scripts write into
// /var/log/cloud.log of a system VM: the output of date, then the message. date
// prints differently by locale and release, and systemd's journal has the same
// lines under the program's name:
//
//	Thu Jul 24 04:11:08 UTC 2014 Executing cloud-early-config
//	Sun 23 May 2021 03:17:36 PM UTC Executing cloud-early-config
//	Jun 24 16:52:17 v-35-VM cloud-early-config[268]: Executing cloud-early-config.
var earlyConfigFormat = Format{
	Name:   "cloudstack-early",
	Head:   earlyConfigHead,
	First:  firstCapitals,
	Finish: finishEarlyConfig,
}

func earlyConfigHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 28 || line[0]-'A' > 25 {
		return -1
	}
	if isWeekday(line) {
		t, n := readDate(line)
		if n == 0 {
			return -1
		}
		if e != nil {
			e.Time = t
		}
		return n
	}
	if !beginsStamp(line) || !contains(line, "cloud-early-config") {
		return -1
	}
	var p syslogPrefix
	own := readLinePrefix(line, &p)
	if own == 0 || string(p.process) != "cloud-early-config" {
		return -1
	}
	if e != nil {
		p.fill(e)
	}
	return own
}

func isWeekday(b []byte) bool {
	if b[3] != ' ' {
		return false
	}
	switch string(b[:3]) {
	case "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun":
		return true
	}
	return false
}

// readDate reads the output of date(1) in the C, POSIX and en_US locales and one
// blank behind it. A zone by name is taken for UTC, which system VMs run in.
func readDate(b []byte) (t time.Time, n int) {
	f := dateFields{b: b, at: skipBlanks(b, 4)}
	day := f.number(2)
	month := englishMonth(b[min(f.at, len(b)):])
	if month == 0 {
		return t, 0
	}
	f.at = skipBlanks(b, f.at+3)
	if day < 0 {
		day = f.number(2)
	}
	year := f.number(4)
	clock, w := readTimeOfDay(b[min(f.at, len(b)):])
	if w == 0 {
		return t, 0
	}
	f.at = skipBlanks(b, f.at+w)
	clock.hour = f.meridiem(clock.hour)
	f.zone()
	if year < 0 {
		year = f.number(4)
	}
	if year < 1970 || !validDay(year, month, day) {
		return t, 0
	}
	return clock.on(year, month, day), f.at
}

// dateFields reads the words of a date one after another.
type dateFields struct {
	b  []byte
	at int
}

// number reads a number of at most width digits and the blanks behind it, -1 when
// the next word is none.
func (f *dateFields) number(width int) int {
	v, n := 0, 0
	for f.at+n < len(f.b) && f.b[f.at+n]-'0' < 10 {
		v = v*10 + int(f.b[f.at+n]-'0')
		if n++; n > width {
			return -1
		}
	}
	if n == 0 || f.at+n < len(f.b) && !isBlank(f.b[f.at+n]) {
		return -1
	}
	f.at += n
	if f.at < len(f.b) {
		f.at++
	}
	return v
}

func (f *dateFields) meridiem(hour int) int {
	rest := f.b[f.at:]
	if !hasPrefix(rest, "AM ") && !hasPrefix(rest, "PM ") {
		return hour
	}
	f.at += 3
	hour %= 12
	if rest[0] == 'P' {
		hour += 12
	}
	return hour
}

// zone skips UTC, CEST or +0800 and one blank.
func (f *dateFields) zone() {
	i := f.at
	for i < len(f.b) && i-f.at < 5 && (f.b[i]-'A' < 26 || i > f.at && f.b[i]-'0' < 10 || f.b[i] == '+' || f.b[i] == '-') {
		i++
	}
	if i-f.at < 3 {
		return
	}
	if i < len(f.b) && f.b[i] == ' ' {
		i++
	} else if i < len(f.b) {
		return
	}
	f.at = i
}

func finishEarlyConfig(e *diagnose.Entry) {
	instanceNames(e, e.Host)
	instanceNames(e, e.Message)
	addresses(e, e.Message)
}

// systemVMFormat reads the lines of the Python scripts in a system VM (CsHelper.py
// and its kin, from 4.6 on), in the same /var/log/cloud.log:
//
//	2018-05-03 12:00:00,123  CsHelper.py execute:184 Executing: iptables-save
//	2018-05-03 12:00:00,123 CsHelper.py execute:184 Executing: iptables-save
var systemVMFormat = Format{
	Name:    "cloudstack-systemvm",
	Head:    systemVMHead,
	First:   firstDigits,
	Fifth:   "-",
	Absorbs: true,
	Finish:  finishSystemVM,
}

func systemVMHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 30 || line[0]-'0' > 9 || line[4] != '-' || line[23] != ' ' {
		return -1
	}
	at := skipBlanks(line, 23)
	file := word(line, at)
	if file.to-file.from < 4 || string(line[file.to-3:file.to]) != ".py" || file.to == len(line) {
		return -1
	}
	function := word(line, file.to+1)
	i := function.to
	for i > function.from && line[i-1]-'0' < 10 {
		i--
	}
	if i == function.to || i-1 <= function.from || line[i-1] != ':' {
		return -1
	}
	t, n := readISO(line)
	if n != 23 {
		return -1
	}
	if e != nil {
		e.Time = t
		e.Process = file.of(line)
		e.Logger = span{function.from, i - 1}.of(line)
	}
	if function.to < len(line) {
		return function.to + 1
	}
	return function.to
}

// finishSystemVM finds trouble where the scripts report it: they log a failed
// command as "Command 'ip ...' returned non-zero exit status 1", and a traceback.
func finishSystemVM(e *diagnose.Entry) {
	e.Trouble = strings.Contains(e.Message, "returned non-zero exit status") ||
		strings.Contains(e.Message, "Traceback (most recent call last)")
	instanceNames(e, e.Message)
	addresses(e, e.Message)
}
