package rule

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/nscheck/nscheck/policies"
	"github.com/nscheck/nscheck/snapshot"
)

// Schemas are the JSON Schemas of what rules of the pack read, by the names under
// which their annotations speak of them: client, estate, index, params, totals.
func (p *Pack) Schemas() (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, name := range schemaNames {
		text, err := fs.ReadFile(policies.Schemas, "schemas/"+name+".json")
		if err != nil {
			return nil, err
		}
		out[name] = text
	}
	params := paramsSchema(p.defaults)
	params["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	params["title"] = "data.params"
	params["description"] = "Parameters of the rules that are loaded."
	properties := params["properties"].(map[string]any)
	maps.Copy(properties, p.paramDocs)
	text, err := json.MarshalIndent(params, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the schema of the parameters: %w", err)
	}
	out["params"] = append(text, '\n')
	return out, nil
}

// MadeOf tells what nscheck makes a document of that no source holds: the sections
// of a snapshot, by the document's path as rules read it.
func MadeOf(path ...string) (sections []string, computed bool) {
	if len(path) < 2 {
		return nil, false
	}
	switch name := path[1]; path[0] {
	case "index":
		list, ok := IndexSources[name]
		return slices.Clone(list), ok
	case "totals":
		from, ok := TotalSources[name]
		list := append([]string{"clients"}, from.estate...)
		for _, field := range from.client {
			list = append(list, ClientSections[field])
		}
		slices.Sort(list)
		return slices.Compact(list), ok
	case "input":
		if of := snapshot.Computed[name]; of != "" {
			return []string{ClientSections[of]}, true
		}
	}
	return nil, false
}
