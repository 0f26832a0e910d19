package evaluator

import (
	"maps"
	"slices"

	"github.com/nscheck/nscheck/snapshot"
)

// buildIndex makes the lookup tables that rules read as data.index. They are
// made here and not in Rego because OPA would compute them anew for every
// client. The objects in them are those of the estate document.
func buildIndex(estate *snapshot.Estate, doc map[string]any, nets *Networks) map[string]any {
	packages := byRole(doc["packages"])
	one, several := map[string]any{}, map[string]any{}
	for role, list := range packages {
		if len(list) == 1 {
			one[role] = list[0]
		} else {
			several[role] = list
		}
	}
	index := map[string]any{
		"sites":                    byKey(doc["sites"], "guid"),
		"subnets":                  byKey(doc["subnets"], "guid"),
		"package_servers":          byKey(doc["package_servers"], "guid"),
		"filters":                  byKey(doc["filters"], "guid"),
		"names":                    displayNames(estate, packages),
		"packages":                 one,
		"several_packages":         several,
		"subnet_sites":             subnetSites(estate, nets),
		"site_package_servers":     sitePackageServers(estate, nets),
		"package_server_sites":     packageServerSites(estate, nets),
		"unplaced_package_servers": unplacedPackageServers(estate, nets),
		"address_sites":            addressSites(estate, nets),
		"partial_sections":         map[string]any{},
	}
	return index
}

// index is data.index of a run.
func (r *run) index() map[string]any {
	index := buildIndex(r.estate, r.coll.estate, r.nets)
	index["partial_sections"] = r.coll.partialSections()
	return index
}

func byKey(list any, key string) map[string]any {
	out := map[string]any{}
	objects, _ := list.([]any)
	for _, o := range objects {
		if m, ok := o.(map[string]any); ok {
			if k, ok := m[key].(string); ok {
				out[k] = m
			}
		}
	}
	return out
}

// byRole lists the packages of each role. Several may have the name by which a
// role is recognised, and nobody can tell which of them is meant.
func byRole(list any) map[string][]any {
	out := map[string][]any{}
	objects, _ := list.([]any)
	for _, o := range objects {
		if m, ok := o.(map[string]any); ok {
			if role, ok := m["role"].(string); ok {
				out[role] = append(out[role], m)
			}
		}
	}
	return out
}

// displayNames are the names of objects by GUID, and of packages by role too.
// They are for messages, so that a section which is not there leaves them out
// and makes no rule lack anything.
func displayNames(estate *snapshot.Estate, packages map[string][]any) map[string]any {
	out := map[string]any{}
	add := func(key, name string) {
		if key != "" && name != "" {
			out[key] = name
		}
	}
	for _, s := range estate.Sites {
		add(s.GUID, s.Name)
	}
	for _, f := range estate.Filters {
		add(f.GUID, f.Name)
	}
	for _, ps := range estate.PackageServers {
		add(ps.GUID, ps.Name)
	}
	for role, list := range packages {
		names := map[string]bool{}
		for _, o := range list {
			name, _ := o.(map[string]any)["name"].(string)
			names[name] = true
		}
		if len(names) == 1 {
			add(role, slices.Collect(maps.Keys(names))[0])
		}
	}
	return out
}

func subnetSites(estate *snapshot.Estate, nets *Networks) map[string]any {
	out := map[string]any{}
	for _, s := range estate.Subnets {
		if sites := nets.SitesOf(s.CIDR); sites != nil {
			out[s.GUID] = anySlice(sites)
		}
	}
	return out
}

// sitePackageServers lists the package servers of each site: those with an
// address in it, and those assigned to it by hand.
func sitePackageServers(estate *snapshot.Estate, nets *Networks) map[string]any {
	members := map[string][]string{}
	for i := range estate.PackageServers {
		ps := &estate.PackageServers[i]
		for _, site := range SitesOfServer(ps, nets) {
			members[site] = append(members[site], ps.GUID)
		}
	}
	return forEverySite(estate, members)
}

func packageServerSites(estate *snapshot.Estate, nets *Networks) map[string]any {
	out := map[string]any{}
	for i := range estate.PackageServers {
		ps := &estate.PackageServers[i]
		out[ps.GUID] = anySlice(SitesOfServer(ps, nets))
	}
	return out
}

// addressSites are the sites of the addresses of each package server. A server
// is absent if its addresses, or the site of one of them, are not known.
func addressSites(estate *snapshot.Estate, nets *Networks) map[string]any {
	out := map[string]any{}
	for _, ps := range estate.PackageServers {
		if ps.Addresses == nil {
			continue
		}
		if len(ps.Addresses) == 0 {
			out[ps.GUID] = anySlice(nil)
		} else if sites := nets.locate(ps.Addresses).Sites; sites != nil {
			out[ps.GUID] = anySlice(sites)
		}
	}
	return out
}

// unplacedPackageServers are those that may belong to more sites than are
// known: their assignment by hand or their addresses were not collected, they
// are assigned to a site that does not exist, or they have an address in a
// subnet whose site is unknown.
func unplacedPackageServers(estate *snapshot.Estate, nets *Networks) map[string]any {
	out := map[string]any{}
	for _, ps := range estate.PackageServers {
		known := ps.Sites != nil && ps.Addresses != nil && nets.exist(ps.Sites)
		for _, address := range ps.Addresses {
			known = known && nets.locate([]string{address}).Sites != nil
		}
		if !known {
			out[ps.GUID] = true
		}
	}
	return out
}

func forEverySite(estate *snapshot.Estate, members map[string][]string) map[string]any {
	out := map[string]any{}
	for _, s := range estate.Sites {
		list := members[s.GUID]
		slices.Sort(list)
		out[s.GUID] = anySlice(slices.Compact(list))
	}
	return out
}

func anySlice(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}
