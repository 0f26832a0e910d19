package cmdb

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/snapshot"
)

// siteSections are about sites and subnets.
var siteSections = []estateSection{
	{"sites", []column{{"guid", guidKind}, {"name", textKind}}, fillSites},
	{"sites.prevent_downloads", []column{{"guid", guidKind}, {"enabled", boolKind}, {"state", textKind}}, fillPreventDownloads},
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
	e.sites = index(sites, func(s *snapshot.Site) string { return s.GUID })
	return nil
}

// fillPreventDownloads reads the site settings policies. A site without one may
// download from anywhere (KB204355); but where no site has one, they may be kept
// elsewhere than where it was looked for, and nothing is known.
func fillPreventDownloads(e *estateBuilder, b *Binding, rows [][]cell) error {
	denied := make(map[guid][][]string)
	found := false
	for _, row := range rows {
		settings := parseItem(b, row[2].text)
		if settings == nil {
			continue
		}
		nodes, err := settings.nodes("settings", nil)
		if err != nil {
			return err
		}
		if len(nodes) == 0 {
			continue // an item of another kind that refers to the site
		}
		found = true
		if row[1].known && row[1].num == 0 {
			continue
		}
		sources, err := settings.deniedSources()
		if err != nil {
			return err
		}
		if !row[1].known && len(sources) > 0 {
			sources = nil // it is unknown whether the policy is on
		}
		denied[row[0].guid] = append(denied[row[0].guid], sources)
	}
	if !found {
		return nil
	}
	for id, site := range e.sites {
		site.PreventDownloads = agreed(denied[id])
	}
	return nil
}

// deniedSources are the sources in the deny node, sorted; nil where it holds
// something that is not known. Without the node, or with an empty one, nothing
// is denied.
func (s *itemSettings) deniedSources() ([]string, error) {
	nodes, err := s.nodes("deny", nil)
	if err != nil {
		return nil, err
	}
	sources := []string{}
	for _, node := range nodes {
		for word := range strings.SplitSeq(node.InnerText(), ",") {
			if word = strings.TrimSpace(word); word == "" {
				continue
			}
			source := s.binding.mapped("deny", word)
			if source == nil {
				return nil, nil
			}
			sources = insertSorted(sources, *source)
		}
	}
	return sources, nil
}

// agreed is what all policies of a site say; nil where they differ. A site keeps
// its first policy only (KB199166), and which that is cannot be seen.
func agreed(policies [][]string) []string {
	if len(policies) == 0 {
		return []string{}
	}
	for _, sources := range policies {
		if sources == nil || !slices.Equal(sources, policies[0]) {
			return nil
		}
	}
	return policies[0]
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
	sites := index(e.estate.Sites, func(s *snapshot.Site) string { return s.GUID })
	for _, row := range rows {
		subnet := e.subnets[row[0].guid]
		switch {
		case subnet == nil:
		case !row[1].known, e.estate.Sites != nil && sites[row[1].guid] == nil:
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
