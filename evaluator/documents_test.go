package evaluator

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/policies"
	"github.com/nscheck/nscheck/snapshot"
)

// fieldNames are the JSON names of a struct's fields.
func fieldNames(t reflect.Type) []string {
	var names []string
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// TestEveryFieldHasASection holds the tables of needs.go to the types, so that
// a new section cannot be forgotten there.
func TestEveryFieldHasASection(t *testing.T) {
	if diff := cmp.Diff(fieldNames(reflect.TypeFor[snapshot.Estate]()), rule.EstateSections); diff != "" {
		t.Errorf("estate sections (-types +table):\n%s", diff)
	}
	withClient := []string{"domain", "guid", "managed", "name", "os_name", "status"}
	known := append(slices.Collect(maps.Keys(rule.ClientSections)), withClient...)
	slices.Sort(known)
	if diff := cmp.Diff(fieldNames(reflect.TypeFor[snapshot.Client]()), known); diff != "" {
		t.Errorf("client fields (-types +table):\n%s", diff)
	}
}

// TestDocumentsHaveSchemas holds the schemas of data.index and data.totals to
// the documents that are made.
func TestDocumentsHaveSchemas(t *testing.T) {
	estate := &snapshot.Estate{}
	made := map[string][]string{
		"index":  slices.Sorted(maps.Keys(buildIndex(estate, map[string]any{}, newNetworks(estate)))),
		"totals": slices.Sorted(maps.Keys(newTotals(estate).document())),
	}
	derived := map[string][]string{
		"index":  slices.Sorted(maps.Keys(rule.IndexSources)),
		"totals": slices.Sorted(maps.Keys(rule.TotalSources)),
	}
	for name, tables := range made {
		data, err := fs.ReadFile(policies.Schemas, "schemas/"+name+".json")
		if err != nil {
			t.Fatal(err)
		}
		var schema struct{ Properties map[string]any }
		if err := json.Unmarshal(data, &schema); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tables, slices.Sorted(maps.Keys(schema.Properties))); diff != "" {
			t.Errorf("schema of data.%s (-made +schema):\n%s", name, diff)
		}
		if diff := cmp.Diff(tables, derived[name]); diff != "" {
			t.Errorf("needs of data.%s (-made +table):\n%s", name, diff)
		}
	}
}

// indexSchema is schemas/index.json in the order of its keys.
type indexSchema struct {
	Schema      string                     `json:"$schema"`
	ID          string                     `json:"$id"`
	Title       string                     `json:"title"`
	Description string                     `json:"description"`
	Type        string                     `json:"type"`
	Additional  bool                       `json:"additionalProperties"`
	Properties  json.RawMessage            `json:"properties"`
	Defs        map[string]json.RawMessage `json:"$defs"`
}

// TestIndexDescribesTheEstatesObjects holds the objects that the schema of
// data.index repeats, because "opa check" follows no references between files,
// to those of the estate. UPDATE_GOLDEN=1 repeats them anew.
func TestIndexDescribesTheEstatesObjects(t *testing.T) {
	const file = "../policies/schemas/index.json"
	var index, estate indexSchema
	for name, schema := range map[string]*indexSchema{file: &index, "../policies/schemas/estate.json": &estate} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, schema); err != nil {
			t.Fatal(err)
		}
	}
	want := index
	want.Defs = map[string]json.RawMessage{}
	for name := range index.Defs {
		want.Defs[name] = estate.Defs[name]
	}
	texts := [2]string{}
	for i, schema := range []indexSchema{want, index} {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(schema); err != nil {
			t.Fatal(err)
		}
		texts[i] = b.String()
	}
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(file, []byte(texts[0]), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(texts[0], texts[1]); diff != "" {
		t.Errorf("schemas/index.json is stale; run UPDATE_GOLDEN=1 go test ./evaluator (-estate +index):\n%s", diff)
	}
}
