package rule

import (
	"slices"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/dependencies"
)

// TestBaseRefs holds what is said of all rules of all packages to what OPA says.
func TestBaseRefs(t *testing.T) {
	p := builtinPack(t)
	compared := 0
	for _, m := range p.Compiler.Modules {
		for _, rule := range m.Rules {
			want, err := dependencies.Base(p.Compiler, rule)
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.baseRefs(rule)
			if err != nil || !slices.EqualFunc(got, want, ast.RefEqual) {
				t.Errorf("%v: %v, want %v (%v)", rule.Ref(), got, want, err)
			}
			compared += len(want)
		}
	}
	if compared < 100 {
		t.Errorf("only %d references were compared", compared)
	}
}
