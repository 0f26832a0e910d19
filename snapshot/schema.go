package snapshot

import (
	"bytes"
	_ "embed"
	"fmt"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemaText describes whole files. The schemas of the estate and of a client
// by themselves, for Rego's type checker, are in policies/schemas.
//
//go:embed snapshot.schema.json
var schemaText []byte

// Schema is the JSON Schema of a snapshot as one document; its $defs have the lines
// of a file.
func Schema() []byte { return bytes.Clone(schemaText) }

// Where the parts of a snapshot are described. The urn is only a name: no
// schema is ever fetched.
const snapshotSchemaID = "urn:nscheck:schema:snapshot:1"

var schemaOf = map[string]string{
	kindDocument: snapshotSchemaID,
	kindManifest: snapshotSchemaID + "#/$defs/Manifest",
	kindEstate:   snapshotSchemaID + "#/$defs/Estate",
	kindClient:   snapshotSchemaID + "#/$defs/Client",
	kindEnd:      snapshotSchemaID + "#/$defs/End",
}

// compiledSchemas compiles the embedded schemas once, when first needed.
var compiledSchemas = sync.OnceValue(func() map[string]*jsonschema.Schema {
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaText))
	if err != nil {
		panic(fmt.Errorf("read the embedded schema: %w", err))
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(noLoader{})
	compiler.AssertFormat()
	for _, format := range formats {
		compiler.RegisterFormat(format)
	}
	if err := compiler.AddResource(snapshotSchemaID, parsed); err != nil {
		panic(fmt.Errorf("add the embedded schema: %w", err))
	}
	schemas := map[string]*jsonschema.Schema{}
	for kind, id := range schemaOf {
		schema, err := compiler.Compile(id)
		if err != nil {
			panic(fmt.Errorf("compile the embedded schema: %w", err))
		}
		schemas[kind] = schema
	}
	return schemas
})

// noLoader makes sure that nothing outside the program is read.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("the schema %s is not embedded", url)
}
