//go:build !unix

package follow

import (
	"hash/fnv"
	"os"
)

// Where files have no number that os.FileInfo shows, the path takes its place; the
// hashes of head and tail tell files of one path apart.
func infoOf(info os.FileInfo, path string) fileInfo {
	h := fnv.New64a()
	h.Write([]byte(path))
	return fileInfo{inode: h.Sum64(), size: info.Size(), modTime: info.ModTime(), regular: info.Mode().IsRegular()}
}
