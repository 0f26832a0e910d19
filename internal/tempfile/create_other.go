//go:build !windows

package tempfile

import (
	"errors"
	"os"
)

// create removes the file's name at once: the open file is all that is needed.
func create(dir, pattern string) (*os.File, error) {
	f, err := os.CreateTemp(dir, pattern)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
