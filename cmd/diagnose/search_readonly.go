package main

import (
	"errors"
	"syscall"
)

// isReadOnly reports whether a file system cannot be written, or is full.
func isReadOnly(err error) bool {
	return errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.ENOTDIR)
}
