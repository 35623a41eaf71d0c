package follow

import (
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// statFile says what is known of an open file.
func statFile(f *os.File) (fileInfo, error) {
	info, err := f.Stat()
	if err != nil {
		return fileInfo{}, err
	}
	out := plainInfo(info)
	out.number(windows.Handle(f.Fd()))
	return out, nil
}

func statPath(path string) (fileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return fileInfo{}, err
	}
	out := plainInfo(info)
	if h, err := openHandle(path, 0); err == nil {
		out.number(h)
		windows.CloseHandle(h)
	}
	return out, nil
}

func (i *fileInfo) number(h windows.Handle) {
	var x windows.ByHandleFileInformation
	if windows.GetFileInformationByHandle(h, &x) != nil {
		return
	}
	i.device = uint64(x.VolumeSerialNumber)
	i.inode = uint64(x.FileIndexHigh)<<32 | uint64(x.FileIndexLow)
	i.birth = time.Unix(0, x.CreationTime.Nanoseconds()).UTC()
}
