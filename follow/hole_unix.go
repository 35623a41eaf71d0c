//go:build linux || freebsd || darwin

package follow

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// nextData returns where a file has data, at an offset or behind it; the end of the
// file when there is none, and the offset itself where the file system cannot tell.
// The position of the file is not used.
func nextData(f *os.File, offset int64) int64 {
	at, err := unix.Seek(int(f.Fd()), offset, unix.SEEK_DATA)
	if errors.Is(err, unix.ENXIO) {
		at, err = f.Seek(0, io.SeekEnd)
	}
	if err != nil {
		return offset
	}
	return max(at, offset)
}
