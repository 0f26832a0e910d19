package evaluator

import (
	"fmt"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// hostSchemas says which schema describes each document that rules read.
var hostSchemas = map[string]string{
	"input":       "schema.client",
	"data.estate": "schema.estate",
	"data.index":  "schema.index",
	"data.totals": "schema.totals",
	"data.params": "schema.params",
}

// addSchemas gives every module, libraries too, the schemas of all documents
// that it may read, whatever its own annotations say or leave out. It returns
// an error for annotations that would put another schema in their place.
func addSchemas(modules []module) error {
	ofPackage := map[string]*ast.Annotations{}
	for i, m := range modules {
		for _, a := range m.parsed.Annotations {
			if err := checkSchemas(a); err != nil {
				return fmt.Errorf("%s: %w", m.file, err)
			}
			if a.Scope == "package" {
				ofPackage[m.parsed.Package.Path.String()] = a
				modules[i].metadata, modules[i].schemas = true, a.Schemas
			}
		}
	}
	var schemas []*ast.SchemaAnnotation
	for _, path := range slices.Sorted(maps.Keys(hostSchemas)) {
		schemas = append(schemas, &ast.SchemaAnnotation{
			Path: ast.MustParseRef(path), Schema: ast.MustParseRef(hostSchemas[path]),
		})
	}
	for _, m := range modules {
		pkg := m.parsed.Package.Path.String()
		a := ofPackage[pkg]
		if a == nil { // Copy is the only way to say what annotations are about
			a = (&ast.Annotations{Scope: "package", Location: m.parsed.Package.Location}).Copy(m.parsed.Package)
			m.parsed.Annotations = append(m.parsed.Annotations, a)
			ofPackage[pkg] = a
		}
		a.Schemas = schemas
	}
	return nil
}

func checkSchemas(a *ast.Annotations) error {
	for _, s := range a.Schemas {
		path := s.Path.String()
		switch want, ok := hostSchemas[path]; {
		case !ok:
			return fmt.Errorf("its METADATA has a schema for %s; nscheck provides input, data.estate, data.index, data.totals and data.params", path)
		case s.Definition != nil, s.Schema.String() != want:
			return fmt.Errorf("its METADATA gives %s a schema of its own; it is described by %s", path, want)
		}
	}
	return nil
}
