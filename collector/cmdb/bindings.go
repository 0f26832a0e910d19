package cmdb

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/nscheck/nscheck/collector/cmdb/tsql"
)

//go:embed queries/*.sql
var queries embed.FS

// shippedSet reads the shipped bindings once. They are part of the program, so
// an error in one is a programming error. A file is named after its section; a
// section with several bindings, for versions that differ, has more after an @.
var shippedSet = sync.OnceValue(func() *BindingSet {
	files, err := fs.Glob(queries, "queries/*.sql")
	if err != nil {
		panic(err)
	}
	set := &BindingSet{sections: make(map[string][]*Binding, len(files))}
	for _, file := range files {
		text, err := queries.ReadFile(file)
		if err != nil {
			panic(err)
		}
		b, err := parseBinding(string(text))
		if err == nil {
			err = tsql.Check(b.Query)
		}
		if err != nil {
			panic(fmt.Sprintf("%s: %v", file, err))
		}
		name, _, _ := strings.Cut(strings.TrimSuffix(path.Base(file), ".sql"), "@")
		if name != b.Section {
			panic(fmt.Sprintf("%s fills section %s; name the file after its section", file, b.Section))
		}
		set.sections[name] = append(set.sections[name], b)
	}
	return set
})

// shipped are the shipped bindings for a product of unknown version.
func shipped() map[string]*Binding { return shippedSet().choose("") }

// Bindings returns the shipped bindings, by section. Callers must not change them.
func Bindings() []*Binding { return shippedSet().All() }

// parent is the section whose objects a section is about: package_servers for
// package_servers.packages. A section without a dot has none.
func parent(section string) string {
	before, _, ok := strings.Cut(section, ".")
	if !ok {
		return ""
	}
	return before
}
