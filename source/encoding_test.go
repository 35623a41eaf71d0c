package source

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// transcoded is what the bytes are read as.
func transcoded(raw []byte) []byte {
	text, _ := transcodedBy(bytes.NewReader(raw), 1<<20)
	return text
}

// transcodedBy reads with buffers of one size.
func transcodedBy(r io.Reader, size int) ([]byte, counts) {
	t := newTranscoder(r)
	defer t.close()
	var out []byte
	buf := make([]byte, size)
	for {
		n, err := t.Read(buf)
		out = append(out, buf[:n]...)
		if err == io.EOF {
			return out, t.counts
		}
		if err != nil {
			panic(err)
		}
	}
}

// A text without any line end but CRs has lines.
func TestLineEndsOfCRAlone(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		for _, size := range []int{1, 2, 3, 1 << 20} {
			got, c := transcodedBy(iotest.OneByteReader(strings.NewReader(in)), size)
			if string(got) != want {
				t.Errorf("%.99q, %d bytes at once, is %.99q, want %.99q", in, size, got, want)
			}
			if turned := in != want; c.plain() == turned || turned != strings.Contains(strings.Join(c.notes(), ""), "carriage returns") {
				t.Errorf("%.99q: plain is %v, %q", in, c.plain(), c.notes())
			}
		}
	}
	f("", "")
	f("one\rtwo\rthree", "one\ntwo\nthree")
	f("one\rtwo\r", "one\ntwo\n")
	f("one\rtwo", "one\rtwo")
	f("one\r\rtwo\r", "one\n\ntwo\n")
	f("one\r\ntwo\r\nthree\r\n", "one\r\ntwo\r\nthree\r\n")
	f("10%\r20%\r30%\rdone\n", "10%\r20%\r30%\rdone\n")
	f("\r10%\r20%\rcurl: (6) x", "\n10%\n20%\ncurl: (6) x")
	f(gb("命令\r错误：连接超时\r失败\r"), "命令\n错误：连接超时\n失败\n")
	lines := strings.Repeat("some text of a line\r", surveySize/20+9)
	f(lines+"a\r\nb\nc\r", strings.ReplaceAll(lines, "\r", "\n")+"a\nb\nc\n")
	f(strings.Repeat("x", surveySize)+"\ra\rb\rc", strings.Repeat("x", surveySize)+"\ra\rb\rc")
}

// Encoders for tests, each written down as simply as it can be.
func gb(text string) string {
	out, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		panic(err)
	}
	return out
}

func cp1252(text string) string {
	var out []byte
	for _, r := range text {
		if r < 0x80 || r >= 0xa0 && r < 0x100 {
			out = append(out, byte(r))
			continue
		}
		i := bytes.IndexRune([]byte(string(high1252[:])), r)
		if i < 0 {
			panic(fmt.Sprintf("%q is not in Windows-1252", r))
		}
		out = append(out, byte(0x80+utf8.RuneCount([]byte(string(high1252[:]))[:i])))
	}
	return string(out)
}

func wide(order binary.AppendByteOrder) func(string) string {
	return func(text string) string {
		var out []byte
		for _, u := range utf16.Encode([]rune(text)) {
			out = order.AppendUint16(out, u)
		}
		return string(out)
	}
}

func wide32(order binary.AppendByteOrder) func(string) string {
	return func(text string) string {
		var out []byte
		for _, r := range text {
			out = order.AppendUint32(out, uint32(r))
		}
		return string(out)
	}
}

var (
	le, be     = wide(binary.LittleEndian), wide(binary.BigEndian)
	le32, be32 = wide32(binary.LittleEndian), wide32(binary.BigEndian)
)

func TestEncodings(t *testing.T) {
	const zh = "2024-12-26 13:41:05 ERROR 作业执行失败：连接超时，主机 10.0.0.1 无法访问\r\n详细信息：请检查网络\n"
	const fr = "L'exécution a échoué : délai dépassé – l’hôte 10.0.0.1 n’est pas joignable\r\n"
	const de = "Fehler: Die Datei „C:\\Protokolle\\größe.log“ wurde nicht gefunden. Überprüfen Sie die Schlüssel (25°C)\n"
	const ascii = "all is well\nand so it goes\n"
	long := strings.Repeat(ascii, 10)
	f := func(raw, want string, notes ...string) {
		t.Helper()
		got, st := readAll(t, one(t, "-", strings.NewReader(raw), Options{}))
		if got != want {
			t.Errorf("%.80q is read as\n%.300q, want\n%.300q", raw, got, want)
		}
		for i, note := range notes {
			notes[i] = "noted -: " + note
		}
		if got := said("", st.Problems); got != strings.Join(notes, "\n") {
			t.Errorf("%.80q: %q, want %q", raw, got, notes)
		}
	}
	f(zh, zh)
	f("\xef\xbb\xbf"+zh, zh)
	f("\xef\xbb\xbf", "")
	f("\xff\xfe", "")
	f("\xff\xfe"+le(zh), zh, "is UTF-16LE by its byte order mark (lines transcoded: 2)")
	f("\xfe\xff"+be(zh), zh, "is UTF-16BE by its byte order mark (lines transcoded: 2)")
	f(le(zh), zh, "is UTF-16LE, recognised by its bytes (lines transcoded: 2)")
	f(be(zh), zh, "is UTF-16BE, recognised by its bytes (lines transcoded: 2)")
	f("\xff\xfe\x00\x00"+le32(zh+"😀"), zh+"😀", "is UTF-32LE by its byte order mark (lines transcoded: 3)")
	f("\x00\x00\xfe\xff"+be32(zh+"😀"), zh+"😀", "is UTF-32BE by its byte order mark (lines transcoded: 3)")
	f(gb(zh), zh, "is GB18030, recognised by its bytes (lines transcoded: 2)")
	f(gb("失败\n"), "失败\n", "is GB18030, recognised by its bytes (lines transcoded: 1)")
	f(cp1252(fr), fr, "is Windows-1252, recognised by its bytes (lines transcoded: 1)")
	f(cp1252(de), de, "is Windows-1252, recognised by its bytes (lines transcoded: 1)")
	f(cp1252("créée à 25°C\n"), "créée à 25°C\n", "is Windows-1252, recognised by its bytes (lines transcoded: 1)")
	f(be("时间略 ERROR [,,] 14 --- [           main] c.t.b.j.g.s.impl.EsbJwtServiceImpl : caught：域名略\n"),
		"时间略 ERROR [,,] 14 --- [           main] c.t.b.j.g.s.impl.EsbJwtServiceImpl : caught：域名略\n", "is UTF-16BE, recognised by its bytes (lines transcoded: 1)")
	// From one to the other and back, with and without a line end between them.
	f(zh+le(zh), zh+zh, "is UTF-16LE in part, recognised by its bytes (lines transcoded: 2)")
	f(zh+be(zh), zh+zh, "is UTF-16BE in part, recognised by its bytes (lines transcoded: 2)")
	f("\xff\xfe"+le(zh)+zh, zh+zh, "is UTF-16LE in part by its byte order mark (lines transcoded: 2)")
	f("\xff\xfe"+le(zh)+ascii+le(zh)+zh, zh+ascii+zh+zh, "is UTF-16LE in part by its byte order mark (lines transcoded: 4)")
	f("\xfe\xff"+be(zh)+ascii+be(zh)+zh, zh+ascii+zh+zh, "is UTF-16BE in part by its byte order mark (lines transcoded: 4)")
	f("\xff\xfe"+le(zh)+gb(zh), zh+zh, "is GB18030 in part, recognised by its bytes (lines transcoded: 2)",
		"is UTF-16LE in part, recognised by its marks and bytes (lines transcoded: 2)")
	f("no end"+le("错误: it ends\r\n"), "no end错误: it ends\r\n", "is UTF-16LE in part, recognised by its bytes (lines transcoded: 1)")
	f(ascii+le("错误上传失败：上次\r\n"), ascii+"错误上传失败：上次\r\n", "is UTF-16LE in part, recognised by its bytes (lines transcoded: 1)")
	f(ascii+le("ok\r\n"), ascii+"ok\r\n", "is UTF-16LE in part, recognised by its bytes (lines transcoded: 1)")
	f(ascii+le("\n"+zh), ascii+"\n"+zh, "is UTF-16LE in part, recognised by its bytes (lines transcoded: 2)")
	f("\xff\xfe"+le(zh)+"\n"+le(zh), zh+"\n"+zh, "is UTF-16LE in part by its byte order mark (lines transcoded: 4)")
	f("\xff\xfe"+le(zh)+"\r\n"+le(zh), zh+"\r\n"+zh, "is UTF-16LE in part by its byte order mark (lines transcoded: 4)")
	f("\xff\xfe"+le(zh)+"\xff\xfe"+le(zh)+"\xfe\xff"+be(zh), zh+zh+zh, "is UTF-16BE in part, recognised by its marks and bytes (lines transcoded: 2)",
		"is UTF-16LE in part, recognised by its marks and bytes (lines transcoded: 4)")
	// Line by line.
	f(zh+gb(zh), zh+zh, "is GB18030 in part, recognised by its bytes (lines transcoded: 2)")
	f(gb(zh)+zh+gb("中\n")+zh, zh+zh+"中\n"+zh, "is GB18030 in part, recognised by its bytes (lines transcoded: 3)")
	f(gb(zh+"模\n"), zh+"模\n", "is GB18030, recognised by its bytes (lines transcoded: 3)")
	f("2024 错误 标准输出："+gb("系统找不到指定的路径。")+" (1)\n", "2024 错误 标准输出：系统找不到指定的路径。 (1)\n", "is GB18030 in part, recognised by its bytes (lines transcoded: 1)")
	f(gb("用户：喆\n"), "用户：喆\n", "is GB18030, recognised by its bytes (lines transcoded: 1)")
	f(gb(zh+"囧喆\U00020087镕\n"), zh+"囧喆\U00020087镕\n", "is GB18030, recognised by its bytes (lines transcoded: 3)")
	// What cannot be decoded stays, or is marked where the line is transcoded.
	f("\x94\x99误 "+zh, "\x94\x99误 "+zh, "2 bytes could not be decoded")
	f(zh+"执行失\xe8\xb4\n", zh+"执行失\xe8\xb4\n", "2 bytes could not be decoded")
	f(zh+"cut \xe8\xb4\n", zh+"cut \xe8\xb4\n", "2 bytes could not be decoded")
	f(zh+"\xff\n", zh+"\xff\n", "1 byte could not be decoded")
	f(gb(zh)+gb("执行失败")+"\xff\n", zh+"执行失败\ufffd\n", "1 byte could not be decoded", "is GB18030, recognised by its bytes (lines transcoded: 3)")
	f(gb(zh)+gb("执行失败")[:7]+"\n", zh+"执行失\ufffd\n", "1 byte could not be decoded", "is GB18030, recognised by its bytes (lines transcoded: 3)")
	f("\xff\xfe"+le(zh)+"\x00\xd8a\x00\n\x00x", zh+"\ufffda\nx", "2 bytes could not be decoded", "is UTF-16LE in part by its byte order mark (lines transcoded: 3)")
	// No encoding.
	f(long+"one \x00 NUL, two \x00\x00 NULs\n", long+"one \x00 NUL, two \x00\x00 NULs\n")
	f(long+"key=a\x00other=b\x00last=c\x00\n", long+"key=a\x00other=b\x00last=c\x00\n")
	f(long+strings.Repeat("\x00", 5)+ascii, long+strings.Repeat("\x00", 5)+ascii)
	elf := "\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 9) + "\x02\x00\x3e\x00\x01\x00\x00\x00\xb0\xc5\x40\n"
	f(elf, elf, "looks binary: 67% of its first 28 bytes are NULs and other control characters")
}

// Nothing but a line feed ends a line, before and after.
func TestLinesStay(t *testing.T) {
	const text = "CR LF\r\nlone CR 1%\r100%\nnext line \u0085 line separator \u2028 paragraph \u2029 form \f vertical \v\n\n\r\n作业失败\r\n"
	for name, raw := range map[string]string{"UTF-8": text, "UTF-16LE": "\xff\xfe" + le(text), "UTF-16BE": "\xfe\xff" + be(text), "GB18030": gb(text), "UTF-32": "\x00\x00\xfe\xff" + be32(text)} {
		if got := string(transcoded([]byte(raw))); got != text {
			t.Errorf("%s: %q, want %q", name, got, text)
		}
	}
	// The character U+0A0A is two bytes \n.
	if got := string(transcoded([]byte("\xff\xfe" + le("a上\u0a0ab\nc")))); got != "a上\u0a0ab\nc" {
		t.Errorf("%q", got)
	}
}

// hanzi are frequent in Chinese logs.
const hanzi = "的作业执行失败连接超时主机无法访问请检查网络错误信息系统用户密码服务启动停止文件目录不存在权限拒绝任务步骤开始结束成功节点安装配置参数数据库查询返回结果状态异常重试上传下载"

func randomLine(r *rand.Rand, accents bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "2024-12-26 13:%02d:%02d,%03d INFO [c.c.a.m] ", r.IntN(60), r.IntN(60), r.IntN(1000))
	words := strings.Fields("job host agent timeout exit status curl: (6) /var/log/app.log 10.0.0.1 id=77")
	if accents {
		words = append(words, strings.Fields("exécuté à échoué dépassé hôte “où” prêt Größe über für Straße niño año – l’été")...)
	}
	runes := []rune(hanzi)
	for range r.IntN(12) {
		if !accents && r.IntN(2) == 0 {
			for range 2 + r.IntN(6) {
				b.WriteRune(runes[r.IntN(len(runes))])
			}
			b.WriteString([]string{"，", "：", "。", " ", ""}[r.IntN(5)])
			continue
		}
		b.WriteString(words[r.IntN(len(words))] + " ")
	}
	b.WriteString([]string{"\n", "\r\n"}[r.IntN(2)])
	return b.String()
}

func randomLines(r *rand.Rand, size int, accents bool) string {
	var b strings.Builder
	for b.Len() < size {
		b.WriteString(randomLine(r, accents))
	}
	return b.String()
}

// A text is the same in every encoding, however it is read.
func TestAnyEncodingAnyReads(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	sizes := []int{0, 100, 5000, 70_000, 700_000}
	if testing.Short() || raceEnabled {
		sizes = sizes[:4] // nothing here runs at the same time, only slowly
	}
	for _, size := range sizes {
		zh, fr := randomLines(r, size, false), randomLines(r, size, true)
		for _, c := range []struct{ name, raw, want string }{
			{"UTF-8", zh, zh},
			{"UTF-8 with a mark", "\xef\xbb\xbf" + zh, zh},
			{"UTF-16LE", "\xff\xfe" + le(zh), zh},
			{"UTF-16BE", "\xfe\xff" + be(zh), zh},
			{"UTF-16LE without a mark", le(zh), zh},
			{"UTF-16BE without a mark", be(zh), zh},
			{"UTF-32LE", "\xff\xfe\x00\x00" + le32(zh), zh},
			{"GB18030", gb(zh), zh},
			{"Windows-1252", cp1252(fr), fr},
			{"ASCII, then GB18030", strings.Repeat("plain\n", size) + gb(zh), strings.Repeat("plain\n", size) + zh},
			{"UTF-8, then UTF-16LE, then GB18030", zh + le(zh) + gb(zh), zh + zh + zh},
			{"UTF-16BE, then UTF-8", "\xfe\xff" + be(zh) + zh, zh + zh},
		} {
			want, counted := transcodedBy(strings.NewReader(c.raw), 1<<20)
			if string(want) != c.want {
				i := diffAt(string(want), c.want)
				t.Fatalf("%s of %d bytes differs at %d: %.80q, want %.80q", c.name, size, i, want[i:], c.want[i:])
			}
			for _, way := range []struct {
				r    io.Reader
				size int
			}{
				{strings.NewReader(c.raw), 100_001},
				{iotest.HalfReader(strings.NewReader(c.raw)), 1 << 18},
				{pieceReader{strings.NewReader(c.raw), rand.New(rand.NewPCG(1, 9))}, 1 << 20},
				{iotest.DataErrReader(strings.NewReader(c.raw)), 777},
			} {
				got, n := transcodedBy(way.r, way.size)
				if string(got) != c.want || n != counted {
					t.Fatalf("%s of %d bytes by %d: differs at %d; %+v, want %+v", c.name, size, way.size, diffAt(string(got), c.want), n, counted)
				}
			}
		}
	}
}

func diffAt(a, b string) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

// pieceReader reads as much as chance has it, up to 100,000 bytes.
type pieceReader struct {
	r    io.Reader
	rand *rand.Rand
}

func (p pieceReader) Read(b []byte) (int, error) {
	most := 1 + p.rand.IntN(50)
	if p.rand.IntN(3) > 0 {
		most = 1 + p.rand.IntN(100_000)
	}
	return p.r.Read(b[:min(len(b), most)])
}

// In a stream that is full of UTF-8 not every line is looked at; whatever is not,
// stays, and the same is looked at however it is read.
func TestTrust(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	zh := randomLines(r, 3*trustNeeds, false)
	odd := gb("无法连接到远程服务器。\n")
	some := zh[:strings.LastIndexByte(zh[:len(zh)/8], '\n')+1]
	raw := zh + strings.Repeat(odd+some, 40) + odd
	want, counted := transcodedBy(strings.NewReader(raw), 1<<20)
	for _, size := range []int{1, 4000, 300_000} {
		got, n := transcodedBy(pieceReader{strings.NewReader(raw), r}, size)
		if !bytes.Equal(got, want) || n != counted {
			t.Errorf("by %d: %+v, want %+v", size, n, counted)
		}
	}
	if n := counted.lines[asGB18030]; n != 41 {
		t.Errorf("%d lines of GB18030 were seen of 41", n)
	}
	// Without the byte that tells, a long stretch is seen where a sample is taken.
	long := zh + strings.Repeat(gb("系统找不到指定的路径。\n"), 2*trustWindow/20)
	if _, n := transcodedBy(strings.NewReader(long), 1<<20); n.lines[asGB18030] < trustWindow/20 {
		t.Errorf("%+v of a long stretch", n)
	}
	// UTF-16 is seen at once, for its NULs; and where most is ASCII, so is the rest.
	if got := string(transcoded([]byte(zh + le(zh)))); got != zh+zh {
		t.Errorf("UTF-16 behind trusted text differs at %d", diffAt(got, zh+zh))
	}
	sparse := strings.Repeat(strings.Repeat("plain and simple\n", 500)+"作业成功\n", 200)
	if got := string(transcoded([]byte(sparse + odd + sparse))); got != sparse+"无法连接到远程服务器。\n"+sparse {
		t.Error("a line in mostly ASCII was missed")
	}
}

// A line without end is read in pieces, in whatever encoding.
func TestEndlessLineInAnyEncoding(t *testing.T) {
	size := 16 << 20
	if testing.Short() || raceEnabled {
		size = 2 << 20
	}
	unit := `{"msg":"作业执行失败，连接超时","host":"10.0.0.1","retry":3},`
	for name, c := range map[string]struct {
		head string
		pack func(string) string
	}{"UTF-8": {"", plain}, "GB18030": {"", gb}, "UTF-16LE": {"\xff\xfe", le}, "UTF-16BE, unmarked": {"", be}} {
		packed := c.pack(strings.Repeat(unit, 1000))
		n := size / len(packed)
		r := io.MultiReader(strings.NewReader(c.head), &repeated{text: packed, n: n})
		tc := newTranscoder(r)
		want, at := strings.Repeat(unit, 1000), 0
		buf := make([]byte, 1<<20)
		for {
			k, err := tc.Read(buf)
			for b := buf[:k]; len(b) > 0; {
				m := min(len(b), len(want)-at%len(want))
				if string(b[:m]) != want[at%len(want):][:m] {
					t.Fatalf("%s differs near %d", name, at)
				}
				at, b = at+m, b[m:]
			}
			if err != nil {
				break
			}
		}
		if at != n*len(want) || cap(tc.out) > 4*pieceMax || len(tc.buf) != storeSize {
			t.Errorf("%s: %d bytes, want %d; %d are held for output", name, at, n*len(want), cap(tc.out))
		}
		if c.head+c.pack("作") != "作" && sum(tc.counts.lines[:]) != 1 {
			t.Errorf("%s: %d lines, want 1", name, tc.counts.lines)
		}
		tc.close()
	}
}

func sum(all []int64) (n int64) {
	for _, x := range all {
		n += x
	}
	return n
}

// repeated is a text many times.
type repeated struct {
	text  string
	n, at int
}

func (r *repeated) Read(p []byte) (n int, err error) {
	if r.n == 0 {
		return 0, io.EOF
	}
	n = copy(p, r.text[r.at:])
	if r.at += n; r.at == len(r.text) {
		r.at, r.n = 0, r.n-1
	}
	return n, nil
}

// Offsets are those of the text that is handed out, and a second pass is like the
// first.
func TestTranscodedReadAt(t *testing.T) {
	text := randomLines(rand.New(rand.NewPCG(6, 6)), 200_000, false)
	dir := t.TempDir()
	for name, raw := range map[string]string{"plain": text, "mark": "\xef\xbb\xbf" + text, "gb": gb(text), "utf16": "\xff\xfe" + le(text), "gzip of utf16": gz("\xff\xfe" + le(text))} {
		for _, s := range []*Stream{one(t, write(t, filepath.Join(dir, name), raw), nil, Options{}), one(t, "-", strings.NewReader(raw), Options{})} {
			var first Stats
			for pass := range 3 {
				for _, off := range []int{0, 63, 64, 1000, 150_000, len(text) - 5, len(text) + 9} {
					want := text[min(off, len(text)):min(off+300, len(text))]
					if got, err := s.ReadAt(t.Context(), int64(off), 300); string(got) != want || err != nil {
						t.Errorf("%s, pass %d: ReadAt(%d) = %.40q, %v, want %.40q", name, pass, off, got, err, want)
					}
				}
				got, st := readAll(t, s)
				if pass == 0 {
					first = st
				}
				if got != text || fmt.Sprint(st) != fmt.Sprint(first) {
					t.Errorf("%s, pass %d: %d bytes, want %d; %+v", name, pass, len(got), len(text), st)
				}
			}
		}
	}
}

// A second pass of what was plain says what the first one said.
func TestNotesAreKept(t *testing.T) {
	s := one(t, "-", strings.NewReader("作业执行失败\n作业\xe8\xb4\n"), Options{})
	for range 2 {
		if _, st := readAll(t, s); said("", st.Problems) != "noted -: 2 bytes could not be decoded" {
			t.Errorf("%q", said("", st.Problems))
		}
	}
}

func FuzzTranscoder(f *testing.F) {
	zh := "作业执行失败，上传 timeout\r\n"
	for _, seed := range []string{zh, gb(zh), "\xff\xfe" + le(zh), le(zh) + zh, be(zh), "\xfe\xff" + be(zh) + gb(zh), cp1252("été “où”\n"), "\xff\xfe\x00\x00" + le32(zh), "a\x00\n\x00", "\x00\x00\x00a",
		"one\rtwo\rthree", "\r10%\r20%\r" + gb("错误：超时\r"), "a\rb\r\nc\r\r\n", "a\u00a0b\u200bc\n" + zh} {
		f.Add([]byte(seed), uint16(3), uint8(1))
	}
	f.Fuzz(func(t *testing.T, data []byte, times uint16, seed uint8) {
		if len(data) == 0 || len(data) > 4<<10 {
			return
		}
		// Long enough to be read straight, too.
		raw := bytes.Repeat(data, 1+min(int(times), 4*directMin/len(data)))
		want, counted := transcodedBy(bytes.NewReader(raw), 1<<20)
		if counted.plain() && !bytes.Equal(raw, want) {
			t.Fatal("changed, but said to be plain")
		}
		if utf8.Valid(data) && bytes.IndexByte(data, 0) < 0 && !counted.dropped && !counted.cr && !counted.plain() && counted.lines[asGB18030]+counted.lines[asSpaced] == 0 {
			t.Fatalf("UTF-8 was changed: %+v", counted)
		}
		if counted.undecodable == 0 && !utf8.Valid(want) && !isBinary(raw[:min(len(raw), surveySize)]) {
			t.Fatal("neither UTF-8 nor said not to be")
		}
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		for _, size := range []int{1 << 20, directMin + 100, 1 + r.IntN(5000)} {
			got, n := transcodedBy(pieceReader{bytes.NewReader(raw), r}, size)
			if !bytes.Equal(got, want) || n != counted {
				t.Fatalf("by %d: differs at %d; %+v, want %+v", size, diffAt(string(got), string(want)), n, counted)
			}
		}
	})
}

// BenchmarkTranscoder reads 64 MiB of log as a stream is read.
func BenchmarkTranscoder(b *testing.B) {
	r := rand.New(rand.NewPCG(2, 2))
	ascii, zh, fr := logText(10_000), randomLines(r, 1<<20, false), randomLines(r, 1<<20, true)
	for _, c := range []struct{ name, head, text string }{
		{"ASCII", "", ascii}, {"UTF-8", "", zh}, {"GB18030", "", gb(zh)}, {"UTF-16LE", "\xff\xfe", le(zh)},
		{"UTF-16LE ASCII", "\xff\xfe", le(ascii)}, {"Windows-1252", "", cp1252(fr)},
	} {
		b.Run(c.name, func(b *testing.B) {
			n := 64 << 20 / len(c.text)
			b.SetBytes(int64(n * len(c.text)))
			buf := make([]byte, 1<<20)
			for b.Loop() {
				t := newTranscoder(io.MultiReader(strings.NewReader(c.head), &repeated{text: c.text, n: n}))
				for {
					if _, err := t.Read(buf); err != nil {
						break
					}
				}
				t.close()
			}
		})
	}
}

// BenchmarkPasses compares the first pass over 64 MiB, which looks for encodings,
// with later ones, which know that there are none.
func BenchmarkPasses(b *testing.B) {
	for name, text := range map[string]string{"ASCII": logText(10_000), "UTF-8": randomLines(rand.New(rand.NewPCG(2, 2)), 1<<20, false)} {
		text := strings.Repeat(text, 64<<20/len(text))
		path := filepath.Join(b.TempDir(), "a.log")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
		for _, first := range []bool{true, false} {
			b.Run(fmt.Sprintf("%s/first=%v", name, first), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				streams, _ := Open([]string{path}, nil, Options{})
				for b.Loop() {
					if first {
						streams, _ = Open([]string{path}, nil, Options{})
					}
					if _, err := streams[0].Blocks(b.Context(), func(b *Block) error { b.Release(); return nil }); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
