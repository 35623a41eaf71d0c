package rules

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	mmap "github.com/blevesearch/mmap-go"
)

// A base takes a third of a millisecond a rule to load from YAML, most of it in
// reading YAML. The cache holds it in a form of which only the literals are read
// at the start; rules are decoded when one of their literals was found. It is
// keyed by what the base was made of, so it never needs to be cleared, and
// losing it costs time only.

// cacheMagic begins a cache file; it changes with the format.
const cacheMagic = "diagnose rules 7\n"

// Cached returns the base that load makes, from the cache in dir when the
// sources have not changed since it was written. dirs are the rule directories
// besides the embedded base. A base with problems is not cached, and a cache
// that cannot be read or written is as none.
func Cached(dir string, dirs []string, load func() (*Base, bool)) *Base {
	key, err := cacheKey(dirs)
	if dir == "" || err != nil {
		b, _ := load()
		return b
	}
	file := filepath.Join(dir, "rules-"+key)
	if text, err := mapped(file); err == nil {
		if b := decodeBase(text); b != nil {
			return b
		}
		text.Unmap() // nothing refers to it; Windows replaces no file that is mapped
	}
	b, good := load()
	if good {
		writeCache(dir, file, b.encode())
	}
	return b
}

// Shipped returns the embedded rules as Load does, whole: from the cache in dir where
// this program has put them. What directories add to them is then there in a tenth of
// the time.
func Shipped(dir string) ([]*Rule, []Problem) {
	key, err := cacheKey(nil)
	if dir == "" || err != nil {
		return loadShipped()
	}
	file := filepath.Join(dir, "shipped-"+key)
	if text, err := os.ReadFile(file); err == nil {
		if list := decodeShipped(text); list != nil {
			return list, nil
		}
	}
	list, problems := loadShipped()
	if len(problems) == 0 {
		writeCache(dir, file, encodeShipped(list))
	}
	return list, problems
}

func loadShipped() ([]*Rule, []Problem) { return Load(Embedded(), "rules/base") }

// whole is a rule with what its own JSON lacks.
type whole struct {
	Rule  *Rule
	Links []link
}

func encodeShipped(list []*Rule) []byte {
	w := &encoder{}
	w.number(len(list))
	for _, r := range list {
		w.json(whole{r, r.links})
	}
	return w.sealed()
}

// decodeShipped reads what encodeShipped wrote; nil for anything else.
func decodeShipped(text []byte) []*Rule {
	r := unseal(text)
	if r == nil {
		return nil
	}
	list := make([]*Rule, r.count())
	encoded := make([][]byte, len(list))
	for i := range encoded {
		encoded[i] = r.bytes()
	}
	if r.bad || len(r.buf) > 0 {
		return nil
	}
	inParallel(len(list), func(i int) {
		var w whole
		decodeJSON(encoded[i], &w)
		w.Rule.links = w.Links
		list[i] = w.Rule
	})
	return list
}

// mapped returns the contents of a file without reading them: of a base's sixteen megabytes
// a run looks at the literals and at a few rules. The mapping stays until the program
// ends, as the base does. Caches are put in place whole and never written to again.
func mapped(file string) (mmap.MMap, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return mmap.Map(f, mmap.RDONLY, 0)
}

// writeCache puts the file in place whole or not at all, and removes the
// caches of other bases.
func writeCache(dir, file string, text []byte) {
	if os.MkdirAll(dir, 0o700) != nil {
		return
	}
	tmp, err := os.CreateTemp(dir, "tmp-*")
	if err != nil {
		return
	}
	_, err = tmp.Write(text)
	if cerr := tmp.Close(); err != nil || cerr != nil || os.Rename(tmp.Name(), file) != nil {
		os.Remove(tmp.Name())
		return
	}
	removeOldest(dir, file)
}

// removeOldest leaves the caches of file's kind that were written last, among them file.
func removeOldest(dir, file string) {
	written := map[string]time.Time{}
	kind, _, _ := strings.Cut(filepath.Base(file), "-")
	names, _ := filepath.Glob(filepath.Join(dir, kind+"-*"))
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && name != file {
			written[name] = info.ModTime()
		}
	}
	old := slices.SortedFunc(maps.Keys(written), func(a, b string) int {
		return cmp.Or(written[a].Compare(written[b]), strings.Compare(a, b))
	})
	for _, name := range old[:max(0, len(old)+1-maxCaches)] {
		os.Remove(name)
	}
}

// maxCaches bounds the cache files that are kept for different bases.
const maxCaches = 8

// cacheKey is a digest of what the base is made of: the program, which holds
// the embedded rules, and the names, sizes and time stamps of the rule files in
// dirs.
func cacheKey(dirs []string) (string, error) {
	h := sha256.New()
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	info, err := os.Stat(exe)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(h, "%s%s %d %d\n", cacheMagic, exe, info.Size(), info.ModTime().UnixNano())
	for _, dir := range dirs {
		fmt.Fprintf(h, "dir %s\n", dir)
		root := os.DirFS(dir)
		err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if !strings.HasSuffix(name, ".yaml") {
				return nil
			}
			info, err := d.Info()
			if err == nil && d.Type()&fs.ModeSymlink != 0 {
				info, err = fs.Stat(root, name)
			}
			if err != nil {
				return err
			}
			fmt.Fprintf(h, "%s %d %d\n", name, info.Size(), info.ModTime().UnixNano())
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:12]), nil
}

// encode writes the base: the literals with their owners, then the candidates and the rules that use
// findings, the reasons, then each rule as JSON with its length in front, and a digest of all that.
func (b *Base) encode() []byte {
	w := &encoder{}
	w.number(len(b.literals))
	owners := 0
	for _, list := range b.owners {
		owners += len(list)
	}
	w.number(owners)
	for i, lit := range b.literals {
		w.bytes(lit)
		w.number(len(b.owners[i]))
		for _, o := range b.owners[i] {
			w.number(int(o.rule))
			w.number(int(o.signal))
			w.number(int(o.pattern))
		}
	}
	for _, list := range [][]candidate{b.candidates, b.users} {
		w.number(len(list))
		for _, c := range list {
			w.bytes([]byte(c.pattern))
			w.number(int(c.rule))
		}
	}
	w.number(len(b.reasons))
	for _, i := range b.reasons {
		w.number(int(i))
	}
	w.number(len(b.slots))
	for _, s := range b.slots {
		w.bytes([]byte(s.id))
		r := *s.get()
		r.Examples = nil
		w.json(&r)
	}
	return w.sealed()
}

// decodeBase reads what encode wrote; nil for anything else.
func decodeBase(text []byte) *Base {
	r := unseal(text)
	if r == nil {
		return nil
	}
	n := r.count()
	b := &Base{literals: make([][]byte, n), owners: make([][]owner, n)}
	all := make([]owner, 0, r.count()) // one piece of memory, since a short run spends its time here
	for i := range n {
		b.literals[i] = r.bytes()
		first := len(all)
		for range r.count() {
			all = append(all, owner{int32(r.number()), int32(r.number()), int32(r.number())})
		}
		b.owners[i] = all[first:len(all):len(all)]
	}
	for _, list := range []*[]candidate{&b.candidates, &b.users} {
		for range r.count() {
			*list = append(*list, candidate{string(r.bytes()), int32(r.number())})
		}
	}
	for range r.count() {
		b.reasons = append(b.reasons, int32(r.number()))
	}
	slots := make([]slot, r.count())
	b.slots = make([]*slot, len(slots))
	for i := range slots {
		slots[i].id, slots[i].encoded = string(r.bytes()), r.bytes()
		b.slots[i] = &slots[i]
	}
	if r.bad || len(r.buf) > 0 {
		return nil
	}
	return b
}

// sumSize is the length of a checksum.
const sumSize = crc32.Size

// checksum tells a damaged cache from a whole one; nobody but the user can write
// it.
func checksum(text []byte) [sumSize]byte {
	var sum [sumSize]byte
	binary.LittleEndian.PutUint32(sum[:], crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli)))
	return sum
}

func decodeRule(text []byte) *Rule {
	r := &Rule{}
	decodeJSON(text, r)
	return r
}

func decodeJSON(text []byte, into any) {
	if err := json.Unmarshal(text, into); err != nil {
		panic(fmt.Sprintf("rules: the cache passed its digest and holds a bad rule: %v", err))
	}
}

type encoder struct{ buf []byte }

func (e *encoder) number(n int) { e.buf = binary.AppendUvarint(e.buf, uint64(n)) }

func (e *encoder) bytes(b []byte) {
	e.number(len(b))
	e.buf = append(e.buf, b...)
}

func (e *encoder) json(v any) {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // rules are plain data
	}
	e.bytes(text)
}

// sealed is what was written, behind the magic and a checksum.
func (e *encoder) sealed() []byte {
	sum := checksum(e.buf)
	return append([]byte(cacheMagic+string(sum[:])), e.buf...)
}

// unseal reads what sealed gave; nil for anything else.
func unseal(text []byte) *decoder {
	rest, ok := bytes.CutPrefix(text, []byte(cacheMagic))
	if !ok || len(rest) < sumSize {
		return nil
	}
	if sum := checksum(rest[sumSize:]); !bytes.Equal(sum[:], rest[:sumSize]) {
		return nil
	}
	return &decoder{buf: rest[sumSize:]}
}

type decoder struct {
	buf []byte
	bad bool
}

func (d *decoder) number() uint64 {
	n, size := binary.Uvarint(d.buf)
	if size <= 0 {
		d.bad = true
		return 0
	}
	d.buf = d.buf[size:]
	return n
}

// count is a number of things that follow, each of at least a byte.
func (d *decoder) count() int {
	n := d.number()
	if n > uint64(len(d.buf)) {
		d.bad = true
		return 0
	}
	return int(n)
}

func (d *decoder) bytes() []byte {
	n := d.count()
	b := d.buf[:n:n]
	d.buf = d.buf[n:]
	return b
}
