package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/internal/suggest"
)

// What the package of a rule defines. The rule's verdict rests on violation and
// unknown alone.
const (
	ViolationOutput     = "violation"
	UnknownOutput       = "unknown"
	TallyOutput         = "tally"
	AffectsOutput       = "affects"        // a function of a finding; see affects.go
	NotApplicableOutput = "not_applicable" // see applies.go
	NoSourceOutput      = "no_source"      // see nosource.go
)

var outputNames = []string{ViolationOutput, UnknownOutput, TallyOutput, AffectsOutput, NotApplicableOutput, NoSourceOutput}

// definedOutputs lists what of the rule contract m defines.
func definedOutputs(m *ast.Module) []string {
	var out []string
	for _, name := range outputNames {
		if slices.ContainsFunc(m.Rules, func(r *ast.Rule) bool { return headName(r) == name }) {
			out = append(out, name)
		}
	}
	return out
}

// otherNames are what rules of conftest and Gatekeeper define.
var otherNames = []string{"deny", "warn", "allow"}

// inItsPlace says what a module defines that its author may have meant as violation;
// empty where there is nothing like it.
func inItsPlace(m *ast.Module) string {
	for _, r := range m.Rules {
		name := headName(r)
		if slices.Contains(otherNames, name) || suggest.To(name, []string{ViolationOutput}) != "" {
			return fmt.Sprintf("; it defines %s, and nscheck reads %s", name, ViolationOutput)
		}
	}
	return ""
}

// inItsPlace says it of the first module that has something like it.
func (p *Pack) inItsPlace() string {
	for _, m := range p.modules {
		if said := inItsPlace(m.parsed); said != "" {
			return strings.Replace(said, "it defines", m.file+" defines", 1)
		}
	}
	return ""
}

// Defines reports whether the rule's package defines an output.
func (r *Rule) Defines(output string) bool { return slices.Contains(r.Outputs, output) }

// headName is the first name of what a Rego rule defines: x for x, x.y and x[y].
func headName(r *ast.Rule) string { return r.Head.Ref()[0].String() }

// OutputRef refers to an output of a package.
func OutputRef(pkg, output string) ast.Ref {
	body := ast.MustParseBodyWithOpts(pkg+"."+output, ast.ParserOptions{Capabilities: Known()})
	return body[0].Terms.(*ast.Term).Value.(ast.Ref)
}

// Sets are those of the outputs that are asked for together.
func Sets(outputs []string) []string {
	return slices.DeleteFunc(slices.Clone(outputs), func(name string) bool {
		return name == AffectsOutput || name == NotApplicableOutput || name == NoSourceOutput
	})
}

// checkHeads refuses in a rule's package what would be taken for "nothing
// found": a set of the contract that is no set, and a public name that is none
// of the contract's, which is most likely a misspelt one.
func checkHeads(m *ast.Module) (flaws Flaws) {
	for _, r := range m.Rules {
		name := headName(r)
		switch {
		case strings.HasPrefix(name, "_"):
		case !slices.Contains(outputNames, name):
			near := ""
			if meant := suggest.To(name, outputNames); meant != "" {
				near = fmt.Sprintf("; did you mean `%s`?", meant)
			}
			flaws = append(flaws, flawAt(FlawContract, r.Location, "a rule defines %s, and not %s; begin the names of its helpers with _%s",
				strings.Join(outputNames, ", "), name, near))
		case name == AffectsOutput:
			if r.Default || len(r.Head.Ref()) != 1 || len(r.Head.Args) != 1 {
				flaws = append(flaws, flawAt(FlawContract, r.Location, "affects must be a function of a finding; write \"affects(finding) := […] if\""))
			}
		case r.Default || len(r.Head.Ref()) != 1 || r.Head.RuleKind() != ast.MultiValue:
			flaws = append(flaws, flawAt(FlawContract, r.Location, "%s must be a set; write \"%s contains … if\"", name, name))
		}
	}
	return flaws
}

// checkReach refuses a module that defines something inside the package of
// another one by a dotted name: whoever reads that package would not see it.
func checkReach(m *ast.Module, packages map[string]bool) (flaws Flaws) {
	own := m.Package.Path.String()
	for _, r := range m.Rules {
		path := append(slices.Clone(m.Package.Path), ast.StringTerm(headName(r)))
		for _, t := range r.Head.Ref()[1:] {
			if _, constant := t.Value.(ast.String); !constant {
				break
			}
			path = append(path, t)
		}
		for n := len(m.Package.Path) + 1; n <= len(path); n++ {
			if inner := path[:n].String(); packages[inner] && inner != own {
				flaws = append(flaws, flawAt(FlawPackage, r.Location, "it defines %s, which reaches into the package %s; define it there",
					strings.TrimPrefix(path.String(), "data."), strings.TrimPrefix(inner, "data.")))
			}
		}
	}
	return flaws
}
