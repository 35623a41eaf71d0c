package parser

import "strings"

// openYAML reads a result as Ansible's yaml callback prints it: below a head that
// ends in "=>", or "=> changed=true", members of a mapping, indented.
//
//	fatal: [web1]: FAILED! => changed=true
//	  msg: non-zero return code
//	  stderr: |-
//	    curl: (6) Could not resolve host: x
//
// It reports whether the message is one. Of YAML it knows what that callback
// writes: mappings, lists, plain, quoted and block scalars.
func (o *opener) openYAML(l layer) bool {
	head, rest, ok := strings.Cut(l.text, "\n")
	_, after, arrow := strings.Cut(head, "=>")
	after = strings.TrimSpace(after)
	if !ok || !arrow || after != "" && !strings.HasPrefix(after, "changed=") {
		return false
	}
	first, _, _ := strings.Cut(rest, "\n")
	if key, _, ok := yamlMember(strings.TrimLeft(first, " ")); !ok || key == "" || first[0] != ' ' {
		return false
	}
	y := yamlReader{opener: o, layer: l, at: len(head) + 1}
	y.read()
	return true
}

// yamlReader walks the lines of a mapping.
type yamlReader struct {
	*opener
	layer
	at   int // where the next line begins
	path []yamlLevel
}

// yamlLevel is a key or list item that lines further in belong to.
type yamlLevel struct {
	indent int
	key    string // empty for an item
	n      int    // number of the item
	mute   bool
}

func (y *yamlReader) read() {
	for y.at < len(y.text) {
		from := y.at
		line := y.nextLine()
		indent := len(line) - len(strings.TrimLeft(line, " "))
		if indent == len(line) || indent == 0 {
			continue
		}
		y.member(line, from, indent)
	}
}

func (y *yamlReader) nextLine() string {
	line, _, _ := strings.Cut(y.text[y.at:], "\n")
	y.at = min(len(y.text), y.at+len(line)+1)
	return strings.TrimRight(line, "\r")
}

// member reads "key: value" and "- value", which begin a line or follow "- ".
func (y *yamlReader) member(line string, from, indent int) {
	for strings.HasPrefix(line[indent:], "- ") {
		y.item(indent)
		indent += 2
	}
	key, value, ok := yamlMember(line[indent:])
	if !ok {
		y.scalar(line[indent:], from+indent, indent)
		return
	}
	y.leave(indent, false)
	y.enter(yamlLevel{indent: indent, key: key, mute: saysNothing(key)})
	y.scalar(value, from+len(line)-len(value), indent)
}

// item goes on to the next item of the list whose dash stands at indent.
func (y *yamlReader) item(indent int) {
	n := 0
	y.leave(indent, true)
	if top := len(y.path) - 1; top >= 0 && y.path[top].indent == indent && y.path[top].key == "" {
		n = y.path[top].n + 1
		y.path = y.path[:top]
	}
	y.enter(yamlLevel{indent: indent, n: n})
}

// leave drops what lines at indent no longer belong to. A list may stand as far in
// as its key.
func (y *yamlReader) leave(indent int, list bool) {
	for n := len(y.path); n > 0; n-- {
		top := y.path[n-1]
		if top.indent < indent || list && top.indent == indent {
			return
		}
		y.path = y.path[:n-1]
	}
}

func (y *yamlReader) enter(level yamlLevel) {
	if n := len(y.path); n > 0 {
		level.mute = level.mute || y.path[n-1].mute
	}
	if len(y.path) < maxJSON {
		y.path = append(y.path, level)
	}
}

// scalar adds the value that begins at a place.
func (y *yamlReader) scalar(value string, from, indent int) {
	value = strings.TrimSpace(value)
	if value == "" {
		return
	}
	switch value[0] {
	case '|', '>':
		if len(value) <= 3 {
			y.block(indent)
			return
		}
	case '\'', '"':
		y.quotedScalar(value, from, indent)
		return
	}
	value += y.folded(indent)
	y.value(value, from)
}

// block joins the lines that stand further in than the key.
func (y *yamlReader) block(indent int) {
	from := y.at
	var lines []string
	margin := -1
	for y.at < len(y.text) {
		at := y.at
		line := y.nextLine()
		blanks := len(line) - len(strings.TrimLeft(line, " "))
		if blanks <= indent && blanks < len(line) {
			y.at = at
			break
		}
		if margin < 0 {
			margin = blanks
		}
		lines = append(lines, line[min(len(line), margin, blanks):])
	}
	y.value(strings.TrimSpace(strings.Join(lines, "\n")), from)
}

// folded joins the lines that go on with a plain or quoted scalar.
func (y *yamlReader) folded(indent int) string {
	var b strings.Builder
	for y.at < len(y.text) {
		at := y.at
		line := y.nextLine()
		text := strings.TrimLeft(line, " ")
		_, _, member := yamlMember(text)
		if len(line)-len(text) <= indent || text == "" || member || strings.HasPrefix(text, "- ") {
			y.at = at
			break
		}
		b.WriteByte(' ')
		b.WriteString(text)
	}
	return b.String()
}

func (y *yamlReader) quotedScalar(value string, from, indent int) {
	quote := value[:1]
	var b strings.Builder
	b.WriteString(value[1:])
	for last := value[1:]; !strings.HasSuffix(last, quote); {
		if last = y.quotedLine(indent); last == "" {
			break
		}
		b.WriteByte(' ')
		b.WriteString(last)
	}
	value = strings.TrimSuffix(b.String(), quote)
	if quote == `"` {
		value = unescape(value)
	} else {
		value = strings.ReplaceAll(value, "''", "'")
	}
	y.value(value, from)
}

// quotedLine is the next line of a quoted scalar, empty at its end.
func (y *yamlReader) quotedLine(indent int) string {
	at := y.at
	line := y.nextLine()
	text := strings.TrimSpace(line)
	if len(line)-len(strings.TrimLeft(line, " ")) <= indent {
		y.at = at
		return ""
	}
	return text
}

func (y *yamlReader) value(text string, from int) {
	if n := len(y.path); n > 0 && y.path[n-1].mute || len(text) < minInner {
		return
	}
	stack := make([]frame, 0, len(y.path))
	for _, level := range y.path {
		stack = append(stack, frame{array: level.key == "", n: level.n, key: level.key})
	}
	y.add(y.layer, documentPath(stack), text, from, y.at)
}

// yamlMember reads "key: value" or "key:".
func yamlMember(text string) (key, value string, ok bool) {
	n := 0
	for n < len(text) && n < maxKey && (isASCIIWord(text[n]) || text[n] == '-' || text[n] == '.') {
		n++
	}
	if n == 0 || n == len(text) || text[n] != ':' || n+1 < len(text) && text[n+1] != ' ' {
		return "", "", false
	}
	return text[:n], strings.TrimLeft(text[n+1:], " "), true
}
