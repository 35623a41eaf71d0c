package parser

import (
	"bytes"
	"go/scanner"
	"go/token"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// firstOfAll asks every format, as the dispatch must not be seen to do.
func firstOfAll(formats []Format, line []byte) (i, message int) {
	for i := range formats {
		if n := formats[i].Head(line, nil); n >= 0 {
			return i, n
		}
	}
	return -1, -1
}

// sampleLines are lines of every format: those of the tests here and of all cases.
func sampleLines(t testing.TB) [][]byte {
	var lines [][]byte
	for _, line := range lineKinds {
		lines = append(lines, bytes.Split([]byte(line), []byte("\n"))...)
	}
	for _, text := range speedLogs() {
		lines = append(lines, bytes.SplitN(text, []byte("\n"), 5)[:4]...)
	}
	for _, pattern := range []string{"*_test.go", "testdata/*/*", "../testdata/cases/*/*"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files, %v", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				continue
			}
			if filepath.Ext(file) == ".go" {
				text = quotedIn(text)
			}
			lines = append(lines, bytes.Split(bytes.ReplaceAll(text, []byte("\r"), nil), []byte("\n"))...)
		}
	}
	return lines
}

// quotedIn returns the strings of Go source, one below the other.
func quotedIn(source []byte) []byte {
	var text []byte
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(source)), source, nil, 0)
	for {
		_, tok, literal := s.Scan()
		if tok == token.EOF {
			return text
		}
		if tok == token.STRING {
			if line, err := strconv.Unquote(literal); err == nil {
				text = append(append(text, line...), '\n')
			}
		}
	}
}

// TestDispatch wants what trying all formats gives, for lines of all logs here, whole,
// behind prefixes of one another and with bytes changed.
func TestDispatch(t *testing.T) {
	p := New()
	taken := map[int]bool{}
	check := func(line []byte) {
		t.Helper()
		i, n := p.head(line, nil)
		wantI, wantN := firstOfAll(p.formats, line)
		if i != wantI || n != wantN {
			t.Fatalf("%q: format %d, message at %d; all formats in turn give %d, %d", line, i, n, wantI, wantN)
		}
		taken[i] = true
	}
	lines := sampleLines(t)
	random := rand.New(rand.NewPCG(1, 2))
	bytesOf := []byte(" -/.:,[]<>{}0123459TAWIZ\t\xe6\x9c\x88")
	for _, line := range lines {
		check(line)
		for range 3 {
			changed := bytes.Clone(line)
			if len(changed) > 0 {
				changed[random.IntN(min(len(changed), 12))] = bytesOf[random.IntN(len(bytesOf))]
				check(changed)
				check(changed[random.IntN(min(len(changed), 40)):])
			}
		}
	}
	for i := range p.formats {
		if !taken[i] {
			t.Errorf("no line here is of the format %s", p.formats[i].Name)
		}
	}
}
