//go:build unix

package source

import "syscall"

// peekFile reads the first bytes of a file, and says which file it is, in four system
// calls: with thousands of files each call counts. It does not wait where the file
// has become a FIFO.
func peekFile(path string, b []byte) (int, fileID) {
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0)
	if err != nil {
		return 0, fileID{}
	}
	defer syscall.Close(fd)
	n, err := syscall.Read(fd, b)
	for err == syscall.EINTR {
		n, err = syscall.Read(fd, b)
	}
	var st syscall.Stat_t
	if err != nil || syscall.Fstat(fd, &st) != nil || st.Mode&syscall.S_IFMT != syscall.S_IFREG {
		return max(n, 0), fileID{}
	}
	return n, fileID{uint64(st.Dev), uint64(st.Ino)}
}
