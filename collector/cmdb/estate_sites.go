package cmdb

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/nscheck/nscheck/snapshot"
)

// siteSections are about sites and subnets.
var siteSections = []estateSection{
	{"sites", []column{{"guid", guidKind}, {"name", textKind}}, fillSites},
	{"subnets", []column{{"guid", guidKind}, {"cidr", textKind}}, fillSubnets},
	{"subnets.sites", []column{{"guid", guidKind}, {"site", guidKind}}, fillSubnetSites},
}

func fillSites(e *estateBuilder, _ *Binding, rows [][]cell) error {
	sites := []snapshot.Site{}
	for _, row := range rows {
		if row[0].known {
			sites = append(sites, snapshot.Site{GUID: row[0].guid.String(), Name: objectName(row)})
		}
	}
	sortByName(sites, func(s *snapshot.Site) (string, string) { return s.Name, s.GUID })
	e.estate.Sites = sites
	return nil
}

// fillSubnets leaves out IPv6 networks: sites are made of IPv4 ones here.
func fillSubnets(e *estateBuilder, b *Binding, rows [][]cell) error {
	subnets := []snapshot.Subnet{}
	var problems []string
	for _, row := range rows {
		if !row[0].known {
			continue
		}
		network, ok := parseNetwork(row[1].text)
		if !ok {
			problems = append(problems, fmt.Sprintf("%q is not a network such as 10.4.0.0/24", clip(row[1].text)))
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
	return leftOut(b.Section, len(rows), problems)
}

// fillSubnetSites leaves the sites of a subnet unknown where it is assigned to
// something that is not among the sites: whether that is a site that was
// deleted or one that could not be seen, it must not count as "in no site".
func fillSubnetSites(e *estateBuilder, _ *Binding, rows [][]cell) error {
	for _, subnet := range e.subnets {
		subnet.Sites = []string{}
	}
	unknown := make(map[guid]bool)
	for _, row := range rows {
		subnet := e.subnets[row[0].guid]
		switch {
		case subnet == nil:
		case !row[1].known:
			unknown[row[0].guid] = true
		default:
			subnet.Sites = insertSorted(subnet.Sites, row[1].guid.String())
		}
	}
	for id := range unknown {
		if len(e.subnets[id].Sites) == 0 {
			e.subnets[id].Sites = nil
		}
	}
	return nil
}
