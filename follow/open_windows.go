package follow

import (
	"os"

	"golang.org/x/sys/windows"
)

// openFile opens a file so that others may still rename and delete it, which
// writers that rotate their logs do.
func openFile(path string) (*os.File, error) {
	h, err := openHandle(path, windows.GENERIC_READ)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(h), path), nil
}

func openHandle(path string, access uint32) (windows.Handle, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, err
	}
	return windows.CreateFile(name, access, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE,
		nil, windows.OPEN_EXISTING, windows.FILE_FLAG_BACKUP_SEMANTICS, 0)
}

func full(error) bool { return false }
