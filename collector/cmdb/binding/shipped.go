package binding

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

// ShippedSet reads the shipped bindings once. They are part of the program, so an
// error in one is a programming error. A file is named after its section. If a
// section has several bindings for different versions, the rest of the name follows
// an @.
var ShippedSet = sync.OnceValue(func() *Set {
	files, err := fs.Glob(queries, "queries/*.sql")
	if err != nil {
		panic(err)
	}
	var all []*Binding
	for _, file := range files {
		text, err := queries.ReadFile(file)
		if err != nil {
			panic(err)
		}
		b, err := ParseQuery(string(text))
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
		all = append(all, b)
	}
	return NewSet(all)
})

// Shipped returns the shipped bindings for a product of unknown version.
func Shipped() map[string]*Binding { return ShippedSet().Choose("") }

// All returns the shipped bindings, by section. Callers must not change them.
func All() []*Binding { return ShippedSet().All() }
