//go:build unix

package source

import (
	"os"
	"syscall"
)

// fileID is equal for two names of one file; os.SameFile decides among equals.
type fileID struct{ device, inode uint64 }

func idOf(info os.FileInfo) fileID {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fileID{}
	}
	return fileID{uint64(st.Dev), uint64(st.Ino)}
}
