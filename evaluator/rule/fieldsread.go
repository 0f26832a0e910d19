package rule

import (
	"maps"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
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

// NamesRead are all names that stand in the code of a rule and of what it uses,
// so that they hold every field that the rule reads, and some that it does not.
// What objects are called is none of them where the rule only shows it.
func (p *Pack) NamesRead(r *Rule) map[string]bool {
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
		for used := range p.Compiler.Graph.Dependencies(rule) {
			if used, ok := used.(*ast.Rule); ok {
				visit(used)
			}
		}
	}
	for _, rule := range p.Compiler.GetRulesWithPrefix(ast.MustParseRef(r.Package)) {
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

// derivedSettings are the settings that a place in the documents is computed from.
var derivedSettings = map[string][]string{
	"index.site_package_servers":     locatingSettings,
	"index.package_server_sites":     locatingSettings,
	"index.unplaced_package_servers": locatingSettings,
	"index.address_sites":            locatingSettings,
	"index.subnet_sites":             {"sites", "subnets", "subnets.sites"},
	"totals":                         locatingSettings,
	"input.location":                 {"sites", "subnets", "subnets.sites"},
}

// locatingSettings determine in which sites package servers and clients are.
var locatingSettings = []string{"sites", "subnets", "subnets.sites", "package_servers", "package_servers.sites", "package_servers.addresses"}

// TargetingSettings are the settings of plug-in policies that a client's list of them
// follows when the configuration changes.
var TargetingSettings = []string{"policies", "policies.enabled", "policies.target_filters", "filters"}

// sectionRoles are the roles of the objects of a section. Rules select objects by
// their role.
var sectionRoles = map[string][]string{
	"packages": RequiredRoles,
	"policies": {"plugin_install", PluginPolicyRole, "vulnerability_analysis"},
}

// PluginPolicyRole is the role of plug-in policies.
const PluginPolicyRole = "plugin_policy"

// otherVendors is the parameter that lists the vendors whose policies rules leave out.
const otherVendors = "other_vendors"

// RuleReads is what a rule reads of the settings, and which objects it selects.
type RuleReads struct {
	Settings  map[string]bool     // as section.field; a section alone for its objects
	Targeting bool                // whether it reads the plug-in policies that target a client
	Roles     map[string][]string // by section, if it selects objects by role
	Vendors   []string            // it leaves out the vendor policies that name one of them
}

// SettingsReadBy derives what a rule reads from the values that its code looks at.
func (p *Pack) SettingsReadBy(r *Rule) *RuleReads {
	out := &RuleReads{Settings: map[string]bool{}, Roles: map[string][]string{}}
	for _, n := range []*Needs{&r.VerdictNeeds, &r.AffectedNeeds, &r.ApplyingNeeds, &r.SourcingNeeds} {
		for node := range n.Fields {
			if setting, ok := strings.CutPrefix(node.path, "estate."); ok {
				out.Settings[strings.ReplaceAll(setting, "[]", "")] = true
				continue
			}
			out.Targeting = out.Targeting || node.path == "input.plugin_policies"
			for place, settings := range derivedSettings {
				if node.path == place || strings.HasPrefix(node.path, place+".") || strings.HasPrefix(node.path, place+"[") {
					for _, s := range settings {
						out.Settings[s] = true
					}
				}
			}
		}
	}
	words := maps.Clone(p.NamesRead(r))
	for _, param := range r.Params {
		values := textsIn(p.Info.Params[param])
		for _, v := range values {
			words[v] = true
		}
		if param == otherVendors {
			out.Vendors = values
		}
	}
	for section, roles := range sectionRoles {
		for _, role := range roles {
			if words[role] {
				out.Roles[section] = append(out.Roles[section], role)
			}
		}
	}
	return out
}

// textsIn lists the texts of a list.
func textsIn(value any) (out []string) {
	list, _ := value.([]any)
	for _, item := range list {
		if s, ok := item.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// RequiredRoles are the roles of packages that clients need: a fault that names
// none affects all of them.
var RequiredRoles = []string{"plugin", "scan", "tools"}
