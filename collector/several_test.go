package collector

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/fixtures"
	"github.com/nscheck/nscheck/internal/csvtest"
	"github.com/nscheck/nscheck/internal/snapshottest"
	"github.com/nscheck/nscheck/snapshot"
)

type memory = snapshottest.Memory

func collectAll(t *testing.T, sources ...string) *memory {
	t.Helper()
	s, err := OpenAll(t.Context(), sources, Access{})
	if err != nil {
		t.Fatal(err)
	}
	m, temp := new(memory), t.TempDir()
	manifest, err := Collect(t.Context(), s, m, Options{ToolVersion: "test", TempDir: temp})
	if err != nil {
		t.Fatal(err)
	}
	if manifest != m.Manifest {
		t.Error("the manifest returned is not the one written")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(temp, "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	return m
}

// exported writes sections of the demo estate as CSV files, out of order.
func exported(t *testing.T, wanted func(string) bool) string {
	t.Helper()
	db, err := fixtures.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	dir := t.TempDir()
	if err := csvtest.Export(t.Context(), db, fixtures.Database(), dir, csvtest.Dialect{Shuffled: true}, wanted); err != nil {
		t.Fatal(err)
	}
	return dir
}

// fieldwise chooses the sections that are fields of others, and bases.
func fieldwise(section string) bool { return strings.Contains(section, ".") }
func bases(section string) bool     { return !fieldwise(section) }

// TestSections: the same estate comes out whichever source gives which section.
func TestSections(t *testing.T) {
	want := collectAll(t, Demo)
	some, others := exported(t, fieldwise), exported(t, bases)
	const clock = "?collected_at=2014-03-03T06:00:00Z&utc_offset=+01:00"
	for name, c := range map[string]struct {
		sources []string
		from    func(section string) string
		note    func(section string) string
	}{
		"two folders": {
			[]string{"csv:" + some + clock, "csv:" + others},
			func(s string) string { return "csv:" + map[bool]string{true: some, false: others}[fieldwise(s)] },
			func(s string) string {
				if fieldwise(s) {
					return ""
				}
				return "csv:" + some + ": missing: there is no file " + s + ".csv in " + some
			},
		},
		"database first": {
			[]string{Demo, "csv:" + some},
			func(string) string { return Demo },
			func(s string) string {
				if fieldwise(s) {
					return "csv:" + some + " has it too and was not used"
				}
				return ""
			},
		},
		"files first": {
			[]string{"csv:" + some, Demo},
			func(s string) string {
				if fieldwise(s) {
					return "csv:" + some
				}
				return Demo
			},
			func(s string) string {
				if fieldwise(s) {
					return "demo: was not asked"
				}
				return "csv:" + some + ": missing: there is no file " + s + ".csv in " + some
			},
		},
	} {
		m := collectAll(t, c.sources...)
		for i, s := range m.Manifest.Sections {
			w := want.Manifest.Sections[i]
			if s.Status != w.Status || s.Rows != w.Rows || s.Error != "" || s.Source != c.from(s.Name) || withoutRemark(s.Note) != c.note(s.Name) {
				t.Errorf("%s: %+v, want it from %s, note %q", name, s, c.from(s.Name), c.note(s.Name))
			}
			if hashed := s.QuerySHA256 != ""; hashed != (s.Source == Demo) {
				t.Errorf("%s: %s has a query's hash: %t", name, s.Name, hashed)
			}
		}
		if d := cmp.Diff(want.Estate, m.Estate); d != "" {
			t.Errorf("%s: the estate differs (-demo +merged):\n%s", name, d)
		}
		if d := cmp.Diff(want.Clients, m.Clients); d != "" {
			t.Errorf("%s: clients differ (-demo +merged):\n%s", name, d)
		}
		if kind := m.Manifest.Source.Kind; (kind == "demo") != slices.Contains(c.sources, Demo) {
			t.Errorf("%s: the origin is %s", name, kind)
		}
	}
}

// TestBroken: where the first source has a section and cannot give it, the next
// does; if no source can, the error is that of the one that has it.
func TestBroken(t *testing.T) {
	broken, good, empty := t.TempDir(), t.TempDir(), exported(t, func(s string) bool { return s == "subnets" })
	write := func(dir, name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(broken, "sites.csv", "guid,name\nx,y\n")
	write(broken, "filters.csv", "guid,name\nx,y\n")
	write(broken, "clients.csv", "key,name,managed,active,status,domain,os_name\nD3BA9CA7-5E71-4D76-B961-1BA0B436AACB,A,,,,,\nx,B,,,,,\n")
	write(good, "clients.csv", "key,name,managed,active,status,domain,os_name\nD3BA9CA7-5E71-4D76-B961-1BA0B436AACB,A,,,,,\n")
	write(good, "sites.csv", "guid,name\nD3BA9CA7-5E71-4D76-B961-1BA0B436AACB,Leeds\n")
	m := collectAll(t, "csv:"+empty, "csv:"+broken, "csv:"+good)
	wrong := filepath.Join(broken, "sites.csv") + `: line 2, column "guid": "x" is not a GUID`
	if s := m.Section(t, "sites"); s.Status != snapshot.Collected || s.Source != "csv:"+good ||
		s.Note != "csv:"+empty+": missing: there is no file sites.csv in "+empty+"; csv:"+broken+": failed: "+wrong {
		t.Errorf("%+v", s)
	}
	if s := m.Section(t, "filters"); s.Status != snapshot.Failed || s.Source != "csv:"+broken || s.Error != "collect filters: "+strings.Replace(wrong, "sites", "filters", 1) || !strings.Contains(s.Note, "csv:"+good+": missing") {
		t.Errorf("%+v", s)
	}
	if s := m.Section(t, "clients"); s.Status != snapshot.Collected || len(m.Clients) != 1 {
		t.Errorf("%+v, %d clients", s, len(m.Clients))
	}
	if s := m.Section(t, "policies"); s.Status != snapshot.Missing || s.Error != "collect policies: there is no file policies.csv in "+empty {
		t.Errorf("%+v", s)
	}
}

func TestOpenAllRefuses(t *testing.T) {
	csv, agent := exported(t, bases), t.TempDir()
	t.Chdir(csv)
	above := filepath.Join("..", filepath.Base(csv))
	for _, c := range []struct {
		sources []string
		want    string
	}{
		{[]string{Demo, Demo}, "source demo: is named twice"},
		{[]string{"csv:" + csv, "csv:" + csv + "?dates=de"}, "source csv:" + csv + " is named twice"},
		{[]string{"csv:.", "csv:./."}, "source csv:./. is named twice"},
		{[]string{"csv:" + csv, "CSV:" + above + "?dates=de"}, "source csv:" + above + " is named twice"},
		{[]string{Demo, "agent:" + agent, "agent:" + agent + "/../" + filepath.Base(agent) + "/"}, "source agent:" + agent + "/../" + filepath.Base(agent) + "/ is named twice"},
		{[]string{"agent:" + agent}, "source agent:" + agent + " only adds to a computer of another source; name that source too, such as csv:DIR"},
		{[]string{Demo, "agent:" + agent + "?x=y"}, "open source agent:" + agent + `: unknown setting "x"; the settings are computer and guid`},
		{[]string{Demo, "agent:"}, "open source agent:: it names no folder; write agent:DIR"},
		{[]string{Demo, "csv:" + agent}, "open source csv:" + agent + ": it has no CSV file; files are sites.csv, clients.csv, clients.licence.csv and so on"},
		{[]string{Demo, "ftp:x"}, `open source "ftp:…": unknown kind of source "ftp"; a source is sqlserver://USER@HOST/?database=NAME, csv:DIR, agent:DIR, or demo: for the built-in estate`},
	} {
		s, err := OpenAll(t.Context(), c.sources, Access{})
		if err == nil {
			s.Close()
			t.Errorf("%v were opened", c.sources)
		} else if err.Error() != c.want {
			t.Errorf("%v:\n got %v\nwant %s", c.sources, err, c.want)
		}
	}
}

// folder makes an agent's folder; all files are written a day before the demo's
// clock.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		at := fixtures.Now().Add(-25 * time.Hour)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const (
	scanGUID  = "6D417916-467C-46A7-A870-6D86D9345B61"
	toolsGUID = "832C527C-B9C9-46FB-B1F1-2F35434FF90D"
)

func agentEvent(host, text string) string {
	return "<event date='Feb 27 10:00:00' severity='1' hostName='" + host + "' ><![CDATA[" + text + "]]></event>"
}

// TestAgents: what folders show is merged into their computers, and nothing else
// changes.
func TestAgents(t *testing.T) {
	plain := collectAll(t, Demo)
	software := "Altiris Agent/Agents/SoftwareManagement/Software Delivery/{"
	var pluginGUID string
	for _, p := range plain.Estate.Packages {
		if p.Role == "plugin" {
			pluginGUID = p.GUID
		}
	}
	client := folder(t, map[string]string{
		"Altiris Agent/Logs/a.log":                             agentEvent("lds-pc041.corp.example", "x"),
		software + scanGUID + "}/cache/scan.exe":               "x",
		software + scanGUID + "}/cache/STPatchAssessment.log":  "x",
		software + toolsGUID + "}/cache/tools.exe":             "x",
		software + "00000000-0000-0000-0000-0000000000AA}/x":   "x",
		software + strings.ToLower(pluginGUID) + "}/cache/x":   "",
		"Altiris Agent/Package Server Agent/AeXSWDPolicy.xml":  "x",
		"Altiris Agent/Client Policies/{x}.xml":                "x",
		"Altiris Agent/Software Delivery/AeXSWDPolicy.xml":     "x",
		"Altiris Agent/Software Delivery/readme/package.xml":   "x",
		"Altiris Agent/Agents/SoftwareManagement/Logs/empty.x": "x",
	})
	server := folder(t, map[string]string{
		"Logs/Agent.log": agentEvent("BRS-PS01", "Package {"+scanGUID+"} failed") + agentEvent("BRS-PS01", "Package "+pluginGUID+" failed") + agentEvent("BRS-PS01", "Software Update Plug-in failed"),
		"Package Delivery/{" + scanGUID + "}/cache/snapshot.xml":                  "<s/>",
		"Package Delivery/{" + toolsGUID + "}/cache/snapshot.xml":                 "<s/>",
		"Package Server Agent/PackageStatus/{" + scanGUID + "}/PackageStatus.xml": "<p Status='Ready'/>",
	})
	m := collectAll(t, Demo, "agent:"+client, "agent:"+server)

	c := m.Client(t, "LDS-PC041")
	if c.ScanLog == nil || c.ScanLog.Completed != nil || *c.ScanLog.AgeDays != 1 {
		t.Errorf("%+v", c.ScanLog)
	}
	if p := c.Packages; *p.Scan.Status != "downloaded" || *p.Scan.StatusAgeDays != 1 || *p.Tools.Status != "downloaded" || *p.Plugin.Status != *plain.Client(t, "LDS-PC041").Packages.Plugin.Status {
		t.Errorf("%+v", p)
	}
	i := slices.IndexFunc(m.Estate.PackageServers, func(s snapshot.PackageServer) bool { return s.Name == "BRS-PS01" })
	three := 3 // whole days from 27 February, 09:00 UTC, to 3 March, 06:00
	want := &snapshot.AgentFolder{Orphans: []string{toolsGUID}, LogErrors: []snapshot.LogErrors{
		{Package: "plugin", Count: 2, AgeDays: &three}, {Package: "scan", Count: 1, AgeDays: &three},
	}}
	if d := cmp.Diff(want, m.Estate.PackageServers[i].AgentFolder); d != "" {
		t.Error(d)
	}
	if s := m.Section(t, "clients.scan_log"); s.Status != snapshot.Collected || s.Rows != 1 || s.Source != "agent:"+client || s.Evidence != "R, I, P" {
		t.Errorf("%+v", s)
	}
	if s := m.Section(t, "package_servers.agent_folder"); s.Status != snapshot.Collected || s.Rows != 1 || s.Source != "agent:"+server {
		t.Errorf("%+v", s)
	}
	if s := m.Section(t, "clients.packages"); s.Status != snapshot.Collected || s.Source != Demo ||
		s.Note != "for 1 of the computers the arrival of packages that the server does not know of is read from package folders (evidence I): agent:"+client {
		t.Errorf("%+v", s)
	}

	// Take it away again, and it is the plain snapshot.
	c.ScanLog, c.Packages.Scan.Status, c.Packages.Scan.StatusAgeDays = nil, nil, nil
	c.Packages.Tools.Status, c.Packages.Tools.StatusAgeDays = nil, nil
	m.Estate.PackageServers[i].AgentFolder = nil
	if d := cmp.Diff(plain.Clients, m.Clients); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(plain.Estate, m.Estate); d != "" {
		t.Error(d)
	}
}

// TestAgentsOfNobody: folders that cannot be merged are reported.
func TestAgentsOfNobody(t *testing.T) {
	of := func(host string) map[string]string {
		return map[string]string{"Software Delivery/{" + scanGUID + "}/cache/x": "x", "Logs/a.log": agentEvent(host, "x")}
	}
	csv := exported(t, func(s string) bool { return s == "clients" || s == "clients.packages" || s == "package_servers" })
	rename := func(from, to string) {
		path := filepath.Join(csv, "clients.csv")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(text), from, to)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	rename("RTM-PC002", "RTM-PC001") // both Active
	rename("RET-PC009", "RTM-PC003") // Disposed and Active
	m := collectAll(t, "csv:"+csv,
		"agent:"+folder(t, of("ABSENT-PC"))+"?computer=ABSENT-PC",
		"agent:"+folder(t, of("X"))+"?guid="+scanGUID,
		"agent:"+folder(t, of("RTM-PC001")),
		"agent:"+folder(t, of("RTM-PC003")),
		"agent:"+folder(t, map[string]string{"Package Delivery/x": "", "PackageStatus/x": "", "Logs/a.log": agentEvent("RTM-PC004", "x")}),
		"agent:"+folder(t, map[string]string{"readme.txt": ""}),
	)
	s := m.Section(t, "clients.scan_log")
	for _, want := range []string{
		"is of computer ABSENT-PC, which is not in the snapshot; set computer=NAME or guid=GUID",
		"is of computer " + scanGUID + ", which is not in the snapshot",
		"is of computer RTM-PC001, and 2 computers have this name; choose one with guid=GUID",
		"there is nothing of an agent in it",
	} {
		if s.Status != snapshot.Failed || !strings.Contains(s.Error, want) {
			t.Errorf("%s: %s\nlacks %s", s.Status, s.Error, want)
		}
	}
	if s := m.Section(t, "package_servers.agent_folder"); s.Status != snapshot.Failed || !strings.Contains(s.Error, "is of RTM-PC004, which is not among the package servers of the snapshot") {
		t.Errorf("%+v", s)
	}
	for _, c := range m.Clients {
		active := c.Status != nil && *c.Status == "Active"
		if c.Name == "RTM-PC003" && (c.Packages != nil && c.Packages.Scan.Status != nil && *c.Packages.Scan.Status == "downloaded") != active {
			t.Errorf("%+v", c)
		}
	}
}

// withoutRemark is a section's note without the part about a subnet of the demo
// that is assigned to no known site.
func withoutRemark(note string) string {
	parts := strings.Split(note, "; ")
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return strings.Contains(p, "subnet 10.90.0.0/24") }), "; ")
}

// TestServerThatIsNoClient: the folder of a package server that is not among the
// clients is its own, whether or not it holds a client's folders too.
func TestServerThatIsNoClient(t *testing.T) {
	csv := exported(t, func(s string) bool { return s == "clients" || s == "package_servers" })
	path := filepath.Join(csv, "clients.csv")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(text), "BRS-PS01", "ELSEWHERE")), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, files := range []map[string]string{
		{"Software Delivery/{" + scanGUID + "}/cache/x": "x", "Logs/a.log": agentEvent("X", "Package "+scanGUID+" failed")},
		{"Software Delivery/{" + scanGUID + "}/cache/x": "x", "Package Delivery/x": "", "PackageStatus/x": "", "Logs/a.log": agentEvent("X", "Package "+scanGUID+" failed")},
	} {
		m := collectAll(t, "csv:"+csv+lawClock, "agent:"+folder(t, files)+"?computer=BRS-PS01")
		if s := m.Section(t, "package_servers.agent_folder"); s.Status != snapshot.Collected || s.Rows != 1 {
			t.Errorf("%+v", s)
		}
		for _, s := range m.Estate.PackageServers {
			if (s.AgentFolder != nil && len(s.AgentFolder.LogErrors) == 1) != (s.Name == "BRS-PS01") {
				t.Errorf("%s: %+v", s.Name, s.AgentFolder)
			}
		}
	}
}

// TestTwoFolders: of two folders of one computer the first counts.
func TestTwoFolders(t *testing.T) {
	files := map[string]string{"Software Delivery/{" + scanGUID + "}/cache/x": "x", "Logs/a.log": agentEvent("LDS-PC041", "x")}
	first, second := folder(t, files), folder(t, files)
	m := collectAll(t, Demo, "agent:"+first, "agent:"+second)
	if s := m.Section(t, "clients.scan_log"); s.Status != snapshot.Collected || !strings.Contains(s.Note, "agent:"+second+" is of the same computer as agent:"+first+" and was not used") {
		t.Errorf("%+v", s)
	}
}
