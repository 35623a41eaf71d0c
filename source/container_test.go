package source

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"hash/crc32"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/pierrec/lz4/v4"
)

// m is a member of an archive that a test makes.
type m struct{ name, text string }

var stamp = time.Date(2024, 2, 29, 13, 41, 6, 0, time.UTC)

func tarOf(members ...m) string {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, x := range members {
		w.WriteHeader(&tar.Header{Name: x.name, Size: int64(len(x.text)), Mode: 0o644, ModTime: stamp, Format: tar.FormatGNU})
		w.Write([]byte(x.text))
	}
	w.Close()
	return out.String()
}

func zipOf(members ...m) string { return zipBy(zip.Deflate, members...) }

func zipBy(method uint16, members ...m) string {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, x := range members {
		packed := []byte(x.text)
		if method == zip.Deflate {
			var b bytes.Buffer
			f, _ := flate.NewWriter(&b, 9)
			f.Write(packed)
			f.Close()
			packed = b.Bytes()
		}
		f, err := w.CreateRaw(&zip.FileHeader{Name: x.name, Method: method, Modified: stamp, CRC32: crc32.ChecksumIEEE([]byte(x.text)),
			CompressedSize64: uint64(len(packed)), UncompressedSize64: uint64(len(x.text))})
		if err != nil {
			panic(err)
		}
		f.Write(packed)
	}
	w.Close()
	return out.String()
}

func lz(text string) string {
	var out bytes.Buffer
	w := lz4.NewWriter(&out)
	w.Apply(lz4.BlockSizeOption(lz4.Block64Kb)) // the default makes readers take 4 MiB
	w.Write([]byte(text))
	w.Close()
	return out.String()
}

// unpacked opens a path and what is in it.
func unpacked(t testing.TB, path string, stdin io.Reader, opt Options) ([]*Stream, []Problem) {
	t.Helper()
	streams, problems := Open([]string{path}, stdin, opt)
	streams, more, err := Unpack(t.Context(), streams)
	if err != nil {
		t.Fatalf("Unpack(%s): %v", path, err)
	}
	t.Cleanup(func() {
		for _, s := range streams {
			s.Close()
		}
	})
	return streams, Tidy(append(problems, more...))
}

// readGroups joins the cores of every stream, as a pass reads them.
func readGroups(t testing.TB, streams []*Stream) ([]string, []Stats) {
	t.Helper()
	texts, stats := make([]string, len(streams)), make([]Stats, len(streams))
	for _, group := range Groups(streams) {
		var members []*Stream
		for _, i := range group {
			members = append(members, streams[i])
		}
		st, err := Blocks(t.Context(), members, func(i int, b *Block) error {
			texts[group[i]] += string(b.Text[b.From:b.To])
			b.Release()
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range st {
			stats[group[i]] = st[i]
		}
	}
	return texts, stats
}

// shape is everything that an archive comes to: names, texts, problems.
func shape(t testing.TB, folder, path string, stdin io.Reader, opt Options) string {
	t.Helper()
	streams, problems := unpacked(t, path, stdin, opt)
	var first string
	for range 2 {
		texts, stats := readGroups(t, streams)
		var out strings.Builder
		all := append([]Problem{}, problems...)
		for i, s := range streams {
			text := texts[i]
			if len(text) > 60 {
				text = text[:20] + "..." + fmt.Sprint(len(text))
			}
			fmt.Fprintf(&out, "%s %q\n", s.Name, text)
			all = append(all, stats[i].Problems...)
		}
		fmt.Fprintln(&out, said("", Tidy(all)))
		if first != "" && out.String() != first {
			t.Errorf("%s: the second pass gives\n%swant\n%s", path, out.String(), first)
		}
		first = out.String()
	}
	return strings.TrimSpace(strings.ReplaceAll(first, folder, ""))
}

// everyWay reads an archive from a file and a pipe, with and without memory to keep
// it, in blocks of several sizes, and holds what it comes to against want.
func everyWay(t *testing.T, data, want string, opt Options) {
	t.Helper()
	d := t.TempDir() + string(filepath.Separator)
	path := write(t, d+"x", data)
	want = strings.TrimSpace(want)
	for _, c := range []struct {
		name string
		keep int64
		size int
	}{{"kept", 0, 0}, {"not kept", -1, 0}, {"small blocks", -1, 100}, {"room for some", 50, 0}} {
		opt.KeepMemory, opt.BlockSize = c.keep, c.size
		if got := shape(t, d, path, nil, opt); got != want {
			t.Errorf("file, %s:\n%s\nwant\n%s", c.name, got, want)
		}
		asPipe := strings.NewReplacer("\nx", "\n-", " x:", " -:").Replace("\n" + want)[1:]
		if got := shape(t, d, "-", iotest.HalfReader(strings.NewReader(data)), opt); got != asPipe {
			t.Errorf("pipe, %s:\n%s\nwant\n%s", c.name, got, asPipe)
		}
	}
}

func TestContainers(t *testing.T) {
	a, b := m{"var/log/a.log", "one\ntwo\n"}, m{"b.log", "three\n"}
	plain := "x:b.log \"three\\n\"\nx:var/log/a.log \"one\\ntwo\\n\""
	for name, data := range map[string]string{
		"tar":               tarOf(a, b),
		"tar.gz":            gz(tarOf(a, b)),
		"tar.zst":           zst(tarOf(a, b)),
		"tar.lz4":           lz(tarOf(a, b)),
		"tar.gz.zst":        zst(gz(tarOf(a, b))),
		"zip":               zipOf(a, b),
		"zip, stored":       zipBy(zip.Store, a, b),
		"zip.gz":            gz(zipOf(a, b)),
		"two tars":          tarOf(a) + tarOf(b),
		"two tars, gzipped": gz(tarOf(a)) + gz(tarOf(b)),
	} {
		t.Run(name, func(t *testing.T) { everyWay(t, data, plain, Options{}) })
	}
	inner := []m{a, {"b.log", gz("three\n")}}
	for name, data := range map[string]string{
		"tar in tar":        tarOf(m{"in", tarOf(inner...)}),
		"tar.gz in tar":     tarOf(m{"in", gz(tarOf(inner...))}),
		"tar.gz in tar.gz":  gz(tarOf(m{"in", gz(tarOf(inner...))})),
		"zip in tar":        tarOf(m{"in", zipOf(inner...)}),
		"zip in tar.gz":     gz(tarOf(m{"in", zipOf(inner...)})),
		"zip in zip":        zipOf(m{"in", zipOf(inner...)}),
		"zip in stored zip": zipBy(zip.Store, m{"in", zipOf(inner...)}),
		"tar in zip":        zipOf(m{"in", tarOf(inner...)}),
		"tar in stored zip": zipBy(zip.Store, m{"in", tarOf(inner...)}),
		"stored zip in zip": zipOf(m{"in", zipBy(zip.Store, inner...)}),
		"tar.gz in zip":     zipOf(m{"in", gz(tarOf(inner...))}),
	} {
		t.Run(name, func(t *testing.T) { everyWay(t, data, strings.ReplaceAll(plain, "x:", "x:in:"), Options{}) })
		t.Run(name+", not held", func(t *testing.T) {
			if !strings.Contains(name, "zip in") || strings.Contains(name, "stored zip") || name == "zip in tar" {
				t.Skip("nothing is held")
			}
			everyWay(t, data, strings.ReplaceAll(plain, "x:", "x:in:")+
				"\nnoted x:in: is a zip archive of more than 0 bytes inside another: it was read without its list of members", Options{HoldMemory: -1})
		})
	}
}
