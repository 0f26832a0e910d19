package rule

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/policies"
)

// schemaNames are the documents whose schemas come as files; that of
// data.params is made from the parameters of the pack.
var schemaNames = []string{"estate", "client", "index", "totals"}

// schemaSet gives Rego's type checker the schemas of all that rules read, so
// that a misspelt field is a compile error and not "no violation".
func schemaSet(params map[string]any) (*ast.SchemaSet, error) {
	set := ast.NewSchemaSet()
	for _, name := range schemaNames {
		data, err := fs.ReadFile(policies.Schemas, "schemas/"+name+".json")
		if err != nil {
			return nil, err
		}
		var schema any
		if err := json.Unmarshal(data, &schema); err != nil {
			return nil, fmt.Errorf("schema %s: %w", name, err)
		}
		set.Put(ast.MustParseRef("schema."+name), schema)
	}
	set.Put(ast.MustParseRef("schema.params"), paramsSchema(params))
	return set, nil
}

// paramsSchema describes data.params by the kinds of the defaults.
func paramsSchema(defaults map[string]any) map[string]any {
	properties := map[string]any{}
	for name, v := range defaults {
		properties[name] = valueSchema(v)
	}
	return map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
}

func valueSchema(v any) map[string]any {
	switch v := v.(type) {
	case nil: // of any kind that the parameter's own schema takes
		return map[string]any{}
	case string:
		return map[string]any{"type": "string"}
	case bool:
		return map[string]any{"type": "boolean"}
	case int, int64, uint64, float64:
		return map[string]any{"type": "number"}
	case []any:
		if len(v) > 0 && !slices.ContainsFunc(v, func(e any) bool { return paramKind(e) != paramKind(v[0]) }) {
			return map[string]any{"type": "array", "items": valueSchema(v[0])}
		}
		return map[string]any{"type": "array"}
	}
	return map[string]any{"type": "object"}
}
