package regotypes

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/open-policy-agent/opa/v1/ast"
)

func TestUnionOfPaths(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"input.name", "input.name", "input.name"},
		{"input.name", "input.domain", ""},
		{"input.packages.scan.status", "input.packages.tools.status", "input.packages[_].status"},
		{"input.packages[_].status", "input.packages.tools.status", "input.packages[_].status"},
		{"input.packages.scan.status", "input.packages.scan.last_run", "input.packages.scan[_]"},
		{"input.packages.scan.status", "input.packages.tools.revision", ""},
		{"data.estate.sites[_].name", "data.estate.subnets[_].name", ""},
		{"data.index.packages.scan", "data.index.packages.tools", "data.index.packages[_]"},
		{"data.estate.sites[_].name", "input.name", ""},
		{"", "input.name", ""},
	} {
		if got := unionPath(c.a, c.b); got != c.want {
			t.Errorf("%s and %s: got %q, want %q", c.a, c.b, got, c.want)
		}
	}
}

func TestUnion(t *testing.T) {
	number := &Value{Kinds: Number}
	active, retired := &Value{Kinds: Text, Texts: []string{"Active"}}, &Value{Kinds: Text, Texts: []string{"Retired"}}
	for name, c := range map[string]struct{ a, b, want *Value }{
		"nothing known":   {number, nil, nil},
		"no value":        {number, none, number},
		"two types":       {number, active, &Value{Kinds: Number | Text, Texts: []string{"Active"}}},
		"two texts":       {active, retired, &Value{Kinds: Text, Texts: []string{"Active", "Retired"}}},
		"any text":        {active, &Value{Kinds: Text}, &Value{Kinds: Text}},
		"list and number": {collection(List, active), number, &Value{Kinds: List | Number, Rest: active}},
		"two lists":       {collection(List, active), collection(List, retired), collection(List, union(active, retired))},
		"an empty list":   {collection(List, none), collection(List, retired), collection(List, retired)},
		"an open list":    {collection(List, nil), collection(List, retired), &Value{Kinds: List, Rest: retired, open: true}},
		"two objects": {
			&Value{Kinds: Map, Fields: map[string]*Value{"a": number}},
			&Value{Kinds: Map, Fields: map[string]*Value{"a": active, "b": number}},
			&Value{Kinds: Map, Fields: map[string]*Value{"a": union(number, active), "b": number}},
		},
	} {
		for _, got := range []*Value{union(c.a, c.b), union(c.b, c.a)} {
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(Value{}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	}
}

// TestDeepChains: what is handed on through many functions settles, and where it does
// not, nothing is said.
func TestDeepChains(t *testing.T) {
	for depth, settled := range map[int]bool{15: true, 60: false} {
		code := "package a\n\nf0(x) := x\n"
		for i := 1; i <= depth; i++ {
			code += "f" + strconv.Itoa(i) + "(x) := f" + strconv.Itoa(i-1) + "(x)\n"
		}
		code += "p := y if {\n\tx := f" + strconv.Itoa(depth) + "(1)\n\ty := x\n}\n"
		c := ast.NewCompiler()
		c.Compile(map[string]*ast.Module{"a": ast.MustParseModule(code)})
		if c.Failed() {
			t.Fatal(c.Errors)
		}
		types := New(c, Documents{})
		if types.settled != settled {
			t.Errorf("with %d functions: settled is %v", depth, types.settled)
		}
		for _, r := range c.Modules["a"].Rules {
			if scope := types.In(r); (scope != nil) != settled {
				t.Errorf("%s: a scope of %d functions: %v", r.Head.Name, depth, scope)
			} else if scope != nil && r.Head.Name == "p" && scope.Term(r.Head.Value).Kinds != Number {
				t.Errorf("got %+v", scope.Term(r.Head.Value))
			}
		}
	}
}
