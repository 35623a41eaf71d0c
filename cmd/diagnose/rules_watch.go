package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"diagnose"
	"diagnose/follow"
	"diagnose/rules"
)

// How changes of rule files are waited for.
const (
	watchPoll   = 2 * time.Second       // looked for without being told
	watchSettle = 80 * time.Millisecond // nothing more is written for so long
	watchMost   = 3 * time.Second       // waited for that, at most
)

// watchTests runs the examples of rules in directories, then those of the files
// that change, and those that did not hold last time.
func (o *rulesOptions) watchTests(ctx context.Context, std stdio, names []string) int {
	if len(o.rules) == 0 {
		return std.usage("rules", errors.New("--watch needs --rules DIR: the rules that are built in do not change"))
	}
	for _, dir := range o.rules {
		if err := usableDir(dir); err != nil {
			return std.fail("--rules %s: %v", dir, err)
		}
	}
	embedded, _ := rules.Shipped(cacheDir(std))
	w := &testWatch{std: std, dirs: o.rules, names: names, embedded: embedded, failing: map[string]bool{}}
	tree := follow.WatchTree(w.dirs)
	defer tree.Close()
	w.files = ruleFiles(w.dirs)
	w.run(ctx, nil)
	for {
		fmt.Fprintln(std.out, "waiting for changes; Ctrl-C ends")
		changed, err := w.wait(ctx, tree)
		if err != nil {
			return 0
		}
		w.run(ctx, changed)
	}
}

// testWatch is what a watch over rule files knows.
type testWatch struct {
	std      stdio
	dirs     []string
	names    []string // ids and globs; none are all
	embedded []*rules.Rule
	files    map[string]string // path -> what changes when it is written
	failing  map[string]bool   // rules of which an example did not hold
}

// ruleFiles lists the rule files of directories with their sizes and time stamps.
func ruleFiles(dirs []string) map[string]string {
	out := map[string]string{}
	for _, dir := range dirs {
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, ".yaml") {
				if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
					out[path] = fmt.Sprintf("%d %d", info.Size(), info.ModTime().UnixNano())
				}
			}
			return nil // a directory that is away for a moment comes back
		})
	}
	return out
}

// wait returns the files that changed, once nothing more is written. Editors write
// a new file and rename it over the old one, or empty it first: what there is in
// between is not looked at.
func (w *testWatch) wait(ctx context.Context, tree *follow.Tree) (changed []string, err error) {
	for {
		if err := tree.Wait(ctx, watchPoll); err != nil {
			return nil, err
		}
		now := ruleFiles(w.dirs)
		if maps.Equal(now, w.files) {
			continue
		}
		for began := time.Now(); time.Since(began) < watchMost; {
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(watchSettle):
			}
			next := ruleFiles(w.dirs)
			if maps.Equal(next, now) {
				break
			}
			now = next
		}
		if changed = changedFiles(w.files, now); len(changed) > 0 {
			w.files = now
			return changed, nil
		}
	}
}

// changedFiles lists the files that are new, gone or other ones, in order.
func changedFiles(a, b map[string]string) []string {
	out := map[string]bool{}
	for f := range a {
		if a[f] != b[f] {
			out[f] = true
		}
	}
	for f := range b {
		if a[f] != b[f] {
			out[f] = true
		}
	}
	return slices.Sorted(maps.Keys(out))
}

// run loads the rules and runs the examples of those in the files that changed and
// of those that failed; nil is all. A file with mistakes is named with them, and
// the rest goes on.
func (w *testWatch) run(ctx context.Context, changed []string) {
	for _, f := range changed {
		what := "changed"
		if _, there := w.files[f]; !there {
			what = "gone"
		}
		fmt.Fprintf(w.std.out, "%s: %s\n", what, f)
	}
	base, ours, theirs := joinBase(w.embedded, nil, w.dirs)
	for _, p := range append(ours, theirs...) {
		fmt.Fprintln(w.std.out, p)
	}
	if len(theirs) > 0 {
		fmt.Fprintf(w.std.out, "%s: what is wrong is left out until it is mended\n", counted(len(theirs), "problem"))
	}
	var list []*rules.Rule
	for _, r := range mine(base, w.dirs) {
		touched := changed == nil || w.failing[r.ID] || slices.Contains(changed, r.File) || slices.ContainsFunc(w.dirs, func(dir string) bool { return slices.Contains(changed, ruleFile(dir, r)) })
		if touched && w.selects(r.ID) {
			list = append(list, r)
		}
	}
	if len(list) > 0 || len(theirs) == 0 {
		w.failing = runExamples(ctx, w.std, base, list)
	}
}

func (w *testWatch) selects(id string) bool {
	return len(w.names) == 0 || slices.ContainsFunc(w.names, func(p string) bool { return p == "*" || diagnose.MatchID(p, id) })
}
