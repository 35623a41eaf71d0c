package parser

import (
	"bytes"
	"strings"
	"time"

	"diagnose"
)

// juliFormat reads what Tomcat writes into catalina.out and localhost.log through
// java.util.logging: two lines up to Tomcat 8.0, in the words of the server's
// locale, and one line from then on.
//
//	Mar 3, 2014 1:02:03 PM org.apache.catalina.core.StandardContext start
//	SEVERE: Error listenerStart
//
//	2014-3-3 13:02:03 org.apache.catalina.core.StandardContext start
//	严重: Error listenerStart
//
//	03-Mar-2014 13:02:03.123 SEVERE [main] org.apache.catalina.core.StandardContext.startInternal Error
var juliFormat = Format{
	Name:    "juli",
	Head:    juliHead,
	First:   firstDigits + firstLetters + firstHigh,
	Absorbs: true,
	Finish:  finishJuli,
	Marks:   juliMarks(),
}

func juliMarks() []string {
	marks := []string{" SEVERE [", "严重: Error ", "严重: Exception ", " 심각 [", " 重大 [", " SCHWERWIEGEND [", " GRAVE [m", " GRAVE [h", " GRAVE [l", " GRAVE [C", " 嚴重 ["}
	for c := 'a'; c <= 'z'; c++ {
		marks = append(marks, "SEVERE: "+string(c))
	}
	return marks
}

func juliHead(line []byte, e *diagnose.Entry) int {
	if len(line) < 24 || line[0] < '0' {
		return -1
	}
	if line[2] == '-' {
		return juliOneLine(line, e)
	}
	t, n := juliStamp(line)
	if n == 0 {
		return -1
	}
	class := word(line, n)
	if class.to == len(line) || line[class.to] != ' ' || !isClassName(line[class.from:class.to]) {
		return -1
	}
	method := word(line, class.to+1)
	if method.to == method.from || method.to != len(bytes.TrimRight(line, " \r")) {
		return -1
	}
	if e != nil {
		e.Time = t
		e.Logger = class.of(line)
	}
	return len(line)
}

// juliStamp reads "Mar 3, 2014 1:02:03 PM ", "三月 03, 2014 1:02:03 下午 " (Java 8
// and later in Chinese) or "2014-3-3 13:02:03 " (before) and returns where the
// class begins.
func juliStamp(b []byte) (t time.Time, n int) {
	f := dateFields{b: b}
	var year, month, day int
	if b[0]-'0' < 10 && b[4] == '-' {
		if year, month, day, f.at = dashedDate(b); f.at == 0 {
			return t, 0
		}
	} else {
		if month, f.at = juliMonth(b); month == 0 {
			return t, 0
		}
		from := f.at
		f.at = digits(b, from)
		if f.at-from < 1 || f.at-from > 2 || !hasPrefix(b[f.at:], ", ") {
			return t, 0
		}
		day = smallNumber(b[from:f.at])
		f.at += 2
		year = f.number(4)
	}
	clock, w := shortClock(b[f.at:])
	if w == 0 || year < 1 || !validDay(year, month, day) {
		return t, 0
	}
	f.at += w
	for _, half := range []struct {
		word string
		add  int
	}{{"AM ", 0}, {"PM ", 12}, {"上午 ", 0}, {"下午 ", 12}} {
		if hasPrefix(b[f.at:], half.word) {
			clock.hour = clock.hour%12 + half.add
			f.at += len(half.word)
			break
		}
	}
	return clock.on(year, month, day), f.at
}

// juliMonth reads a month and the blank behind it, in English or Chinese.
func juliMonth(b []byte) (month, n int) {
	if b[3] == ' ' {
		return englishMonth(b), 4
	}
	i := bytes.IndexByte(b[:min(len(b), 12)], ' ')
	if i < 0 {
		return 0, 0
	}
	name, ok := strings.CutSuffix(string(b[:i]), "月")
	if !ok {
		return 0, 0
	}
	if isDigits(name) && len(name) < 3 {
		return smallNumber([]byte(name)), i + 1
	}
	for m, s := range []string{"一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"} {
		if name == s {
			return m + 1, i + 1
		}
	}
	return 0, 0
}

// dashedDate reads "2014-3-3 ".
func dashedDate(b []byte) (year, month, day, n int) {
	m := digits(b, 5)
	if m-5 < 1 || m-5 > 2 || m+1 >= len(b) || b[m] != '-' {
		return 0, 0, 0, 0
	}
	d := digits(b, m+1)
	if d-m-1 < 1 || d-m-1 > 2 || d >= len(b) || b[d] != ' ' {
		return 0, 0, 0, 0
	}
	return digits2(b)*100 + digits2(b[2:]), smallNumber(b[5:m]), smallNumber(b[m+1 : d]), d + 1
}

// shortClock reads "1:02:03 " with an hour of one or two digits.
func shortClock(b []byte) (c timeOfDay, n int) {
	if len(b) > 8 && b[1] == ':' {
		padded := [8]byte{'0'}
		copy(padded[1:], b[:7])
		if c, n = readTimeOfDay(padded[:]); n == 0 || b[7] != ' ' {
			return c, 0
		}
		return c, 8
	}
	if len(b) < 9 || b[8] != ' ' {
		return c, 0
	}
	if c, n = readTimeOfDay(b[:8]); n == 0 {
		return c, 0
	}
	return c, 9
}

func smallNumber(b []byte) int {
	v := 0
	for _, c := range b[:min(len(b), 4)] {
		v = v*10 + int(c-'0')
	}
	return v
}

// isClassName reports whether w is a Java class with its package.
func isClassName(w []byte) bool {
	if bytes.IndexByte(w, '.') <= 0 {
		return false
	}
	for _, c := range w {
		if !isWordByte(c) && c != '.' && c != '$' {
			return false
		}
	}
	return true
}

// juliOneLine reads the layout of Tomcat 8.5 and later.
func juliOneLine(line []byte, e *diagnose.Entry) int {
	month := englishMonth(line[3:])
	if month == 0 || line[6] != '-' || line[11] != ' ' {
		return -1
	}
	clock, n := readTimeOfDay(line[12:])
	at := 12 + n
	day, year := digits2(line), digits2(line[7:])*100+digits2(line[9:])
	if n == 0 || year < 1 || !validDay(year, month, day) || at >= len(line) || line[at] != ' ' {
		return -1
	}
	w := word(line, at+1)
	level, _ := juliLevel(string(line[w.from:w.to]))
	thread := w.to + 2
	if level == diagnose.LevelUnknown || !hasPrefix(line[w.to:], " [") {
		return -1
	}
	closing := bytes.IndexByte(line[thread:min(len(line), thread+maxWord)], ']')
	if closing < 0 || thread+closing+1 >= len(line) {
		return -1
	}
	class := word(line, thread+closing+2)
	if !isClassName(line[min(class.from, len(line)):class.to]) {
		return -1
	}
	if e != nil {
		e.Time = clock.on(year, month, day)
		e.Level = level
		e.Thread = string(line[thread : thread+closing])
		e.Logger = class.of(line)
	}
	return min(len(line), class.to+1)
}

// juliLevel knows the names of levels in English and in the languages that Java has them in
// (sun/util/logging/resources/logging_*.properties of JDK 8 and 17; the spelling of some
// changed between them).
func juliLevel(name string) (diagnose.Level, bool) {
	switch name {
	case "严重", "嚴重", "嚴重的", "심각", "重大", "致命的", "SCHWERWIEGEND", "Schwerwiegend", "GRAVE", "Grave":
		return diagnose.LevelError, true
	case "警告", "경고", "WARNUNG", "Warnung", "AVERTISSEMENT", "Avertissement", "ADVERTENCIA", "Advertencia", "AVVERTENZA", "Avvertenza", "ADVERTÊNCIA", "Advertência":
		return diagnose.LevelWarn, true
	case "信息", "資訊", "정보", "情報", "INFORMATION", "Information", "INFORMATIONEN", "INFOS", "Infos", "INFORMACIÓN", "Información", "INFORMAZIONI", "Informazioni", "INFORMAÇÕES", "Informações":
		return diagnose.LevelInfo, true
	case "配置", "详细", "組態", "詳細", "구성", "미세", "構成", "普通", "KONFIGURATION", "Konfiguration", "FEIN", "CONFIGURACIÓN", "CONFIGURAZIONE", "PRECIS", "DETALLADO", "BUONO":
		return diagnose.LevelDebug, true
	case "较详细", "非常详细", "最も詳細", "FEINER", "AM FEINSTEN":
		return diagnose.LevelTrace, true
	case "SEVERE", "WARNING", "INFO", "CONFIG", "FINE", "FINER", "FINEST":
		return diagnose.ParseLevel(name), true
	}
	return diagnose.LevelUnknown, false
}

// isJuliSecond reports whether a line may be the second of the two.
func isJuliSecond(line []byte) bool {
	name, _, found := bytes.Cut(line[:min(len(line), maxJuliLevel)], []byte(": "))
	if !found {
		return false
	}
	_, known := juliLevel(string(name))
	return known
}

// maxJuliLevel is longer than the names of levels with what ends them.
const maxJuliLevel = 20

// finishJuli moves the level out of the second line of the two.
func finishJuli(e *diagnose.Entry) {
	if e.Level == diagnose.LevelUnknown {
		second := strings.TrimPrefix(e.Message, "\n")
		if name, text, ok := strings.Cut(second[:min(len(second), 32)], ": "); ok {
			if level, ok := juliLevel(name); ok {
				e.Level = level
				e.Message = text + second[min(len(second), 32):]
			}
		}
	}
	e.Trouble = e.Level >= diagnose.LevelError || e.Level >= diagnose.LevelWarn && namesException(e.Message)
	addresses(e, e.Message)
}
