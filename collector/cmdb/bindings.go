package cmdb

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

//go:embed queries/*.sql
var queries embed.FS

// shipped reads the shipped bindings once. They are part of the program, so an
// error in one is a programming error.
var shipped = sync.OnceValue(func() map[string]*Binding {
	files, err := fs.Glob(queries, "queries/*.sql")
	if err != nil {
		panic(err)
	}
	bindings := make(map[string]*Binding, len(files))
	for _, file := range files {
		text, err := queries.ReadFile(file)
		if err != nil {
			panic(err)
		}
		b, err := parseBinding(string(text))
		if err != nil {
			panic(fmt.Sprintf("%s: %v", file, err))
		}
		if file != "queries/"+b.Section+".sql" {
			panic(fmt.Sprintf("%s fills section %s; name the file after its section", file, b.Section))
		}
		bindings[b.Section] = b
	}
	return bindings
})

// Bindings returns the shipped bindings, by section. Callers must not change them.
func Bindings() []*Binding {
	all := make([]*Binding, 0, len(shipped()))
	for _, b := range shipped() {
		all = append(all, b)
	}
	slices.SortFunc(all, func(a, b *Binding) int { return strings.Compare(a.Section, b.Section) })
	return all
}

// parent is the section whose objects a section is about: package_servers for
// package_servers.packages. A section without a dot has none.
func parent(section string) string {
	before, _, ok := strings.Cut(section, ".")
	if !ok {
		return ""
	}
	return before
}
