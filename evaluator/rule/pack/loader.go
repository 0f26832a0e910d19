package pack

import (
	"bytes"
	"io"
	"maps"
	"slices"
	"testing/fstest"

	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/loader/filter"
)

// loader hands the files of a pack to OPA, by the same names on every system. OPA's
// own loaders would read the archive a second time, and by code that need not see
// in it what nscheck sees.
type loader struct {
	files fstest.MapFS
	names []string
}

func newLoader(files fstest.MapFS) *loader {
	return &loader{files, slices.Sorted(maps.Keys(files))}
}

// NextFile returns the next file.
func (l *loader) NextFile() (*bundle.Descriptor, error) {
	if len(l.names) == 0 {
		return nil, io.EOF
	}
	name := l.names[0]
	l.names = l.names[1:]
	return bundle.NewDescriptor("/"+name, "/"+name, bytes.NewBuffer(bytes.Clone(l.files[name].Data))), nil
}

// The options of OPA's loaders have no use here: all files are read already.

func (l *loader) WithFilter(filter.LoaderFilter) bundle.DirectoryLoader   { return l }
func (l *loader) WithPathFormat(bundle.PathFormat) bundle.DirectoryLoader { return l }
func (l *loader) WithSizeLimitBytes(int64) bundle.DirectoryLoader         { return l }
func (l *loader) WithFollowSymlinks(bool) bundle.DirectoryLoader          { return l }
