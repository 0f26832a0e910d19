package evaluator

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/change"
)

// derived are the names of settings that what the host computes is made of.
var derived = map[string][]string{
	"site_package_servers":     {"package_servers", "sites", "subnets", "addresses", "cidr"},
	"package_server_sites":     {"package_servers", "sites", "subnets", "addresses", "cidr"},
	"unplaced_package_servers": {"package_servers", "sites", "subnets", "addresses", "cidr"},
	"address_sites":            {"package_servers", "sites", "subnets", "addresses", "cidr"},
	"subnet_sites":             {"sites", "subnets", "cidr"},
	"uncovered_networks":       {"subnets", "cidr"},
	"totals":                   {"package_servers", "subnets", "sites", "cidr"},
	"location":                 {"subnets", "sites", "cidr"},
	"several_packages":         {"packages", "role"},
}

// namesRead are all names that stand in the code of a rule and of what it uses,
// so that they hold every field that the rule reads, and some that it does not.
// What objects are called is none of them where the rule only shows it.
func (p *Pack) namesRead(r *Rule) map[string]bool {
	names := map[string]bool{}
	seen := map[*ast.Rule]bool{}
	var visit func(rule *ast.Rule)
	visit = func(rule *ast.Rule) {
		if seen[rule] {
			return
		}
		seen[rule] = true
		onlyShown := onlyShowsNames(rule)
		ast.WalkTerms(rule, func(t *ast.Term) bool {
			if s, ok := t.Value.(ast.String); ok && (s != displayName || !onlyShown) {
				names[string(s)] = true
			}
			return false
		})
		for used := range p.compiler.Graph.Dependencies(rule) {
			if used, ok := used.(*ast.Rule); ok {
				visit(used)
			}
		}
	}
	for _, rule := range p.compiler.GetRulesWithPrefix(ast.MustParseRef(r.Package)) {
		visit(rule)
	}
	for name, more := range derived {
		if names[name] {
			for _, n := range more {
				names[n] = true
			}
		}
	}
	return names
}

// mayRead reports whether a rule may read a setting.
func mayRead(names map[string]bool, s *change.Setting) bool {
	if !names[s.Section] {
		return false
	}
	if s.Field == "" {
		return true
	}
	for part := range strings.SplitSeq(s.Field, ".") {
		if !names[part] {
			return false
		}
	}
	return true
}
