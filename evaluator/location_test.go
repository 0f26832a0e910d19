package evaluator

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/snapshot"
)

func TestLocate(t *testing.T) {
	nets := newNetworks(&snapshot.Estate{Subnets: []snapshot.Subnet{
		{GUID: "WIDE", CIDR: "10.0.0.0/8", Sites: []string{"HQ"}},
		{GUID: "INNER", CIDR: "10.4.0.0/16", Sites: []string{}},
		{GUID: "LEEDS", CIDR: "10.4.1.0/24", Sites: []string{"LEEDS"}},
		{GUID: "NESTED", CIDR: "10.4.1.128/25", Sites: []string{}},
		{GUID: "LONELY", CIDR: "192.168.0.0/24", Sites: []string{}},
		{GUID: "UNKNOWN", CIDR: "172.16.0.0/16"},
		{GUID: "INSIDE-UNKNOWN", CIDR: "172.16.1.0/24", Sites: []string{}},
		{GUID: "TWICE-B", CIDR: "10.9.0.0/16", Sites: []string{"B"}},
		{GUID: "TWICE-A", CIDR: "10.9.0.0/16", Sites: []string{"A"}},
		{GUID: "BROKEN", CIDR: "10.4.1.0", Sites: []string{"BROKEN"}},
	}})
	p := func(s string) *string { return &s }
	tests := []struct {
		name      string
		addresses []string
		want      snapshot.Location
	}{
		{"in an assigned subnet", []string{"10.4.1.7/24"},
			snapshot.Location{Subnet: p("LEEDS"), Network: p("10.4.1.0/24"), Site: p("LEEDS"), Sites: []string{"LEEDS"}}},
		{"an unassigned subnet inherits from the closest assigned one", []string{"10.4.1.200/25"},
			snapshot.Location{Subnet: p("NESTED"), Network: p("10.4.1.128/25"), Site: p("LEEDS"), Sites: []string{"LEEDS"}}},
		{"through two encompassing subnets", []string{"10.4.2.7/24"},
			snapshot.Location{Subnet: p("INNER"), Network: p("10.4.2.0/24"), Site: p("HQ"), Sites: []string{"HQ"}}},
		{"in a subnet of no site", []string{"192.168.0.5/24"},
			snapshot.Location{Subnet: p("LONELY"), Network: p("192.168.0.0/24"), Sites: []string{}}},
		{"in no subnet", []string{"192.168.9.5/24"},
			snapshot.Location{Network: p("192.168.9.0/24"), Sites: []string{}}},
		{"a subnet whose site is unknown", []string{"172.16.9.5/16"},
			snapshot.Location{Subnet: p("UNKNOWN"), Network: p("172.16.0.0/16")}},
		{"inside a subnet whose site is unknown", []string{"172.16.1.5/24"},
			snapshot.Location{Subnet: p("INSIDE-UNKNOWN"), Network: p("172.16.1.0/24")}},
		{"two rows of one network add up", []string{"10.9.1.1/16"},
			snapshot.Location{Subnet: p("TWICE-A"), Network: p("10.9.0.0/16"), Site: p("A"), Sites: []string{"A", "B"}}},
		{"several addresses", []string{"10.4.1.7/24", "10.9.1.1/16"},
			snapshot.Location{Subnet: p("LEEDS"), Network: p("10.4.1.0/24"), Site: p("LEEDS"), Sites: []string{"A", "B", "LEEDS"}}},
		{"one address of several in an unknown place", []string{"10.4.1.7/24", "172.16.9.5/16"},
			snapshot.Location{Subnet: p("LEEDS"), Network: p("10.4.1.0/24"), Site: p("LEEDS")}},
		{"an address that cannot be read", []string{"10.4.1"}, snapshot.Location{}},
		{"no address", []string{}, snapshot.Location{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(&tt.want, nets.locate(tt.addresses)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestSitesThatDoNotExist checks that an assignment to a site which is not among
// the sites makes nothing known: neither is its subnet fine, nor in no site.
func TestSitesThatDoNotExist(t *testing.T) {
	const known, gone = "00000000-0000-0000-0000-000000000501", "00000000-0000-0000-0000-000000000599"
	estate := &snapshot.Estate{
		Sites: []snapshot.Site{{GUID: known, Name: "Leeds"}},
		Subnets: []snapshot.Subnet{
			{GUID: "N1", CIDR: "10.1.0.0/24", Sites: []string{known}},
			{GUID: "N2", CIDR: "10.2.0.0/24", Sites: []string{gone}},
			{GUID: "N3", CIDR: "10.2.0.128/25", Sites: []string{}},
			{GUID: "N4", CIDR: "10.3.0.0/24", Sites: []string{known, gone}},
		},
		PackageServers: []snapshot.PackageServer{
			{GUID: "P1", Sites: []string{known}, Addresses: []string{}},
			{GUID: "P2", Sites: []string{gone}, Addresses: []string{}},
			{GUID: "P3", Sites: []string{}, Addresses: []string{"10.2.0.1/24"}},
		},
	}
	nets := newNetworks(estate)
	for name, tt := range map[string]struct{ got, want any }{
		"subnet_sites":             {subnetSites(estate, nets), map[string]any{"N1": []any{known}}},
		"site_package_servers":     {sitePackageServers(estate, nets), map[string]any{known: []any{"P1"}}},
		"package_server_sites":     {packageServerSites(estate, nets), map[string]any{"P1": []any{known}, "P2": []any{}, "P3": []any{}}},
		"unplaced_package_servers": {unplacedPackageServers(estate, nets), map[string]any{"P2": true, "P3": true}},
	} {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if loc := nets.locate([]string{"10.2.0.9/24"}); loc.Sites != nil || loc.Site != nil {
		t.Errorf("a client in a subnet of a site that does not exist is in %v", loc.Sites)
	}
	estate.Sites = nil // not collected: nobody can say that a site does not exist
	if got := subnetSites(estate, newNetworks(estate)); len(got) != 4 {
		t.Errorf("without the section sites the sites of %d subnets are known, want 4", len(got))
	}
}
