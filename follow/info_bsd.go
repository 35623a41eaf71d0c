//go:build unix && !linux

package follow

import "os"

func statPath(path string) (fileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return fileInfo{}, err
	}
	return numbered(info), nil
}

// statFile says what is known of an open file.
func statFile(f *os.File) (fileInfo, error) {
	info, err := f.Stat()
	if err != nil {
		return fileInfo{}, err
	}
	return numbered(info), nil
}
