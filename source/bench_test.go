package source

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// benchFile is 64 MiB of log in the page cache.
func benchFile(b *testing.B, pack func(string) string) (string, int64) {
	text := strings.Repeat(logText(8000), 64<<20/len(logText(8000)))
	path := filepath.Join(b.TempDir(), "a.log")
	if err := os.WriteFile(path, []byte(pack(text)), 0o644); err != nil {
		b.Fatal(err)
	}
	return path, int64(len(text))
}

func plain(text string) string { return text }

// BenchmarkRead is the ceiling that BenchmarkBlocks is measured against: the same
// bytes through one buffer, and nothing else.
func BenchmarkRead(b *testing.B) {
	path, size := benchFile(b, plain)
	buf := make([]byte, 1<<20)
	b.SetBytes(size)
	for b.Loop() {
		f, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		for {
			if n, _ := f.Read(buf); n == 0 {
				break
			}
		}
		f.Close()
	}
}

func BenchmarkBlocks(b *testing.B) {
	for _, c := range []struct {
		name string
		pack func(string) string
		size int
	}{
		{"plain", plain, 1 << 20},
		{"plain256K", plain, 256 << 10},
		{"gzip", gz, 1 << 20},
		{"zstd", zst, 1 << 20},
	} {
		b.Run(c.name, func(b *testing.B) {
			path, size := benchFile(b, c.pack)
			streams, _ := Open([]string{path}, nil, Options{BlockSize: c.size})
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				st, err := streams[0].Blocks(b.Context(), func(b *Block) error { b.Release(); return nil })
				if err != nil || st.Bytes != size {
					b.Fatal(st, err)
				}
			}
		})
	}
}

// BenchmarkPipe reads a real pipe, with all of it spooled, and with none.
func BenchmarkPipe(b *testing.B) {
	text := []byte(strings.Repeat(logText(8000), 64))
	for name, limit := range map[string]int64{"spooled": 0, "once": -1} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				r, w, err := os.Pipe()
				if err != nil {
					b.Fatal(err)
				}
				go func() {
					w.Write(text)
					w.Close()
				}()
				streams, _ := Open(nil, r, Options{SpoolLimit: limit})
				st, err := streams[0].Blocks(b.Context(), func(b *Block) error { b.Release(); return nil })
				if err != nil || st.Bytes != int64(len(text)) {
					b.Fatal(st, err)
				}
				streams[0].Close()
				r.Close()
			}
		})
	}
}

// BenchmarkManyFiles is what 5,000 short files cost: to find them, to look whether
// they are archives, and to read them once.
func BenchmarkManyFiles(b *testing.B) {
	d := b.TempDir()
	for i := range 5000 {
		write(b, filepath.Join(d, fmt.Sprintf("%02d/%04d.log", i%50, i)), logText(25))
	}
	open := func() []*Stream {
		streams, _ := Open([]string{d}, nil, Options{})
		return streams
	}
	all := open()
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			open()
		}
	})
	b.Run("unpack", func(b *testing.B) {
		for b.Loop() {
			Unpack(b.Context(), all)
		}
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			for _, s := range all {
				s.Blocks(b.Context(), func(b *Block) error { b.Release(); return nil })
			}
		}
	})
}
