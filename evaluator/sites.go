package evaluator

import (
	"cmp"
	"slices"
	"strings"
)

// sites are those of the estate, by name.
func (r *run) sites() []Site {
	var out []Site
	for _, s := range r.estate.Sites {
		out = append(out, Site{s.GUID, cmp.Or(s.Name, s.GUID), r.totals.sites[s.GUID]})
	}
	slices.SortFunc(out, func(a, b Site) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.GUID, b.GUID))
	})
	return out
}

// objectSites are the sites of objects that are in some, by GUID of the object.
func (r *run) objectSites() map[string][]string {
	out := map[string][]string{}
	for _, s := range r.estate.Sites {
		out[s.GUID] = []string{s.GUID}
	}
	for _, s := range r.estate.Subnets {
		out[s.GUID] = r.nets.sitesOf(s.CIDR)
	}
	for i := range r.estate.PackageServers {
		ps := &r.estate.PackageServers[i]
		out[ps.GUID] = sitesOfServer(ps, r.nets)
	}
	return out
}

// sitesOf are the sites that a finding of the estate is about: those of its
// object, and those whose clients it can harm.
func sitesOf(f Finding, objects map[string][]string) []string {
	sites := slices.Clone(objects[f.Resource.GUID])
	for _, s := range f.Affects {
		sites = append(sites, objects[s.Subnet]...)
		if s.Site != "" {
			sites = append(sites, s.Site)
		}
	}
	slices.Sort(sites)
	return slices.Compact(sites)
}
