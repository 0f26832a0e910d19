package rule

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"
)

// HostSchemas says which schema describes each document that rules read.
var HostSchemas = map[string]string{
	"input":       "schema.client",
	"data.estate": "schema.estate",
	"data.index":  "schema.index",
	"data.totals": "schema.totals",
	"data.params": "schema.params",
}

// addSchemas gives every module, libraries too, the schemas of all documents
// that it may read, and notes the annotations of packages as they were before.
func (p *Pack) addSchemas() {
	var parsed []*ast.Module
	for i, m := range p.modules {
		parsed = append(parsed, m.parsed)
		for _, a := range m.parsed.Annotations {
			p.flaw(checkSchemas(m.file, a)...)
			if a.Scope == packageScope {
				p.modules[i].annotations, p.modules[i].schemas = a, a.Schemas
			}
		}
	}
	Describe(parsed)
}

const packageScope = "package"

// Describe gives modules the schemas of all documents that they may read,
// whatever their own annotations say or leave out.
func Describe(modules []*ast.Module) {
	ofPackage := map[string]*ast.Annotations{}
	for _, m := range modules {
		for _, a := range m.Annotations {
			if a.Scope == packageScope {
				ofPackage[m.Package.Path.String()] = a
			}
		}
	}
	var schemas []*ast.SchemaAnnotation
	for _, path := range slices.Sorted(maps.Keys(HostSchemas)) {
		schemas = append(schemas, &ast.SchemaAnnotation{
			Path: ast.MustParseRef(path), Schema: ast.MustParseRef(HostSchemas[path]),
		})
	}
	for _, m := range modules {
		pkg := m.Package.Path.String()
		a := ofPackage[pkg]
		if a == nil { // Copy is the only way to say what annotations are about
			a = (&ast.Annotations{Scope: packageScope, Location: m.Package.Location}).Copy(m.Package)
			m.Annotations = append(m.Annotations, a)
			ofPackage[pkg] = a
		}
		a.Schemas = schemas
	}
}

// checkSchemas finds annotations that would put another schema in the place of
// nscheck's.
func checkSchemas(file string, a *ast.Annotations) (flaws Flaws) {
	for i, s := range a.Schemas {
		f := flawOn(FlawWrongMetadata, file, "")
		f.Key = []string{"schemas", strconv.Itoa(i)}
		path := s.Path.String()
		switch want, ok := HostSchemas[path]; {
		case !ok:
			f.Msg = fmt.Sprintf("its METADATA has a schema for %s; nscheck provides input, data.estate, data.index, data.totals and data.params", path)
		case s.Definition != nil, s.Schema.String() != want:
			f.Msg = fmt.Sprintf("its METADATA gives %s a schema of its own; it is described by %s", path, want)
		default:
			continue
		}
		flaws = append(flaws, f)
	}
	return flaws
}
