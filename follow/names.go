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
// `dateext`, log4j's and logback's dates, multilog's and svlogd's are left out.
// What compressed the file comes last.
var rotated = regexp.MustCompile(`(?:\.(\d{1,5})|[.-](\d{4}-?\d{2}-?\d{2})(?:[-_.T]?(\d{1,10}))?|(\.old|\.bak|\.prev(?:ious)?))?(\.gz)?$`)

// generation is what a rotated name says of its place in the order.
type generation struct {
	number int       // .1 is younger than .2; 0 where there is none
	date   time.Time // zero where there is none
	sub    int       // behind the date
}

// baseName returns the name that a file had before it was rotated, and its place
// in the order; ok is false for a name that shows no rotation.
func baseName(name string) (base string, g generation, ok bool) {
	m := rotated.FindStringSubmatchIndex(name)
	if m == nil || m[0] == len(name) || m[0] == 0 {
		return name, g, false
	}
	part := func(i int) string {
		if m[2*i] < 0 {
			return ""
		}
		return name[m[2*i]:m[2*i+1]]
	}
	g.number, _ = strconv.Atoi(part(1))
	if d := strings.ReplaceAll(part(2), "-", ""); d != "" {
		date, err := time.Parse("20060102", d)
		if err != nil {
			return name, generation{}, false
		}
		g.date = date
		g.sub, _ = strconv.Atoi(part(3))
	}
	return name[:m[0]], g, true
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
// names do not decide, time stamps do.
func family(path string, names []string, stat func(string) (fileInfo, bool)) []relative {
	dir, base := filepath.Split(path)
	var out []relative
	for _, name := range names {
		r := relative{path: dir + name}
		switch b, g, ok := baseName(name); {
		case name == base:
			r.current = true
		case ok && b == base:
			r.gen = g
		default:
			continue
		}
		info, ok := stat(r.path)
		if !ok {
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
