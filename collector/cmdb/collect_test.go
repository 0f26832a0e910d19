package cmdb

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/fixtures"
	"github.com/nscheck/nscheck/fixtures/planted"
	"github.com/nscheck/nscheck/snapshot"
)

func openEstate(t *testing.T, e *fixtures.Estate) *sql.DB {
	t.Helper()
	db, err := e.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func collectEstate(t *testing.T, db *sql.DB, e *fixtures.Estate) *memory {
	t.Helper()
	m := new(memory)
	source := Database{DB: db, Now: e.Now, UTCOffset: e.UTCOffset(), Origin: snapshot.Origin{Kind: "demo", Database: e.Database.Name}}
	if _, err := Collect(t.Context(), source, m, Options{ToolVersion: "test", TempDir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	return m
}

// collectDemo reads the demo once for all tests that only look at it.
var collectDemo = sync.OnceValues(func() (*memory, error) {
	e, m := fixtures.Demo(), new(memory)
	db, err := e.Open(context.Background())
	if err != nil {
		return nil, err
	}
	defer db.Close()
	source := Database{DB: db, Now: e.Now, UTCOffset: e.UTCOffset(), Origin: snapshot.Origin{Kind: "demo", Database: e.Database.Name}}
	_, err = Collect(context.Background(), source, m, Options{ToolVersion: "test"})
	return m, err
})

func demo(t *testing.T) *memory {
	t.Helper()
	m, err := collectDemo()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func small(t *testing.T) *fixtures.Estate {
	t.Helper()
	e, err := fixtures.ParseFile("testdata/small.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestDemo compares what comes out of the collector with the description that
// the rows were made from.
func TestDemo(t *testing.T) {
	m, e := demo(t), fixtures.Demo()
	for _, s := range m.manifest.Sections {
		if s.Status != snapshot.Collected || s.Error != "" || len(s.QuerySHA256) != 64 || s.Evidence == "" {
			t.Errorf("%+v", s)
		}
	}
	if got, want := len(m.manifest.Sections), len(binding.Shipped())-2; got != want {
		t.Errorf("%d sections in the manifest, %d bindings", got, want)
	}
	if m.manifest.CollectedAt.String() != "2014-03-03T06:00:00Z" || *m.manifest.Source.UTCOffsetMinutes != 60 {
		t.Errorf("%+v", m.manifest)
	}
	estate := m.estate
	sizes := map[string][2]int{
		"sites":           {len(estate.Sites), len(e.Sites)},
		"subnets":         {len(estate.Subnets), len(e.Subnets)},
		"package servers": {len(estate.PackageServers), len(e.PackageServers)},
		"vendor policies": {len(estate.VendorPolicies), len(e.VendorPolicies)},
		"policies":        {len(estate.Policies), 3},
		"filters":         {len(estate.Filters), 3},
		"packages":        {len(estate.Packages), 3},
		"licences":        {*estate.Licences.InUse, 412},
		"holders":         {len(estate.Licences.InactiveHolders), 5},
		"computers":       {len(m.clients), 633},
	}
	for what, n := range sizes {
		if n[0] != n[1] {
			t.Errorf("%d %s, want %d", n[0], what, n[1])
		}
	}
	server := estate.Server
	if server.Name != "NS01" || *server.Version != "7.5.3153" || *server.PluginVersion != "7.5.3153" || !*server.ReadCommittedSnapshot {
		t.Errorf("%+v", server)
	}
	if p := estate.VendorPolicies[0]; p.Name != "Microsoft Vendor Policy" || *p.PackageAssignment.Type != "site" || !*p.PackageAssignment.AutomaticSiteAssignment {
		t.Errorf("%+v %+v", p, p.PackageAssignment)
	}
	if p := estate.PatchImport; *p.LastSuccessAgeDays != 1 || !*p.LastRunSucceeded || *p.NewestBulletinAgeDays != 19 {
		t.Errorf("%+v", p)
	}
	for _, p := range estate.Policies {
		if p.Role == "vulnerability_analysis" && (*p.TargetCount != 610 || len(p.TargetFilters) != 1 || *p.Schedules[0].RepeatMinutes != 240) {
			t.Errorf("%+v", p)
		}
	}
	for _, f := range estate.Filters {
		if f.GUID == "D3BA9CA7-5E71-4D76-B961-1BA0B436AACB" && *f.Members != 610 {
			t.Errorf("%+v", f)
		}
	}
}

func TestDemoServers(t *testing.T) {
	m, e := demo(t), fixtures.Demo()
	servers := map[string]snapshot.PackageServer{}
	for _, s := range m.estate.PackageServers {
		servers[s.Name] = s
	}
	for _, want := range e.PackageServers {
		got := servers[want.Name]
		addresses := slices.Clone(want.Addresses)
		slices.Sort(addresses)
		if diff := cmp.Diff(addresses, got.Addresses); diff != "" {
			t.Errorf("%s: %s", want.Name, diff)
		}
		if diff := cmp.Diff(want.Constrained, got.Constrained); diff != "" {
			t.Errorf("%s: constrained: %s", want.Name, diff)
		}
		if taskService := want.TaskService == nil || *want.TaskService; *got.TaskService != taskService {
			t.Errorf("%s: task service %t", want.Name, *got.TaskService)
		}
		if len(got.Sites) != len(want.Sites) || *got.FQDN != want.Name+".corp.example" || *got.BasicInventoryAgeDays != 0 {
			t.Errorf("%s: %+v", want.Name, got)
		}
	}
	statuses := map[string]*snapshot.ServerPackage{
		"ready":     servers["RTM-PS01"].Packages.Scan,
		"not_ready": servers["LDS-PS01"].Packages.Scan,
		"pending":   servers["GLA-PS01"].Packages.Scan,
		"":          servers["MAN-PS02"].Packages.Tools,
	}
	for want, p := range statuses {
		if p == nil || (p.Status == nil) != (want == "") || p.Status != nil && *p.Status != want {
			t.Errorf("%q: %+v", want, p)
		}
	}
	if p := servers["BRS-PS01"].Packages; p.Plugin == nil || p.Scan != nil || p.Tools != nil {
		t.Errorf("BRS-PS01 has %+v", p)
	}
	if *servers["GLA-PS01"].Packages.Scan.StatusAgeDays != 31 || *servers["RTM-PS01"].Packages.Scan.Revision != "1.212" {
		t.Errorf("%+v", servers["GLA-PS01"].Packages.Scan)
	}
	for _, s := range m.estate.Subnets {
		if (s.Sites == nil) != (s.CIDR == "10.90.0.0/24") {
			t.Errorf("sites of %s: %v", s.CIDR, s.Sites)
		}
	}
	for _, p := range m.estate.Packages {
		hosts := map[string]int{"plugin": 21, "scan": 15, "tools": 16}[p.Role]
		if len(p.Codebases) != hosts || !*p.Enabled {
			t.Errorf("%s has %d codebases, want %d", p.Name, len(p.Codebases), hosts)
		}
	}
}

func TestDemoClients(t *testing.T) {
	m := demo(t)
	text, err := os.ReadFile("../../docs/planted-faults.md")
	if err != nil {
		t.Fatal(err)
	}
	page, err := planted.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	unlicensed := page.Unlicensed()
	clients := map[string]*snapshot.Client{}
	for _, c := range m.clients {
		clients[c.Name] = c
		_, want := unlicensed[c.Name]
		active := c.Status != nil && *c.Status == "Active"
		installed := c.Plugin.Installed != nil && *c.Plugin.Installed
		if got := active && installed && !*c.Licence.InUse; got != want {
			t.Errorf("%s: unlicensed %t, want %t", c.Name, got, want)
		}
	}
	for name, want := range map[string]string{
		"LDS-PC001": `Active true 7.5.3153 true 7.5.3153 true [10.20.0.22/22] downloaded 20, ran 0: 0 true; basic 0 patch 1 returned true task 0`,
		"LDS-PC021": `Active true 7.5.3153 true 7.5.3153 false [10.20.0.32/22] downloaded 50, ran 0: 1603 false; basic 0 patch - returned false task 0`,
		"LDS-PC041": `Active true 7.5.3153 true 7.5.3153 false [10.20.4.39/24] - -, not run; basic 0 patch - returned false task 0`,
		"RTM-PC093": `Active true 7.5.3153 true 7.5.3153 true [10.10.1.51/24] downloaded -40, ran -40: 0 true; basic 0 patch 1 returned true task 0`,
		"RTM-NB001": `Active true 7.5.3153 true 7.5.3153 true [10.99.0.20/20 10.20.0.20/22] downloaded 20, ran 0: 0 true; basic 0 patch 1 returned true task 0`,
		"RTM-NEW01": `Active true - - - false [10.10.1.57/24] - -, not run; basic - patch - returned false task -`,
		"RTM-PRN01": `Active false - - - false [10.10.1.59/24] - -, not run; basic - patch - returned false task -`,
		"EXE-PC028": `Active true 7.1.8400 false - false [10.72.0.34/24] - -, not run; basic 1 patch - returned false task 1`,
		"RET-PC009": `Disposed true 7.1.8400 true 7.1.8400 true [10.80.0.50/24] - -, not run; basic 260 patch 261 returned true task 260`,
	} {
		if got := summary(clients[name]); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
	if c := clients["ROAM-NB001"]; c.Addresses == nil || len(c.Addresses) != 0 {
		t.Errorf("ROAM-NB001 has addresses %v", c.Addresses)
	}
	if c := clients["RTM-PC001"]; len(c.Filters) != 1 || len(c.PluginPolicies) != 1 {
		t.Errorf("RTM-PC001 has filters %v, plug-in policies %v", c.Filters, c.PluginPolicies)
	}
}

// summary is a client in one line.
func summary(c *snapshot.Client) string {
	show := func(v any) string {
		switch v := v.(type) {
		case *string:
			if v != nil {
				return *v
			}
		case *bool:
			if v != nil {
				return fmt.Sprint(*v)
			}
		case *int:
			if v != nil {
				return fmt.Sprint(*v)
			}
		}
		return "-"
	}
	scan := c.Packages.Scan
	run := "not run"
	if r := scan.LastRun; r != nil {
		run = "ran " + show(r.AgeDays) + ": " + show(r.ReturnCode) + " " + show(r.Succeeded)
	}
	return fmt.Sprint(
		show(c.Status), " ", show(c.Managed), " ", show(c.Agent.Version), " ", show(c.Plugin.Installed), " ", show(c.Plugin.Version), " ",
		show(c.Licence.InUse), " ", c.Addresses, " ", show(scan.Status), " ", show(scan.StatusAgeDays), ", ", run,
		"; basic ", show(c.Inventory.BasicAgeDays), " patch ", show(c.Inventory.PatchAgeDays), " returned ", show(c.Inventory.PatchReturned),
		" task ", show(c.TaskAgent.RegistrationAgeDays))
}

// TestNothingPrivate looks for the decoys that stand where a CMDB keeps
// credentials and people's names.
func TestNothingPrivate(t *testing.T) {
	var file bytes.Buffer
	w := snapshot.NewWriter(&file)
	e := small(t)
	if _, err := Collect(t.Context(), Database{DB: openEstate(t, e), Now: e.Now, UTCOffset: e.UTCOffset()}, w, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	text := strings.ToLower(file.String())
	if len(text) < 5_000 {
		t.Fatalf("the snapshot has only %d bytes", len(text))
	}
	for _, secret := range []string{"decoy", "svc-patch", "<item", "packageserverassignment"} {
		if strings.Contains(text, secret) {
			t.Errorf("the snapshot holds %q", secret)
		}
	}
}

// TestSmall covers what the demo has not: a policy with package servers of its
// own, a setting that is off, a failed import.
func TestSmall(t *testing.T) {
	e := small(t)
	m := collectEstate(t, openEstate(t, e), e)
	for _, s := range m.manifest.Sections {
		if s.Status != snapshot.Collected || s.Rows == 0 {
			t.Errorf("%+v", s)
		}
	}
	if *m.estate.Server.ReadCommittedSnapshot || *m.estate.PatchImport.LastRunSucceeded || *m.estate.PatchImport.LastSuccessAgeDays != 8 {
		t.Errorf("%+v %+v", m.estate.Server, m.estate.PatchImport)
	}
	a := m.estate.VendorPolicies[0].PackageAssignment
	if *a.Type != "individual" || *a.AutomaticSiteAssignment || len(a.PackageServers) != 1 || a.PackageServers[0] != m.estate.PackageServers[0].GUID {
		t.Errorf("%+v", a)
	}
	for _, p := range m.estate.Packages {
		if *p.Enabled != (p.Role != "tools") {
			t.Errorf("%s: enabled %t", p.Name, *p.Enabled)
		}
	}
	if b := m.estate.PatchImport.BulletinsWithoutPackages; len(b) != 1 || b[0].Name != "MS14-005" || b[0].Updates != 2 {
		t.Errorf("bulletins without packages: %+v", b)
	}
	if diff := cmp.Diff([][]string{{"ExtPs", "Ns"}, nil}, [][]string{m.estate.Sites[0].PreventDownloads, m.estate.Sites[1].PreventDownloads}); diff != "" {
		t.Errorf("prevent downloads: %s", diff)
	}
	if got := m.estate.PackageServers[0].Sites; len(got) != 1 || got[0] != m.estate.Sites[1].GUID {
		t.Errorf("sites by hand: %v", got)
	}
}

// TestMissingTables renames every table in turn: the sections that read it, and
// fields of these, are missing; all others are as before.
func TestMissingTables(t *testing.T) {
	e := small(t)
	db := openEstate(t, e)
	tables := map[string]bool{}
	for _, b := range binding.All() {
		for _, o := range b.Objects {
			tables[o.Name] = true
		}
	}
	for name := range tables {
		bare := name[strings.LastIndex(name, ".")+1:]
		table := "[" + strings.ReplaceAll(name, ".", "].[") + "]"
		gone := strings.TrimSuffix(table, bare+"]") + bare + "_gone]"
		if _, err := db.Exec("ALTER TABLE " + table + " RENAME TO [" + bare + "_gone]"); err != nil {
			t.Fatal(err)
		}
		m := collectEstate(t, db, e)
		if _, err := db.Exec("ALTER TABLE " + gone + " RENAME TO [" + bare + "]"); err != nil {
			t.Fatal(err)
		}
		for _, s := range m.manifest.Sections {
			reads := slices.ContainsFunc(binding.Shipped()[s.Name].Objects, func(o binding.Object) bool { return o.Name == name })
			above := m.section(t, baseOf(s.Name))
			switch {
			case reads || !usable(above.Status):
				if s.Status != snapshot.Missing || s.Error == "" {
					t.Errorf("without %s, %s is %s: %s", name, s.Name, s.Status, s.Error)
				}
				if reads && usable(above.Status) && !strings.Contains(s.Error, name) {
					t.Errorf("without %s, the message for %s does not name it: %s", name, s.Name, s.Error)
				}
			case s.Status != snapshot.Collected:
				t.Errorf("without %s, %s is %s: %s", name, s.Name, s.Status, s.Error)
			}
		}
		if m.estate == nil {
			t.Errorf("without %s there is no estate", name)
		}
	}
}

// baseOf is the section's parent, or itself.
func baseOf(section string) string {
	if above := binding.Parent(section); above != "" {
		return above
	}
	return section
}

func TestMissingColumn(t *testing.T) {
	e := small(t)
	db := openEstate(t, e)
	if _, err := db.Exec("ALTER TABLE [SWDPackageServer] RENAME COLUMN [StatusTime] TO [Reported]"); err != nil {
		t.Fatal(err)
	}
	m := collectEstate(t, db, e)
	s := m.section(t, "package_servers.packages")
	if s.Status != snapshot.Missing || !strings.Contains(s.Error, "StatusTime") {
		t.Errorf("%+v", s)
	}
	for _, server := range m.estate.PackageServers {
		if server.Packages != nil || server.Sites == nil {
			t.Errorf("%s: packages %v, sites %v", server.Name, server.Packages, server.Sites)
		}
	}
}

// TestDoubtfulRows changes rows of the demo into what real CMDBs hold now and
// then, and names what must come of it.
func TestDoubtfulRows(t *testing.T) {
	e := small(t)
	for name, c := range map[string]struct {
		change  string
		section string
		status  snapshot.Status
		text    string
	}{
		"two servers that could be it": {"UPDATE [vComputer] SET [Server] = [Name] WHERE [Name] = 'LDS-PC1'", "server", snapshot.Failed, "several computers"},
		"no server":                    {"UPDATE [vComputer] SET [Server] = 'elsewhere'", "server", snapshot.Failed, "no computer is its own"},
		"no product":                   {"UPDATE [vProduct] SET [Name] = 'Patch'", "licences", snapshot.Failed, "no product matches"},
		"an invalid subnet":            {"UPDATE [vRM_Subnet_Item] SET [Name] = 'Warehouse' WHERE [Name] = '10.80.0.0/24'", "subnets", snapshot.Partial, `row 3, column "cidr": "Warehouse", and a network such as 10.4.0.0/24 is required`},
		"an IPv6 subnet":               {"UPDATE [vRM_Subnet_Item] SET [Name] = '2001:db8::/32' WHERE [Name] = '10.80.0.0/24'", "subnets", snapshot.Collected, ""},
		"no known package service":     {"UPDATE [Inv_AeX_AC_Client_Agent] SET [Agent Name] = 'PS' WHERE [Agent Name] = 'Altiris Package Server'", "package_servers", snapshot.Failed, "2 of them in addition to the Notification Server"},
		"no packages at all":           {"DELETE FROM [ResourceAssociation] WHERE [ResourceAssociationTypeGuid] LIKE 'A19CED33%'", "patch_import.bulletins_without_packages", snapshot.Failed, "no update of any bulletin has a package"},
		"no switch for bulletins":      {"DELETE FROM [ItemActive] WHERE [Guid] IN (SELECT [Guid] FROM [RM_ResourceSoftware_Bulletin])", "patch_import.bulletins_without_packages", snapshot.Failed, "it is not known of any bulletin"},
		"an invalid GUID":              {"UPDATE [CollectionMembership] SET [CollectionGuid] = 'plug-in'", "clients.filters", snapshot.Collected, ""},
		"a computer without a GUID":    {"UPDATE [Inv_Client_Task_Resources] SET [_ResourceGuid] = 'x'", "clients.task_agent", snapshot.Failed, "row 1"},
	} {
		db := openEstate(t, e)
		if _, err := db.Exec(c.change); err != nil {
			t.Fatal(err)
		}
		m := collectEstate(t, db, e)
		if s := m.section(t, c.section); s.Status != c.status || !strings.Contains(s.Error, c.text) {
			t.Errorf("%s: %+v", name, s)
		}
		if len(m.clients) != 9 {
			t.Errorf("%s: %d clients", name, len(m.clients))
		}
	}
}

// TestUnknownInventoryClass: where the server does not know the class that holds
// patch inventory, a client without a row may well have returned one.
func TestUnknownInventoryClass(t *testing.T) {
	e := small(t)
	db := openEstate(t, e)
	if _, err := db.Exec("UPDATE [DataClass] SET [Name] = 'Mises à jour' WHERE [Name] LIKE '%Windows Software Update'"); err != nil {
		t.Fatal(err)
	}
	for _, c := range collectEstate(t, db, e).clients {
		if c.Inventory.PatchReturned != nil || c.Inventory.PatchAt != nil {
			t.Fatalf("%s: %+v", c.Name, c.Inventory)
		}
	}
	db = openEstate(t, e)
	if _, err := db.Exec("DELETE FROM [ResourceUpdateSummary] WHERE [InventoryClassGuid] <> '9E6F402A-6A45-4CBA-9299-C2323F73A506'"); err != nil {
		t.Fatal(err)
	}
	for _, c := range collectEstate(t, db, e).clients {
		if r := c.Inventory.PatchReturned; r == nil || *r {
			t.Fatalf("%s: %+v", c.Name, c.Inventory)
		}
	}
}

// TestSameName: upper and lower case do not matter, retired holders count, and a
// holder whose domain is unknown may be any of its name's.
func TestSameName(t *testing.T) {
	e := small(t)
	for name, c := range map[string]struct {
		changes []string
		want    string
	}{
		"one retired":      {nil, "LDS-PC1 CORP 2"},
		"another case":     {[]string{"UPDATE [RM_ResourceComputer] SET [Name] = 'lds-pc1' WHERE [Name] = 'LDS-PC1' AND [Guid] NOT IN (SELECT [Guid] FROM [vComputer])"}, "LDS-PC1 CORP 2"},
		"domain's case":    {[]string{"UPDATE [Inv_AeX_AC_Identification] SET [Domain] = 'corp'"}, "LDS-PC1 CORP 2"},
		"another domain":   {[]string{"UPDATE [Inv_AeX_AC_Identification] SET [Domain] = 'LAB'"}, ""},
		"no domain":        {[]string{"UPDATE [Inv_AeX_AC_Identification] SET [Domain] = NULL"}, "LDS-PC1 ? 2"},
		"nothing about it": {[]string{"DELETE FROM [Inv_AeX_AC_Identification]"}, "LDS-PC1 ? 2"},
		"no licence":       {[]string{"DELETE FROM [LicenseInUse] WHERE [ResourceGuid] NOT IN (SELECT [Guid] FROM [vComputer])"}, ""},
		"two rows of one":  {[]string{"UPDATE [RM_ResourceComputer] SET [Name] = 'X' WHERE [Name] = 'LDS-PC1' AND [Guid] NOT IN (SELECT [Guid] FROM [vComputer])", "INSERT INTO [LicenseInUse] SELECT * FROM [LicenseInUse]"}, ""},
		"no names":         {[]string{"UPDATE [RM_ResourceComputer] SET [Name] = ''"}, ""},
		"a third, in no domain": {[]string{
			"UPDATE [RM_ResourceComputer] SET [Name] = 'LDS-PC1' WHERE [Name] = 'LDS-PC2'",
			"UPDATE [Inv_AeX_AC_Identification] SET [Domain] = NULL WHERE [_ResourceGuid] NOT IN (SELECT [Guid] FROM [vComputer])",
		}, "LDS-PC1 ? 3, LDS-PC1 CORP 2"},
	} {
		db := openEstate(t, e)
		for _, change := range c.changes {
			if _, err := db.Exec(change); err != nil {
				t.Fatal(err)
			}
		}
		m := collectEstate(t, db, e)
		groups := []string{}
		for _, g := range m.estate.Licences.SameName {
			domain := "?"
			if g.Domain != nil {
				domain = *g.Domain
			}
			groups = append(groups, fmt.Sprintf("%s %s %d", g.Name, domain, len(g.Holders)))
		}
		if got := strings.Join(groups, ", "); got != c.want || m.estate.Licences.SameName == nil {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestPreventDownloads: only what is read from a policy that is known to be on
// forbids, and a site without a row is unknown whatever other sites have.
func TestPreventDownloads(t *testing.T) {
	e := small(t)
	for name, c := range map[string]struct{ change, leeds, york string }{
		"both":                {"", "ExtPs Ns", "?"},
		"one":                 {"UPDATE [vItem] SET [State] = '<a><outbound><deny> extps </deny></outbound></a>' WHERE [State] LIKE '%outbound%'", "ExtPs", "?"},
		"none":                {"UPDATE [vItem] SET [State] = '<a><outbound><maxTransfers/></outbound></a>' WHERE [State] LIKE '%outbound%'", "-", "?"},
		"an unknown word":     {"UPDATE [vItem] SET [State] = '<a><outbound><deny>Ns, Peers</deny></outbound></a>' WHERE [State] LIKE '%outbound%'", "?", "?"},
		"another node":        {"UPDATE [vItem] SET [State] = '<a><inbound><deny>Ns</deny></inbound></a>' WHERE [State] LIKE '%outbound%'", "?", "?"},
		"no XML":              {"UPDATE [vItem] SET [State] = 'deny Ns' WHERE [State] LIKE '%outbound%'", "?", "?"},
		"off":                 {"UPDATE [ItemActive] SET [Enabled] = 0 WHERE [Guid] IN (SELECT [Guid] FROM [vItem] WHERE [State] LIKE '%outbound%')", "-", "?"},
		"on or off":           {"UPDATE [ItemActive] SET [Enabled] = NULL WHERE [Guid] IN (SELECT [Guid] FROM [vItem] WHERE [State] LIKE '%outbound%')", "?", "?"},
		"a policy of another": {"INSERT INTO [ItemReference] SELECT v.[Guid], s.[Guid], NULL FROM [vItem] v, [vRM_Site_Item] s WHERE v.[State] LIKE '%packageServerAssignment%'", "ExtPs Ns", "?"},
		"no rows":             {"DELETE FROM [ItemReference]", "?", "?"},
	} {
		db := openEstate(t, e)
		if _, err := db.Exec(c.change); err != nil {
			t.Fatal(err)
		}
		m := collectEstate(t, db, e)
		if s := m.section(t, "sites.prevent_downloads"); s.Status != snapshot.Collected {
			t.Errorf("%s: %+v", name, s)
		}
		for i, want := range []string{c.leeds, c.york} {
			got := m.estate.Sites[i].PreventDownloads
			text := strings.Join(got, " ")
			switch {
			case got == nil:
				text = "?"
			case len(got) == 0:
				text = "-"
			}
			if text != want {
				t.Errorf("%s: %s prevents %s, want %s", name, m.estate.Sites[i].Name, text, want)
			}
		}
	}
	if got := agreed([][]string{{"Ns"}, {"ExtPs"}}); got != nil {
		t.Errorf("policies that differ agree on %v", got)
	}
	if got := agreed([][]string{{"Ns"}, {"Ns"}}); len(got) != 1 {
		t.Errorf("policies that do not differ give %v", got)
	}
}

// TestUnknownProduct: if the product is not found, it is unknown who holds a
// licence of it.
func TestUnknownProduct(t *testing.T) {
	e := small(t)
	db := openEstate(t, e)
	if _, err := db.Exec("UPDATE [vProduct] SET [Name] = 'Patch'"); err != nil {
		t.Fatal(err)
	}
	m := collectEstate(t, db, e)
	if s := m.section(t, "clients.licence"); s.Status != snapshot.Failed || !strings.Contains(s.Error, "no product matches") {
		t.Errorf("%+v", s)
	}
	for _, c := range m.clients {
		if c.Licence != nil {
			t.Fatalf("%s: %+v", c.Name, c.Licence)
		}
	}
	if m.estate.Licences != nil {
		t.Errorf("%+v", m.estate.Licences)
	}
	// A product without holders of a licence is known.
	db = openEstate(t, e)
	if _, err := db.Exec("DELETE FROM [LicenseInUse]"); err != nil {
		t.Fatal(err)
	}
	m = collectEstate(t, db, e)
	if s := m.section(t, "clients.licence"); s.Status != snapshot.Collected {
		t.Errorf("%+v", s)
	}
	for _, c := range m.clients {
		if c.Licence == nil || *c.Licence.InUse {
			t.Fatalf("%s: %+v", c.Name, c.Licence)
		}
	}
}

// TestUnknownAgentNames: where no computer has an agent of a known name, that a
// computer has none of it says nothing.
func TestUnknownAgentNames(t *testing.T) {
	e := small(t)
	db := openEstate(t, e)
	if _, err := db.Exec("UPDATE [Inv_AeX_AC_Client_Agent] SET [Agent Name] = 'Patch Agent' WHERE [Agent Name] = 'Altiris Software Update Agent'"); err != nil {
		t.Fatal(err)
	}
	m := collectEstate(t, db, e)
	for _, c := range m.clients {
		if c.Plugin.Installed != nil || c.Agent.Version == nil {
			t.Fatalf("%s: plug-in installed %v, core agent %v", c.Name, *c.Plugin.Installed, c.Agent.Version)
		}
	}
	for _, s := range m.estate.PackageServers {
		if s.TaskService == nil || !*s.TaskService {
			t.Errorf("%s: task service %v", s.Name, s.TaskService)
		}
	}
	if _, err := db.Exec("UPDATE [Inv_AeX_AC_Client_Agent] SET [Agent Name] = 'CTS' WHERE [Agent Name] LIKE '%Task Server%'"); err != nil {
		t.Fatal(err)
	}
	for _, s := range collectEstate(t, db, e).estate.PackageServers {
		if s.TaskService != nil {
			t.Errorf("%s: task service %t", s.Name, *s.TaskService)
		}
	}
}

// TestNamelessObjects: an object without a name has its GUID as name.
func TestNamelessObjects(t *testing.T) {
	e := small(t)
	db := openEstate(t, e)
	for _, change := range []string{
		"UPDATE [vSiteServices] SET [Host Name] = NULL",
		"UPDATE [vRM_Site_Item] SET [Name] = ' '",
		"UPDATE [vItem] SET [Name] = '' WHERE [State] LIKE '%packageServerAssignment%'",
		"UPDATE [vItem] SET [Name] = '' WHERE [Guid] IN ('D3BA9CA7-5E71-4D76-B961-1BA0B436AACB', '6D417916-467C-46A7-A870-6D86D9345B61')",
		"UPDATE [vItem] SET [Name] = '' WHERE [Name] = 'Default Software Update Plug-in Policy'",
		"UPDATE [RM_ResourceComputer] SET [Name] = ''",
		"UPDATE [vComputer] SET [Name] = '', [Server] = '' WHERE [Name] = 'NS01'",
	} {
		if _, err := db.Exec(change); err != nil {
			t.Fatal(err)
		}
	}
	m := collectEstate(t, db, e)
	names := map[string]string{"server": m.estate.Server.Name}
	guids := map[string]string{"server": *m.estate.Server.GUID}
	add := func(kind, name, guid string) { names[kind+guid], guids[kind+guid] = name, guid }
	for _, s := range m.estate.PackageServers {
		add("package server", s.Name, s.GUID)
		if s.FQDN != nil {
			t.Errorf("the full name of a server without a name is %s", *s.FQDN)
		}
	}
	for _, s := range m.estate.Sites {
		add("site", s.Name, s.GUID)
	}
	for _, p := range m.estate.VendorPolicies {
		add("vendor policy", p.Name, p.GUID)
	}
	for _, f := range m.estate.Filters {
		add("filter", f.Name, f.GUID)
	}
	for _, p := range m.estate.Packages {
		if p.Role == "scan" {
			add("package", p.Name, p.GUID)
		}
	}
	for _, p := range m.estate.Policies {
		if p.Role == "plugin_policy" {
			add("policy", p.Name, p.GUID)
		}
	}
	for _, c := range m.clients {
		add("client", c.Name, c.GUID)
	}
	if len(names) != 1+2+2+1+1+1+1+9 {
		t.Errorf("%d objects", len(names))
	}
	if diff := cmp.Diff(guids, names); diff != "" {
		t.Errorf("names (-GUID +got):\n%s", diff)
	}
}

// TestEmptyEstate: collected and none is not the same as not collected.
func TestEmptyEstate(t *testing.T) {
	e, err := fixtures.Parse([]byte(`
name: empty
now: 2014-03-03T06:00:00Z
database: {name: CMDB}
dns_suffix: corp.example
product: Altiris Patch Management Solution
server: {name: NS}
profiles: {server: {agent: 7.5.3153, basic_days: 0}}
`))
	if err != nil {
		t.Fatal(err)
	}
	m := collectEstate(t, openEstate(t, e), e)
	for _, s := range m.manifest.Sections {
		want := snapshot.Collected
		if s.Name == "clients.addresses" {
			want = snapshot.Doubtful // there is a computer
		}
		if s.Status != want {
			t.Errorf("%+v", s)
		}
	}
	if m.estate.Sites == nil || m.estate.Subnets == nil || m.estate.PackageServers == nil || m.estate.VendorPolicies == nil ||
		m.estate.Packages == nil || m.estate.Policies == nil || m.estate.PatchImport == nil || m.estate.Licences.InactiveHolders == nil {
		t.Errorf("%+v", m.estate)
	}
	if len(m.clients) != 1 || m.clients[0].Filters == nil || m.clients[0].Plugin.Installed != nil || *m.clients[0].Licence.InUse {
		t.Errorf("%+v", m.clients)
	}
	if m.estate.PatchImport.LastRunAt != nil || m.estate.PatchImport.LastSuccessAgeDays != nil {
		t.Errorf("%+v", m.estate.PatchImport)
	}
}
