package snapshot_test

import (
	"time"

	"github.com/nscheck/nscheck/snapshot"
)

const (
	guid1 = "D3BA9CA7-5E71-4D76-B961-1BA0B436AACB"
	guid2 = "6D417916-467C-46A7-A870-6D86D9345B61"
)

var when = snapshot.NewTime(time.Date(2024, 3, 1, 6, 30, 0, 0, time.UTC))

func ptr[T any](v T) *T { return &v }

// fullManifest has every field set.
func fullManifest() *snapshot.Manifest {
	return &snapshot.Manifest{
		Format: snapshot.FormatVersion, Tool: "0.1.0", CollectedAt: *when,
		Source: snapshot.Origin{Kind: "sqlserver", Server: "SQL01", Database: "Symantec_CMDB",
			Isolation: "snapshot", UTCOffsetMinutes: ptr(60), Notes: []string{"a note"}},
		Sections: []snapshot.Section{
			{Name: "sites", Status: snapshot.Collected, Rows: 1, DurationMS: 3, QuerySHA256: "00", Evidence: "R"},
			{Name: "clients.licence", Status: snapshot.Denied, Error: "SELECT denied on LicenseInUse; grant it"},
		},
	}
}

// fullEstate has every section and most fields.
func fullEstate() *snapshot.Estate {
	return &snapshot.Estate{
		Server:   &snapshot.Server{GUID: ptr(guid1), Name: "NS01", Version: ptr("7.5.3153"), ReadCommittedSnapshot: ptr(true)},
		Licences: &snapshot.Licences{Product: "Altiris Patch Management Solution", InUse: ptr(5), InactiveHolders: []snapshot.LicenceHolder{{GUID: guid2}}},
		VendorPolicies: []snapshot.VendorPolicy{{GUID: guid1, Name: "Microsoft Vendor Policy",
			PackageAssignment: &snapshot.PackageAssignment{Type: ptr("site"), AutomaticSiteAssignment: ptr(true), PackageServers: []string{}}}},
		Policies: []snapshot.Policy{{GUID: guid1, Name: "Software Update Plug-in Install", Role: "plugin_install",
			TargetFilters: []string{guid2}, HasTarget: ptr(true), Schedules: []snapshot.Schedule{{Type: ptr("daily"), RepeatMinutes: ptr(240)}}}},
		Filters:  []snapshot.Filter{{GUID: guid1, Name: "Computers with Software Update Plug-in Installed", Members: ptr(600)}},
		Packages: []snapshot.Package{{GUID: guid2, Name: "Scan", Role: "scan", Codebases: []snapshot.Codebase{{Host: "ps01", Snapshot: ptr(true)}}}},
		PackageServers: []snapshot.PackageServer{{GUID: guid1, Name: "LDS-PS01", Constrained: ptr(false), TaskService: ptr(true),
			Sites: []string{guid1}, Addresses: []string{"10.4.0.10/24"},
			Packages: &snapshot.ServerPackages{Scan: &snapshot.ServerPackage{Status: ptr("ready"), StatusAgeDays: ptr(3)}}}},
		Sites:       []snapshot.Site{{GUID: guid1, Name: "Leeds & <Bradford>"}},
		Subnets:     []snapshot.Subnet{{GUID: guid2, CIDR: "10.4.0.0/24", Sites: []string{guid1}}, {GUID: guid1, CIDR: "0.0.0.0/0"}},
		PatchImport: &snapshot.PatchImport{LastSuccessAt: when, LastSuccessAgeDays: ptr(-1)},
	}
}

// fullClient has every section.
func fullClient() *snapshot.Client {
	return &snapshot.Client{
		GUID: guid1, Name: "LDS-PC0001", Domain: ptr("CORP"), Status: ptr("Active"), Managed: ptr(true), OSName: ptr("Windows 7 Enterprise"),
		Agent: &snapshot.Agent{Version: ptr("7.5.3153")}, Plugin: &snapshot.Plugin{Installed: ptr(true), Version: ptr("7.5.3107")},
		Licence: &snapshot.LicenceUse{InUse: ptr(false)}, Addresses: []string{"10.4.0.17/24"}, Filters: []string{guid1},
		Packages: &snapshot.ClientPackages{
			Plugin: &snapshot.ClientPackage{Status: ptr("downloaded"), StatusAgeDays: ptr(12),
				LastRun: &snapshot.Run{StartedAt: when, AgeDays: ptr(3), ReturnCode: ptr(3010), Succeeded: ptr(true)}},
			Scan:  &snapshot.ClientPackage{Status: ptr("failed")},
			Tools: &snapshot.ClientPackage{},
		},
		Inventory: &snapshot.Inventory{BasicAt: when, BasicAgeDays: ptr(0)},
		TaskAgent: &snapshot.TaskAgent{RegisteredAt: when, RegistrationAgeDays: ptr(-2)},
	}
}
