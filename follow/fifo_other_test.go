//go:build !unix

package follow

import "errors"

func mkfifo(string) error { return errors.ErrUnsupported }
