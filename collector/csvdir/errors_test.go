package csvdir

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/snapshot"
)

const (
	g1 = "D3BA9CA7-5E71-4D76-B961-1BA0B436AACB"
	g2 = "6D417916-467C-46A7-A870-6D86D9345B61"
)

// folderOf writes files into a folder.
func folderOf(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const goodClients = "key,name,managed,active,status,domain,os_name\n" +
	g1 + ",PC1,1,1,Active,CORP,Windows 7\n" + g2 + ",PC2,1,0,Retired,CORP,Windows 7\n"

func utf16le(text string) string {
	var b strings.Builder
	b.WriteString("\xFF\xFE")
	for _, c := range text {
		b.WriteByte(byte(c))
		b.WriteByte(byte(c >> 8))
	}
	return b.String()
}

// TestErrors: every fault of a file is an error of its section with file, line
// and column, and the other sections are read.
func TestErrors(t *testing.T) {
	for name, c := range map[string]struct {
		section, text string
		settings      string
		want          string // after "collect SECTION: FILE: "
	}{
		"empty file":       {"sites", "", "", "line 1: the file is empty; its first line must name the columns"},
		"mark only":        {"sites", "\xEF\xBB\xBF", "", "line 1: the file is empty; its first line must name the columns"},
		"missing column":   {"sites", "guid,title\n", "", `line 1, column "name": the header lacks this column (also accepted: Site, Site Name, Display Name); it has "guid", "title"`},
		"column twice":     {"sites", "guid,name,Name\n", "", `line 1, column "name": two columns have this name; leave one of them out`},
		"two other names":  {"sites", "guid,site,site name\n", "", `line 1, column "name": two columns have this name; leave one of them out`},
		"wrong GUID":       {"sites", "guid,name\n" + g1 + ",Leeds\nLeeds,York\n", "", `line 3, column "guid": "Leeds" is not a GUID`},
		"no GUID":          {"sites", "guid,name\n,Leeds\n", "", `line 2, column "guid": it is empty; every line needs one`},
		"count below zero": {"filters.members", "guid,members\n" + g1 + ",-5\n", "", `line 2, column "members": "-5" is below 0, and a count is not`},
		"empty role":       {"policies", "guid,name,role,enabled,state\n" + g1 + ",P,,1,\n", "", `line 2, column "role": it is empty; write one of plugin_install, plugin_policy, vulnerability_analysis`},
		"key twice":        {"sites", "guid,name\n" + g1 + ",Leeds\n{" + strings.ToLower(g1) + "},York\n", "", `line 3, column "guid": this guid is on line 2 already; the file must have one line for each`},
		"client twice":     {"clients", goodClients + g1 + ",PC1,1,1,Retired,CORP,Windows 7\n", "", `line 4, column "key": this key is on line 2 already; the file must have one line for each`},
		"too many fields":  {"sites", "guid,name\n" + g1 + ",Leeds, old\n", "", "line 2: there are 3 fields and the header has 2; is a field with the delimiter not in quotation marks?"},
		"too few fields":   {"sites", "guid,name,x\n" + g1 + ",Leeds\n" + g2 + ",York,x\n", "", "line 2: there are only 2 fields and the header has 3"},
		"cut off":          {"sites", "guid,name\n" + g1 + ",Leeds\n" + g2, "", "line 3: the file ends after 1 of 2 fields; it was cut off, export it again"},
		"cut in quotes":    {"sites", "guid,name\n" + g1 + ",\"Lee", "", `line 2, column "name": the file ends within quotation marks; it was cut off, or the closing mark is missing`},
		"cut in UTF-16":    {"sites", strings.TrimSuffix(utf16le("guid,name\n"+g1+",Leeds\n"), "\x00"), "", `line 2, column "name": the file ends in the middle of a character; it was cut off, export it again`},
		"half a character": {"sites", utf16le("guid,name\n"+g1+",") + "\x00\xD8" + "x\x00\n\x00", "", `line 2, column "name": this is not UTF-16: half of a character is missing; was the file changed after it was exported?`},
		"after a quote":    {"sites", "guid,name\n" + g1 + ",\"Leeds\" (old)\n", "", `line 2, column "name": text follows a closing quotation mark; a mark within a field must be doubled`},
		"NUL":              {"sites", "guid,name\n" + g1 + ",Le\x00eds\n", "", `line 2, column "name": there is a NUL character here; the file is damaged, or not text`},
		"Latin letters":    {"sites", "guid,name\n" + g1 + ",K\xF6ln\n", "", `line 2, column "name": this is neither UTF-8 nor UTF-16; export the file as Unicode, or set encoding=windows-1252 if that is its encoding`},
		"10 MB field":      {"sites", "guid,name\n" + g1 + ",Leeds\n" + g2 + ",\"" + strings.Repeat("x\n", 5<<20) + "\"\n", "", `line 3, column "name": the field is longer than 4 MiB; is a closing quotation mark missing?`},
		"10 MB of fields":  {"sites", "guid,name\n" + strings.Repeat(",", 10<<20) + "\n", "", "line 2: there are more than 1000 fields on this line"},
		"neither":          {"package_servers.constrained", "guid,constrained\n" + g1 + ",maybe\n", "", `line 2, column "constrained": "maybe" is neither true nor false; write 1 or 0, true or false, yes or no`},
		"no number":        {"filters.members", "guid,members\n" + g1 + ",1.5\n", "", `line 2, column "members": "1.5" is not a whole number`},
		"1.000":            {"filters.members", "guid;members\n" + g1 + ";1.000\n", "", `line 2, column "members": "1.000" is 1000 or 1; set numbers=de or numbers=us`},
		"US number":        {"filters.members", "guid;members\n" + g1 + ";1,234.0\n", "dates=de", `line 2, column "members": "1,234.0" is not a whole number`},
		"3 April":          {"clients.task_agent", "key,registered_at\n" + g1 + ",03/04/2014 10:00\n", "", `line 2, column "registered_at": "03/04/2014 10:00" is 3 April 2014 or 4 March 2014; set dates=de (day first) or dates=us (month first)`},
		"both orders":      {"clients.task_agent", "key,registered_at\n" + g1 + ",13/02/2014\n" + g2 + ",02/13/2014\n", "", `line 3, column "registered_at": this date begins with the month, and others in this file with the day; set dates=de or dates=us, and fix what is then reported`},
		"two digits":       {"clients.task_agent", "key,registered_at\n" + g1 + ",13.02.14\n", "", `line 2, column "registered_at": "13.02.14" is not a date; write it as 2014-03-31 18:05:00, or as 31.03.2014 18:05:00 or 3/31/2014 6:05:00 PM with four digits for the year`},
		"dots in the US":   {"clients.task_agent", "key,registered_at\n" + g1 + ",13.02.2014\n", "dates=us", `line 2, column "registered_at": "13.02.2014" is a German date, but the setting dates=us requires dates such as 3/31/2014`},
		"day 13 in the US": {"clients.task_agent", "key,registered_at\n" + g1 + ",13/02/2014\n", "dates=us", `line 2, column "registered_at": "13/02/2014" is not a date with dates=us`},
		"not ISO":          {"clients.task_agent", "key,registered_at\n" + g1 + ",13.02.2014\n", "dates=iso", `line 2, column "registered_at": "13.02.2014" is not a date such as 2014-03-31 18:05:00, which the setting dates=iso requires`},
		"30 February":      {"clients.task_agent", "key,registered_at\n" + g1 + ",30.02.2014\n", "", `line 2, column "registered_at": "30.02.2014" is not a date; write it as 2014-03-31 18:05:00, or as 31.03.2014 18:05:00 or 3/31/2014 6:05:00 PM with four digits for the year`},
		"unknown role":     {"clients.packages", "key,role,event_time,status\n" + g1 + ",Office,,downloaded\n", "", `line 2, column "role": "Office" is not one of plugin, scan, tools`},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"subnets.csv": "guid,cidr\n" + g1 + ",10.0.0.0/8\n", "clients.csv": goodClients, "filters.csv": "guid,name\n" + g1 + ",All\n", "package_servers.csv": "guid,name,dns_suffix,os_name,agent,version\n" + g1 + ",PS1,,,package,\n"}
			files[c.section+".csv"] = c.text
			dir := folderOf(t, files)
			m, err := collect(t, dir+"?"+c.settings, 0)
			if err != nil {
				t.Fatal(err)
			}
			s := m.Section(t, c.section)
			want := "collect " + c.section + ": " + filepath.Join(dir, c.section+".csv") + ": " + c.want
			if s.Status != snapshot.Failed || s.Error != want {
				t.Errorf("%s\n got %s\nwant %s", s.Status, s.Error, want)
			}
			if len(m.Estate.Subnets) != 1 || c.section != "clients" && len(m.Clients) != 2 {
				t.Errorf("other sections: %d subnets, %d clients", len(m.Estate.Subnets), len(m.Clients))
			}
		})
	}
}

// TestPositions: a line is the one on which a record begins, with any text in
// the fields before it.
func TestPositions(t *testing.T) {
	for name, text := range map[string]string{
		"CRLF":             "guid,name\r\n" + g1 + ",\"a\r\nb\"\r\n\r\nx,y\r\n",
		"LF":               "guid,name\n" + g1 + ",\"a\nb\"\n\nx,y",
		"CR":               "guid,name\r" + g1 + ",\"a\nb\"\r\rx,y\r",
		"sep=":             "sep=;\nguid;name\n" + g1 + ";a;\n\nx;y\n",
		"quoted sep=":      "\"sep=;\"\nguid;name\n" + g1 + ";a\n\nx;y\n",
		"UTF-16":           utf16le("guid,name\n" + g1 + ",\"a\nb\"\n\nx,y\n"),
		"header of 2 rows": "guid,\"na\nme\"\n" + g1 + ",a\n\nx,y\n",
	} {
		want := `line 5, column "guid": "x" is not a GUID`
		if name == "sep=" {
			want = `line 3: there are 3 fields and the header has 2; is a field with the delimiter not in quotation marks?`
		}
		m, err := collect(t, folderOf(t, map[string]string{"sites.csv": text, "subnets.csv": "guid,cidr\n"}), 0)
		if err != nil {
			t.Fatal(err)
		}
		if s := m.Section(t, "sites"); !strings.HasSuffix(s.Error, ": "+want) {
			t.Errorf("%s: %s, want %s", name, s.Error, want)
		}
	}
}

// TestWords: the words of reports for a value are read as the value.
func TestWords(t *testing.T) {
	m, err := collect(t, folderOf(t, map[string]string{
		"clients.csv":           goodClients,
		"clients.agents.csv":    "_ResourceGuid,Agent Name,Product Version\n" + g1 + ",Altiris Agent,7.5\n" + g1 + ",Altiris Software Update Agent,7.5.1\n" + g1 + ",Altiris Inventory Agent,9\n" + g2 + ",Altiris Inventory Agent,9\n",
		"clients.inventory.csv": "key,class,modified_at\n,Installed Windows Software Update,\n",
		"filters.csv":           "guid;name\n" + g1 + ";All\n" + g2 + ";None\n",
		"filters.members.csv":   "guid;members\n" + g1 + ";1.234,00\n" + g2 + ";1,234,567.0\n",
	}), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range m.Clients {
		if first := c.GUID == g1; *c.Plugin.Installed != first || (c.Plugin.Version != nil) != first || *c.Inventory.PatchReturned {
			t.Errorf("%s: %+v %+v", c.Name, c.Plugin, c.Inventory)
		}
	}
	if f := m.Estate.Filters; *f[0].Members != 1234 || *f[1].Members != 1234567 {
		t.Errorf("%d, %d members", *f[0].Members, *f[1].Members)
	}
}

// TestLocalTimes: times are in the zone of the setting; those with a zone of
// their own are put into it.
func TestLocalTimes(t *testing.T) {
	for text, want := range map[string]string{
		"2014-03-01 00:30:00":           "2014-02-28T22:30:00Z",
		"2014-03-01T00:30:00Z":          "2014-03-01T00:30:00Z",
		"2014-03-01T00:30:00+05:30":     "2014-02-28T19:00:00Z",
		"01.03.2014 00:30":              "2014-02-28T22:30:00Z",
		"3/1/2014 12:30:00 am":          "2014-02-28T22:30:00Z",
		"3/1/2014 12:30:00\u202fAM":     "2014-02-28T22:30:00Z",
		"2014-03-01 00:30:00.1234567":   "2014-02-28T22:30:00Z",
		"2014-03-01":                    "2014-02-28T22:00:00Z",
		"2014-03-01 00:30:00 +02:00":    "2014-02-28T22:30:00Z",
		"2014-03-01T00:30:00.000-01:00": "2014-03-01T01:30:00Z",
	} {
		settings := "utc_offset=+02:00"
		if strings.Contains(text, "/") {
			settings += "&dates=us"
		}
		m, err := collect(t, folderOf(t, map[string]string{"clients.csv": goodClients, "clients.task_agent.csv": "key,registered_at\n" + g1 + "," + text + "\n"})+"?"+settings, 0)
		if err != nil {
			t.Fatal(err)
		}
		if s := m.Section(t, "clients.task_agent"); s.Status != snapshot.Collected {
			t.Errorf("%s: %s", text, s.Error)
			continue
		}
		for _, c := range m.Clients {
			if c.GUID == g1 && c.TaskAgent.RegisteredAt.String() != want {
				t.Errorf("%s: %s, want %s", text, c.TaskAgent.RegisteredAt, want)
			}
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	empty, other := t.TempDir(), folderOf(t, map[string]string{"computers.csv": ""})
	for source, want := range map[string]string{
		"":                                 "it names no folder; write csv:DIR",
		"?dates=de":                        "it names no folder; write csv:DIR",
		filepath.Join(empty, "x"):          "read the folder: ",
		empty:                              "it has no CSV file; files are sites.csv, clients.csv, clients.licence.csv and so on",
		other:                              "none of its files is named after a section, such as computers.csv; files are sites.csv, clients.csv, clients.licence.csv and so on",
		other + "?date=de":                 `unknown setting "date"; the settings are dates, numbers, delimiter, encoding, collected_at and utc_offset`,
		other + "?dates=uk":                `dates is de, us or iso, not "uk"`,
		other + "?dates=de&dates=us":       "dates is given twice",
		other + "?numbers=iso":             `numbers is de or us, not "iso"`,
		other + "?delimiter=|":             `delimiter is comma, semicolon or tab, not "|"`,
		other + "?encoding=ansi":           `encoding is utf-8, utf-16le, utf-16be or windows-1252, not "ansi"`,
		other + "?collected_at=3.3.2014":   `collected_at: "3.3.2014" is not a time; write it as RFC 3339, for example 2024-03-01T06:30:00Z`,
		other + "?utc_offset=1":            `utc_offset is Z or of the form +01:00 or -05:00, not "1"`,
		other + "?utc_offset=+23:00":       "utc_offset must be between -14:00 and +14:00",
		other + "?utc_offset=%zz":          "the value of utc_offset cannot be read",
		other + "?collected_at=0001-01-01": "collected_at: ",
	} {
		s, err := Open(source)
		if err == nil {
			s.Close()
			t.Errorf("%s was opened", source)
		} else if !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s:\n got %v\nwant %s", source, err, want)
		}
	}
}

// TestFolder: names in any case, what is meant by a misspelt one, two files of
// one section, and things that are no files.
func TestFolder(t *testing.T) {
	dir := folderOf(t, map[string]string{
		"SITES.TXT": "guid\tname\n" + g1 + "\tLeeds\n", "subnet.csv": "guid,cidr\n", "filters.csv": "guid,name\n", "Filters.tsv": "guid,name\n", "notes.md": "",
	})
	if err := os.Mkdir(filepath.Join(dir, "packages.csv"), 0o755); err != nil {
		t.Fatal(err)
	}
	m, err := collect(t, dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	for section, want := range map[string]string{
		"sites":          "collected",
		"subnets":        "missing collect subnets: there is no file subnets.csv in " + dir + "; is subnet.csv meant?",
		"policies":       "missing collect policies: there is no file policies.csv in " + dir,
		"filters":        "failed collect filters: " + filepath.Join(dir, "filters.csv") + ": Filters.tsv is a file of this section too; leave one of them",
		"packages":       "failed collect packages: " + filepath.Join(dir, "packages.csv") + ": it is not a regular file",
		"subnets.sites":  `missing collect subnets.sites: not read, because section "subnets" was not collected`,
		"clients.agents": `missing collect clients.agents: not read, because section "clients" was not collected`,
	} {
		s := m.Section(t, section)
		if got := strings.TrimSpace(string(s.Status) + " " + s.Error); got != want {
			t.Errorf("%s:\n got %s\nwant %s", section, got, want)
		}
		if s.QuerySHA256 != "" || s.Source != "csv:"+dir {
			t.Errorf("%+v", s)
		}
	}
}

// TestPreventDownloads makes sure that a site without a line is unknown, whether or not
// other sites have one, and that a policy which is off forbids nothing.
func TestPreventDownloads(t *testing.T) {
	const header = "guid,enabled,state\n"
	for name, tt := range map[string]struct {
		lines string
		want  []any // of Leeds and York; nil is unknown
	}{
		"no line":             {"", []any{nil, nil}},
		"one of another site": {g1 + ",1,<a><outbound><deny>Ns</deny></outbound></a>\n", []any{"Ns", nil}},
		"off":                 {g1 + ",0,\n", []any{"", nil}},
		"both":                {g1 + ",0,\n" + g2 + ",1,<a><outbound><deny>ExtPs</deny></outbound></a>\n", []any{"", "ExtPs"}},
	} {
		dir := folderOf(t, map[string]string{
			"sites.csv":                   "guid,name\n" + g1 + ",Leeds\n" + g2 + ",York\n",
			"sites.prevent_downloads.csv": header + tt.lines,
		})
		m, err := collect(t, dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		if s := m.Section(t, "sites.prevent_downloads"); s.Status != snapshot.Collected {
			t.Errorf("%s: %s %s", name, s.Status, s.Error)
		}
		got := []any{}
		for _, site := range m.Estate.Sites {
			if site.PreventDownloads == nil {
				got = append(got, nil)
			} else {
				got = append(got, strings.Join(site.PreventDownloads, " "))
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestNothing: a folder of which nothing can be read gives no snapshot.
func TestNothing(t *testing.T) {
	dir := folderOf(t, map[string]string{"sites.csv": "a,b\n", "subnets.csv": ""})
	_, err := collect(t, dir, 0)
	want := "nothing in csv:" + dir + " can be read: collect sites: " + filepath.Join(dir, "sites.csv") + `: line 1, column "guid": the header lacks this column`
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestDecorations: what query tools, spreadsheets and reports add to a file is
// skipped if it cannot be data.
func TestDecorations(t *testing.T) {
	for name, text := range map[string]string{
		"PowerShell":       "#TYPE System.Data.DataRow\n\"guid\",\"name\"\n\"" + g1 + "\",\"Leeds\"\n",
		"sqlcmd":           "guid,name\n----,----\n" + g1 + ",Leeds\n\n(1 rows affected)\n",
		"one row":          "guid,name\n------------------------------------,-----\n" + g1 + ",Leeds\n\n(1 row affected)",
		"German":           "guid;name\n" + g1 + ";Leeds\n\n(1 Zeile betroffen)\n",
		"empty rows":       "guid,name,x\n" + g1 + ",Leeds,1\n,,\n,,\n",
		"title":            "Sites of the estate\n\nguid,name\n" + g1 + ",Leeds\n",
		"title of several": "Report,Sites\nFrom,2014-03-03\nSite Guid;Site Name\n" + g1 + ";Leeds\n",
	} {
		m, err := collect(t, folderOf(t, map[string]string{"sites.csv": text}), 0)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if s := m.Section(t, "sites"); s.Status != snapshot.Collected || len(m.Estate.Sites) != 1 || m.Estate.Sites[0].Name != "Leeds" {
			t.Errorf("%s: %+v, %+v", name, s, m.Estate.Sites)
		}
	}
	for name, c := range map[string]struct{ text, want string }{
		"no header":           {g1 + ",Leeds\n", "line 1: the first line holds data and not the names of the columns; export with a header line, or put this line before it: guid,name"},
		"workbook":            {"PK\x03\x04rest", `this is a workbook of a spreadsheet and not CSV text; open it in the spreadsheet and save it as "CSV UTF-8"`},
		"HTML":                {"\n<HTML><table>", "this is HTML or XML and not CSV text"},
		"dashes further down": {"guid,name\n" + g1 + ",Leeds\n----,----\n", `line 3, column "guid": "----" is not a GUID`},
		"quoted nothing":      {"guid,name\n" + g1 + ",Leeds\n\"\",\"\"\n", `line 3, column "guid": it is empty`},
	} {
		m, err := collect(t, folderOf(t, map[string]string{"sites.csv": c.text, "subnets.csv": "guid,cidr\n" + g1 + ",10.0.0.0/8\n"}), 0)
		if err != nil {
			t.Fatal(err)
		}
		if s := m.Section(t, "sites"); s.Status != snapshot.Failed || !strings.Contains(s.Error, c.want) {
			t.Errorf("%s: %+v", name, s)
		}
	}
	m, err := collect(t, folderOf(t, map[string]string{"clients.csv": goodClients, "clients.licence.csv": "key\n" + g1 + "\n\n" + g2 + "\n"}), 0)
	if err != nil {
		t.Fatal(err)
	}
	if s := m.Section(t, "clients.licence"); s.Status != snapshot.Failed || !strings.Contains(s.Error, `line 3, column "key": it is empty`) {
		t.Errorf("%+v", s)
	}
}

// TestForms: values of which only one reading is possible.
func TestForms(t *testing.T) {
	r := func(settings *settings) *fieldReader { return &fieldReader{settings: settings, zone: time.UTC} }
	const want = "2024-05-01 12:00:00"
	for text, dates := range map[string]string{
		"2024/05/01 12:00:00": "", "2024/5/1 12:00": "us", "May  1 2024 12:00PM": "", "May 1 2024 12:00:00:000PM": "de",
		"1-5-2024 12:00:00": "de", "5-1-2024 12:00:00": "us", "01-05-2024 12:00": "de", "1 May 2024 12:00:00": "",
	} {
		at, _, err := r(&settings{dates: dates}).date(text)
		if got := at.Format("2006-01-02 15:04:05"); err != nil || got != want {
			t.Errorf("%s with dates=%s: %s %v", text, dates, got, err)
		}
	}
	if _, _, err := r(&settings{}).date("1-5-2024 12:00:00"); err == nil || !strings.Contains(err.Error(), "set dates=de") {
		t.Errorf("1-5-2024: %v", err)
	}
	for text, want := range map[string]int64{"1'234": 1234, "1’234’567": 1234567, "1 234": 1234, "1\u00a0234,00": 1234, "12'345.0": 12345} {
		if n, err := r(&settings{}).number(text); err != nil || n != want {
			t.Errorf("%s: %v %v", text, n, err)
		}
	}
	for _, text := range []string{"1'23", "1 2", "'123", "1'234,5"} {
		if n, err := r(&settings{}).number(text); err == nil {
			t.Errorf("%s is %v", text, n)
		}
	}
	for text, want := range map[string]int64{"VRAI": 1, "Faux": 0, "Verdadero": 1, "falso": 0, "on": 1, "N": 0} {
		if n, err := boolean(text); err != nil || n != want {
			t.Errorf("%s: %v %v", text, n, err)
		}
	}
}

// TestFuture: a date after the collection is unknown and the note names dates=.
// A client's own clock may be ahead, unless it is dates= that puts it there.
func TestFuture(t *testing.T) {
	m, err := collect(t, folderOf(t, map[string]string{
		"clients.csv":            goodClients,
		"clients.task_agent.csv": "key,registered_at\n" + g1 + ",03/09/2014 10:00:00\n" + g2 + ",02/03/2014 10:00:00\n",
		"clients.packages.csv":   "key,role,event_time,status\n" + g1 + ",scan,03/09/2014 10:00:00,downloaded\n" + g2 + ",scan,09/11/2014 10:00:00,downloaded\n",
	})+"?dates=de&collected_at=2014-03-10T00:00:00Z&utc_offset=Z", 0)
	if err != nil {
		t.Fatal(err)
	}
	first, second := m.Client(t, "PC1"), m.Client(t, "PC2")
	if first.TaskAgent.RegisteredAt != nil || first.TaskAgent.RegistrationAgeDays != nil || *second.TaskAgent.RegistrationAgeDays != 7 {
		t.Errorf("%+v, %+v", first.TaskAgent, second.TaskAgent)
	}
	if first.Packages.Scan.StatusAgeDays != nil || *second.Packages.Scan.StatusAgeDays >= 0 {
		t.Errorf("%+v, %+v", first.Packages.Scan, second.Packages.Scan)
	}
	notes := strings.Join(m.Manifest.Source.Notes, "\n")
	for _, want := range []string{
		`clients.task_agent.csv: line 2, column "registered_at": 2014-09-03 10:00:00 is later than the collection; a date more than a day after the collection is unknown; check the settings dates= and collected_at= of the source`,
		`clients.packages.csv: line 2, column "event_time": 2014-09-03 10:00:00 is later`,
	} {
		if !strings.Contains(notes, want) {
			t.Errorf("%s\nlacks %s", notes, want)
		}
	}
}
