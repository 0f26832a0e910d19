package agent

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	scan   = "6D417916-467C-46A7-A870-6D86D9345B61"
	tools  = "832C527C-B9C9-46FB-B1F1-2F35434FF90D"
	orphan = "00000000-0000-0000-0000-0000000000AA"
)

// tree makes a file system of files with their texts.
func tree(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text), ModTime: written}
	}
	return m
}

// watched fails where a file is opened that must not be.
type watched struct {
	fstest.MapFS
	t *testing.T
}

func (w watched) Open(name string) (fs.File, error) {
	lower := strings.ToLower(name)
	if strings.Contains(lower, "policy") || strings.HasSuffix(lower, "package.xml") {
		w.t.Errorf("%s was opened", name)
	}
	return w.MapFS.Open(name)
}

func report(t *testing.T, files map[string]string) *Report {
	t.Helper()
	r, err := (&Source{dir: "x"}).read(t.Context(), watched{tree(files), t}, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func arrived(r *Report) []string {
	var list []string
	for g := range r.Arrived {
		list = append(list, g.String())
	}
	slices.Sort(list)
	return list
}

// TestClientLayouts: the folders of every version, at the agent's folder and
// above it, in any case.
func TestClientLayouts(t *testing.T) {
	for name, base := range map[string]string{
		"6.x":            "Program Files/Altiris/Altiris Agent/Software Delivery/{" + scan + "}/",
		"6.x lower case": "altiris agent/software delivery/{" + strings.ToLower(scan) + "}/",
		"7.x":            "Altiris Agent/Agents/SoftwareManagement/Software Delivery/{" + scan + "}/cache/",
		"8.x":            "Symantec/Altiris Agent/Agents/SoftwareManagement/Software Delivery/" + scan + "/Cache/",
		"capitals":       "AGENTS/SOFTWAREMANAGEMENT/SOFTWARE DELIVERY/{" + scan + "}/CACHE/",
	} {
		r := report(t, map[string]string{
			base + "AeXPatchAssessment.exe":  "x",
			base + "STPatchAssessment.log":   "Scan complete\r\nError 5\r\n",
			"Logs/a.log":                     plainEvent,
			"Logs/a.log.1":                   plainEvent,
			"Logs/AeXSWDPolicy.log":          "secret",
			"Client Policies/{x}.xml":        "secret",
			base + "../AeXSWDPolicy.xml":     "secret",
			base + "package.xml":             "secret",
			"Logs/notes.txt":                 "x",
			"Software Delivery/unpacked/x":   "x",
			base + "../../AeXSWDPolicy.xml":  "secret",
			"Package Delivery.txt/Logs/b.lo": "x",
		})
		if r.Computer != "LDS-PC1" || !r.Client || r.Server || r.ScanLog == nil || !r.ScanLog.Equal(written) || r.Incomplete {
			t.Errorf("%s: %+v", name, r)
		}
		if d := cmp.Diff([]string{scan}, arrived(r)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		want := []string{"STPatchAssessment.log has 24 bytes and was written 2014-01-02T08:00:00Z; 1 of its lines contain the word error, 0 fail, 1 complete; its format is not public, so whether a scan completed is not concluded from them"}
		if d := cmp.Diff(want, r.Notes); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// TestArrived: only content shows that a package arrived.
func TestArrived(t *testing.T) {
	for name, c := range map[string]struct {
		file, text string
		want       bool
	}{
		"content":        {"setup.exe", "x", true},
		"empty file":     {"setup.exe", "", false},
		"only its log":   {"STPatchAssessment.log", "x", false},
		"only its list":  {"snapshot.xml", "x", false},
		"half of it":     {"setup.exe.tmp", "x", false},
		"only a folder":  {"sub/setup.exe", "x", false},
		"another folder": {"../other/setup.exe", "x", false},
	} {
		r := report(t, map[string]string{"Software Delivery/{" + tools + "}/cache/" + c.file: c.text, "Software Delivery/{" + tools + "}/cache/empty": "", "a.log": plainEvent})
		if got := len(r.Arrived) > 0; got != c.want {
			t.Errorf("%s: arrived %t", name, got)
		}
	}
}

func TestServer(t *testing.T) {
	event := func(severity, date, text string) string {
		return "<event date='" + date + "' severity='" + severity + "' hostName='PS1'><![CDATA[" + text + "]]></event>"
	}
	files := map[string]string{
		"Package Delivery/{" + scan + "}/cache/snapshot.xml":                   `<s id="{` + scan + `}"/>`,
		"Package Delivery/{" + tools + "}/cache/snapshot.xml":                  `<s id="{` + scan + `}"/>`,
		"Package Delivery/{" + orphan + "}/cache/x":                            "x",
		"Package Delivery/Temp/x":                                              "x",
		"Package Server Agent/PackageStatus/{" + scan + "}/PackageStatus.xml":  `<p Status="Deleted" Time="2014-01-01T00:00:00"/>`,
		"Package Server Agent/PackageStatus/{" + tools + "}/packagestatus.XML": `<p Status="Ready"`,
		"Logs/Agent.log":  event("1", "Jan 02 07:00:00", "Package {"+scan+"} failed") + event("4", "Jan 02 07:00:00", "Package {"+scan+"} failed"),
		"Logs/Agent1.log": event("2", "Dec 31 07:00:00", "Package {"+strings.ToLower(scan)+"} download failed") + event("1", "Jan 01 07:00:00", "Patch Install Tools: no space") + event("1", "?", "Disk full"),
	}
	r := report(t, files)
	if !r.Server || r.Client || r.Incomplete || r.Computer != "PS1" {
		t.Errorf("%+v", r)
	}
	if d := cmp.Diff([]string{orphan}, r.Orphans); d != "" {
		t.Error(d)
	}
	if len(r.Errors) != 2 || r.Errors[1].Roles[0] != "tools" || r.Errors[1].Count != 1 || r.Errors[0].Count != 2 || r.Errors[0].Packages[0].String() != scan || r.Errors[0].Newest.Format("01-02") != "01-02" {
		t.Errorf("%+v", r.Errors)
	}
	want := []string{
		"Package Server Agent/PackageStatus/{" + tools + "}/packagestatus.XML: it is not whole XML: XML syntax error on line 1: unexpected EOF",
		"marked Deleted in PackageStatus.xml: " + scan + " (since 2014-01-01)",
		"Package Delivery/{" + tools + "}/cache/snapshot.xml names other packages than that of its folder",
		"packages in Package Delivery without snapshot.xml: " + orphan,
	}
	if d := cmp.Diff(want, r.Notes); d != "" {
		t.Error(d)
	}

	// Without the status folder, orphans are unknown.
	for name := range files {
		if strings.Contains(name, "PackageStatus") {
			delete(files, name)
		}
	}
	if r := report(t, files); r.Orphans != nil || !r.Incomplete || !slices.Contains(r.Notes, "there is no folder PackageStatus, so packages without a status are unknown") {
		t.Errorf("%+v", r)
	}
	// The other spelling of it, and no orphans.
	files["Package Server Agent/Package Status/{"+orphan+"}/x"] = ""
	files["Package Server Agent/Package Status/{"+scan+"}/x"] = ""
	files["Package Server Agent/Package Status/{"+tools+"}/x"] = ""
	if r := report(t, files); r.Orphans == nil || len(r.Orphans) != 0 || r.Incomplete {
		t.Errorf("%+v", r)
	}
}

func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"nothing":           {map[string]string{"readme.txt": "x"}, "there is nothing of an agent in it: no folder Software Delivery, Package Delivery or Logs, and no STPatchAssessment.log; name the folder Altiris Agent, or one above it"},
		"no host":           {map[string]string{"Logs/a.log": "<event/>"}, "no event in its logs names a computer; name the computer of the folder: agent:x?computer=NAME"},
		"several computers": {map[string]string{"Logs/a.log": plainEvent, "Logs/b.log": strings.ReplaceAll(plainEvent, "PC1", "PC2")}, "the events in its logs name several computers, LDS-PC1, LDS-PC2; name the computer of the folder: agent:x?computer=NAME"},
	} {
		_, err := (&Source{dir: "x"}).read(t.Context(), tree(c.files), time.UTC)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s:\n got %v\nwant %s", name, err, c.want)
		}
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]string{
		"":                        "it names no folder; write agent:DIR",
		filepath.Join(dir, "x"):   "no such file or directory",
		file:                      "it is a file; name the folder of an agent",
		dir + "?host=x":           `unknown setting "host"; the settings are computer and guid`,
		dir + "?guid=x":           `guid: "x" is not a GUID`,
		dir + "?computer=%zz":     "the value of computer cannot be read; write it plainly, or % and two hexadecimal digits for a character",
		dir + "?computer=A&guid=": `guid: "" is not a GUID`,
	} {
		if _, err := Open(source); err == nil || err.Error() != want && filepath.Separator == '/' {
			t.Errorf("%s: %v, want %s", source, err, want)
		}
	}
	s, err := Open(dir + "?computer=PC%201&guid={" + strings.ToLower(scan) + "}")
	if err != nil || s.computer != "PC 1" || s.guid != scan || s.Name() != "agent:"+dir {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestLinks: links are not followed, so a loop of them ends, and nothing outside
// of the folder is read.
func TestLinks(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	for _, name := range []string{filepath.Join(outside, "Logs"), filepath.Join(dir, "Altiris Agent", "Logs"), filepath.Join(dir, "Altiris Agent", "Software Delivery", scan)} {
		if err := os.MkdirAll(name, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(outside, "Logs", "b.log"), strings.ReplaceAll(plainEvent, "PC1", "PC2"))
	write(filepath.Join(dir, "Altiris Agent", "Logs", "a.log"), plainEvent)
	write(filepath.Join(outside, "setup.exe"), "x")
	for link, to := range map[string]string{
		filepath.Join(dir, "Altiris Agent", "loop"):                             dir,
		filepath.Join(dir, "Altiris Agent", "Logs", "b.log"):                    filepath.Join(outside, "Logs", "b.log"),
		filepath.Join(dir, "Logs"):                                              filepath.Join(outside, "Logs"),
		filepath.Join(dir, "Altiris Agent", "Software Delivery", scan, "cache"): outside,
	} {
		if err := os.Symlink(to, link); err != nil {
			t.Skip("links cannot be made here:", err)
		}
	}
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Read(t.Context(), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if r.Computer != "LDS-PC1" || len(r.Arrived) != 0 {
		t.Errorf("%+v", r)
	}
	want := []string{"Altiris Agent/Logs/b.log is a link and was not followed", "Altiris Agent/loop is a link and was not followed", "Logs is a link and was not followed"}
	if d := cmp.Diff(want, r.Notes); d != "" {
		t.Error(d)
	}
}

// TestBounds: depth and numbers are bounded, and omissions are reported.
func TestBounds(t *testing.T) {
	files := map[string]string{"Logs/a.log": plainEvent, strings.Repeat("x/", 30) + "Logs/b.log": plainEvent}
	for i := range maxLogs + 10 {
		files["Logs/"+strings.Repeat("y", i/10)+string(rune('0'+i%10))+".log"] = plainEvent
	}
	r := report(t, files)
	if !r.Incomplete || len(r.Notes) != 2 || !strings.HasSuffix(r.Notes[0], "is nested too deeply and was not read") || r.Notes[1] != "there are 211 logs; only 200 of them were read" {
		t.Errorf("%v", r.Notes)
	}
}
