//go:build unix && !linux

package follow

import (
	"os"
	"syscall"
)

func infoOf(info os.FileInfo, _ string) fileInfo {
	out := fileInfo{size: info.Size(), modTime: info.ModTime(), regular: info.Mode().IsRegular()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		out.device, out.inode = uint64(st.Dev), uint64(st.Ino)
	}
	return out
}
