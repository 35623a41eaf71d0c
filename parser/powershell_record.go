package parser

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"diagnose"
)

// What a program writes to stderr, PowerShell 5 makes an error of when it is redirected:
// its first line stands behind the program's name, cut at the width of the window, and a
// record of where the program was called below it, though all may be well:
//
//	git : fatal: unable to access 'https://h/': Failed to connect to h port 44
//	3 after 21056 ms: Couldn't connect to server
//	At line:1 char:1
//	+ git push origin main
//	+ ~~~~~~~~~~~~~~~~~~~~
//	    + CategoryInfo          : NotSpecified: (fatal: unable t...t to server:String) [], RemoteException
//	    + FullyQualifiedErrorId : NativeCommandError
//
// Errors of PowerShell's own look alike, but for the last lines.
const (
	recordMark = "+ CategoryInfo"
	recordLast = "+ FullyQualified" // ErrorId; in a narrow window it stands in the next line
)

// recordReach is how far below its first line a record's category may stand.
const recordReach = 2 << 10

// nativeName returns the length of the program's name that a record's first line begins
// with, 0 when it begins with none.
func nativeName(line []byte) int {
	near := line[:min(len(line), maxCommand)]
	at := bytes.IndexByte(near, ' ')
	if at > 1 && at+3 < len(near) && hasPrefix(near[at:], " : ") && isNativeName(near[:at]) {
		return at
	}
	if len(near) < 8 || near[1] != ':' || near[2] != '\\' {
		return 0
	}
	// A path may hold blanks.
	if at = bytes.Index(near, []byte(".exe : ")); at > 0 {
		return at + len(".exe")
	}
	return 0
}

func isNativeName(name []byte) bool {
	for _, c := range name {
		if !isASCIIWord(c) && strings.IndexByte(`.-+\/:`, c) < 0 {
			return false
		}
	}
	return name[len(name)-1] != ':'
}

func isNativeRecord(line []byte) bool { return nativeName(line) > 0 }

// recordPlaces begin the line that names the place of an error, in the languages of
// Windows.
var recordPlaces = newStarts("At ", "所在位置 ", "位於 ", "発生場所 ", "In Zeile:", "Au caractère ", "En línea:", "No linha:", "In riga:", "строка:")

// isRecordPlace knows "At line:1 char:1", and the lines below that begin with a plus.
func isRecordPlace(line []byte) bool {
	line = bytes.Trim(line, " \t\r")
	if line[0] == '+' {
		return len(line) > 1 && line[1] == ' '
	}
	return line[len(line)-1]-'0' <= 9 && recordPlaces.match(line) && bytes.IndexByte(line, ':') > 0
}

func isRecordEnd(line []byte) bool { return hasPrefix(bytes.TrimLeft(line, " \t"), recordLast) }

// lookAtRecord settles what can be a line of a record and of much else: a name and a
// colon begin one where its category stands below; a statement that was called, which looks
// as what a shell traces, is one below the place of an error.
func (f *Finder) lookAtRecord(line *lineInfo, inner []byte) {
	if line.shapes&shRecord != 0 {
		below := f.w.Text[line.end:min(len(f.w.Text), line.end+recordReach)]
		if !bytes.Contains(below, []byte(recordMark)) {
			line.shapes &^= shRecord
		}
		return
	}
	if line.kind != hardHead || !hasPrefix(inner, "+ ") || line.start == 0 {
		return
	}
	start := f.w.lineStart(line.start - 1)
	above := peel(trimLineEnd(f.w.Text[start:line.start]))
	if text := above.inner; len(text) > 0 && text[0] != '+' && text[0] > ' ' && isRecordPlace(text) {
		line.kind, line.shapes = plainLine, shText|shContinues|shRecordPlace
	}
}

// readRecord reads an entry that is such a record: the message becomes what the program
// wrote, in one line. Lines that are put together or left out remain as empty ones, so that
// those below keep their numbers.
func readRecord(e *diagnose.Entry) (record bool) {
	if !strings.Contains(e.Message, "\n") || !strings.Contains(e.Message, recordMark) {
		return false
	}
	n := nativeName([]byte(e.Message[:min(len(e.Message), maxCommand)]))
	if n == 0 {
		return false
	}
	lines := strings.Split(e.Message, "\n")
	place, end := recordBounds(lines)
	if place == 0 {
		return false
	}
	e.Process = programName(e.Message[:n])
	if !ofNative(lines[place:end]) {
		e.Level = diagnose.LevelError // PowerShell's own
		return false
	}
	text := joinPieces(lines[:place])[n+len(" : "):]
	lines[0] = strings.TrimRight(text, " \r")
	for i := 1; i < end; i++ {
		lines[i] = ""
	}
	e.Message = strings.TrimRight(strings.Join(lines, "\n"), "\n \r")
	return true
}

// recordBounds returns which of the lines names the place, 0 when none does, and the first
// behind the record.
func recordBounds(lines []string) (place, end int) {
	for i, line := range lines {
		switch {
		case i == 0 || strings.TrimSpace(line) == "":
		case place == 0 && line[0] != '+' && line[0] > ' ' && isRecordPlace([]byte(line)):
			place = i
		case isRecordEnd([]byte(line)):
			for end = i + 1; end < len(lines) && end-i <= maxIDPieces && !ofNative(lines[i:end]); {
				end++
			}
			if !ofNative(lines[i:end]) {
				end = i + 1
			}
			return place, end
		}
	}
	return place, len(lines)
}

// maxIDPieces is how many lines more a window of the least width makes of the last line.
const maxIDPieces = 3

// ofNative reports whether the lines of a record are of a program's stderr.
func ofNative(lines []string) bool {
	text := strings.Join(strings.Fields(strings.Join(lines, "")), "")
	return strings.Contains(text, "NativeCommandError") || strings.Contains(text, "RemoteException")
}

// joinPieces puts the pieces of a line together. A window breaks it behind a blank, which
// editors take away, or cuts it where it is full.
func joinPieces(pieces []string) string {
	var b strings.Builder
	for i, piece := range pieces {
		piece = strings.TrimRight(piece, "\r")
		if i > 0 && piece != "" && !strings.HasSuffix(b.String(), " ") && piece[0] != ' ' && !fullWidths[utf8.RuneCountInString(pieces[i-1])] {
			b.WriteByte(' ')
		}
		b.WriteString(piece)
	}
	return b.String()
}

// fullWidths are the columns that windows of the usual widths fill.
var fullWidths = map[int]bool{79: true, 80: true, 99: true, 100: true, 119: true, 120: true}

// programName is a program's name without its folder and ".exe".
func programName(path string) string {
	path = path[strings.LastIndexAny(path, `\/`)+1:]
	return strings.TrimSuffix(path, ".exe")
}

// recordComplains reports whether what a program wrote to stderr sounds like an error.
// Much of what stands there is progress.
func recordComplains(message string) bool {
	line := strings.ToLower(diagnose.FirstLine(message))
	for _, word := range [...]string{"warn", "0 errors", "no error"} {
		if strings.Contains(line, word) {
			return false
		}
	}
	for _, word := range [...]string{"error", "fatal", "failed", "failure", "cannot ", "can't ", "could not ", "couldn't ", "unable to ", "not found",
		"denied", "refused", "timed out", "exception", "no such ", "错误", "失败", "无法"} {
		if strings.Contains(line, word) {
			return true
		}
	}
	return false
}
