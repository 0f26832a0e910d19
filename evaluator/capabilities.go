package evaluator

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// capabilities is what rules may call: everything of OPA's but the built-ins
// that read the network, the environment, the clock or chance, for with them
// one snapshot could have two verdicts.
func capabilities() *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.Builtins = slices.DeleteFunc(c.Builtins, func(b *ast.Builtin) bool {
		return b.Nondeterministic && b.Name != ast.Print.Name
	})
	c.AllowNet = []string{}
	return c
}
