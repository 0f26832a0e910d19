package compare

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/snapshot"
)

// reachModel answers from settings alone whether a package can reach a client: it
// knows nothing of rules. A package server that is not constrained and that the
// vendor policy enables fetches the package from the Notification Server for the
// clients of its sites; constrained ones only copy from it.
type reachModel struct {
	doc      estateDoc
	subnets  []modelSubnet
	servers  []modelServer
	isServer map[string]bool
	packages map[string]answer // by role, whether it is offered
}

// answer is a truth that may be unknown.
type answer int

const (
	no answer = iota
	maybe
	yes
)

type modelSubnet struct {
	prefix netip.Prefix
	guid   string
	sites  []string
	known  bool
}

type modelServer struct {
	sites   []string
	fetches answer // whether it gets packages from the Notification Server
}

type modelClient struct {
	guid, name string
	address    netip.Addr
	network    netip.Prefix
}

// modelClients are the Active clients whose primary address is known.
func modelClients(t *testing.T, reader *snapshot.Reader) []modelClient {
	t.Helper()
	estate, _ := reader.Estate()
	var out []modelClient
	for line, err := range reader.Clients() {
		if err != nil {
			t.Fatal(err)
		}
		var c struct {
			GUID, Name, Status string
			Addresses          []string
		}
		if err := json.Unmarshal(line.Raw, &c); err != nil {
			t.Fatal(err)
		}
		if c.Status != "Active" || len(c.Addresses) == 0 || estate.Server.GUID != nil && c.GUID == *estate.Server.GUID {
			continue
		}
		p, err := netip.ParsePrefix(c.Addresses[0])
		if err != nil {
			continue
		}
		out = append(out, modelClient{c.GUID, c.Name, p.Addr(), p.Masked()})
	}
	return out
}

func truth(value any) answer {
	switch value {
	case true:
		return yes
	case false:
		return no
	}
	return maybe
}

func newReachModel(t *testing.T, raw json.RawMessage) *reachModel {
	t.Helper()
	m := &reachModel{doc: modelEstate(t, raw), isServer: map[string]bool{}, packages: map[string]answer{}}
	for _, s := range m.doc.objects("subnets") {
		p, err := netip.ParsePrefix(s.text("cidr"))
		if err != nil {
			continue
		}
		_, known := s["sites"].([]any)
		m.subnets = append(m.subnets, modelSubnet{p.Masked(), s.guid(), s.texts("sites"), known})
	}
	for _, p := range m.doc.objects("packages") {
		m.packages[p.text("role")] = max(m.packages[p.text("role")], truth(p["enabled"]))
	}
	for _, s := range m.doc.objects("package_servers") {
		m.isServer[s.guid()] = true
		sites := s.texts("sites")
		for _, text := range s.texts("addresses") {
			if p, err := netip.ParsePrefix(text); err == nil {
				more, _, _ := m.sitesAt(p.Addr())
				sites = append(sites, more...)
			}
		}
		fetches := min(yes-truth(s["constrained"]), m.enabled(s.guid()))
		m.servers = append(m.servers, modelServer{sites, fetches})
	}
	return m
}

// enabled reports whether a vendor policy for Windows gives packages to a server.
func (m *reachModel) enabled(server string) answer {
	best := no
	for _, p := range m.doc.objects("vendor_policies") {
		name := strings.ToLower(p.text("name"))
		if slices.ContainsFunc([]string{"red hat", "novell", "suse", "linux", "apple", "mac os"}, func(vendor string) bool { return strings.Contains(name, vendor) }) {
			continue
		}
		assignment, _ := p["package_assignment"].(map[string]any)
		listed := yes
		switch assignment["type"] {
		case "individual":
			if listed = no; slices.Contains(object(assignment).texts("package_servers"), server) {
				listed = yes
			}
		case nil:
			listed = maybe
		}
		best = max(best, min(listed, truth(p["enabled"])))
	}
	return best
}

// sitesAt are the sites of an address: those of its narrowest subnet, or of the next
// one around it that is in a site.
func (m *reachModel) sitesAt(a netip.Addr) (sites []string, subnet string, known bool) {
	around := slices.DeleteFunc(slices.Clone(m.subnets), func(s modelSubnet) bool { return !s.prefix.Contains(a) })
	slices.SortStableFunc(around, func(a, b modelSubnet) int { return b.prefix.Bits() - a.prefix.Bits() })
	for i := 0; i < len(around); {
		bits := around[i].prefix.Bits()
		for ; i < len(around) && around[i].prefix.Bits() == bits; i++ {
			if subnet == "" {
				subnet = around[i].guid
			}
			if !around[i].known {
				return nil, subnet, false
			}
			sites = append(sites, around[i].sites...)
		}
		if len(sites) > 0 {
			break
		}
	}
	slices.Sort(sites)
	return slices.Compact(sites), subnet, true
}

func (m *reachModel) placeOf(c *modelClient) (sites []string, subnet string) {
	sites, subnet, _ = m.sitesAt(c.address)
	return sites, subnet
}

// reachable is whether a package can reach a client. A client in no site asks the
// Notification Server, where that is possible.
func (m *reachModel) reachable(c *modelClient, role string) answer {
	sites, _, known := m.sitesAt(c.address)
	if !known {
		return maybe
	}
	offered := m.packages[role]
	if m.isServer[c.guid] || len(sites) == 0 {
		return min(offered, maybe)
	}
	best := no
	for _, site := range sites {
		if !slices.ContainsFunc(m.doc.objects("sites"), func(o object) bool { return o.guid() == site }) {
			best = max(best, maybe)
		}
		for _, s := range m.servers {
			if slices.Contains(s.sites, site) {
				best = max(best, s.fetches)
			}
		}
	}
	return min(offered, best)
}

func (m *reachModel) reaches(c *modelClient, role string) bool { return m.reachable(c, role) == yes }

func (m *reachModel) surelyCut(c *modelClient, role string) bool { return m.reachable(c, role) == no }
