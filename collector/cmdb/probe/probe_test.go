package probe

import (
	"context"
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/google/go-cmp/cmp"
	_ "github.com/microsoft/go-mssqldb"

	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/collector/cmdb/tsql"
	"github.com/nscheck/nscheck/fixtures"
	"github.com/nscheck/nscheck/internal/snapshottest"
	"github.com/nscheck/nscheck/internal/tdstest"
	"github.com/nscheck/nscheck/snapshot"
)

// sqlServerOf serves a CMDB in SQLite as a SQL Server, with its catalogue, and
// opens it through go-mssqldb.
func sqlServerOf(t *testing.T, lite *sql.DB) (*tdstest.Server, cmdb.Database) {
	t.Helper()
	server := tdstest.Start(t, tdstest.Options{Backend: tdstest.SQL(lite)})
	server.Handle(tdstest.Word("INFORMATION_SCHEMA"), informationSchema(t, lite))
	server.Handle(tdstest.Word("sql_modules"), tdstest.Answer{
		Columns: []tdstest.Column{{Name: "schema", Type: "nvarchar(128)"}, {Name: "object", Type: "nvarchar(128)"}, {Name: "kind", Type: "nvarchar(60)"}},
		Rows: tdstest.Rows(
			[]any{"dbo", "spSubnetsOfSite", "SQL_STORED_PROCEDURE"},
			[]any{"dbo", "vSubnets", "VIEW"},
		),
	})
	db, err := sql.Open("sqlserver", server.DSN())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return server, cmdb.Database{DB: db, Now: fixtures.Now(), Origin: snapshot.Origin{Kind: "sqlserver", Server: "sql.example", Database: "Symantec_CMDB"}}
}

// informationSchema answers what INFORMATION_SCHEMA would about the tables of a
// database in SQLite.
func informationSchema(t *testing.T, lite *sql.DB) tdstest.Answer {
	t.Helper()
	rows, err := lite.QueryContext(t.Context(), SQLite.objects)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all [][]any
	for rows.Next() {
		var schema, object, kind, column, dataType string
		if err := rows.Scan(&schema, &object, &kind, &column, &dataType); err != nil {
			t.Fatal(err)
		}
		dataType, _, _ = strings.Cut(dataType, "(")
		kind = map[string]string{"table": "BASE TABLE", "view": "VIEW"}[kind]
		all = append(all, []any{"dbo", object, kind, column, dataType})
	}
	text := func(name string) tdstest.Column { return tdstest.Column{Name: name, Type: "nvarchar(128)"} }
	return tdstest.Answer{
		Columns: []tdstest.Column{text("schema"), text("object"), {Name: "kind", Type: "varchar(10)"}, text("column"), text("type")},
		Rows:    tdstest.Rows(all...),
	}
}

func openCMDB(t *testing.T, e *fixtures.Estate) *sql.DB {
	t.Helper()
	db, err := e.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// smallEstate is an estate with a few objects of each kind.
func smallEstate(t *testing.T) *fixtures.Estate {
	t.Helper()
	e, err := fixtures.ParseFile("../testdata/small.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// parseSet reads a text as the bindings of a configuration.
func parseSet(t *testing.T, text string) *binding.Set {
	t.Helper()
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(text), &node); err != nil {
		t.Fatal(err)
	}
	set, err := binding.Parse(&node, filepath.Join(t.TempDir(), "own.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// TestQueriesOnlyRead checks the queries of the probe's own.
func TestQueriesOnlyRead(t *testing.T) {
	for _, query := range []string{SQLServer.objects, SQLServer.users, SQLite.objects, itemQuery} {
		if err := tsql.CheckOwn(strings.ReplaceAll(query, "%s", "Name")); err != nil {
			t.Error(err)
		}
	}
}

func renamedDemo(t *testing.T) *sql.DB {
	t.Helper()
	db, err := fixtures.OpenRenamed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func probeDB(t *testing.T, source cmdb.Database, catalogue Catalogue, options cmdb.Options) *Report {
	t.Helper()
	probed, err := Run(t.Context(), source, catalogue, options)
	if err != nil {
		t.Fatal(err)
	}
	return probed
}

func (p *Report) section(t *testing.T, name string) *Section {
	t.Helper()
	i := slices.IndexFunc(p.Sections, func(s Section) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("section %s was not probed", name)
	}
	return &p.Sections[i]
}

func reasons(s *Section) []string {
	list := []string{}
	for _, c := range s.Candidates {
		list = append(list, c.Reason)
	}
	return list
}

// TestProbeBound on both engines: every section, in the order of reading.
func TestProbeBound(t *testing.T) {
	db := openCMDB(t, fixtures.Demo())
	_, overTDS := sqlServerOf(t, db)
	for name, probed := range map[string]*Report{
		"SQLite":     probeDB(t, cmdb.Database{DB: db, Origin: snapshot.Origin{Database: "Symantec_CMDB"}}, SQLite, cmdb.Options{}),
		"SQL Server": probeDB(t, overTDS, SQLServer, cmdb.Options{}),
	} {
		names := []string{}
		for _, s := range probed.Sections {
			names = append(names, s.Name)
			if s.Name == "sites.prevent_downloads" && s.Status == Empty && s.Good() {
				continue // no site of the estate has settings
			}
			if s.Status != Bound || s.Message != "" || s.Fills == "" || s.Evidence == "" {
				t.Errorf("%s: %+v", name, s)
			}
		}
		if diff := cmp.Diff(binding.SectionNames(), names); diff != "" || !probed.Good() || probed.Version != "7.5.3153" {
			t.Error(name, probed.Version, diff)
		}
	}
}

// TestProbeRenamed finds the tables of a CMDB whose site tables have other
// names, drafts bindings that can be read, and collects with them.
func TestProbeRenamed(t *testing.T) {
	lite := renamedDemo(t)
	_, source := sqlServerOf(t, lite)
	probed := probeDB(t, source, SQLServer, cmdb.Options{})
	for name, want := range map[string][]string{
		"sites":                 {"table vSites has columns SiteGuid, SiteName"},
		"subnets":               {"table vSubnets has columns SubnetGuid, Subnet, and it uses fnGetSubnetMaskAsTable"},
		"subnets.sites":         {"view vSiteSubnetMap has columns SubnetGuid, SiteGuid"},
		"package_servers.sites": {"table vSiteServerMap has columns ServerGuid, SiteGuid"},
		"package_servers.constrained": {"table PackageServerSettings has column ServerGuid; nothing for Constrained; " +
			"it also has PullFromSiteOnly, ServesMulticast"},
	} {
		s := probed.section(t, name)
		if got := reasons(s); s.Status != ObjectMissing || len(got) == 0 || cmp.Diff(want, got[:1]) != "" {
			t.Errorf("%s: %s, candidates:\n%s", name, s.Status, strings.Join(got, "\n"))
		}
	}
	if diff := cmp.Diff([]string{"The stored procedure dbo.spSubnetsOfSite uses fnGetSubnetMaskAsTable; its text shows where subnets are."}, probed.Notes); diff != "" {
		t.Error(diff)
	}

	draft := probed.Draft()
	file := filepath.Join(t.TempDir(), "bindings.yaml")
	write := func(text string) *binding.Set {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		set, err := binding.ReadFile(file)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		return set
	}
	again := probeDB(t, source, SQLServer, cmdb.Options{Bindings: write(draft)})
	for _, s := range again.Sections {
		if s.Good() == (s.Name == "package_servers.constrained") {
			t.Errorf("with the draft as it is: %+v", s)
		}
	}
	if s := again.section(t, "package_servers.constrained"); s.Status != ColumnMissing || !strings.Contains(s.Message, `column "Constrained"`) {
		t.Errorf("%+v", s)
	}
	finished := write(strings.Replace(draft, "ps.[Constrained]", "ps.[PullFromSiteOnly]", 1))
	if again := probeDB(t, source, SQLServer, cmdb.Options{Bindings: finished}); !again.Good() {
		t.Errorf("%+v", again)
	}

	_, original := sqlServerOf(t, openCMDB(t, fixtures.Demo()))
	var want, got snapshottest.Memory
	if _, err := cmdb.Collect(t.Context(), original, &want, cmdb.Options{TempDir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	if _, err := cmdb.Collect(t.Context(), source, &got, cmdb.Options{Bindings: finished, TempDir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.Estate.Subnets, got.Estate.Subnets); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want.Estate.Sites, got.Estate.Sites); diff != "" {
		t.Error(diff)
	}
	if len(want.Clients) != len(got.Clients) {
		t.Errorf("%d clients, want %d", len(got.Clients), len(want.Clients))
	}
}

// TestProbeFaults covers each kind of fault with the errors of a SQL Server.
func TestProbeFaults(t *testing.T) {
	server, source := sqlServerOf(t, openCMDB(t, fixtures.Demo()))
	word := tdstest.Word
	server.Fail(word("SWDPackageCodebase"), tdstest.Denied("SWDPackageCodebase", "Symantec_CMDB"))
	server.Fail(word("vRM_Subnet_Item"), tdstest.NoObject("vRM_Subnet_Item"))
	server.Fail(word("LastRegistered"), tdstest.NoColumn("LastRegistered"))
	server.Fail(word("FirstReleaseDate"), tdstest.Raise(tdstest.Message{Number: 230, State: 1, Class: 14,
		Text: "The SELECT permission was denied on the column 'FirstReleaseDate' of the object 'Inv_Software_Bulletin', database 'Symantec_CMDB', schema 'dbo'."}))
	server.Fail(word("vSiteServices"), tdstest.LockTimeout())
	server.Handle(tdstest.Regexp(`-- section: sites\n`), tdstest.Answer{Columns: []tdstest.Column{{Name: "guid", Type: "uniqueidentifier"}, {Name: "name", Type: "nvarchar(9)"}}})
	server.Handle(tdstest.Regexp(`-- section: licences.inactive_holders\n`), tdstest.Answer{Columns: []tdstest.Column{{Name: "guid", Type: "uniqueidentifier"}, {Name: "name", Type: "nvarchar(9)"}, {Name: "status", Type: "nvarchar(9)"}}})
	server.Handle(tdstest.Regexp(`-- section: filters\n`), tdstest.Answer{Columns: []tdstest.Column{{Name: "guid", Type: "uniqueidentifier"}}, Rows: tdstest.Rows([]any{"D3BA9CA7-5E71-4D76-B961-1BA0B436AACB"})})
	server.Handle(tdstest.Regexp(`-- section: vendor_policies\n`), tdstest.Answer{
		Columns: []tdstest.Column{{Name: "guid", Type: "uniqueidentifier"}, {Name: "name", Type: "nvarchar(9)"}, {Name: "enabled", Type: "bit"}, {Name: "state", Type: "nvarchar(max)"}},
		Rows:    tdstest.Rows([]any{"D3BA9CA7-5E71-4D76-B961-1BA0B436AACB", "a", true, "<item><other/></item>"}, []any{"D3BA9CA7-5E71-4D76-B961-1BA0B436AACB", "b", true, "no XML"}),
	})
	server.Fail(word("sql_modules"), tdstest.Raise(tdstest.Message{Number: 297, State: 1, Class: 16, Text: "The user does not have permission to perform this action."}))

	probed := probeDB(t, source, SQLServer, cmdb.Options{Pause: func(context.Context, time.Duration) error { return nil }})
	type found struct {
		Status  Status
		Message string
		Good    bool
	}
	got := map[string]found{}
	for _, s := range probed.Sections {
		if s.Status != Bound {
			got[s.Name] = found{s.Status, s.Message, s.Good()}
		}
	}
	const lock = "vSiteServices: another session held a lock for too long (error 1222); collect when the server is less busy; tried 4 times"
	want := map[string]found{
		"packages.codebases": {SelectDenied, "SWDPackageCodebase", false},
		"subnets":            {ObjectMissing, "vRM_Subnet_Item", false},
		"subnets.sites":      {ObjectMissing, "vRM_Subnet_Item", false},
		"package_servers.task_registration_age_days": {ColumnMissing, "Inv_Client_Task_Resources: LastRegistered", false},
		"clients.task_agent":                         {ColumnMissing, "Inv_Client_Task_Resources: LastRegistered", false},
		"patch_import.newest_bulletin_at":            {SelectDenied, "Inv_Software_Bulletin: FirstReleaseDate", false},
		"sites":                                      {Empty, "it returns no rows; another table may have the data of this section", false},
		"sites.prevent_downloads":                    {Empty, "no item refers to a site, so what sites forbid is unknown", true},
		"licences.inactive_holders":                  {Empty, "every computer that holds a licence is Active", true},
		"filters":                                    {ColumnMissing, `the query returns no column "name"; name one of its columns so`, false},
		"vendor_policies":                            {NodeMissing, "2 items were read and the XML of none has a node at any of the XPaths; nscheck probe --item NAME lists the nodes of an item", false},
		"package_servers":                            {Failed, lock, false},
		"package_servers.addresses":                  {Failed, lock, false},
		"package_servers.sites":                      {Failed, lock, false},
	}
	for name, f := range got {
		if _, ok := want[name]; !ok && f.Message == lock {
			want[name] = f
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s := probed.section(t, "clients.task_agent"); s.Objects[0].Status != ColumnMissing || cmp.Diff([]string{"LastRegistered"}, s.Objects[0].Columns) != "" {
		t.Errorf("%+v", s.Objects)
	}
	if len(probed.Notes) != 1 || !strings.Contains(probed.Notes[0], "that needs VIEW DEFINITION") {
		t.Error(probed.Notes)
	}
	draft := probed.Draft()
	for _, want := range []string{
		"# packages.codebases: codebases of each", "# SELECT denied: SWDPackageCodebase", "# To do: the login needs SELECT on it; nscheck probe --grants prints the script.",
		"# To do: find the node with nscheck probe --item NAME and name it under xpaths.",
	} {
		if !strings.Contains(draft, want) {
			t.Errorf("the draft has no %q:\n%s", want, draft)
		}
	}
	text, err := json.Marshal(probed)
	if err != nil || !strings.Contains(string(text), `{"name":"packages.codebases","fills":"`) || !strings.Contains(string(text), `"status":"SELECT denied"`) {
		t.Errorf("%s %v", text, err)
	}
}

// TestProbeOwnQuery: a query of the user's own is run, and what is missing is named.
func TestProbeOwnQuery(t *testing.T) {
	server, source := sqlServerOf(t, openCMDB(t, smallEstate(t)))
	server.Handle(tdstest.Regexp(`vSites`), tdstest.Answer{
		Columns: []tdstest.Column{{Name: "guid", Type: "uniqueidentifier"}, {Name: "name", Type: "nvarchar(9)"}},
		Rows:    tdstest.Rows([]any{"D3BA9CA7-5E71-4D76-B961-1BA0B436AACB", "Leeds"}),
	})
	server.Fail(tdstest.Word("Kept"), tdstest.Denied("Kept", "Symantec_CMDB"))
	set := parseSet(t, `
sites: {sql: 'SELECT f.guid, f.name FROM dbo.vSites f'}
subnets: {sql: 'SELECT a.x AS guid, b.y AS cidr FROM vItem a JOIN dbo.Nowhere b ON a.x = b.x'}
filters: {sql: 'SELECT a.guid, a.name FROM dbo.Kept a'}
licences: {sql: 'SELECT a.product, a.in_use FROM vItem a'}
`)
	probed := probeDB(t, source, SQLServer, cmdb.Options{Bindings: set})
	for name, want := range map[string]Section{
		"sites":    {Status: Bound},
		"subnets":  {Status: ObjectMissing, Message: "dbo.Nowhere"},
		"filters":  {Status: SelectDenied, Message: "dbo.Kept"},
		"licences": {Status: ColumnMissing, Message: `column "product" does not exist in the tables read; section "licences" needs a query that reads it from its place in this database`},
	} {
		if s := probed.section(t, name); s.Status != want.Status || s.Message != want.Message || s.Evidence != "user" {
			t.Errorf("%s: %s: %s", name, s.Status, s.Message)
		}
	}
}

// TestProbeOneRow: a probe reads no table whole, and closes what it has begun.
func TestProbeOneRow(t *testing.T) {
	server, source := sqlServerOf(t, openCMDB(t, fixtures.Demo()))
	// A row after the second would never come, so a probe that waits for it
	// runs into the deadline.
	server.Fail(queryOf("clients"), tdstest.Stall(2))
	probed := probeDB(t, source, SQLServer, cmdb.Options{StatementTimeout: time.Minute})
	if s := probed.section(t, "clients"); s.Status != Bound {
		t.Errorf("%+v", s)
	}
	for _, e := range server.Log() {
		if strings.Contains(strings.ToUpper(e.SQL), "INSERT") && !strings.Contains(e.SQL, "Install") {
			t.Error(e.SQL)
		}
	}
}

func TestProbeEnds(t *testing.T) {
	_, source := sqlServerOf(t, openCMDB(t, fixtures.Demo()))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, source, SQLServer, cmdb.Options{}); err == nil {
		t.Error("it went on")
	}
	source.DB.Close()
	if _, err := Run(t.Context(), source, SQLServer, cmdb.Options{}); err == nil || !strings.HasPrefix(err.Error(), "probe: ") {
		t.Error(err)
	}
	if _, err := Items(t.Context(), source, "x", cmdb.Options{}); err == nil {
		t.Error("it read an item")
	}
}

// TestOtherColumn: a column of a known table has another name.
func TestOtherColumn(t *testing.T) {
	lite := openCMDB(t, smallEstate(t))
	if _, err := lite.ExecContext(t.Context(), `ALTER TABLE [ItemClass] RENAME COLUMN [ClassGuid] TO [ItemClassGuid];
		ALTER TABLE [SWDPackageServer] RENAME COLUMN [PkgSvrId] TO [PackageServerGuid];
		ALTER TABLE [Inv_Client_Task_Resources] RENAME COLUMN [LastRegistered] TO [RegisteredDate]`); err != nil {
		t.Fatal(err)
	}
	source := cmdb.Database{DB: lite, Origin: snapshot.Origin{Database: "Symantec_CMDB"}}
	probed := probeDB(t, source, SQLite, cmdb.Options{})
	s := probed.section(t, "vendor_policies")
	if s.Status != ColumnMissing || s.Message != "ItemClass: ClassGuid" ||
		!slices.Contains(reasons(s), "table ItemClass has column ItemClassGuid in place of ClassGuid") {
		t.Errorf("%+v", s)
	}
	file := filepath.Join(t.TempDir(), "b.yaml")
	if err := os.WriteFile(file, []byte(probed.Draft()), 0o600); err != nil {
		t.Fatal(err)
	}
	set, err := binding.ReadFile(file)
	if err != nil {
		t.Fatalf("%v\n%s", err, probed.Draft())
	}
	again := probeDB(t, source, SQLite, cmdb.Options{Bindings: set})
	for _, name := range []string{"vendor_policies", "policies", "package_servers.packages", "clients.task_agent"} {
		if s := again.section(t, name); s.Status != Bound {
			t.Errorf("%+v\n%s", s, set.Choose("")[name].Query)
		}
	}
}

// TestDraftOfOddNames: names come from a database and must not break the file.
func TestDraftOfOddNames(t *testing.T) {
	lite := renamedDemo(t)
	if _, err := lite.ExecContext(t.Context(), "DROP TABLE [vSites]; CREATE TABLE \"Sites]\n# of: 'all'\" (\"Site]Guid\" uniqueidentifier, \"Site\tName: #\" nvarchar(9))"); err != nil {
		t.Fatal(err)
	}
	probed := probeDB(t, cmdb.Database{DB: lite}, SQLite, cmdb.Options{})
	file := filepath.Join(t.TempDir(), "b.yaml")
	if err := os.WriteFile(file, []byte(probed.Draft()), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := binding.ReadFile(file); err != nil {
		t.Errorf("%v\n%s", err, probed.Draft())
	}
}

// TestCandidatesOfOtherSchemas makes sure that nothing is offered that a binding could
// not read.
func TestCandidatesOfOtherSchemas(t *testing.T) {
	p := &prober{catalogue: SQLServer}
	columns := []tableColumn{{"Guid", "uniqueidentifier"}, {"Name", "nvarchar"}}
	found := p.rank(wantedBySection("sites"), []*table{
		{schema: "audit", name: "vSites", kind: "view", columns: columns},
		{schema: "DBO", name: "vSites", kind: "view", columns: columns},
	}, nil)
	if len(found) != 1 || found[0].Object != "vSites" {
		t.Errorf("%+v", found)
	}
}
