package rule

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/nscheck/nscheck/policies"
)

// paramsSchemaFile says which values the parameters of a source take.
const paramsSchemaFile = "schemas/params.json"

// readParamsSchema compiles the schema of a source's parameters, where the
// source has one, and holds the defaults to it.
func (p *Pack) readParamsSchema(src Source, own map[string]bool) error {
	files := src.FS
	if src.isBuiltin() {
		files = policies.Schemas
	}
	text, err := fs.ReadFile(files, paramsSchemaFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	file := src.file(paramsSchemaFile)
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	const id = "urn:nscheck:params"
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(noLoader{})
	if err := compiler.AddResource(id, parsed); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	schema, err := compiler.Compile(id)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	described, _ := parsed.(map[string]any)["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		if !own[name] {
			return fmt.Errorf("%s describes the parameter %q, which %s does not have", file, name, paramsFile)
		}
		p.paramSchemas[name], p.paramDocs[name] = schema.Properties[name], described[name]
		if err := p.checkParam(name, p.defaults[name]); err != nil {
			return fmt.Errorf("%s: %w", src.file(paramsFile), err)
		}
	}
	return nil
}

// noLoader makes sure that nothing outside the pack is read.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("it refers to %s; a schema of parameters must stand alone", url)
}

// checkParam holds a value to the schema of its parameter, where there is one.
func (p *Pack) checkParam(name string, value any) error {
	schema := p.paramSchemas[name]
	if schema == nil {
		return nil
	}
	doc, err := ToDocument(value)
	if err != nil {
		return err
	}
	var invalid *jsonschema.ValidationError
	if err := schema.Validate(doc); errors.As(err, &invalid) {
		leaf := invalid
		for len(leaf.Causes) > 0 {
			leaf = leaf.Causes[0]
		}
		return fmt.Errorf("parameter %s %s", name+placeIn(leaf.InstanceLocation), flawOf(leaf, doc))
	} else if err != nil {
		return fmt.Errorf("parameter %s: %w", name, err)
	}
	return nil
}

// placeIn is where in a value something is wrong: [2] or .name.
func placeIn(path []string) string {
	var b strings.Builder
	for _, step := range path {
		if strings.Trim(step, "0123456789") == "" {
			b.WriteString("[" + step + "]")
		} else {
			b.WriteString("." + step)
		}
	}
	return b.String()
}

// kindNames are what people call the types of JSON.
var kindNames = map[string]string{
	"string": "a text", "boolean": "a boolean", "number": "a number", "integer": "a whole number",
	"array": "a list", "object": "a map", "null": "null",
}

// flawOf says what is wrong with a value.
func flawOf(leaf *jsonschema.ValidationError, doc any) string {
	got := func() string { return showValue(valueAt(doc, leaf.InstanceLocation)) }
	switch k := leaf.ErrorKind.(type) {
	case *kind.Type:
		names := make([]string, len(k.Want))
		for i, t := range k.Want {
			names[i] = kindNames[t]
		}
		return fmt.Sprintf("must be %s, not %s", strings.Join(names, " or "), got())
	case *kind.Enum:
		names := make([]string, len(k.Want))
		for i, v := range k.Want {
			names[i] = fmt.Sprint(v)
		}
		return fmt.Sprintf("must be one of %s, not %s", strings.Join(names, ", "), got())
	case *kind.Minimum:
		want, _ := k.Want.Float64()
		return fmt.Sprintf("must be %v or more, not %s", want, got())
	case *kind.Maximum:
		want, _ := k.Want.Float64()
		return fmt.Sprintf("must be %v or less, not %s", want, got())
	case *kind.MinItems:
		return fmt.Sprintf("must have %s or more, not %d", countIn(k.Want, "entry", "entries"), k.Got)
	case *kind.MinLength:
		return fmt.Sprintf("must have %s or more, not %d", countIn(k.Want, "character", "characters"), k.Got)
	case *kind.UniqueItems:
		return "names an entry twice"
	case *kind.RefCycle:
		return "cannot be checked, for its schema refers to itself without an end"
	case *kind.Pattern:
		return fmt.Sprintf("must look like %s, not %s", k.Want, got())
	}
	return fmt.Sprintf("does not fit the keyword %s of its schema", strings.Join(leaf.ErrorKind.KeywordPath(), "/"))
}

func countIn(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func showValue(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return fmt.Sprintf("%q", v)
	case []any:
		return "a list"
	case map[string]any:
		return "a map"
	}
	return fmt.Sprint(v)
}

// valueAt follows a path of keys and positions.
func valueAt(v any, path []string) any {
	for _, step := range path {
		switch in := v.(type) {
		case map[string]any:
			v = in[step]
		case []any:
			i := 0
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(in) {
				return nil
			}
			v = in[i]
		}
	}
	return v
}
