package follow

import (
	"cmp"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rotated is the end that rotation gives to a name: logrotate's numbers and
// `dateext`, the dates of log4j, logback and the kubelet. What compressed the file
// comes last.
var rotated = regexp.MustCompile(`(?:\.(\d{1,5})|[.-](\d{4}-?\d{2}-?\d{2})(?:[-_.T]?(\d{1,10}))?|(\.old|\.bak|\.prev(?:ious)?))?(\.gz)?$`)

// dated is a name with the date before its extension, as log4j's
// `app-%d{yyyy-MM-dd}.log` and logrotate's `extension` give it.
var dated = regexp.MustCompile(`^(.+?)[._-](\d{4}-?\d{2}-?\d{2})(?:[-_.T](\d{1,10}))?(\.[A-Za-z]{1,5}?)(\.gz)?$`)

// generation is what a rotated name says of its place in the order.
type generation struct {
	number int       // .1 is younger than .2; 0 where there is none
	date   time.Time // zero where there is none
	sub    int       // behind the date
}

// baseName returns the name that a file had before it was rotated, and its place
// in the order; ok is false for a name that shows no rotation.
func baseName(name string) (base string, g generation, ok bool) {
	if m := dated.FindStringSubmatch(name); m != nil && m[4] != ".gz" {
		g, ok = generationOf("", m[2], m[3])
		return m[1] + m[4], g, ok
	}
	m := rotated.FindStringSubmatch(name)
	if m == nil || m[0] == "" || m[0] == name {
		return name, g, false
	}
	g, ok = generationOf(m[1], m[2], m[3])
	return strings.TrimSuffix(name, m[0]), g, ok
}

func generationOf(number, date, sub string) (g generation, ok bool) {
	g.number, _ = strconv.Atoi(number)
	if date != "" {
		day, err := time.Parse("20060102", strings.ReplaceAll(date, "-", ""))
		if err != nil {
			return generation{}, false
		}
		g.date = day
		g.sub, _ = strconv.Atoi(sub)
	}
	return g, true
}

// relative is a file of the same log as a stream: the stream's own path or a
// rotated one.
type relative struct {
	path    string
	gen     generation
	current bool
	info    fileInfo
}

// family returns the files of a log in a directory listing, oldest first: higher
// numbers before lower, earlier dates before later, the current file last. Where
// names do not decide, time stamps do. A compressed file does not count while the
// one that it is made of is still there.
func family(path string, names []string, stat func(string) (fileInfo, error)) []relative {
	dir, base := filepath.Split(path)
	var out []relative
	for _, name := range names {
		r := relative{path: dir + name, current: name == base}
		if !r.current {
			b, g, ok := baseName(name)
			if !ok || b != base || isPacked(name) && slices.Contains(names, strings.TrimSuffix(name, ".gz")) {
				continue
			}
			r.gen = g
		}
		info, err := stat(r.path)
		if err != nil || !info.regular {
			continue
		}
		r.info = info
		out = append(out, r)
	}
	slices.SortStableFunc(out, older)
	return out
}

func older(a, b relative) int {
	switch {
	case a.current != b.current:
		if a.current {
			return 1
		}
		return -1
	case a.gen.number != 0 && b.gen.number != 0:
		return cmp.Or(cmp.Compare(b.gen.number, a.gen.number), cmp.Compare(a.path, b.path))
	case !a.gen.date.IsZero() && !b.gen.date.IsZero():
		return cmp.Or(a.gen.date.Compare(b.gen.date), cmp.Compare(a.gen.sub, b.gen.sub), cmp.Compare(a.path, b.path))
	}
	return cmp.Or(a.info.modTime.Compare(b.info.modTime), cmp.Compare(a.path, b.path))
}
