package settings

import "testing"

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct{ overlay, want string }{
		"unknown section":      {"package_server: {}", `o.yaml: line 1, column 1: unknown section "package_server"; did you mean "package_servers"?`},
		"unknown object":       {"package_servers:\n  LDS-PS1: {constrained: true}", `o.yaml: line 2, column 3: unknown package server "LDS-PS1"; did you mean "LDS-PS01"?`},
		"unknown field":        {"package_servers: {LDS-PS01: {constraind: true}}", `o.yaml: line 1, column 30: unknown field "constraind" of a package server; did you mean "constrained"?`},
		"what was observed":    {"package_servers: {LDS-PS01: {packages: {}}}", `o.yaml: line 1, column 30: unknown field "packages" of a package server; known here: "constrained", "task_service", "sites", "addresses", "fqdn", "os_name", "name"`},
		"the version":          {"server: {version: 8.5.3073}", `o.yaml: line 1, column 19: server.version was observed and is not a setting, so a change cannot set it; collect the base again if its value is out of date`},
		"the plug-in":          {"server: {plugin_version: \"0\"}", `o.yaml: line 1, column 26: server.plugin_version was observed and is not a setting, so a change cannot set it; collect the base again if its value is out of date`},
		"the hierarchy":        {"server: {hierarchy_child: true}", `o.yaml: line 1, column 27: server.hierarchy_child was observed and is not a setting, so a change cannot set it; collect the base again if its value is out of date`},
		"a fact made unknown":  {"server: {version: null}", `o.yaml: line 1, column 19: server.version was observed and is not a setting, so a change cannot set it; collect the base again if its value is out of date`},
		"the operating system": {"package_servers: {LDS-PS01: {os_name: Windows 7}}", `o.yaml: line 1, column 39: package_servers[LDS-PS01].os_name was observed and is not a setting, so a change cannot set it; collect the base again if its value is out of date`},
		"the host name":        {"package_servers: {LDS-PS01: {fqdn: a.x}}", `o.yaml: line 1, column 36: package_servers[LDS-PS01].fqdn was observed and is not a setting, so a change cannot set it; collect the base again if its value is out of date`},
		"a role":               {"policies: {Scan: {role: plugin_policy}}", `o.yaml: line 1, column 25: policies[Scan].role was observed and is not a setting, so a change cannot set it; collect the base again if its value is out of date`},
		"wrong type":           {"package_servers: {LDS-PS01: {constrained: \"true\"}}", `o.yaml: line 1, column 43: constrained must be true or false, or null where it is unknown, not the text "true"`},
		"number for a text":    {"server: {version: 8.5}", `o.yaml: line 1, column 19: version must be text, not the number 8.5; write it in quotes: "8.5"`},
		"not in the list":      {"sites: {Leeds: {prevent_downloads: [NS]}}", `o.yaml: line 1, column 37: "NS" is not one of Ns, ExtPs`},
		"which one":            {"sites: {York: {name: Hull}}", `o.yaml: line 1, column 9: several of sites are called "York"; say which one, such as "York {` + york + `}"`},
		"not a network":        {"sites: {Leeds: {subnets: {add: [10.4.8.1/22]}}}", `o.yaml: line 1, column 33: "10.4.8.1/22" is not a network: it has bits beyond its prefix; write 10.4.8.0/22`},
		"another GUID":         {"sites: {Leeds: {guid: " + york + "}}", `o.yaml: line 1, column 23: the GUID of sites[Leeds] is ` + leeds + `, not "` + york + `"`},
		"not collected":        {"packages: {}", `o.yaml: line 1, column 1: section packages was not collected in the base, so that nothing in it can be changed`},
		"unknown in base":      {"subnets: {10.5.0.0/24: {sites: {add: [Leeds]}}}", `o.yaml: line 1, column 32: subnets[10.5.0.0/24].sites is unknown in the base, so that nothing can be added or removed; write the whole list`},
		"added and removed":    {"sites: {Leeds: {subnets: {add: [10.4.0.0/24], remove: [10.4.0.0/24]}}}", `o.yaml: line 1, column 56: subnets[10.4.0.0/24].sites: is both added and removed; the other one stands in o.yaml line 1`},
		"removed and edited":   {"remove: {package_servers: [LDS-PS01]}\npackage_servers: {LDS-PS01: {constrained: true}}", `o.yaml: line 2, column 43: package_servers[LDS-PS01].constrained: the package server is removed in o.yaml line 1`},
		"removed and named":    {"remove: {sites: [Leeds]}\npackage_servers: {LDS-PS01: {sites: [Leeds]}}", `o.yaml: line 2, column 37: package_servers[LDS-PS01].sites names "Leeds", which is removed in o.yaml line 1`},
		"two ways":             {"subnets: {10.4.0.0/24: {sites: []}}\nsites: {Leeds: {subnets: {add: [10.4.0.0/24]}}}", `o.yaml: line 2, column 33: subnets[10.4.0.0/24].sites: a list is either replaced or added to and removed from; it is edited otherwise in o.yaml line 1`},
		"there already":        {"add: {sites: {Leeds: {}}}", `o.yaml: line 1, column 15: there is a site "Leeds" already; a setting of it is changed under sites`},
		"no role":              {"add: {policies: {Plug-in: {}}}", `o.yaml: line 1, column 18: the field role is missing, which is one of plugin_install, plugin_policy, vulnerability_analysis`},
		"nothing at all":       {"{}", `o.yaml: line 1, column 1: the overlay names nothing that changes; say what does, or take it out`},
		"only its kind":        {"nscheck: overlay", `o.yaml: line 1, column 1: the overlay names nothing that changes; say what does, or take it out`},
		"no object":            {"package_servers: {}", `o.yaml: line 1, column 18: package_servers names nothing that changes; say what does, or take it out`},
		"no setting":           {"package_servers: {LDS-PS01: {}}", `o.yaml: line 1, column 29: package_servers[LDS-PS01] names nothing that changes; say what does, or take it out`},
		"only a GUID":          {"package_servers: {LDS-PS01: {guid: " + ps01 + "}}", `o.yaml: line 1, column 29: package_servers[LDS-PS01] names nothing that changes; say what does, or take it out`},
		"no setting inside":    {"vendor_policies: {Microsoft Vendor Policy: {package_assignment: {}}}", `o.yaml: line 1, column 65: vendor_policies[Microsoft Vendor Policy].package_assignment names nothing that changes; say what does, or take it out`},
		"no server setting":    {"server: {}", `o.yaml: line 1, column 9: server names nothing that changes; say what does, or take it out`},
		"nothing added":        {"add: {}", `o.yaml: line 1, column 6: add names nothing that changes; say what does, or take it out`},
		"no site added":        {"add: {sites: {}}", `o.yaml: line 1, column 14: add of sites names nothing that changes; say what does, or take it out`},
		"no site removed":      {"remove: {sites: []}", `o.yaml: line 1, column 17: remove of sites names nothing that changes; say what does, or take it out`},
		"no element":           {"sites: {Leeds: {subnets: {add: []}}}", `o.yaml: line 1, column 32: add names nothing that changes; say what does, or take it out`},
		"a list of nothing":    {"sites: {Leeds: {subnets: {}}}", `o.yaml: line 1, column 26: the list names nothing that changes; say what does, or take it out`},
		"a new subnet, twice":  {"sites: {Leeds: {subnets: {remove: [10.4.8.0/22], add: [10.4.8.0/22]}}}", `o.yaml: line 1, column 36: subnet "10.4.8.0/22" is both added and removed; the other one stands in line 1`},
		"a new site, twice":    {"add: {sites: {Hull: {}}}\nremove: {sites: [Hull]}", `o.yaml: line 2, column 18: the site "Hull" is both added and removed`},
		"edited when new":      {"add: {sites: {Hull: {}}}\nsites: {Hull: {prevent_downloads: []}}", `o.yaml: line 2, column 9: the site "Hull" is new; write its settings under add`},
		"another encoding":     {"sites:\n  L\xe9: {}", `o.yaml: line 2, column 4: not valid UTF-8; save the file as UTF-8`},
		"UTF-16":               {"\xff\xfes\x00i\x00", `o.yaml: line 1, column 1: a change names sections with objects and settings, such as package_servers: {LDS-PS01: {constrained: true}}`},
		"UTF-16 unmarked":      {"s\x00i\x00", `o.yaml: line 1, column 1: a change names sections with objects and settings, such as package_servers: {LDS-PS01: {constrained: true}}`},
		"twice":                {"sites: {}\nsites: {}", `o.yaml: line 2, column 1: the key "sites" is repeated, it is first in line 1; remove one`},
		"no YAML":              {"sites: [", `o.yaml: line 1, column 1: not valid YAML: did not find expected node content`},
		"nothing":              {"# nothing", `o.yaml: line 1, column 1: the file is empty; a change names at least one setting`},
		"another kind":         {"nscheck: waivers", `o.yaml: line 1, column 10: "waivers" is not a kind of file; write estate (what nscheck export writes) or overlay`},
	} {
		_, err := Apply(rawOf(t, base), []File{{Name: "o.yaml", Text: []byte(c.overlay)}})
		if err == nil || err.Error() != c.want {
			t.Errorf("%s:\n%v\nwant\n%s", name, err, c.want)
		}
	}
}
