package follow

import (
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func infoOf(info os.FileInfo, path string) fileInfo {
	out := fileInfo{size: info.Size(), modTime: info.ModTime(), regular: info.Mode().IsRegular()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		out.device, out.inode = uint64(st.Dev), st.Ino
	}
	var stx unix.Statx_t
	if path != "" && unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_BTIME|unix.STATX_INO, &stx) == nil &&
		stx.Mask&unix.STATX_BTIME != 0 && stx.Ino == out.inode {
		out.birth = time.Unix(stx.Btime.Sec, int64(stx.Btime.Nsec)).UTC()
	}
	return out
}
