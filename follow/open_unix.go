//go:build unix

package follow

import (
	"errors"
	"os"
	"syscall"
)

// openFile opens a file for reading. A FIFO that took a file's place must not make
// it wait for a writer.
func openFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

// full reports whether the system refuses to watch more.
func full(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENOMEM)
}
