package tempfile

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

// create lets Windows remove the file when its last handle is closed, also if
// the process is killed.
func create(dir, pattern string) (*os.File, error) {
	if dir == "" {
		dir = os.TempDir()
	}
	for try := 0; ; try++ {
		name := filepath.Join(dir, strings.Replace(pattern, "*", fmt.Sprintf("%08x", rand.Uint32()), 1))
		path, err := windows.UTF16PtrFromString(name)
		if err != nil {
			return nil, err
		}
		handle, err := windows.CreateFile(path, windows.GENERIC_READ|windows.GENERIC_WRITE, 0, nil, windows.CREATE_NEW,
			windows.FILE_ATTRIBUTE_TEMPORARY|windows.FILE_FLAG_DELETE_ON_CLOSE, 0)
		if err == nil {
			return os.NewFile(uintptr(handle), name), nil
		}
		if !errors.Is(err, fs.ErrExist) || try == 100 {
			return nil, &fs.PathError{Op: "create", Path: name, Err: err}
		}
	}
}
