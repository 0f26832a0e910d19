package rule

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Known are OPA's own capabilities, with which rules are read; making them takes
// OPA as long as reading a rule does.
var Known = sync.OnceValue(func() *ast.Capabilities { return ast.CapabilitiesForThisVersion() })

// capabilities is what rules may call: everything of OPA's but the built-ins
// that read the network, the environment, the clock, files or chance, for with
// them one snapshot could have two verdicts, and those that nothing can stop.
func capabilities() *ast.Capabilities {
	c := *Known()
	c.Builtins = slices.DeleteFunc(slices.Clone(c.Builtins), Refused)
	c.AllowNet = []string{}
	return &c
}

// Refused reports whether rules may not call a built-in function.
func Refused(b *ast.Builtin) bool {
	return b.Nondeterministic && b.Name != ast.Print.Name || slices.Contains(timely, b.Name) || unstoppable[b.Name] != ""
}

// unstoppable are the built-ins that run as long as what they are given says, each
// with what to use for it: a template may have a loop without end, and a small graph
// more paths than fit into memory.
var unstoppable = map[string]string{
	ast.RenderTemplate.Name:        "use sprintf or concat",
	ast.ReachablePathsBuiltin.Name: "use graph.reachable",
}

// timely are the built-ins that OPA does not mark, though they hold certificates
// against the clock of the machine.
var timely = []string{
	ast.CryptoX509ParseAndVerifyCertificates.Name,
	ast.CryptoX509ParseAndVerifyCertificatesWithOptions.Name,
}

// refusal says why a call of a built-in does not compile, in the place of OPA's
// words for it; else it returns them.
func refusal(message string) string {
	name, ok := strings.CutPrefix(message, "undefined function ")
	if b := ast.BuiltinMap[name]; !ok || b == nil || !Refused(b) {
		return message
	}
	if instead := unstoppable[name]; instead != "" {
		return fmt.Sprintf("rules cannot call %s: it may go on without end, and nothing can stop it; %s", name, instead)
	}
	return fmt.Sprintf("rules cannot call %s: it may answer otherwise at another time or on another machine, and one snapshot has one verdict", name)
}

// Capabilities are what rules may call: all but what could make one snapshot have
// two verdicts.
func Capabilities() *ast.Capabilities { return capabilities() }
