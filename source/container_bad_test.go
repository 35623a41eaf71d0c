package source

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// An archive that ends anywhere: nothing breaks, what was there counts, as far as it
// goes, and that something is missing is said wherever a reader can know it.
func TestTruncatedAnywhere(t *testing.T) {
	a, b := m{"a.log", strings.Repeat("one two three\n", 30)}, m{"b.log", strings.Repeat("four\n", 100)}
	real := func(name string) string {
		data, err := os.ReadFile(filepath.Join("testdata", "real", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	for _, c := range []struct {
		name, data string
		step       int
		silent     func(n int) bool // may end there without a word
	}{
		{"tar", tarOf(a, b), 13, func(n int) bool { return n >= 5*tarBlock }}, // one block of the end mark is there
		{"tar.gz", gz(tarOf(a, b)), 1, nil},
		{"tar.lz4", lz(tarOf(a, b)), 1, nil},
		{"zip", zipOf(a, b), 1, nil},
		{"stored zip", zipBy(zip.Store, a, b), 3, nil},
		{"zip in tar.gz", gz(tarOf(m{"x.zip", zipOf(a, b)})), 1, nil},
		{"tar.gz in zip", zipOf(m{"x.tgz", gz(tarOf(a, b))}), 1, nil},
		{"v7.tar.xz", real("v7.tar.xz"), 7, nil},
		{"pax.tar.bz2", real("pax.tar.bz2"), 5, nil},
		{"streamed.zip", real("streamed.zip"), 1, nil},
		{"frames.lz4", real("frames.lz4"), 1, func(n int) bool { return n == 23 }},
		{"streams.xz", real("streams.xz"), 4, func(n int) bool { return n == 60 }},
		{"streams.bz2", real("streams.bz2"), 1, func(n int) bool { return n == 43 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x")
			whole := map[string]string{}
			streams, _ := unpacked(t, write(t, path, c.data), nil, Options{})
			texts, _ := readGroups(t, streams)
			for i, s := range streams {
				whole[s.Name] = texts[i]
			}
			most := 0
			for n := 12; n < len(c.data); n += c.step {
				streams, problems := unpacked(t, write(t, path, c.data[:n]), nil, Options{KeepMemory: int64(n%2) - 1, BlockSize: 1 << 10, MaxLine: 100, Context: 100})
				texts, stats := readGroups(t, streams)
				got := 0
				for i, s := range streams {
					problems = append(problems, stats[i].Problems...)
					if want, ok := whole[s.Name]; ok {
						if !strings.HasPrefix(want, texts[i]) {
							t.Fatalf("%d bytes: %s is %q, want the first part of %q", n, s.Name, texts[i], want)
						}
						got += len(texts[i])
					}
				}
				said := false
				for _, p := range problems {
					said = said || p.Grade >= Partial || strings.Contains(p.Reason, "without an end mark")
				}
				if !said && (c.silent == nil || !c.silent(n)) && len(streams) > 0 && streams[0].Name != path {
					t.Errorf("%d bytes of %d: nothing is said; %v", n, len(c.data), problems)
				}
				if got < most {
					t.Errorf("%d bytes give %d of text, fewer gave %d", n, got, most)
				}
				most = got
			}
			if most == 0 {
				t.Error("nothing was read of any part")
			}
		})
	}
}

// encrypted sets the flag of the first member, in its header and in the list.
func encrypted(data string) string {
	b := []byte(data)
	b[6] |= 1
	b[bytes.Index(b, []byte("PK\x01\x02"))+8] |= 1
	return string(b)
}

// method gives the first member another method of compression.
func method(data string, n uint16) string {
	b := []byte(data)
	binary.LittleEndian.PutUint16(b[8:], n)
	binary.LittleEndian.PutUint16(b[bytes.Index(b, []byte("PK\x01\x02"))+10:], n)
	return string(b)
}

// overlapped points the second member's entry in the list at the first.
func overlapped(data string) string {
	b := []byte(data)
	first := bytes.Index(b, []byte("PK\x01\x02"))
	second := first + 4 + bytes.Index(b[first+4:], []byte("PK\x01\x02"))
	copy(b[second+42:], []byte{0, 0, 0, 0})
	return string(b)
}

func flip(data, what, with string) string { return strings.Replace(data, what, with, 1) }

func tarHeader(h tar.Header, text string) string {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	h.Size = int64(len(text))
	if err := w.WriteHeader(&h); err != nil {
		panic(err)
	}
	w.Write([]byte(text))
	w.Flush()
	return out.String()
}

func TestBadMembers(t *testing.T) {
	a, b := m{"a.log", "one\ntwo\n"}, m{"b.log", "three\n"}
	only := func(name string, problem string) string {
		return map[string]string{"a": `x:a.log "one\ntwo\n"`, "b": `x:b.log "three\n"`}[name] + "\n" + problem
	}
	end := strings.Repeat("\x00", 2*tarBlock)
	for _, c := range []struct{ name, data, want string }{
		{"encrypted", encrypted(zipOf(a, b)), only("b", "unread x:a.log: is encrypted")},
		{"method", method(zipOf(a, b), 9), only("b", "unread x:a.log: is compressed by zip's method 9, which is not read")},
		{"overlap", overlapped(zipOf(a, b)), only("a", "unread x:b.log: shares bytes with another member, as bombs do: it is not read")},
		{"damaged stored", flip(zipBy(zip.Store, a, b), "one\n", "ONE\n"),
			"x:a.log \"ONE\\ntwo\\n\"\n" + only("b", "partial x:a.log: zip data is damaged: the checksum of its 8 bytes is wrong")},
		{"damaged header", tarOf(a)[:1024] + flip(tarOf(m{"c.log", "lost"})[:1024], "c.log", "d.log") + tarOf(b),
			only("a", only("b", "partial x: tar data is damaged: 1024 bytes that belong to no member were passed over"))},
		{"garbage behind", tarOf(a) + "not a tar",
			only("a", "partial x: tar data is followed by 9 bytes of something else, which are not read")},
		{"links and devices", tarHeader(tar.Header{Name: "l", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}, "") +
			tarHeader(tar.Header{Name: "h", Typeflag: tar.TypeLink, Linkname: "a.log"}, "") +
			tarHeader(tar.Header{Name: "d", Typeflag: tar.TypeChar}, "") + tarHeader(tar.Header{Name: "f", Typeflag: tar.TypeFifo}, "") +
			tarHeader(tar.Header{Name: "dir/", Typeflag: tar.TypeDir}, "") + tarOf(a),
			only("a", "skipped x: holds links or devices, which are not read: 4")},
		{"global header", tarHeader(tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"comment": "x"}}, "") + tarOf(a), only("a", "")},
		{"volumes", tarHeader(tar.Header{Name: "m", Typeflag: 'M'}, "") + tarOf(a),
			only("a", "unread x:m: is the rest of a file that began in another volume, which is not read")},
		{"binary", zipOf(a, m{"x.png", "\x89PNG\r\n\x1a\n..."}, m{"y.png", "\x89PNG\r\n\x1a\n..."}, m{"A.class", "\xca\xfe\xba\xbe\x00"}, m{"z", "\x01\x02\x03\x04\xf1"}),
			only("a", "skipped x: holds members that are not text, which are not read: images 2, Java classes 1, other binary data 1")},
		{"encodings", zipOf(m{"1", "\xff\xfeo\x00n\x00e\x00\n\x00"}, m{"2", wide(binary.LittleEndian)("one two three\n")}, m{"3", wide32(binary.BigEndian)("\ufeffone\n")}, m{"4", gb("作业执行失败\n")}),
			`x:1 "one\n"` + "\n" + `x:2 "one two three\n"` + "\n" + `x:3 "one\n"` + "\n" + `x:4 "作业执行失败\n"` + "\n" +
				"noted x:1: is UTF-16LE by its byte order mark (lines transcoded: 1)\nnoted x:2: is UTF-16LE, recognised by its bytes (lines transcoded: 1)\n" +
				"noted x:3: is UTF-32BE by its byte order mark (lines transcoded: 1)\nnoted x:4: is GB18030, recognised by its bytes (lines transcoded: 1)"},
		{"zeros before text", zipOf(m{"a.log", strings.Repeat("\x00", 10) + "one\n"}), `x:a.log "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00one\n"` +
			"\nnoted x:a.log: looks binary: 71% of its first 14 bytes are NULs and other control characters"},
		{"repository", tarOf(m{"repo/.git/config", "x"}, m{"repo/.git/HEAD", "y"}, a),
			only("a", "skipped x: holds files of version control directories, which are not read: 2")},
		{"nothing in it", tarOf(m{"A.class", "\xca\xfe\xba\xbe\x00"}), "skipped x: holds members that are not text, which are not read: Java classes 1"},
		{"empty zip", zipOf(), "skipped x: is an archive without members"},
		{"empty tar", end, fmt.Sprintf(`x "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00...%d"`, len(end)) +
			fmt.Sprintf("\nnoted x: looks binary: 100%% of its first %d bytes are NULs and other control characters", len(end))},
		{"twice", tarOf(a, b, m{"a.log", "again\n"}, m{"a.log#2", "no\n"}),
			`x:a.log "one\ntwo\n"` + "\n" + `x:a.log#2 "again\n"` + "\n" + `x:a.log#2#2 "no\n"` + "\n" + only("b", "")},
		{"names", zipOf(m{"../../etc/passwd", "1"}, m{"/root/x", "2"}, m{"C:\\x\\y", "3"}, m{"a\nb\x1b[31m\u202e", "4"}, m{"\xff\xfe", "5"}, m{"./c", "6"}, m{gb("日志/错误.log"), "7"}),
			`x:../../etc/passwd "1"` + "\n" + `x:/root/x "2"` + "\n" + `x:C:\x\y "3"` + "\n" + `x:\xff\xfe "5"` + "\n" + `x:a\nb\x1b[31m\u202e "4"` + "\n" + `x:c "6"` + "\n" + `x:日志/错误.log "7"`},
	} {
		t.Run(c.name, func(t *testing.T) { everyWay(t, c.data, c.want, Options{}) })
	}
}

// Texts that begin like archives are texts.
func TestNoArchive(t *testing.T) {
	block := make([]byte, 600)
	copy(block, strings.Repeat("a line of text\n", 40))
	copy(block[257:], "ustar\x0000")
	for _, text := range []string{
		"PK\n", "PK\x03\x04 is how a zip begins\n", "PK\x05\x06", "BZh9 is how bzip2 begins\n", "BZh91AY", "7zip\n", "Rar!\n", "ustar\n", string(block), "\x1f\x8b",
	} {
		for _, path := range []string{write(t, filepath.Join(t.TempDir(), "x"), text), "-"} {
			streams, problems := unpacked(t, path, strings.NewReader(text), Options{})
			texts, _ := readGroups(t, streams)
			if len(texts) != 1 || texts[0] != text || streams[0].Name != path || len(problems) > 0 {
				t.Errorf("%s %q: read as %q; %v", path, text, texts, problems)
			}
		}
	}
}

func TestLongNames(t *testing.T) {
	name := strings.Repeat("命/", 5000)
	got := shownName(name + "x.log")
	if len(got) > maxName+3 || !strings.HasSuffix(got, "x.log") || !strings.HasPrefix(got, "命/") || strings.ContainsRune(got, '\ufffd') {
		t.Errorf("%d bytes, %.20q", len(got), got)
	}
}

// An archive in an archive in an archive ...
func TestDeep(t *testing.T) {
	data := tarOf(m{"x.log", "one\n"})
	for i := range 40 {
		around := m{fmt.Sprint("in", i), data}
		if data = gz(tarOf(around, m{"side.log", "x\n"})); i%2 == 0 {
			data = zipOf(around, m{"side.log", "x\n"})
		}
	}
	streams, problems := unpacked(t, "-", strings.NewReader(data), Options{})
	want := "unread -:in39:in38:in37:in36:in35:in34:in33:in32: lies in 8 archives in one another: it is not opened"
	if len(streams) != 8 || said("", problems) != want {
		t.Errorf("%d streams, %q", len(streams), said("", problems))
	}
	data = "one\n"
	for range 40 {
		data = gz(data)
	}
	everyWay(t, tarOf(m{"x", data}), "x:x \"\"\npartial x:x: is compressed more than 8 times over: it is not opened further", Options{})
}

// zeros is a compressed stream of many zeros, without making them.
func zeros(n int64) string {
	one := gz(strings.Repeat("\x00", 10<<20))
	return strings.Repeat(one, int(n/(10<<20)))
}

// A bomb is stopped, and what is beside it is read.
func TestBombs(t *testing.T) {
	log, bomb, tarred := m{"a.log", "one\n"}, zeros(10<<30), ""
	if !raceEnabled {
		tarred = gz(tarOf(m{"in", strings.Repeat("\x00", 200<<20)}))
	}
	for name, data := range map[string]string{
		"gzip in tar":     tarOf(m{"0", bomb}, log),
		"gzip in tar.gz":  gz(tarOf(m{"0", bomb}, log)),
		"gzip in zip":     zipOf(m{"0", bomb}, log),
		"bomb as archive": tarOf(m{"0", tarred}, log),
	} {
		if raceEnabled && name != "gzip in tar.gz" {
			continue // nothing here runs at the same time, only slowly
		}
		t.Run(name, func(t *testing.T) {
			streams, problems := unpacked(t, "-", strings.NewReader(data), Options{})
			texts, stats := "", []Stats{}
			for _, group := range Groups(streams) {
				var members []*Stream
				for _, i := range group {
					members = append(members, streams[i])
				}
				st, err := Blocks(t.Context(), members, func(i int, b *Block) error {
					if strings.HasSuffix(members[i].Name, "a.log") {
						texts += string(b.Text[b.From:b.To])
					}
					b.Release()
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				stats = append(stats, st...)
			}
			total := int64(0)
			for _, st := range stats {
				problems = append(problems, st.Problems...)
				total += st.Bytes
			}
			if texts != "one\n" || total > 120<<20 {
				t.Errorf("%d bytes, the log is %q", total, texts)
			}
			if p := said("", Tidy(problems)); !strings.Contains(p, "expands more than 1000 times") {
				t.Errorf("%.300s", p)
			}
		})
	}
}

// Archives of archives of archives, each small: the whole is stopped.
func TestBombOfMany(t *testing.T) {
	if raceEnabled {
		t.Skip("nothing here runs at the same time, only slowly")
	}
	data := gz(strings.Repeat("0", 20<<20))
	for range 4 {
		var members []m
		for i := range 12 {
			members = append(members, m{fmt.Sprint(i), data})
		}
		data = zipOf(members...)
	}
	started := time.Now()
	streams, problems := unpacked(t, "-", strings.NewReader(data), Options{MaxFiles: 500})
	var total int64
	for _, group := range Groups(streams) {
		var members []*Stream
		for _, i := range group {
			members = append(members, streams[i])
		}
		st, err := Blocks(t.Context(), members, func(_ int, b *Block) error { b.Release(); return nil })
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range st {
			total += x.Bytes
		}
	}
	if total > 2<<30 || len(problems) > maxSaid+1 {
		t.Errorf("%d bytes in %s of %d; %d problems", total, time.Since(started), len(data), len(problems))
	}
}

func TestManyBadMembers(t *testing.T) {
	var members []m
	for i := range 300 {
		members = append(members, m{fmt.Sprintf("%04d", i), "x"})
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, x := range members {
		f, _ := w.CreateRaw(&zip.FileHeader{Name: x.name, Method: 9, UncompressedSize64: 1, CompressedSize64: 1})
		f.Write([]byte(x.text))
	}
	w.Close()
	_, problems := unpacked(t, "-", &out, Options{})
	if got := problems[0].Error(); len(problems) != maxSaid+1 || got != "-: has more problems like those that are said: 200" || problems[0].Grade != Unread {
		t.Errorf("%d problems, %v", len(problems), got)
	}
}

func TestManyMembers(t *testing.T) {
	var members []m
	for i := range 30 {
		members = append(members, m{fmt.Sprintf("%02d.log", i), "x\n"})
	}
	for _, data := range []string{tarOf(members...), gz(tarOf(members...)), zipOf(members...)} {
		d := t.TempDir()
		write(t, filepath.Join(d, "b.zip"), data)
		write(t, filepath.Join(d, "a.log"), "x\n")
		streams, problems := unpacked(t, d, nil, Options{MaxFiles: 20})
		got := strings.ReplaceAll(said(d, problems), string(filepath.Separator), "/")
		want := "unread D/b.zip:19.log: there are more than 20 files; this one and those after it are not read\n" +
			"unread D/b.zip:20.log: there are more than 20 files; this one and those after it are not read"
		if len(streams) != 20 || got != want {
			t.Errorf("%d streams, %s", len(streams), got)
		}
	}
}

// The end of the context ends looking into an archive, and reading it.
func TestArchiveCancelled(t *testing.T) {
	data := gz(tarOf(m{"a.log", strings.Repeat("a line\n", 100_000)}, m{"b.log", "x\n"}))
	ctx, cancel := context.WithCancel(t.Context())
	streams, _ := Open(nil, &cancelling{r: strings.NewReader(data), cancel: cancel}, Options{})
	if _, _, err := Unpack(ctx, streams); err != context.Canceled {
		t.Errorf("Unpack: %v", err)
	}
	streams, _ = unpacked(t, "-", strings.NewReader(data), Options{KeepMemory: -1})
	ctx, cancel = context.WithCancel(t.Context())
	n := 0
	_, err := Blocks(ctx, streams, func(_ int, b *Block) error { b.Release(); n++; cancel(); return nil })
	if err != context.Canceled || n != 1 {
		t.Errorf("Blocks: %v after %d", err, n)
	}
}

// cancelling gives a byte and then cancels.
type cancelling struct {
	r      io.Reader
	cancel func()
	n      int
}

func (c *cancelling) Read(p []byte) (int, error) {
	if c.n++; c.n > 1 {
		c.cancel()
	}
	return c.r.Read(p[:1])
}

// An archive that is another one at the second pass.
func TestArchiveReplaced(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "x"), gz(tarOf(m{"a.log", "one\n"}, m{"b.log", "two\n"})))
	streams, _ := unpacked(t, path, nil, Options{KeepMemory: -1})
	readGroups(t, streams)
	os.WriteFile(path, []byte(gz(tarOf(m{"a.log", "one\n"}, m{"c.log", "two\n"}))), 0o644)
	_, stats := readGroups(t, streams)
	if got := said(path, stats[1].Problems); got != "unread D:b.log: was not found in its archive again: that has changed since it was first read" {
		t.Errorf("%q", got)
	}
}

// A pipe that is too long to be kept gives what stays in memory.
func TestArchiveOfLongPipe(t *testing.T) {
	data := gz(tarOf(m{"a.log", "one\n"}, m{"b.log", logText(50_000)}, m{"c.log", "two\n"}))
	streams, _ := unpacked(t, "-", strings.NewReader(data), Options{SpoolLimit: 300_000, KeepMemory: 100})
	texts, stats := readGroups(t, streams)
	if len(streams) != 3 || texts[0] != "one\n" || stats[1].Problems[0].Grade != Unread {
		t.Errorf("%q %+v", texts, stats)
	}
}

func TestCloseArchive(t *testing.T) {
	streams, _ := unpacked(t, "-", strings.NewReader(gz(tarOf(m{"a.log", "one\n"}, m{"b.log", "two\n"}))), Options{KeepMemory: -1})
	pipe := streams[0].owner.place.(*pipe)
	for range 2 {
		streams[0].Close()
		if pipe.closed {
			t.Error("one of two members closes the pipe")
		}
	}
	if streams[1].Close(); !pipe.closed {
		t.Error("the pipe is not closed")
	}
}
