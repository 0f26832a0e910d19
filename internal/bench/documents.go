package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/policies"
)

// documents are what nscheck computes for its rules beside the snapshot. The
// peers cannot compute them, or only at a great cost, and are given them.
type documents struct {
	params json.RawMessage
	tables map[string]map[string]json.RawMessage // of data.index and data.totals
	fields map[string]map[string]json.RawMessage // of clients, by GUID
}

// computedFields of a client are in no snapshot.
var computedFields = []string{"location", "events"}

const documentMetadata = `# METADATA
# title: Documents of the host
# description: Findings that hold what nscheck computes for its rules.
# related_resources:
#   - ref: README
#     description: The description of nscheck.
# schemas:
#   - input: schema.client
#   - data.estate: schema.estate
#   - data.index: schema.index
#   - data.totals: schema.totals
# custom:
#   id: %s
#   severity: info
#   scope: %s
#   step: "+"
#   remediation:
#     - ref: README
#       text: Nothing is wrong.
package bench.%s

`

// The rules whose findings are the documents.
const (
	tablesRule = "BENCH-001"
	fieldsRule = "BENCH-002"
)

// documentRules makes rules that find the documents themselves, so that they
// are exactly those that the built-in rules see.
func documentRules() (map[string]string, error) {
	estate := fmt.Sprintf(documentMetadata, tablesRule, "estate", "tables")
	for _, document := range []string{"index", "totals"} {
		text, err := fs.ReadFile(policies.Schemas, "schemas/"+document+".json")
		if err != nil {
			return nil, err
		}
		var schema struct{ Properties map[string]any }
		if err := json.Unmarshal(text, &schema); err != nil {
			return nil, err
		}
		for _, table := range slices.Sorted(maps.Keys(schema.Properties)) {
			estate += fmt.Sprintf("violation contains {\"msg\": %q, \"resource\": {\"type\": \"table\", \"guid\": null, \"name\": %q},\n"+
				"\t\"actual\": data.%s.%s}\n\n", document, table, document, table)
		}
	}
	client := fmt.Sprintf(documentMetadata, fieldsRule, "client", "fields")
	for _, field := range computedFields {
		client += fmt.Sprintf("violation contains {\"msg\": %q, \"actual\": input.%s}\n\n", field, field)
	}
	return map[string]string{"tables.rego": estate, "fields.rego": client}, nil
}

// documents lets nscheck judge the estate by those rules, too.
func (e *estate) documents(ctx context.Context) (*documents, error) {
	rules, err := documentRules()
	if err != nil {
		return nil, err
	}
	folder, out := e.file("documents"), e.file("documents.json")
	if err := writeFiles(folder, rules); err != nil {
		return nil, err
	}
	if _, err := e.execute(ctx, os.DevNull, []int{0, 1, 3}, e.program("nscheck"), "eval", "--quiet", e.plain(),
		"-p", folder, "-f", "json="+out); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(out)
	if err != nil {
		return nil, err
	}
	return readDocuments(text, e.clients)
}

func readDocuments(text []byte, clients int64) (*documents, error) {
	var result struct {
		Pack     struct{ Params json.RawMessage }
		Findings []struct {
			Rule, Msg string
			Resource  struct{ GUID, Name string }
			Actual    json.RawMessage
		}
	}
	if err := json.Unmarshal(text, &result); err != nil {
		return nil, err
	}
	d := &documents{
		params: result.Pack.Params,
		tables: map[string]map[string]json.RawMessage{"index": {}, "totals": {}},
		fields: map[string]map[string]json.RawMessage{},
	}
	for _, f := range result.Findings {
		switch f.Rule {
		case tablesRule:
			d.tables[f.Msg][f.Resource.Name] = f.Actual
		case fieldsRule:
			if d.fields[f.Resource.GUID] == nil {
				d.fields[f.Resource.GUID] = map[string]json.RawMessage{}
			}
			d.fields[f.Resource.GUID][f.Msg] = f.Actual
		}
	}
	if len(d.tables["index"]) == 0 || len(d.tables["totals"]) == 0 || int64(len(d.fields)) != clients {
		return nil, fmt.Errorf("there are %d tables of data.index, %d of data.totals, and computed fields of %d of %d clients",
			len(d.tables["index"]), len(d.tables["totals"]), len(d.fields), clients)
	}
	for guid, fields := range d.fields {
		if len(fields) != len(computedFields) {
			return nil, fmt.Errorf("of client %s only %d computed fields are known", guid, len(fields))
		}
	}
	return d, nil
}

func writeFiles(folder string, texts map[string]string) error {
	for name, text := range texts {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(strings.TrimSpace(text)+"\n"), 0o644); err != nil {
			return err
		}
	}
	return nil
}
