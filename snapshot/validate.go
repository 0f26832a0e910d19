package snapshot

import (
	"errors"
	"reflect"
	"slices"
	"strconv"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// A finding is one thing that is wrong with a value.
type finding struct {
	path    []string
	atKey   bool // the last step of path names a key, which is to blame itself
	message string
}

// place returns what an error calls the place.
func (f finding) place() []string {
	if f.atKey {
		return f.path[:len(f.path)-1]
	}
	return f.path
}

// A validator checks a decoded record, or a whole document, and completes it
// in place. It is the seam at which checks can be left out for files that are
// known to be good.
type validator interface {
	// accepts may say in advance that the text of a record needs no check.
	accepts(kind string, text []byte) bool
	validate(kind string, value any) (changed bool, findings []finding)
}

// kindDocument stands for a whole snapshot in one text.
const kindDocument = "document"

// shapes are the Go types behind the kinds.
var shapes = map[string]*shape{
	kindManifest: shapeOf(reflect.TypeFor[Manifest]()),
	kindEstate:   shapeOf(reflect.TypeFor[Estate]()),
	kindClient:   fileClient(shapeOf(reflect.TypeFor[Client]())),
	kindEnd:      shapeOf(reflect.TypeFor[End]()),
	kindDocument: documentShape(),
}

func documentShape() *shape {
	s := shapeOf(reflect.TypeFor[struct {
		Manifest *Manifest `json:"manifest,omitempty"`
		Estate   *Estate   `json:"estate,omitempty"`
		Clients  []Client  `json:"clients,omitempty"`
	}]())
	fileClient(s.fields["clients"].element)
	return s
}

// Computed are the fields of a client that are no part of a snapshot, and the
// field that the evaluator computes each from.
var Computed = map[string]string{"location": "addresses", "events": "packages"}

// fileClient takes away what no file holds, as the schema of files does.
func fileClient(s *shape) *shape {
	for name := range Computed {
		delete(s.fields, name)
		s.order = slices.DeleteFunc(s.order, func(m *member) bool { return m.name == name })
	}
	return s
}

// schemaValidator checks against the embedded schemas.
type schemaValidator struct{}

// accepts decides only about kinds that are checked one value at a time.
func (schemaValidator) accepts(kind string, text []byte) bool {
	return identities[kind] == nil && shapes[kind].accepts(text)
}

func (schemaValidator) validate(kind string, value any) (bool, []finding) {
	// The schema finds all that is wrong, which may be millions of values.
	if found := shapes[kind].misfits(value); len(found) == maxFlaws {
		return false, found
	}
	err := compiledSchemas()[kind].Validate(value)
	if invalid := (*jsonschema.ValidationError)(nil); errors.As(err, &invalid) {
		e := explainer{value: value, shape: shapes[kind]}
		return false, e.explain(invalid)
	}
	var findings []finding
	_, changed := shapes[kind].complete(value, nil, func(path []string, message string) {
		findings = append(findings, finding{path: slices.Clone(path), message: message})
	})
	findings = append(findings, duplicates(kind, value)...)
	return changed, findings
}

// An explainer turns the validator's errors into sentences.
type explainer struct {
	value any
	shape *shape
}

// explain walks the tree of errors down to its leaves.
func (e *explainer) explain(err *jsonschema.ValidationError) []finding {
	leaves := e.leaves(err)
	// A value of the wrong type breaks its other constraints too, and a format
	// says more than its pattern: one sentence a place is enough.
	ranks := map[string]int{}
	key := func(leaf *jsonschema.ValidationError) string { return pathText("", leaf.InstanceLocation, nil) }
	for _, leaf := range leaves {
		ranks[key(leaf)] = max(ranks[key(leaf)], rank(leaf))
	}
	var findings []finding
	for _, leaf := range leaves {
		if rank(leaf) == ranks[key(leaf)] {
			findings = append(findings, e.sentences(leaf)...)
		}
	}
	return findings
}

func rank(leaf *jsonschema.ValidationError) int {
	switch leaf.ErrorKind.(type) {
	case *kind.Type:
		return 2
	case *kind.Pattern:
		return 0
	}
	return 1
}

func (e *explainer) leaves(err *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(err.Causes) == 0 {
		return []*jsonschema.ValidationError{err}
	}
	if _, ok := err.ErrorKind.(*kind.AnyOf); ok {
		return e.branches(err)
	}
	var leaves []*jsonschema.ValidationError
	for _, child := range err.Causes {
		leaves = append(leaves, e.leaves(child)...)
	}
	return leaves
}

// branches explains a failed "or null": where the value has the type of one
// branch, that branch was meant; else all their types were possible.
func (e *explainer) branches(err *jsonschema.ValidationError) []*jsonschema.ValidationError {
	var want []string
	for _, branch := range err.Causes {
		leaves := e.leaves(branch)
		i := slices.IndexFunc(leaves, func(leaf *jsonschema.ValidationError) bool {
			return rank(leaf) == 2 && len(leaf.InstanceLocation) == len(err.InstanceLocation)
		})
		if i < 0 {
			return leaves
		}
		want = append(want, leaves[i].ErrorKind.(*kind.Type).Want...)
	}
	return []*jsonschema.ValidationError{{
		InstanceLocation: err.InstanceLocation,
		ErrorKind:        &kind.Type{Want: want},
	}}
}

// valueAt returns the value at a path.
func valueAt(value any, path []string) any {
	for _, step := range path {
		switch inner := value.(type) {
		case map[string]any:
			value = inner[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(inner) {
				return nil
			}
			value = inner[i]
		default:
			return nil
		}
	}
	return value
}
