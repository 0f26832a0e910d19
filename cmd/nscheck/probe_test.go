package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/fixtures"
	"github.com/nscheck/nscheck/internal/tdstest"
)

// TestProbeSQLServer runs the whole program against a SQL Server that denies,
// lacks and hides.
func TestProbeSQLServer(t *testing.T) {
	for _, name := range []string{"NSCHECK_SOURCE", "NSCHECK_BINDINGS", "NO_COLOR"} {
		t.Setenv(name, "")
	}
	lite, err := fixtures.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer lite.Close()
	server := tdstest.Start(t, tdstest.Options{Backend: tdstest.SQL(lite), Encryption: tdstest.EncryptRequired})
	server.Fail(tdstest.Word("SWDPackageCodebase"), tdstest.Denied("SWDPackageCodebase", "Symantec_CMDB"))
	server.Fail(tdstest.Word("vRM_Site_Item"), tdstest.NoObject("vRM_Site_Item"))
	server.Fail(tdstest.Word("LastRegistered"), tdstest.NoColumn("LastRegistered"))
	text := func(name string) tdstest.Column { return tdstest.Column{Name: name, Type: "nvarchar(128)"} }
	server.Handle(tdstest.Word("INFORMATION_SCHEMA"), tdstest.Answer{
		Columns: []tdstest.Column{text("schema"), text("object"), text("kind"), text("column"), text("type")},
		Rows: tdstest.Rows(
			[]any{"dbo", "Inv_Client_Task_Resources", "BASE TABLE", "_ResourceGuid", "uniqueidentifier"},
			[]any{"dbo", "Inv_Client_Task_Resources", "BASE TABLE", "RegisteredDate", "datetime"},
			[]any{"dbo", "vSiteSubnetMap", "VIEW", "SiteGuid", "uniqueidentifier"},
			[]any{"dbo", "vSiteSubnetMap", "VIEW", "SubnetGuid", "uniqueidentifier"},
			[]any{"net", "vSubnetsOfSite", "VIEW", "SiteGuid", "uniqueidentifier"},
			[]any{"net", "vSubnetsOfSite", "VIEW", "SubnetGuid", "uniqueidentifier"},
		),
	})
	server.Fail(tdstest.Word("sql_modules"), tdstest.Denied("sql_modules", "Symantec_CMDB"))
	source := "sqlserver://reader@" + server.Addr() + "?database=Symantec_CMDB&certificate=" + server.CAFile()

	probe := func(args ...string) (int, string, string) {
		var stdout, stderr bytes.Buffer
		status := run(append([]string{"nscheck", "probe", "--source", source}, args...), &stdout, &stderr)
		return status, stdout.String(), stderr.String()
	}
	t.Setenv("NSCHECK_PASSWORD", "Guessed-1")
	status, stdout, stderr := probe()
	if status != 2 || stdout != "" || !strings.Contains(stderr, "the server refused the login reader") || strings.Contains(stderr, "Guessed-1") {
		t.Errorf("status %d, %s%s", status, stdout, stderr)
	}

	t.Setenv("NSCHECK_PASSWORD", "Reader-Passw0rd")
	draft := filepath.Join(t.TempDir(), "b.yaml")
	status, stdout, stderr = probe("--write", draft)
	if status != 3 || stderr != "Wrote "+draft+": complete it, then probe again with --bindings "+draft+"\n" {
		t.Errorf("status %d, %s", status, stderr)
	}
	for _, want := range []string{
		"Probed sqlserver, server " + server.Addr() + ", database Symantec_CMDB, isolation level read committed snapshot; product version 7.5.3153\n",
		"packages.codebases                          SELECT denied   P, A        SWDPackageCodebase\n",
		"sites                                       object missing  I           vRM_Site_Item\n",
		"clients.task_agent                          column missing  P           Inv_Client_Task_Resources: LastRegistered\n",
		"    view vSiteSubnetMap has columns SubnetGuid, SiteGuid\n",
		"  in place of Inv_Client_Task_Resources\n    table Inv_Client_Task_Resources has column RegisteredDate in place of LastRegistered\n",
		"Note: The objects that use fnGetSubnetMaskAsTable, and so contain subnets, could not be listed (that needs VIEW DEFINITION): ",
		"\n31 of 38 sections can be collected.\n",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("it does not print %q:\n%s", want, stdout)
		}
	}
	if strings.Contains(stdout, "vSubnetsOfSite") {
		t.Errorf("it names a candidate that no binding can read:\n%s", stdout)
	}
	text2, err := os.ReadFile(draft)
	if err != nil || !strings.Contains(string(text2), "FROM [vSiteSubnetMap] x\n") {
		t.Errorf("%s %v", text2, err)
	}
	for _, e := range server.Log() {
		if strings.Contains(e.SQL, "Reader-Passw0rd") {
			t.Error(e.SQL)
		}
	}
}

// TestProbeLooksAtTheDraftFirst: a file that cannot be written is told of before
// a server is asked for anything.
func TestProbeLooksAtTheDraftFirst(t *testing.T) {
	t.Setenv("NSCHECK_PASSWORD", "Guessed-1")
	dir := t.TempDir()
	finished := filepath.Join(dir, "finished.yaml")
	if err := os.WriteFile(finished, []byte("bindings: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		finished: "it exists; name another file",
		filepath.Join(dir, "nowhere", "new.yaml"): "does not exist; create it first",
	} {
		var stdout, stderr bytes.Buffer
		status := run([]string{"nscheck", "probe", "--source", "sqlserver://reader@nowhere.invalid", "--write", file}, &stdout, &stderr)
		if status != 2 || stdout.Len() > 0 || !strings.Contains(stderr.String(), want) {
			t.Errorf("%s: status %d, %s%s", file, status, stdout.String(), stderr.String())
		}
	}
}

// TestProbeOnATerminal: names from a server can do nothing to a terminal.
func TestProbeOnATerminal(t *testing.T) {
	for _, name := range []string{"NSCHECK_SOURCE", "NSCHECK_BINDINGS"} {
		t.Setenv(name, "")
	}
	t.Setenv("NSCHECK_PASSWORD", plantedPassword)
	server := startDouble(t, smallEstate(t), nil)
	server.Fail(tdstest.Word("vRM_Site_Item"), tdstest.NoObject("vRM_Site_Item"))
	server.Fail(tdstest.Word("vProduct"), tdstest.Raise(tdstest.Message{Number: 50000, State: 1, Class: 16, Text: "no\x1b[2J\nsuch thing"}))
	text := func(name string) tdstest.Column { return tdstest.Column{Name: name, Type: "nvarchar(max)"} }
	server.Handle(tdstest.Word("INFORMATION_SCHEMA"), tdstest.Answer{
		Columns: []tdstest.Column{text("schema"), text("object"), text("kind"), text("column"), text("type")},
		Rows: tdstest.Rows(
			[]any{"net", "vSite\x1b[2JMap", "VIEW", "SiteGuid", "uniqueidentifier"},
			[]any{"net", "vSite\x1b[2JMap", "VIEW", "Site\x1b[2J Name", "nvarchar"},
		),
	})
	server.Handle(tdstest.Word("vi.[Name] = @item"), tdstest.Answer{
		Columns: []tdstest.Column{{Name: "guid", Type: "uniqueidentifier"}, text("name"), text("state")},
		Rows:    tdstest.Rows([]any{"6D417916-467C-46A7-A870-6D86D9345B61", "Pol\x1b[2J\nicy", "<item><a>1</a></item>"}),
	})
	for _, args := range [][]string{{}, {"--item", "Policy"}} {
		var stdout, stderr bytes.Buffer
		status := run(append([]string{"nscheck", "probe", "--source", server.url("certificate=" + server.CAFile())}, args...), &stdout, &stderr)
		if status == 2 || strings.Contains(stdout.String(), "\x1b") || !strings.Contains(stdout.String(), "[2J") {
			t.Errorf("%v: status %d, %q%q", args, status, stdout.String(), stderr.String())
		}
	}
}
