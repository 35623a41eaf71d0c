package source

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What other programs wrote: xz 5.4, bzip2 1.0.8, lz4 1.9.4, pzstd 1.5, GNU tar 1.35,
// Info-ZIP 3.0, Python's zipfile. In all of it a.log is "one\ntwo\n" and b.log
// "three\n"; files ending in streams and frames are two members behind one another.
func TestRealArchives(t *testing.T) {
	alone := `x "one\ntwo\n"`
	for name, want := range map[string]string{
		"streams.xz":  alone,
		"streams.bz2": alone,
		"frames.lz4":  alone,
		"frames.zst":  alone,
		"legacy.lz4":  alone,
		"v7.tar.xz": `
x:b.log "three\n"
x:var/log/a.log "one\ntwo\n"
skipped x: holds links or devices, which are not read: 1`,
		"pax.tar.bz2": `
x:b.log "three\n"
x:var/log/a.log "one\ntwo\n"
x:日志.log "三\n"`,
		"ustar.tar.gz": `
x:b.log "three\n"
x:var/log/a.log "one\ntwo\n"
x:日志.log "三\n"`,
		"sparse-gnu.tar.gz": `
x:b.log "three\n"
unread x:hole.log: is a sparse file, which is not read`,
		"sparse-pax.tar.gz": `
x:b.log "three\n"
unread x:hole.log: is a sparse file, which is not read`,
		"encrypted.zip": `
x:b.log "three\n"
unread x:var/log/a.log: is encrypted`,
		"lzma.zip": `
x:b.log "three\n"
unread x:a.log: is compressed by zip's method 14, which is not read`,
		"bzip2.zip": `
x:c.log "2024-12-26 13:41:00,...30000"
x:var/log/a.log "one\ntwo\n"`,
		"streamed.zip": `
x:b.log "three\n"
x:var/log/a.log "one\ntwo\n"
skipped x: holds links or devices, which are not read: 1`,
	} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", "real", name))
			if err != nil {
				t.Fatal(err)
			}
			everyWay(t, string(data), want, Options{})
		})
	}
}

// The time stamp of a member is what its archive says.
func TestMemberTimes(t *testing.T) {
	for _, name := range []string{"v7.tar.xz", "pax.tar.bz2", "ustar.tar.gz", "bzip2.zip", "streamed.zip"} {
		for _, keep := range []int64{0, -1} {
			streams, _ := unpacked(t, filepath.Join("testdata", "real", name), nil, Options{KeepMemory: keep})
			for _, s := range streams {
				if strings.HasSuffix(s.Name, "a.log") && s.ModTime.Unix() != 1709214066 {
					t.Errorf("%s: %v", s.Name, s.ModTime)
				}
			}
		}
	}
}
