//go:build unix

package follow

import (
	"os"
	"syscall"
)

func numbered(info os.FileInfo) fileInfo {
	out := plainInfo(info)
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		out.device, out.inode, out.links = uint64(st.Dev), uint64(st.Ino), uint64(st.Nlink)
	}
	return out
}
