package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/nscheck/nscheck/report"
	"github.com/nscheck/nscheck/snapshot"
)

// module is the import path of the repository's top.
const module = "github.com/nscheck/nscheck"

// document is a snapshot in one JSON or YAML text.
type document struct {
	Manifest snapshot.Manifest `json:"manifest,omitempty"`
	Estate   snapshot.Estate   `json:"estate"`
	Clients  []snapshot.Client `json:"clients,omitzero"`
}

// end stands here so that its definition is reached from a type.
type withEnd struct {
	document
	End snapshot.End `json:"end"`
}

// octet is a number from 0 to 255.
const octet = `(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])`

// patterns repeat the formats for validators that do not know them.
var patterns = map[string]string{
	"guid":    `^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$`,
	"cidr":    `^` + octet + `(\.` + octet + `){3}/(3[0-2]|[12]?[0-9])$`,
	"address": `^` + octet + `(\.` + octet + `){3}/(3[0-2]|[12]?[0-9])$`,
}

// schemas returns the JSON Schemas by their paths in the repository, made from
// the Go types and their comments.
func schemas() (map[string][]byte, error) {
	reflector := &jsonschema.Reflector{Anonymous: true, ExpandedStruct: true, Mapper: mapTime}
	for _, folder := range []string{"snapshot", "settings", "evaluator", "report"} {
		if err := reflector.AddGoComments(module, "./"+folder); err != nil {
			return nil, fmt.Errorf("read comments: %w", err)
		}
	}
	made := map[string]*jsonschema.Schema{
		"policies/schemas/estate.json":  build(reflector, reflect.TypeFor[snapshot.Estate](), "estate", "Estate of a Symantec Management Platform"),
		"policies/schemas/client.json":  build(reflector, reflect.TypeFor[snapshot.Client](), "client", "Client of a Symantec Management Platform"),
		"snapshot/snapshot.schema.json": buildSnapshot(reflector),
		"report/result.schema.json":     build(reflector, reflect.TypeFor[report.Document](), "result", "Result of an evaluation"),
		"report/difference.schema.json": build(reflector, reflect.TypeFor[report.DifferenceDocument](), "difference", "Difference between two results"),
	}
	files := map[string][]byte{}
	for name, schema := range made {
		text, err := encode(schema)
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", name, err)
		}
		files[name] = text
	}
	return files, nil
}

func encode(schema *jsonschema.Schema) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(schema); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func mapTime(t reflect.Type) *jsonschema.Schema {
	if t == reflect.TypeFor[snapshot.Time]() {
		return &jsonschema.Schema{Type: "string", Format: "date-time"}
	}
	return nil
}

// build reflects a type into a schema that stands alone.
func build(reflector *jsonschema.Reflector, t reflect.Type, name, title string) *jsonschema.Schema {
	schema := reflector.ReflectFromType(t)
	schema.ID = jsonschema.ID(fmt.Sprintf("urn:nscheck:schema:%s:%d", name, snapshot.FormatVersion))
	schema.Title = title
	adjust(schema, schema.Definitions, t, map[reflect.Type]bool{})
	return schema
}

// buildSnapshot describes the single document, and under $defs the records of
// the JSON Lines form.
func buildSnapshot(reflector *jsonschema.Reflector) *jsonschema.Schema {
	schema := build(reflector, reflect.TypeFor[withEnd](), "snapshot", "Snapshot of a Symantec Management Platform")
	schema.Description = "A snapshot as one document. In JSON Lines each line is a Record (see $defs): a manifest, an estate, the clients, an end."
	schema.Properties.Delete("end")
	schema.Required = []string{"estate"}
	for name := range snapshot.Computed {
		schema.Definitions["Client"].Properties.Delete(name)
	}
	delete(schema.Definitions, "Location")
	delete(schema.Definitions, "Events")
	record := &jsonschema.Schema{Description: "One line of the JSON Lines form."}
	for _, kind := range []string{"Manifest", "Estate", "Client", "End"} {
		schema.Definitions[kind+"Record"] = recordOf(schema.Definitions[kind], strings.ToLower(kind))
		record.AnyOf = append(record.AnyOf, &jsonschema.Schema{Ref: "#/$defs/" + kind + "Record"})
	}
	schema.Definitions["Record"] = record
	return schema
}

// recordOf puts the kind before the fields of a definition.
func recordOf(definition *jsonschema.Schema, kind string) *jsonschema.Schema {
	record := *definition
	record.Description = fmt.Sprintf("A line of kind %s. The kind is its first field.", kind)
	record.Properties = jsonschema.NewProperties()
	record.Properties.Set("kind", &jsonschema.Schema{Type: "string", Const: kind})
	for pair := definition.Properties.Oldest(); pair != nil; pair = pair.Next() {
		record.Properties.Set(pair.Key, pair.Value)
	}
	record.Required = append([]string{"kind"}, definition.Required...)
	return &record
}

// adjust makes the reflected schema of a struct say what the types mean: a
// pointer that is always written may be null and may be left out.
func adjust(schema *jsonschema.Schema, definitions jsonschema.Definitions, t reflect.Type, seen map[reflect.Type]bool) {
	seen[t] = true
	schema.Required = nil
	for _, field := range reflect.VisibleFields(t) {
		if field.Anonymous || !field.IsExported() || field.Tag.Get("json") == "-" {
			continue
		}
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		optional := strings.Contains(options, "omit")
		pointer := field.Type.Kind() == reflect.Pointer
		property, _ := schema.Properties.Get(name)
		addPattern(property)
		switch {
		case pointer && !optional:
			schema.Properties.Set(name, nullable(property))
		case !optional:
			schema.Required = append(schema.Required, name)
		}
		if inner := structOf(field.Type); inner != nil && !seen[inner] {
			adjust(definitions[inner.Name()], definitions, inner, seen)
		}
	}
}

// structOf returns the struct that a field holds, points to or lists.
func structOf(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() == reflect.Struct && t != reflect.TypeFor[snapshot.Time]() {
		return t
	}
	return nil
}

func addPattern(property *jsonschema.Schema) {
	if property.Items != nil {
		property = property.Items
	}
	property.Pattern = patterns[property.Format]
}

// nullable writes "or null" as anyOf. OPA's type checker takes that for any
// type, as it knows no null; of a list of types it would take one and refuse
// the comparison with null.
func nullable(property *jsonschema.Schema) *jsonschema.Schema {
	value := *property
	value.Description, value.Extras = "", nil
	return &jsonschema.Schema{
		Description: property.Description,
		Extras:      property.Extras,
		AnyOf:       []*jsonschema.Schema{&value, {Type: "null"}},
	}
}
