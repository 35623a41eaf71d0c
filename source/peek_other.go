//go:build !unix

package source

import (
	"io"
	"os"
)

// peekFile reads the first bytes of a file.
func peekFile(path string, b []byte) int {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	n, _ := io.ReadFull(f, b)
	return n
}
