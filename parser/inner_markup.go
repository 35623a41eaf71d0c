package parser

import (
	"html"
	"strings"
)

// tagged are the elements whose text says what went wrong: of error pages (nginx,
// Apache, Tomcat, Squid), of the errors of S3, SOAP and CloudStack in XML.
var tagged = map[string]bool{
	"title": true, "TITLE": true, "h1": true, "H1": true, "h2": true, "H2": true, "p": true, "pre": true,
	"Code": true, "Message": true, "Details": true, "code": true, "message": true, "error": true, "reason": true, "details": true,
	"description": true, "errorMessage": true, "errortext": true, "displaytext": true, "faultstring": true, "exception": true,
}

// maxTag bounds a tag with its attributes, in bytes.
const maxTag = 256

// markup opens the element that begins at a place and returns where it ends, 0 when
// it is none whose text is wanted.
func (s *scan) markup(at int) int {
	head := s.text[at+1 : min(len(s.text), at+maxTag)]
	if strings.HasPrefix(head, clixmlString) {
		return s.clixmlStrings(at)
	}
	n := 0
	for n < len(head) && (head[n]|0x20-'a' < 26 || head[n]-'0' < 10) {
		n++
	}
	name := head[:n]
	if !tagged[name] {
		return 0
	}
	open := strings.IndexByte(head[n:], '>')
	if open < 0 || open > 0 && head[n] != ' ' || open > 0 && head[n+open-1] == '/' {
		return 0
	}
	from := at + 1 + n + open + 1
	end := s.closing(from, "</"+name+">")
	if end < 0 {
		return 0
	}
	if text := plainText(s.text[from:end]); text != "" {
		s.add(s.layer, "<"+name+">", text, from, end)
	}
	return end + len(name) + 3
}

// closing returns where mark stands behind a place, -1 when it does not.
func (s *scan) closing(from int, mark string) int {
	if s.unclosed[mark] {
		return -1
	}
	i := strings.Index(s.text[from:], mark)
	if i < 0 {
		if s.unclosed == nil {
			s.unclosed = map[string]bool{}
		}
		s.unclosed[mark] = true
		return -1
	}
	return from + i
}

// plainText is what a browser shows of an element: without tags and references.
func plainText(text string) string {
	if strings.IndexByte(text, '<') >= 0 {
		var b strings.Builder
		for text != "" {
			before, rest, tag := strings.Cut(text, "<")
			b.WriteString(before)
			if !tag {
				break
			}
			_, after, closed := strings.Cut(rest, ">")
			if !closed {
				b.WriteByte('<')
				b.WriteString(rest)
				break
			}
			if text = after; !strings.HasSuffix(before, " ") && !strings.HasPrefix(after, " ") {
				b.WriteByte(' ')
			}
		}
		text = b.String()
	}
	return strings.TrimSpace(html.UnescapeString(text))
}

// PowerShell writes what is no output as CLIXML when its stderr is no console:
// [MS-PSRP] 2.2.5. A string is cut into one element for each line.
const (
	clixmlMark   = "#< CLIXML"
	clixmlString = `S S="`
)

// clixml steps over the mark; the elements below it are opened as they come.
func (s *scan) clixml(at int) int { return at + len(clixmlMark) }

// clixmlStrings joins the strings of one PowerShell stream that follow one another
// and returns where they end.
func (s *scan) clixmlStrings(at int) int {
	const open, end = "<" + clixmlString, "</S>"
	kind, _, ok := strings.Cut(s.text[at+len(open):min(len(s.text), at+maxTag)], `">`)
	if !ok {
		return 0
	}
	head := open + kind + `">`
	var b strings.Builder
	to := at
	for strings.HasPrefix(s.text[to:], head) {
		from := to + len(head)
		close := s.closing(from, end)
		if close < 0 { // cut off
			b.WriteString(s.text[from:])
			to = len(s.text)
			break
		}
		b.WriteString(s.text[from:close])
		to = close + len(end)
	}
	text := strings.TrimRight(unescapeXML(html.UnescapeString(b.String())), "\n")
	s.add(s.layer, "CLIXML "+shortKey(kind), text, at, to)
	return to
}

// unescapeXML undoes _x000D__x000A_, as .NET writes what XML cannot hold; the end of
// a line of Windows becomes one of a log.
func unescapeXML(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	var b strings.Builder
	for {
		i := strings.Index(text, "_x")
		if i < 0 {
			b.WriteString(text)
			break
		}
		b.WriteString(text[:i])
		text = text[i:]
		if len(text) >= 7 && text[6] == '_' {
			if r, ok := hex4(text[2:]); ok {
				if r != '\r' {
					b.WriteRune(r)
				}
				text = text[7:]
				continue
			}
		}
		b.WriteString("_x")
		text = text[2:]
	}
	return b.String()
}
