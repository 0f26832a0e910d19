package evaluator

import (
	"net/netip"
	"slices"

	"github.com/nscheck/nscheck/snapshot"
)

// network is all that the subnet rows of one CIDR say together.
type network struct {
	prefix netip.Prefix
	subnet string   // GUID of the first row
	sites  []string // effective sites; nil when unknown
}

// Networks finds the subnet of an address and the sites of a subnet. The
// longest prefix wins, and a subnet that is assigned to no site belongs to the
// sites of its closest encompassing subnet (KB164756).
type Networks struct {
	byPrefix map[netip.Prefix]*network
	lengths  []int           // prefix lengths in use, the longest first
	sites    map[string]bool // the sites that exist; nil where they were not collected
}

// newNetworks reads the subnets of an estate. A subnet whose CIDR cannot be
// read holds no address. One that is assigned to a site which does not exist
// is in nobody knows which.
func newNetworks(estate *snapshot.Estate) *Networks {
	n := &Networks{byPrefix: map[netip.Prefix]*network{}}
	if estate.Sites != nil {
		n.sites = map[string]bool{}
		for _, s := range estate.Sites {
			n.sites[s.GUID] = true
		}
	}
	for _, s := range estate.Subnets {
		prefix, err := netip.ParsePrefix(s.CIDR)
		if err != nil {
			continue
		}
		prefix = prefix.Masked()
		net, ok := n.byPrefix[prefix]
		if !ok {
			net = &network{prefix: prefix, subnet: s.GUID, sites: []string{}}
			n.byPrefix[prefix] = net
			if !slices.Contains(n.lengths, prefix.Bits()) {
				n.lengths = append(n.lengths, prefix.Bits())
			}
		}
		if s.GUID < net.subnet {
			net.subnet = s.GUID
		}
		if s.Sites == nil || net.sites == nil || !n.exist(s.Sites) {
			net.sites = nil
		} else {
			net.sites = union(net.sites, s.Sites)
		}
	}
	slices.SortFunc(n.lengths, func(a, b int) int { return b - a })
	n.inherit()
	return n
}

// exist reports whether no site is known not to exist.
func (n *Networks) exist(sites []string) bool {
	return n.sites == nil || !slices.ContainsFunc(sites, func(s string) bool { return !n.sites[s] })
}

// inherit gives unassigned networks the sites of their closest encompassing
// network, the widest first so that a chain of them resolves.
func (n *Networks) inherit() {
	for _, bits := range slices.Backward(n.lengths) {
		for prefix, net := range n.byPrefix {
			if prefix.Bits() != bits || net.sites == nil || len(net.sites) > 0 {
				continue
			}
			if outer := n.find(prefix.Addr(), bits-1); outer != nil {
				net.sites = outer.sites
			}
		}
	}
}

// find is the network with the longest prefix of at most bits that holds addr.
func (n *Networks) find(addr netip.Addr, bits int) *network {
	for _, l := range n.lengths {
		if l > bits || l > addr.BitLen() {
			continue
		}
		prefix, err := addr.Prefix(l)
		if err != nil {
			continue
		}
		if net, ok := n.byPrefix[prefix]; ok {
			return net
		}
	}
	return nil
}

// SitesOf are the effective sites of a subnet row; nil when unknown.
func (n *Networks) SitesOf(cidr string) []string {
	prefix, err := netip.ParsePrefix(cidr)
	if err != nil {
		return nil
	}
	net, ok := n.byPrefix[prefix.Masked()]
	if !ok {
		return nil
	}
	return net.sites
}

// locate tells where a computer with these addresses is, the primary address
// first. Nothing is said about addresses that cannot be read.
func (n *Networks) locate(addresses []string) *snapshot.Location {
	loc := &snapshot.Location{}
	sites, known := []string{}, len(addresses) > 0
	for i, text := range addresses {
		address, err := netip.ParsePrefix(text)
		if err != nil {
			known = false
			continue
		}
		net := n.find(address.Addr(), address.Addr().BitLen())
		if net != nil && net.sites == nil {
			known = false
		}
		if i == 0 {
			cidr := address.Masked().String()
			loc.Network = &cidr
			if net != nil {
				loc.Subnet = &net.subnet
				if len(net.sites) > 0 {
					loc.Site = &net.sites[0]
				}
			}
		}
		if net != nil {
			sites = union(sites, net.sites)
		}
	}
	if known {
		loc.Sites = sites
	}
	return loc
}

// union is the sorted set of the members of a and b; never nil.
func union(a, b []string) []string {
	out := append(append([]string{}, a...), b...)
	slices.Sort(out)
	return slices.Compact(out)
}

// SitesOfServer are the sites that a package server is known to belong to.
func SitesOfServer(ps *snapshot.PackageServer, nets *Networks) []string {
	sites := slices.DeleteFunc(slices.Clone(ps.Sites), func(s string) bool { return !nets.exist([]string{s}) })
	for _, address := range ps.Addresses {
		sites = union(sites, nets.locate([]string{address}).Sites)
	}
	return sites
}
