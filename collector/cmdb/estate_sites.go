package cmdb

import (
	"net/netip"
	"slices"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/guid"
	"github.com/nscheck/nscheck/snapshot"
)

// siteSections are about sites and subnets.
var siteSections = map[string]fillFunc{
	"sites":                   fillSites,
	"sites.prevent_downloads": fillPreventDownloads,
	"subnets":                 fillSubnets,
	"subnets.sites":           fillSubnetSites,
}

func fillSites(e *estateBuilder, _ *binding.Binding, rows [][]cell) error {
	sites := []snapshot.Site{}
	for _, row := range rows {
		sites = append(sites, snapshot.Site{GUID: row[0].guid.String(), Name: objectName(row)})
	}
	sortByName(sites, func(s *snapshot.Site) (string, string) { return s.Name, s.GUID })
	e.estate.Sites = sites
	e.sites = index(sites, func(s *snapshot.Site) string { return s.GUID })
	return nil
}

// fillPreventDownloads reads the site settings policies. The setting of a site
// without a row is unknown, even if other sites have rows, because the place of such
// policies is recalled only. A policy that is off, or on without a deny node, denies
// nothing.
func fillPreventDownloads(e *estateBuilder, b *binding.Binding, rows [][]cell) error {
	denied := make(map[guid.GUID][][]string)
	for _, row := range rows {
		if row[1].known && row[1].num == 0 {
			denied[row[0].guid] = append(denied[row[0].guid], []string{})
			continue
		}
		settings, err := binding.ReadItem(b, row[2].text)
		if err != nil {
			e.unread.add(row[0].line, "state", "%v", err)
			denied[row[0].guid] = append(denied[row[0].guid], nil)
			continue
		}
		if !settings.Has("settings") {
			continue // an item of another kind that refers to the site
		}
		sources := settings.DeniedSources()
		if !row[1].known && len(sources) > 0 {
			e.unread.add(row[0].line, "enabled", "it is empty, so whether the policy is on is unknown")
			sources = nil
		}
		e.unreadSettings(row, settings)
		denied[row[0].guid] = append(denied[row[0].guid], sources)
	}
	for id, site := range e.sites {
		site.PreventDownloads = agreed(denied[id])
	}
	return nil
}

// agreed returns the sources that all policies of a site deny; nil if the policies
// differ or the site has no policy. A site keeps its first policy only (KB199166), and which
// one that is cannot be seen.
func agreed(policies [][]string) []string {
	for _, sources := range policies {
		if sources == nil || !slices.Equal(sources, policies[0]) {
			return nil
		}
	}
	if len(policies) == 0 {
		return nil
	}
	return policies[0]
}

// fillSubnets leaves out IPv6 networks: sites are made of IPv4 ones here.
func fillSubnets(e *estateBuilder, _ *binding.Binding, rows [][]cell) error {
	subnets := []snapshot.Subnet{}
	e.networks = make(map[guid.GUID]bool)
	for _, row := range rows {
		e.networks[row[0].guid] = true
		network, ok := parseNetwork(row[1].text)
		if !ok {
			e.faults.add(row[0].line, "cidr", "%s, and a network such as 10.4.0.0/24 is required", quoteCell(&row[1]))
			continue
		}
		if network.Addr().Is4() {
			subnets = append(subnets, snapshot.Subnet{GUID: row[0].guid.String(), CIDR: network.String()})
		}
	}
	slices.SortStableFunc(subnets, func(a, b snapshot.Subnet) int {
		first, second := netip.MustParsePrefix(a.CIDR), netip.MustParsePrefix(b.CIDR)
		if c := first.Addr().Compare(second.Addr()); c != 0 {
			return c
		}
		return first.Bits() - second.Bits()
	})
	e.estate.Subnets = subnets
	e.subnets = index(subnets, func(s *snapshot.Subnet) string { return s.GUID })
	return nil
}

// fillSubnetSites leaves the sites of a subnet unknown if it is assigned to something
// that is not among the sites. That may be a deleted site or one that could not be
// read, so the subnet must not count as "in no site".
func fillSubnetSites(e *estateBuilder, _ *binding.Binding, rows [][]cell) error {
	for _, subnet := range e.subnets {
		subnet.Sites = []string{}
	}
	unknown := make(map[guid.GUID]bool)
	var unplaced [][]cell
	sites := index(e.estate.Sites, func(s *snapshot.Site) string { return s.GUID })
	for _, row := range rows {
		subnet := e.subnets[row[0].guid]
		switch {
		case subnet == nil && !e.networks[row[0].guid]:
			e.faults.add(row[0].line, "guid", "subnet %s is not in section subnets", row[0].guid)
		case subnet == nil: // IPv6, or left out
		case !row[1].known, e.estate.Sites != nil && sites[row[1].guid] == nil:
			if !unknown[row[0].guid] {
				unknown[row[0].guid] = true
				unplaced = append(unplaced, row)
			}
		default:
			subnet.Sites = insertSorted(subnet.Sites, row[1].guid.String())
		}
	}
	for _, row := range unplaced {
		if subnet := e.subnets[row[0].guid]; len(subnet.Sites) == 0 {
			subnet.Sites = nil
			e.dangling.add(row[0].line, "site", "subnet %s is assigned to something that is not in section sites, so its sites are unknown", subnet.CIDR)
		}
	}
	return nil
}
