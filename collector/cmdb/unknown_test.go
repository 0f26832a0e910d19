package cmdb

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/snapshot"
)

// jsonOf writes what is compared in these tests.
func jsonOf(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestUnknown_rows: rows that are missing from a join, and cells without a value,
// make something unknown, never "none" or 0. The manifest names the first.
func TestUnknown_rows(t *testing.T) {
	e := small(t)
	const plugin = "SELECT [Guid] FROM [vItem] WHERE [Name] = 'Default Software Update Plug-in Policy'"
	const target = "SELECT [ChildItemGuid] FROM [ItemReference] WHERE [ParentItemGuid] IN (" + plugin + ")"
	pluginPolicy := func(m *memory) snapshot.Policy {
		for _, p := range m.estate.Policies {
			if p.Role == "plugin_policy" {
				return p
			}
		}
		return snapshot.Policy{}
	}
	pc1 := func(m *memory) *snapshot.Client {
		for _, c := range m.clients {
			if c.Name == "LDS-PC2" {
				return c
			}
		}
		return nil
	}
	for name, c := range map[string]struct {
		changes []string
		section string
		status  snapshot.Status
		said    string // in the section's error, or else in a note
		got     func(*memory) any
		want    string
	}{
		"policy without an ItemActive row": {
			[]string{"DELETE FROM [ItemActive] WHERE [Guid] IN (" + plugin + ")"}, "clients.plugin_policies", snapshot.Collected, "which clients 1 policies target is unknown",
			func(m *memory) any { return []any{pluginPolicy(m).Enabled, pc1(m).PluginPolicies} }, `[null,null]`,
		},
		"target of unions": {
			[]string{"UPDATE [TargetFilter] SET [Operation] = 0"}, "clients.plugin_policies", snapshot.Collected, "",
			func(m *memory) any { return []any{*pluginPolicy(m).TargetCount > 0, len(pc1(m).PluginPolicies)} }, `[true,1]`,
		},
		"target with an intersection": {
			[]string{"UPDATE [TargetFilter] SET [Operation] = 1 WHERE [ResourceTargetGuid] IN (" + target + ")"}, "clients.plugin_policies", snapshot.Collected, "which clients 1 policies target is unknown",
			func(m *memory) any {
				p := pluginPolicy(m)
				return []any{p.TargetCount, len(p.TargetFilters), p.HasTarget, pc1(m).PluginPolicies}
			}, `[null,1,true,null]`,
		},
		"target with an exception": {
			[]string{"INSERT INTO [TargetFilter] SELECT '10000000-0000-0000-0000-0000000000F1', [ResourceTargetGuid], 1, 2 FROM [TargetFilter] WHERE [ResourceTargetGuid] IN (" + target + ")",
				"INSERT INTO [TargetFilterCollection] SELECT '10000000-0000-0000-0000-0000000000F1', [CollectionGuid] FROM [TargetFilterCollection] LIMIT 1"},
			"clients.plugin_policies", snapshot.Collected, "which clients 1 policies target is unknown",
			func(m *memory) any { return []any{pluginPolicy(m).TargetCount, pc1(m).PluginPolicies} }, `[null,null]`,
		},
		"target of unknown operation": {
			[]string{"UPDATE [TargetFilter] SET [Operation] = NULL"}, "policies.target_counts", snapshot.Collected, "",
			func(m *memory) any { return []any{m.estate.Policies[0].TargetCount, m.estate.Policies[1].TargetCount} }, `[null,null]`,
		},
		"target with a part that is not a filter": {
			[]string{"INSERT INTO [TargetFilter] SELECT '10000000-0000-0000-0000-0000000000F1', [ResourceTargetGuid], 2, 0 FROM [TargetFilter] WHERE [ResourceTargetGuid] IN (" + target + ")"},
			"policies.targets", snapshot.Collected, `column "filter": it is empty for policy "Default Software Update Plug-in Policy"`,
			func(m *memory) any {
				p := pluginPolicy(m)
				return []any{p.TargetFilters, p.HasTarget, p.TargetCount, pc1(m).PluginPolicies}
			}, `[null,true,null,null]`,
		},
		"policy without a target": {
			[]string{"DELETE FROM [ItemReference] WHERE [ParentItemGuid] IN (" + plugin + ")"}, "policies.target_counts", snapshot.Collected, "",
			func(m *memory) any {
				return []any{pluginPolicy(m).TargetCount, pluginPolicy(m).TargetFilters, pluginPolicy(m).HasTarget}
			}, `[0,[],false]`,
		},
		"filter without members": {
			[]string{"DELETE FROM [CollectionMembership]"}, "filters.members", snapshot.Collected, "",
			func(m *memory) any { return m.estate.Filters[0].Members }, `0`,
		},
		"bulletin that may be on": {
			[]string{"INSERT INTO [Inv_Software_Bulletin] VALUES ('10000000-0000-0000-0000-0000000000B1', '2014-02-01', '2014-02-01')",
				"INSERT INTO [ResourceAssociation] VALUES ('7EEAB03A-839C-458D-9AF2-55DB6B173293', '10000000-0000-0000-0000-0000000000B1', '10000000-0000-0000-0000-0000000000B2')"},
			"patch_import.bulletins_without_packages", snapshot.Collected, `column "enabled": whether bulletin 10000000-0000-0000-0000-0000000000B1 is enabled is unknown`,
			func(m *memory) any {
				return []int{len(m.estate.PatchImport.BulletinsWithoutPackages), len(m.estate.PatchImport.BulletinsUnknown)}
			}, `[1,1]`,
		},
		"run of the import without a date": {
			[]string{"INSERT INTO [TaskInstanceResults] SELECT [TaskInstanceGuid], NULL, 2 FROM [TaskInstances] LIMIT 1"}, "patch_import", snapshot.Collected, `column "ended_at": the run has a result and no date`,
			func(m *memory) any {
				return []any{m.estate.PatchImport.LastSuccessAt, m.estate.PatchImport.LastRunSucceeded}
			}, `[null,null]`,
		},
		"run of the import that has not ended": {
			[]string{"INSERT INTO [TaskInstanceResults] SELECT [TaskInstanceGuid], NULL, NULL FROM [TaskInstances] LIMIT 1"}, "patch_import", snapshot.Collected, "",
			func(m *memory) any {
				return []any{m.estate.PatchImport.LastSuccessAgeDays, m.estate.PatchImport.LastRunSucceeded}
			}, `[8,false]`,
		},
		"newest run of unknown result": {
			[]string{"UPDATE [TaskInstanceResults] SET [Result] = 9 WHERE [Result] = 2"}, "patch_import", snapshot.Collected, "",
			func(m *memory) any {
				return []any{m.estate.PatchImport.LastSuccessAt, m.estate.PatchImport.LastRunSucceeded, m.estate.PatchImport.LastRunAt != nil}
			}, `[null,null,true]`,
		},
		"no schedule found anywhere": {
			[]string{"UPDATE [vItem] SET [State] = '<item/>' WHERE [State] LIKE '%trigger%'"}, "policies", snapshot.Collected, "no item has a node //schedule/trigger",
			func(m *memory) any { return []any{m.estate.Policies[0].Schedules, m.estate.Policies[1].Schedules} }, `[null,null]`,
		},
		"settings cut off": {
			[]string{"UPDATE [vItem] SET [State] = SUBSTR([State], 1, LENGTH([State]) - 4) WHERE [State] LIKE '%trigger%'"}, "policies", snapshot.Collected, "it is incomplete XML",
			func(m *memory) any { return []any{m.estate.Policies[0].Schedules, m.estate.Policies[1].Schedules} }, `[null,null]`,
		},
		"settings of a site cut off": {
			[]string{"UPDATE [vItem] SET [State] = SUBSTR([State], 1, LENGTH([State]) - 4) WHERE [State] LIKE '%outbound%'"}, "sites.prevent_downloads", snapshot.Collected, "it is incomplete XML",
			func(m *memory) any { return m.estate.Sites[0].PreventDownloads }, `null`,
		},
		"no subnet in a site": {
			[]string{"DELETE FROM [ResourceAssociation] WHERE [ChildResourceGuid] IN (SELECT [Guid] FROM [vRM_Subnet_Item])"}, "subnets.sites", snapshot.Doubtful, "it returned no rows, although there are subnets and sites",
			func(m *memory) any { return m.estate.Subnets[0].Sites }, `null`,
		},
		"no site at all": {
			[]string{"DELETE FROM [vRM_Site_Item]"}, "sites", snapshot.Doubtful, "it returned no rows, although there are subnets",
			func(m *memory) any { return m.estate.Sites }, `null`,
		},
		"no subnet at all": {
			[]string{"DELETE FROM [vRM_Subnet_Item]"}, "subnets", snapshot.Doubtful, "it returned no rows, although there are sites",
			func(m *memory) any { return m.estate.Subnets }, `null`,
		},
		"no codebase": {
			[]string{"DELETE FROM [SWDPackageCodebase]"}, "packages.codebases", snapshot.Doubtful, "it returned no rows",
			func(m *memory) any { return m.estate.Packages[0].Codebases }, `null`,
		},
		"no package": {
			[]string{"DELETE FROM [SWDPackage]"}, "packages", snapshot.Doubtful, "it returned no rows",
			func(m *memory) any { return m.estate.Packages }, `null`,
		},
		"no status on package servers": {
			[]string{"DELETE FROM [SWDPackageServer]"}, "package_servers.packages", snapshot.Doubtful, "it returned no rows",
			func(m *memory) any { return m.estate.PackageServers[0].Packages }, `null`,
		},
		"no site server": {
			[]string{"DELETE FROM [vSiteServices]"}, "package_servers", snapshot.Doubtful, "the Notification Server itself is a site server",
			func(m *memory) any { return m.estate.PackageServers }, `null`,
		},
		"no vendor policy": {
			[]string{"DELETE FROM [ItemClass] WHERE [Guid] IN (SELECT [Guid] FROM [vItem] WHERE [Name] LIKE '%Vendor%')"}, "vendor_policies", snapshot.Doubtful, "it returned no rows",
			func(m *memory) any { return m.estate.VendorPolicies }, `null`,
		},
		"no client of a plug-in policy": {
			[]string{"UPDATE [ItemReference] SET [ParentItemGuid] = '10000000-0000-0000-0000-0000000000A1'"}, "policies.targets", snapshot.Doubtful, "not one has a target",
			func(m *memory) any { return []any{pluginPolicy(m).TargetFilters, pluginPolicy(m).HasTarget} }, `[null,null]`,
		},
		"licences that no client holds": {
			[]string{"UPDATE [LicenseInUse] SET [ResourceGuid] = '10000000-0000-0000-0000-0000000000C' || SUBSTR([ResourceGuid], 36)"}, "licences", snapshot.Collected, "",
			func(m *memory) any { return *m.estate.Licences.InUse > 0 }, `true`,
		},
		"codebase without a host": {
			[]string{"UPDATE [SWDPackageCodebase] SET [URL] = 'C:\\pkg' WHERE [PackageID] = '832C527C-B9C9-46FB-B1F1-2F35434FF90D'"}, "packages.codebases", snapshot.Partial, `column "url": "C:\\pkg"`,
			func(m *memory) any { return m.estate.Packages[0].Codebases }, `null`,
		},
		"address that cannot be read": {
			[]string{"UPDATE [Inv_AeX_AC_TCPIP] SET [IP Address] = 'x' WHERE [_ResourceGuid] IN (SELECT [Guid] FROM [vComputer] WHERE [Name] = 'LDS-PC2')"}, "clients.addresses", snapshot.Partial, `column "address": "x" is not an address`,
			func(m *memory) any { return pc1(m).Addresses }, `null`,
		},
		"status in lower case": {
			[]string{"UPDATE [vRM_Fixed_Asset_Status_Resource_Type_Item] SET [Name] = LOWER([Name])"}, "licences.inactive_holders", snapshot.Collected, "",
			func(m *memory) any { return *m.estate.Licences.InactiveHolders[0].Status }, `"Retired"`,
		},
		"inventory dated in the future": {
			[]string{"UPDATE [ResourceUpdateSummary] SET [ModifiedDate] = '2014-09-03 10:00:00'"}, "clients.inventory", snapshot.Collected, `column "modified_at": 2014-09-03 10:00:00 is later than the collection`,
			func(m *memory) any {
				return []any{pc1(m).Inventory.BasicAt, pc1(m).Inventory.BasicAgeDays, pc1(m).Inventory.PatchReturned}
			}, `[null,null,true]`,
		},
		"registration of a server in the future": {
			[]string{"UPDATE [Inv_Client_Task_Resources] SET [LastRegistered] = '2014-03-04 08:00:01'"}, "package_servers.task_registration_age_days", snapshot.Collected, `a date more than a day after the collection is unknown`,
			func(m *memory) any { return m.estate.PackageServers[0].TaskRegistrationAgeDays }, `null`,
		},
		"bulletin in the future": {
			[]string{"UPDATE [Inv_Software_Bulletin] SET [FirstReleaseDate] = '2014-12-31'"}, "patch_import.newest_bulletin_at", snapshot.Collected, `column "newest": 2014-12-31`,
			func(m *memory) any { return m.estate.PatchImport.NewestBulletinAgeDays }, `null`,
		},
		"event by a client's clock that is ahead": {
			[]string{"UPDATE [Evt_AeX_SWD_Package] SET [_eventTime] = '2014-09-03 10:00:00'"}, "clients.packages", snapshot.Collected, "",
			func(m *memory) any { return *pc1(m).Packages.Scan.StatusAgeDays < -100 }, `true`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			db := openEstate(t, e)
			for _, change := range c.changes {
				if _, err := db.Exec(change); err != nil {
					t.Fatalf("%s: %v", change, err)
				}
			}
			m := collectEstate(t, db, e)
			s, notes := m.section(t, c.section), strings.Join(m.manifest.Source.Notes, "\n")
			if s.Status != c.status || !strings.Contains(s.Error+notes, c.said) || c.said == "" && s.Error != "" {
				t.Errorf("%+v, notes %s", s, notes)
			}
			if got := jsonOf(t, c.got(m)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestNewestOfUndated: of several rows of which one has no time it is unknown
// which is the newest. What they agree on is known.
func TestNewestOfUndated(t *testing.T) {
	at := func(day int) cell { return cell{kind: binding.Time, known: day > 0, num: int64(day) * 86400} }
	text := func(s string) cell { return cell{kind: binding.Text, known: s != "", text: s} }
	events := func(rows ...[]cell) *snapshot.Client {
		c := new(snapshot.Client)
		f := &downloadFiller{calendar: calendar{now: time.Unix(100*86400, 0)}, binding: binding.Shipped()["clients.packages"]}
		f.fill(c, func(yield func([]cell) bool) {
			for _, row := range rows {
				if !yield(row) {
					return
				}
			}
		})
		return c
	}
	for name, c := range map[string]struct {
		rows [][]cell
		want string
	}{
		"one":               {[][]cell{{text("scan"), at(0), text("failed")}}, `{"status":"failed","status_age_days":null}`},
		"two":               {[][]cell{{text("scan"), at(90), text("failed")}, {text("scan"), at(80), text("downloaded")}}, `{"status":"failed","status_age_days":10}`},
		"one undated":       {[][]cell{{text("scan"), at(90), text("failed")}, {text("scan"), at(0), text("downloaded")}}, `{"status":null,"status_age_days":null}`},
		"agreeing":          {[][]cell{{text("scan"), at(90), text("failed")}, {text("scan"), at(0), text("failed")}}, `{"status":"failed","status_age_days":null}`},
		"undated of others": {[][]cell{{text("scan"), at(90), text("failed")}, {text("tools"), at(0), text("downloaded")}}, `{"status":"failed","status_age_days":10}`},
		"of no package":     {[][]cell{{text("scan"), at(90), text("failed")}, {text(""), at(95), text("downloaded")}}, `{"status":null,"status_age_days":null}`},
	} {
		if got := jsonOf(t, events(c.rows...).Packages.Scan); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
