package settings

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/snapshot"
)

const (
	leeds  = "00000000-0000-0000-0000-000000000501"
	york   = "00000000-0000-0000-0000-000000000502"
	second = "00000000-0000-0000-0000-000000000503" // another York
	net4   = "00000000-0000-0000-0000-000000000604"
	ps01   = "00000000-0000-0000-0000-000000000701"
	vendor = "00000000-0000-0000-0000-000000000801"
	scan   = "00000000-0000-0000-0000-000000000901"
	filter = "00000000-0000-0000-0000-000000000A01"
)

const base = `
estate:
  server: {guid: 00000000-0000-0000-0000-000000000001, name: NS01, version: 7.5.3153}
  sites:
    - {guid: ` + leeds + `, name: Leeds}
    - {guid: ` + york + `, name: York}
    - {guid: ` + second + `, name: York}
  subnets:
    - {guid: ` + net4 + `, cidr: 10.4.0.0/24, sites: [` + leeds + `]}
    - {guid: 00000000-0000-0000-0000-000000000605, cidr: 10.5.0.0/24}
  package_servers:
    - guid: ` + ps01 + `
      name: LDS-PS01
      constrained: false
      sites: [` + leeds + `]
      addresses: [10.4.0.10/24]
      packages: {scan: {status: ready}}
  vendor_policies:
    - {guid: ` + vendor + `, name: Microsoft Vendor Policy, enabled: true, package_assignment: {type: individual, automatic_site_assignment: false, package_servers: [` + ps01 + `]}}
  policies:
    - {guid: ` + scan + `, name: Scan, role: vulnerability_analysis, enabled: true, target_filters: [` + filter + `], schedules: [{type: daily, repeat_minutes: 240}]}
  filters:
    - {guid: ` + filter + `, name: All, members: 3}
`

// rawOf is the estate of a document, as a snapshot has it.
func rawOf(t testing.TB, document string) json.RawMessage {
	t.Helper()
	r, err := snapshot.NewReader(strings.NewReader(document), "base.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, raw := r.Estate()
	return raw
}

// lines are the settings that differ, one a line, with their places.
func lines(settings []Setting) string {
	var out []string
	for _, s := range settings {
		line := s.Path + " " + s.Change
		if s.Change == Changed {
			from, _ := json.Marshal(s.From)
			to, _ := json.Marshal(s.To)
			line = fmt.Sprintf("%s %s -> %s", s.Path, from, to)
		}
		if s.Source != nil {
			line += fmt.Sprintf(" at %d:%d", s.Source.Line, s.Source.Column)
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func TestOverlay(t *testing.T) {
	for name, c := range map[string]struct{ overlay, want string }{
		"a value": {"package_servers: {LDS-PS01: {constrained: true}}",
			"package_servers[LDS-PS01].constrained false -> true at 1:43"},
		"by GUID":                    {"package_servers: {" + ps01 + ": {constrained: true}}", "package_servers[LDS-PS01].constrained false -> true at 1:71"},
		"the same value":             {"package_servers: {LDS-PS01: {constrained: false}}", ""},
		"null is unknown":            {"package_servers: {LDS-PS01: {constrained: null}}", "package_servers[LDS-PS01].constrained false -> null at 1:43"},
		"one of two with one name":   {"sites: {\"York {" + second + "}\": {name: Hull}}", "sites[Hull].name \"York\" -> \"Hull\" at 1:63"},
		"inside an object":           {"vendor_policies: {Microsoft Vendor Policy: {package_assignment: {type: all, package_servers: []}}}", "vendor_policies[Microsoft Vendor Policy].package_assignment.package_servers [\"LDS-PS01\"] -> [] at 1:94\nvendor_policies[Microsoft Vendor Policy].package_assignment.type \"individual\" -> \"all\" at 1:72"},
		"a subnet into a site":       {"sites: {\"York {" + york + "}\": {subnets: {add: [10.4.0.0/24]}}}", "subnets[10.4.0.0/24].sites [\"Leeds\"] -> [\"Leeds\",\"York {" + york + "}\"] at 1:73"},
		"a subnet out of a site":     {"sites: {Leeds: {subnets: {remove: [10.4.0.0/24]}}}", "subnets[10.4.0.0/24].sites [\"Leeds\"] -> [] at 1:36"},
		"a new subnet for a site":    {"sites: {Leeds: {subnets: {add: [10.4.8.0/22]}}}", "subnets[10.4.8.0/22] added at 1:33"},
		"all subnets of a site":      {"sites: {Leeds: {subnets: [10.4.8.0/22]}}", "subnets[10.4.0.0/24].sites [\"Leeds\"] -> [] at 1:26\nsubnets[10.4.8.0/22] added at 1:27"},
		"a list, once more and less": {"policies: {Scan: {target_filters: {remove: [All]}, schedules: [{type: daily, repeat_minutes: 60}]}}", "policies[Scan].schedules [{\"repeat_minutes\":240,\"type\":\"daily\"}] -> [{\"repeat_minutes\":60,\"type\":\"daily\"}] at 1:63\npolicies[Scan].target_filters [\"All\"] -> [] at 1:45"},
		"a new object":               {"add: {package_servers: {LDS-PS02: {constrained: true, sites: [Leeds]}}}", "package_servers[LDS-PS02] added at 1:25"},
		"an object that goes":        {"remove: {package_servers: [LDS-PS01]}", "package_servers[LDS-PS01] removed at 1:28\nvendor_policies[Microsoft Vendor Policy].package_assignment.package_servers [\"LDS-PS01\"] -> [] at 1:28"},
		"a new site with a subnet":   {"add: {sites: {Hull: {subnets: [10.4.0.0/24]}}}", "sites[Hull] added at 1:15\nsubnets[10.4.0.0/24].sites [\"Leeds\"] -> [\"Hull\",\"Leeds\"] at 1:32"},
		"the server":                 {"server: {read_committed_snapshot: true}", "server.read_committed_snapshot null -> true at 1:35"},
	} {
		out, err := Apply(rawOf(t, base), []File{{Name: "o.yaml", Text: []byte(c.overlay)}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := lines(out.Settings); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

func TestFilesContradict(t *testing.T) {
	file := func(name, value string) File {
		return File{Name: name, Text: []byte("package_servers: {LDS-PS01: {constrained: " + value + "}}")}
	}
	_, err := Apply(rawOf(t, base), []File{file("a.yaml", "true"), file("b.yaml", "null")})
	want := `b.yaml: line 1, column 43: package_servers[LDS-PS01].constrained: contradicts the value in a.yaml line 1`
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
	if out, err := Apply(rawOf(t, base), []File{file("a.yaml", "true"), file("b.yaml", "true")}); err != nil || len(out.Settings) != 1 {
		t.Errorf("twice the same: %v", err)
	}
}

// exported is the base as a file.
func exported(t testing.TB) string {
	t.Helper()
	text, err := Export(rawOf(t, base), nil, "")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEstateFile(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"untouched":           {"", "", ""},
		"a value":             {"constrained: false", "constrained: true", "package_servers[LDS-PS01].constrained false -> true at 27:18"},
		"a rename":            {"  Leeds:", "  Leeds North:", ""}, // refused below: others still name it
		"an object that goes": {"  10.5.0.0/24:\n    guid: 00000000-0000-0000-0000-000000000605\n", "", "subnets[10.5.0.0/24] removed at 18:1"},
		"a new site":          {"  Leeds:\n", "  Hull: {guid: new}\n  Leeds:\n", "sites[Hull] added at 12:3"},
	} {
		text := strings.Replace(exported(t), c.from, c.to, 1)
		out, err := Apply(rawOf(t, base), []File{{Name: "e.yaml", Text: []byte(text)}})
		if name == "a rename" {
			if err == nil || !strings.Contains(err.Error(), `unknown site "Leeds"; known here: "Leeds North"`) {
				t.Errorf("%s: %v", name, err)
			}
			text = strings.ReplaceAll(text, "[Leeds]", "[Leeds North]")
			out, err = Apply(rawOf(t, base), []File{{Name: "e.yaml", Text: []byte(text)}})
			c.want = `sites[Leeds North].name "Leeds" -> "Leeds North" at 12:3`
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := lines(out.Settings); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

func TestEstateFileRefusals(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"a field that is gone":   {"    constrained: false\n", "", "the field constrained is missing"},
		"a section that is gone": {"filters:\n  All:\n    guid: " + filter + "\n", "", "section filters is missing"},
		"a name without a GUID":  {"  Leeds:\n    guid: " + leeds, "  Leads: {}", `unknown site "Leads"; did you mean "Leeds"? A new one says guid: new`},
		"a GUID of another":      {leeds, york, "is the site in line 12 too"},
		"a GUID that is none":    {leeds, "here", `"here" is not a GUID`},
		"new and there":          {leeds, "new", `there is a site "Leeds" already`},
		"an object no more":      {"  LDS-PS01:", "  LDS-PS02:", `unknown package server "LDS-PS01"`},
	} {
		text := strings.Replace(exported(t), c.from, c.to, 1)
		_, err := Apply(rawOf(t, base), []File{{Name: "e.yaml", Text: []byte(text)}})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "e.yaml: line ") {
			t.Errorf("%s: %v\nwant %s", name, err, c.want)
		}
	}
}

func TestExportKeepsWhatPeopleWrote(t *testing.T) {
	text := exported(t)
	edited := strings.Replace(text, "  Leeds:\n", "  # The northern one.\n  Leeds: # see NET-12\n", 1)
	edited = strings.Replace(edited, "sites: [Leeds]", "sites:\n      - "+leeds+" # by GUID", 1)
	again, err := Export(rawOf(t, base), []byte(edited), "e.yaml")
	if err != nil || string(again) != edited {
		t.Fatalf("%v\n%s", err, again)
	}
	changed := strings.Replace(base, "constrained: false", "constrained: true", 1)
	changed = strings.Replace(changed, "name: Leeds", "name: Leeds North", 1)
	again, err = Export(rawOf(t, changed), []byte(edited), "e.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# The northern one.\n  Leeds North: # see NET-12\n", "- " + leeds + " # by GUID", "    constrained: true\n"} {
		if !strings.Contains(string(again), want) {
			t.Errorf("no %q in\n%s", want, again)
		}
	}
	if _, err := Export(rawOf(t, base), []byte("sites: {}"), "e.yaml"); err == nil || !strings.Contains(err.Error(), "name another file to write") {
		t.Errorf("%v", err)
	}
}

// hostileNames are names that YAML, terminals or the keys of files might take
// for something else.
var hostileNames = []string{
	"<<", "yes", "null", "~", "1", "a: b", "- x", "#c", "a\nb", "\x1b[31m", "", "{A}", " lead", "*a", "&b", "!t", "2014-01-01",
	"trail ", "é\u2028x", "\r\n", "\ufeffz", "add", "x {" + leeds + "}", "{" + york + "}", strings.ToLower(leeds), leeds, "=", "?", "|",
}

func TestHostileNames(t *testing.T) {
	var sites []string
	for i, name := range hostileNames {
		quoted, _ := json.Marshal(name)
		guid := fmt.Sprintf("00000000-0000-0000-0001-%012d", i)
		sites = append(sites, fmt.Sprintf(`{"guid":%q,"name":%s}`, guid, quoted), fmt.Sprintf(`{"guid":"%s1","name":%s}`, guid[:35], quoted))
	}
	slices.Sort(sites)
	sites = slices.CompactFunc(sites, func(a, b string) bool { return a[:46] == b[:46] })
	raw := rawOf(t, `{"estate":{"sites":[`+strings.Join(sites, ",")+`],"subnets":[{"guid":"`+net4+`","cidr":"10.0.0.0/8","sites":["00000000-0000-0000-0001-000000000000"]}]}}`)
	text, err := Export(raw, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	out, err := Apply(raw, []File{{Name: "e.yaml", Text: text}})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if got := lines(out.Settings); got != "" {
		t.Errorf("%s\n%s", got, text)
	}
	if again, err := Export(raw, text, "e.yaml"); err != nil || string(again) != string(text) {
		t.Errorf("it does not stay the same: %v", err)
	}
}

func TestItem(t *testing.T) {
	item := &Item{GUID: vendor, Line: 1, Settings: map[string]ItemSetting{
		"vendor_policies.package_assignment.type": {"all", 3},
		"policies.schedules":                      {[]any{}, 4},
	}}
	out, err := Apply(rawOf(t, base), []File{{Name: "p.xml", Item: item}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := lines(out.Settings), `vendor_policies[Microsoft Vendor Policy].package_assignment.type "individual" -> "all" at 3:0`; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	item.GUID = leeds
	item.Settings["sites.prevent_downloads"] = ItemSetting{[]any{"Ns"}, 5}
	const want = "p.xml: line 5: these are the settings of a site, and the XML does not say of which one; write them into an overlay: sites: {SITE: {prevent_downloads: [Ns]}}"
	if _, err := Apply(rawOf(t, base), []File{{Name: "p.xml", Item: item}}); err == nil || err.Error() != want {
		t.Error(err)
	}
	delete(item.Settings, "sites.prevent_downloads")
	if _, err := Apply(rawOf(t, base), []File{{Name: "p.xml", Item: item}}); err == nil || !strings.Contains(err.Error(), "no policy in the base has the GUID") {
		t.Error(err)
	}
}

func TestIdle(t *testing.T) {
	out, err := Apply(rawOf(t, base), []File{{Name: "o.yaml", Text: []byte("package_servers: {LDS-PS01: {constrained: false}}\nsites: {Leeds: {subnets: {add: [10.4.0.0/24]}}}")}})
	if err != nil || out.Idle != 2 || len(out.Settings) != 0 {
		t.Errorf("%v %+v", err, out)
	}
}

func FuzzApply(f *testing.F) {
	f.Add("package_servers: {LDS-PS01: {constrained: true}}")
	f.Add("sites: {Leeds: {subnets: {add: [10.4.8.0/22], remove: [10.4.0.0/24]}}}")
	f.Add("add: {sites: {Hull: {subnets: [10.4.0.0/24]}}}\nremove: {sites: [Leeds]}")
	f.Add("nscheck: estate\nsites: {Leeds: {guid: new}}")
	f.Add("sites: &a {b: *a}\n<<: *a")
	f.Add("policies: {Scan: {schedules: [{type: daily, repeat_minutes: 0x1F}]}}")
	f.Add(exported(f))
	raw := rawOf(f, base)
	f.Fuzz(func(t *testing.T, text string) {
		out, err := Apply(raw, []File{{Name: "f.yaml", Text: []byte(text)}})
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f.yaml: ") {
				t.Errorf("an error without its place: %v", err)
			}
			return
		}
		// What was applied is exported, and that file changes nothing further.
		file, err := Export(out.Raw, nil, "")
		if err != nil {
			t.Fatal(err)
		}
		again, err := Apply(out.Raw, []File{{Name: "again.yaml", Text: file}})
		if err != nil {
			t.Fatalf("%v\n%s", err, file)
		}
		if len(again.Settings) > 0 {
			t.Errorf("%s\n%s", lines(again.Settings), file)
		}
		if same, err := Export(out.Raw, file, "again.yaml"); err != nil || string(same) != string(file) {
			t.Errorf("it does not stay the same: %v", err)
		}
	})
}
