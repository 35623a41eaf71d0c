package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"diagnose"
	"diagnose/corpus"
	"diagnose/index"
	"diagnose/report"
	"diagnose/rules"
)

// incidents are the past incidents as the index takes them: those of a directory
// and those that came with the program.
type incidents struct {
	lang    string // of notes
	dir     string // of the user's; it need not be there
	shipped func() map[string]*corpus.Incident
	base    func() *rules.Base // what the rules say in both languages; nil where it cannot be read
}

// openIncidents finds the corpus: the flag's directory, else DIAGNOSE_CORPUS,
// else the one in the user's data directory.
func openIncidents(std stdio, flag string) incidents {
	in := incidents{lang: std.language(""), dir: flag, shipped: shippedIncidents, base: sync.OnceValue(func() *rules.Base {
		base, _ := loadBase(std, nil)
		return base
	})}
	if in.dir == "" {
		in.dir = std.getenv("DIAGNOSE_CORPUS")
	}
	if in.dir == "" {
		data := std.getenv("XDG_DATA_HOME")
		if data == "" {
			data = filepath.Join(std.getenv("HOME"), ".local", "share")
		}
		in.dir = filepath.Join(data, "diagnose", "corpus")
	}
	return in
}

const incidentExt = ".md"

// items lists the incidents without reading them: a file's size and time stamp
// tell whether it changed. The user's take the place of shipped ones.
func (in incidents) items() ([]index.Item, error) {
	var out []index.Item
	mine := map[string]bool{}
	list, err := os.ReadDir(in.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range list {
		id, ok := strings.CutSuffix(e.Name(), incidentExt)
		if !ok || !corpus.ValidID(id) || e.IsDir() {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue // removed meanwhile
		}
		mine[id] = true
		out = append(out, index.Item{ID: id, Stamp: fmt.Sprintf("%d-%d", info.Size(), info.ModTime().UnixNano())})
	}
	program := programStamp()
	for id := range in.shipped() {
		if !mine[id] {
			out = append(out, index.Item{ID: id, Stamp: program})
		}
	}
	slices.SortFunc(out, func(a, b index.Item) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

// programStamp changes with the program, and so with the incidents and the rules
// that it holds.
func programStamp() string {
	stamp := version()
	if exe, err := os.Executable(); err == nil {
		if info, err := os.Stat(exe); err == nil {
			stamp = fmt.Sprintf("%s %d %d", stamp, info.Size(), info.ModTime().UnixNano())
		}
	}
	sum := sha256.Sum256([]byte(stamp))
	return "shipped-" + hex.EncodeToString(sum[:8])
}

// load reads one incident as the index takes it.
func (in incidents) load(id string) (index.Document, error) {
	x, shipped, err := in.read(id)
	if err != nil {
		return index.Document{}, err
	}
	return incidentDocument(x, shipped, in.base()), nil
}

// read reads one incident, and says whether it came with the program.
func (in incidents) read(id string) (x *corpus.Incident, shipped bool, err error) {
	place := filepath.Join(in.dir, id+incidentExt)
	info, err := os.Stat(place)
	if errors.Is(err, fs.ErrNotExist) && in.shipped()[id] != nil {
		return in.shipped()[id], true, nil
	}
	if err != nil {
		return nil, false, err
	}
	if info.Size() > corpus.MaxFile {
		return nil, false, fmt.Errorf("%s: has %d bytes; an incident may have %d", place, info.Size(), corpus.MaxFile)
	}
	text, err := os.ReadFile(place)
	if err != nil {
		return nil, false, err
	}
	x, err = corpus.Parse(place, text)
	return x, false, err
}

// stamp changes when an incident is added, removed or replaced; empty where the
// directory is not there.
func (in incidents) stamp() string {
	info, err := os.Stat(in.dir)
	if err != nil || !info.IsDir() {
		return ""
	}
	return fmt.Sprint(info.ModTime().UnixNano())
}

func (in incidents) corpus() index.Corpus {
	name, err := filepath.Abs(in.dir)
	if err != nil {
		name = in.dir
	}
	return index.Corpus{Name: name, Stamp: in.stamp(), Items: in.items, Load: in.load}
}

// indexDir is where the index of a corpus is kept, empty where no cache is wanted.
func (in incidents) indexDir(std stdio) string {
	cache := cacheDir(std)
	if cache == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(in.corpus().Name))
	return filepath.Join(cache, "search", hex.EncodeToString(sum[:8]))
}

// incidentDocument is what can be found of an incident: what its file says, and
// what its rules say of the cause in the other language, so that it is found in
// both.
func incidentDocument(in *corpus.Incident, shipped bool, base *rules.Base) index.Document {
	d := index.Document{
		ID: in.ID, Title: in.Title, Time: in.Time, Lang: in.Lang, Systems: in.Systems, Rules: in.Rules, Hosts: in.Hosts, IDs: in.IDs,
		Fixed: in.Fix != "", Confirmed: in.Fixed(), Fix: in.Fix, By: in.ConfirmedBy, Shipped: shipped,
		Fingerprint: index.Fingerprint{Rules: in.Rules},
	}
	for _, t := range in.Fingerprint {
		d.Fingerprint.Lines = append(d.Fingerprint.Lines, index.Line{Text: t.Text, Count: t.Count, Of: index.Part(t.Of)})
	}
	section := func(name string, lines ...string) {
		if text := strings.TrimSpace(strings.Join(lines, "\n")); text != "" {
			d.Sections = append(d.Sections, index.Section{Name: name, Text: text})
		}
	}
	var causes, evidence, captures []string
	for _, c := range in.Causes {
		causes = append(causes, c.Title, c.Why)
	}
	causes = append(causes, otherLanguage(in, base)...)
	for _, e := range in.Evidence {
		evidence = append(evidence, e.Text)
	}
	for _, name := range sortedKeys(in.Captures) {
		captures = append(captures, name+" "+in.Captures[name])
	}
	section("cause", causes...)
	section("fix", in.Fix)
	section("evidence", evidence...)
	section("captures", captures...)
	section("notes", in.Notes)
	return d
}

// otherLanguage is what the rules of an incident say of its cause in the language
// that the incident is not in.
func otherLanguage(in *corpus.Incident, base *rules.Base) []string {
	if base == nil {
		return nil
	}
	lang := "zh"
	if in.Lang == "zh" {
		lang = "en"
	}
	var out []string
	for _, id := range in.Rules {
		if r := base.Rule(id); r != nil {
			t := r.Texts(lang)
			out = append(out, diagnose.Fill(t.Title, in.Captures, nil), diagnose.Fill(strings.TrimSpace(t.Cause), in.Captures, nil))
		}
	}
	return out
}

// Bounds of what a command waits for and holds in memory.
const (
	indexWait   = 3 * time.Second
	maxInMemory = 2000 // incidents of an index without a place on disk
)

// openIndex brings the index up to date and opens it. It says on stderr what the
// user may wonder about.
func (in incidents) openIndex(ctx context.Context, std stdio) (*index.Reader, error) {
	dir := in.indexDir(std)
	if dir == "" {
		return in.inMemory()
	}
	var r *index.Reader
	for _, fresh := range []bool{false, true} {
		change, err := index.Update(ctx, dir, in.corpus(), indexWait, fresh)
		in.say(std, change)
		busy := errors.Is(err, index.ErrBusy)
		if err != nil && !busy && r == nil {
			if errors.Is(err, fs.ErrPermission) || isReadOnly(err) {
				return in.readOnly(ctx, std, dir, err)
			}
			return nil, fmt.Errorf("the index in %s: %w", dir, err)
		}
		r, _, err = index.Open(ctx, dir, "", indexWait)
		if busy && err == nil {
			std.note("%s", inLanguage(in.lang, "another process is bringing the index up to date; what it is adding may be missing here", "另一个进程正在更新索引；它正在加入的内容这里可能还没有"))
		}
		if !errors.Is(err, index.ErrDamaged) || busy {
			if err != nil {
				return nil, fmt.Errorf("the index in %s: %w", dir, err)
			}
			return r, nil
		}
	}
	return nil, fmt.Errorf("the index in %s: %w", dir, index.ErrDamaged)
}

// readOnly answers from the index as it is, or from memory.
func (in incidents) readOnly(ctx context.Context, std stdio, dir string, why error) (*index.Reader, error) {
	if r, fresh, err := index.Open(ctx, dir, in.stamp(), indexWait); err == nil {
		if !fresh {
			std.note("%s", inLanguage(in.lang, "the index cannot be brought up to date (%v): new incidents may be missing", "索引无法更新（%v）：可能缺少新的事件", why))
		}
		return r, nil
	}
	r, err := in.inMemory()
	if err != nil {
		return nil, err
	}
	std.note("%s", inLanguage(in.lang, "the index is in memory, since it cannot be kept: %v", "索引只在内存中，因为无法保存：%v", why))
	return r, nil
}

// inMemory makes an index that is not kept.
func (in incidents) inMemory() (*index.Reader, error) {
	items, err := in.items()
	if err != nil {
		return nil, err
	}
	if len(items) > maxInMemory {
		return nil, fmt.Errorf("%d incidents are too many for an index in memory: let DIAGNOSE_CACHE name a directory that can be written", len(items))
	}
	var docs []index.Document
	for _, item := range items {
		if d, err := in.load(item.ID); err == nil {
			d.ID = item.ID
			docs = append(docs, d)
		}
	}
	return index.Memory(docs)
}

// manyIncidents is from how many on building the index is worth a word.
const manyIncidents = 1000

func (in incidents) say(std stdio, c index.Change) {
	for _, err := range c.Unread {
		std.note("%s", inLanguage(in.lang, "left out: %v", "已略过：%v", err))
	}
	if c.Rebuilt != "" && (c.Added >= manyIncidents || !strings.HasPrefix(c.Rebuilt, "there was none") && !strings.Contains(c.Rebuilt, "incidents changed")) {
		std.note("%s", inLanguage(in.lang, "the index of %d incidents was made again: %s", "已重建 %d 个事件的索引：%s", c.Added, c.Rebuilt))
	}
}

// note says something that is no failure; it may hold text of files.
func (s stdio) note(format string, args ...any) {
	fmt.Fprintf(s.err, "diagnose: %s\n", report.Printable(fmt.Sprintf(format, args...)))
}

func sortedKeys(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
