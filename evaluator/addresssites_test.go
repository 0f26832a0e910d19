package evaluator

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/snapshot"
)

// TestAddressSites: assignment by hand does not count, and a server is absent if
// the site of one of its addresses is not known.
func TestAddressSites(t *testing.T) {
	const leeds, york = "00000000-0000-0000-0000-000000000101", "00000000-0000-0000-0000-000000000102"
	estate := &snapshot.Estate{
		Sites: []snapshot.Site{{GUID: leeds}, {GUID: york}},
		Subnets: []snapshot.Subnet{
			{GUID: "N1", CIDR: "10.1.0.0/16", Sites: []string{leeds}},
			{GUID: "N2", CIDR: "10.1.2.0/24", Sites: []string{}},
			{GUID: "N3", CIDR: "10.2.0.0/16", Sites: []string{york}},
			{GUID: "N4", CIDR: "10.3.0.0/16"},
		},
		PackageServers: []snapshot.PackageServer{
			{GUID: "by hand", Sites: []string{york}, Addresses: []string{"10.1.2.1/24"}},
			{GUID: "two", Addresses: []string{"10.2.0.1/16", "10.1.0.1/16"}},
			{GUID: "none", Sites: []string{york}, Addresses: []string{}},
			{GUID: "elsewhere", Addresses: []string{"10.9.0.1/16"}},
			{GUID: "unknown site", Addresses: []string{"10.1.0.1/16", "10.3.0.1/16"}},
			{GUID: "unknown address", Sites: []string{york}},
		},
	}
	want := map[string]any{
		"by hand": []any{leeds}, "two": []any{leeds, york}, "none": []any{}, "elsewhere": []any{},
	}
	if d := cmp.Diff(want, addressSites(estate, newNetworks(estate))); d != "" {
		t.Error(d)
	}
}
