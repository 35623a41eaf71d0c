//go:build !unix

package source

import "os"

// fileID is equal for two names of one file that does not change just now;
// os.SameFile decides among equals.
type fileID struct{ size, modified int64 }

func idOf(info os.FileInfo) fileID {
	return fileID{info.Size(), info.ModTime().UnixNano()}
}
