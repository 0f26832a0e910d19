package regotypes

import (
	"fmt"

	"github.com/open-policy-agent/opa/v1/types"
)

// ofType is what OPA says of what a built-in function returns.
func ofType(of types.Type) *Value {
	switch of := of.(type) {
	case types.Null:
		return &Value{Kinds: Null}
	case types.Boolean:
		return &Value{Kinds: Boolean}
	case types.Number:
		return &Value{Kinds: Number}
	case types.String:
		return &Value{Kinds: Text}
	case *types.NamedType:
		return ofType(of.Type)
	case *types.Array:
		return collection(List, ofType(types.Values(of)))
	case *types.Set:
		return collection(Set, ofType(types.Values(of)))
	case *types.Object:
		out := &Value{Kinds: Map, Fields: map[string]*Value{}, open: of.DynamicValue() != nil}
		for _, p := range of.StaticProperties() {
			out.Fields[fmt.Sprint(p.Key)] = ofType(p.Value)
		}
		return out
	case types.Any:
		if len(of) == 0 {
			return nil
		}
		out := none
		for _, one := range of {
			out = union(out, ofType(one))
		}
		return out
	}
	return nil
}
