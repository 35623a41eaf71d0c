//go:build unix

package source

import "syscall"

// peekFile reads the first bytes of a file, in three system calls: with thousands of
// files each call counts. It does not wait where the file has become a FIFO.
func peekFile(path string, b []byte) int {
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0)
	if err != nil {
		return 0
	}
	defer syscall.Close(fd)
	n, err := syscall.Read(fd, b)
	for err == syscall.EINTR {
		n, err = syscall.Read(fd, b)
	}
	return max(n, 0)
}
