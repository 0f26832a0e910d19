package evaluator

import (
	"cmp"
	"github.com/nscheck/nscheck/evaluator/result"
	"slices"
	"strings"
)

// sites are those of the estate, by name.
func (r *run) sites() []result.Site {
	var out []result.Site
	for _, s := range r.estate.Sites {
		out = append(out, result.Site{GUID: s.GUID, Name: cmp.Or(s.Name, s.GUID), Clients: r.totals.sites[s.GUID]})
	}
	slices.SortFunc(out, func(a, b result.Site) int {
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
		out[s.GUID] = r.nets.SitesOf(s.CIDR)
	}
	for i := range r.estate.PackageServers {
		ps := &r.estate.PackageServers[i]
		out[ps.GUID] = SitesOfServer(ps, r.nets)
	}
	return out
}

// sitesOf are the sites that a finding of the estate is about: those of its
// object, and those whose clients it can harm.
func sitesOf(f result.Finding, objects map[string][]string) []string {
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
