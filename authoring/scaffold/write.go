package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Write writes all files, or none of them. It overwrites nothing.
func (r *Rule) Write() (err error) {
	var there []string
	for _, f := range r.Files {
		if _, err := os.Lstat(r.Path(f)); err == nil {
			there = append(there, r.Path(f))
		}
	}
	if len(there) > 0 {
		return fmt.Errorf("%s: already there, and nothing is overwritten; choose another name for the rule", strings.Join(there, ", "))
	}
	var made []string // to remove, should one of the files fail
	defer func() {
		for i := len(made) - 1; err != nil && i >= 0; i-- {
			os.Remove(made[i])
		}
	}()
	for _, f := range r.Files {
		folders, err := makeFolders(filepath.Dir(r.Path(f)))
		made = append(made, folders...)
		if err != nil {
			return err
		}
		created, err := create(r.Path(f), f.Text)
		if created {
			made = append(made, r.Path(f))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Path is where a file is written to.
func (r *Rule) Path(f File) string { return filepath.Join(r.dir, filepath.FromSlash(f.Path)) }

// makeFolders makes a folder and those above it, and tells which were new, the
// uppermost first.
func makeFolders(folder string) (made []string, err error) {
	var missing []string
	for ; ; folder = filepath.Dir(folder) {
		if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		missing = append(missing, folder)
	}
	for i := len(missing) - 1; i >= 0; i-- {
		if err := os.Mkdir(missing[i], 0o777); err != nil {
			return made, err
		}
		made = append(made, missing[i])
	}
	return made, nil
}

// create writes a file that must not be there.
func create(name string, text []byte) (created bool, err error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return false, err
	}
	_, err = f.Write(text)
	return true, errors.Join(err, f.Close())
}
