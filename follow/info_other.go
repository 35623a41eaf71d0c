//go:build !unix && !windows

package follow

import (
	"hash/fnv"
	"os"
)

// Where files have no number, the path takes its place; the hashes of head and
// tail tell files of one path apart.
func statPath(path string) (fileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return fileInfo{}, err
	}
	h := fnv.New64a()
	h.Write([]byte(path))
	out := plainInfo(info)
	out.inode = h.Sum64()
	return out, nil
}

// statFile says what is known of an open file.
func statFile(f *os.File) (fileInfo, error) { return statPath(f.Name()) }
