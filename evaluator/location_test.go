package evaluator

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/snapshot"
)

func TestLocate(t *testing.T) {
	nets := newNetworks([]snapshot.Subnet{
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
	})
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
