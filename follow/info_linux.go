package follow

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// statx says everything in one call, the birth of a file included where the file
// system knows it.
func statx(fd int, path string, flags int) (fileInfo, error) {
	var x unix.Statx_t
	err := unix.EINTR
	for err == unix.EINTR {
		err, _ = unix.Statx(fd, path, flags, unix.STATX_BASIC_STATS|unix.STATX_BTIME, &x).(unix.Errno)
	}
	if err != 0 {
		return fileInfo{}, &os.PathError{Op: "stat", Path: path, Err: err}
	}
	out := fileInfo{device: unix.Mkdev(x.Dev_major, x.Dev_minor), inode: x.Ino, size: int64(x.Size), links: uint64(x.Nlink),
		modTime: time.Unix(x.Mtime.Sec, int64(x.Mtime.Nsec)), changed: time.Unix(x.Ctime.Sec, int64(x.Ctime.Nsec)), regular: x.Mode&unix.S_IFMT == unix.S_IFREG}
	if x.Mask&unix.STATX_BTIME != 0 {
		out.birth = time.Unix(x.Btime.Sec, int64(x.Btime.Nsec)).UTC()
	}
	return out, nil
}

// noStatx reports whether the call is unknown to the kernel (before 4.11) or
// forbidden by a sandbox.
func noStatx(err error) bool { return errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EPERM) }

func statPath(path string) (fileInfo, error) {
	out, err := statx(unix.AT_FDCWD, path, 0)
	if !noStatx(err) {
		return out, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return fileInfo{}, err
	}
	return numbered(info), nil
}

// statFile says what is known of an open file.
func statFile(f *os.File) (fileInfo, error) {
	out, err := statx(int(f.Fd()), "", unix.AT_EMPTY_PATH)
	if !noStatx(err) {
		return out, err
	}
	info, err := f.Stat()
	if err != nil {
		return fileInfo{}, err
	}
	return numbered(info), nil
}
