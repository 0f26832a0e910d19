package evaluator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/policies"
	"github.com/nscheck/nscheck/snapshot"
)

// The law of missing data: what is taken away from a snapshot may turn an answer into
// unknown or not evaluated, never into a pass or a new violation. These tests take
// away every section, field, row and client of demo, random and example estates and
// compare the answers by rule and object. What decision 17 says of absent values is in
// facts.

// lawDoc is a snapshot as JSON values that a test can change.
type lawDoc struct {
	sections map[string]snapshot.Status
	estate   map[string]any
	clients  []any
}

func (d *lawDoc) clone(t testing.TB) *lawDoc {
	t.Helper()
	out := &lawDoc{sections: maps.Clone(d.sections)}
	text, err := json.Marshal(map[string]any{"estate": d.estate, "clients": d.clients})
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Estate  map[string]any
		Clients []any
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	out.estate, out.clients = doc.Estate, doc.Clients
	return out
}

// text is the snapshot as JSON Lines.
func (d *lawDoc) text(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	w := snapshot.NewWriter(&b)
	m := &snapshot.Manifest{Tool: "test", Source: snapshot.Origin{Kind: "demo"}}
	if err := m.CollectedAt.UnmarshalText([]byte("2014-03-03T06:00:00Z")); err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(d.sections)) {
		m.Sections = append(m.Sections, snapshot.Section{Name: name, Status: d.sections[name]})
	}
	estate := as[snapshot.Estate](t, d.estate)
	steps := []func() error{func() error { return w.WriteManifest(m) }, func() error { return w.WriteEstate(estate) }}
	for _, c := range d.clients {
		client := as[snapshot.Client](t, c)
		steps = append(steps, func() error { return w.WriteClient(client) })
	}
	for _, step := range append(steps, w.Close) {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func as[T any](t testing.TB, value any) *T {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	out := new(T)
	if err := json.Unmarshal(text, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// allCollected is a manifest in which every section was collected.
func allCollected() map[string]snapshot.Status {
	out := map[string]snapshot.Status{"clients": snapshot.Collected, "package_servers.agent_folder": snapshot.Collected}
	for _, name := range rule.EstateSections {
		out[name] = snapshot.Collected
	}
	for _, name := range rule.ClientSections {
		out[name] = snapshot.Collected
	}
	for _, s := range rule.Subsections {
		out[s.Name] = snapshot.Collected
	}
	return out
}

// lawAnswers are the answers of all rules.
type lawAnswers struct {
	verdicts   map[string]result.Verdict
	why        map[string]string // reasons and unknown objects of a rule
	violations map[string]bool   // rule and object
	unknown    map[string]bool   // the same
}

func answersOf(t testing.TB, p *rule.Pack, text []byte, only string) lawAnswers {
	t.Helper()
	snap, err := snapshot.NewReader(bytes.NewReader(text), "s")
	if err != nil {
		t.Fatal(err)
	}
	var r *result.Result
	if only == "" {
		r, err = Evaluate(context.Background(), p, snap, Options{})
	} else {
		r, err = judgeBy(context.Background(), p, snap, only)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	a := lawAnswers{map[string]result.Verdict{}, map[string]string{}, map[string]bool{}, map[string]bool{}}
	for _, rule := range r.Rules {
		if only != "" && rule.ID != only {
			continue
		}
		a.verdicts[rule.ID] = rule.Verdict
		var why []string
		for _, reason := range slices.Concat(rule.Reasons, rule.AffectsUnknown) {
			why = append(why, reason.Msg)
		}
		for _, u := range rule.Unknown {
			objects := u.Objects
			if objects == nil {
				objects = u.Sample
			}
			for _, o := range objects {
				a.unknown[rule.ID+" "+objectKey(o)] = true
				why = append(why, objectKey(o)+": "+u.Msg)
			}
		}
		slices.Sort(why)
		a.why[rule.ID] = strings.Join(why, "\n")
	}
	for f, err := range r.Findings() {
		if err != nil {
			t.Fatal(err)
		}
		if only == "" || f.Rule == only { // rules that count for it are evaluated too
			a.violations[f.Rule+" "+objectKey(f.Resource)] = true
		}
	}
	return a
}

func objectKey(o result.Resource) string {
	if o.Type == "server" {
		return o.Type // there is one, with or without a GUID
	}
	if o.GUID != "" {
		return o.Type + " " + o.GUID
	}
	return o.Type + " " + o.Name
}

// wayRules follow the ways of packages to a site, each a part of them. What one of them
// no longer knows of a site another one says, so the law holds for them together.
var wayRules = []string{"NS-SITE-002", "NS-SITE-003", "NS-SITE-008", "NS-SITE-012", "NS-SITE-013", "NS-POL-003", "NS-PKG-004"}

// anyWay reports whether one of the rules about ways has an object in a set.
func anyWay(set map[string]bool, object string) bool {
	return slices.ContainsFunc(wayRules, func(rule string) bool { return set[rule+" "+object] })
}

// breaches compares the answers before and after something was taken away. Rules about
// ways that were evaluated alone are left out.
func breaches(before, after lawAnswers, taken string, alone bool) []string {
	var out []string
	for v := range after.violations {
		rule, object, _ := strings.Cut(v, " ")
		way := slices.Contains(wayRules, rule) && (alone || anyWay(before.violations, object))
		if !before.violations[v] && !way {
			out = append(out, "new violation: "+v)
		}
	}
	for rule, verdict := range after.verdicts {
		switch verdict {
		case result.Errored:
			out = append(out, "it broke: "+rule+": "+after.why[rule])
		case result.NotApplicable, result.Disabled:
			if before.verdicts[rule] != verdict {
				out = append(out, rule+" is no longer applicable")
			}
		}
	}
	for _, was := range []map[string]bool{before.violations, before.unknown} {
		for key := range was {
			rule, object, _ := strings.Cut(key, " ")
			said := after.violations[key] || after.unknown[key] || after.why[rule] != "" && after.why[rule] != before.why[rule]
			if slices.Contains(wayRules, rule) {
				said = said || alone || anyWay(after.violations, object) || anyWay(after.unknown, object)
			}
			if !said && !strings.Contains(object, taken) {
				out = append(out, fmt.Sprintf("silent pass: %s (%s)", key, after.verdicts[rule]))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// lawChange takes something away.
type lawChange struct {
	name   string
	change func(*lawDoc)
}

// eachAt calls f for every object that holds the last step of a path.
func eachAt(value any, path []string, f func(object map[string]any, name string)) {
	switch v := value.(type) {
	case []any:
		for _, one := range v {
			eachAt(one, path, f)
		}
	case map[string]any:
		if len(path) == 1 {
			f(v, path[0])
		} else {
			eachAt(v[path[0]], path[1:], f)
		}
	}
}

// at finds the documents that a path of a field, such as estate.sites[].name, is in.
func (d *lawDoc) at(path string, f func(object map[string]any, name string)) {
	steps := strings.Split(strings.ReplaceAll(path, "[]", ""), ".")
	if steps[0] == "estate" {
		eachAt(d.estate, steps[1:], f)
	} else {
		eachAt(d.clients, steps[1:], f)
	}
}

// clientPaths are the fields that a section about clients fills.
func clientPaths(section string) (out []string) {
	for field, name := range rule.ClientSections {
		if name == section && snapshot.Computed[field] == "" {
			out = append(out, "input."+field)
		}
	}
	return out
}

// sectionChanges take away whole sections, as if they could not be read.
func sectionChanges() (out []lawChange) {
	add := func(name string, paths ...string) {
		for _, status := range []snapshot.Status{snapshot.Denied, ""} {
			out = append(out, lawChange{name: fmt.Sprintf("section %s %s", name, status), change: func(d *lawDoc) {
				if d.sections[name] = status; status == "" {
					delete(d.sections, name)
				}
				for _, path := range paths {
					d.at(path, func(object map[string]any, name string) { delete(object, name) })
				}
			}})
		}
	}
	for _, name := range rule.EstateSections {
		add(name, "estate."+name)
	}
	for _, s := range rule.Subsections {
		if s.Name != "package_servers.agent_folder" {
			add(s.Name, s.Fields...)
		}
	}
	for _, name := range slices.Sorted(maps.Values(rule.ClientSections)) {
		if name != scanLogSection {
			add(name, clientPaths(name)...)
		}
	}
	return out
}

// nullable lists the fields that may be null or absent: what is a pointer or a list.
func nullable(n reflect.Type, path string) (out []string) {
	for n.Kind() == reflect.Pointer || n.Kind() == reflect.Slice {
		if n.Kind() == reflect.Slice {
			path += "[]"
		}
		n = n.Elem()
	}
	if n.Kind() != reflect.Struct || n == reflect.TypeFor[snapshot.Time]() {
		return nil
	}
	for _, f := range reflect.VisibleFields(n) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		inner := path + "." + name
		top := path == "estate" || inner == "input.location" || inner == "input.events"
		if !top && (f.Type.Kind() == reflect.Pointer || strings.Contains(options, "omitzero")) {
			out = append(out, inner)
		}
		if inner != "input.location" && inner != "input.events" {
			out = append(out, nullable(f.Type, inner)...)
		}
	}
	return out
}

// facts are fields whose absence is a fact by the format, or of which a decision
// says what it means.
var facts = map[string]string{
	"estate.licences.inactive_holders[].name":  "null: the resource no longer exists",
	"estate.patch_import.bulletins_unknown":    "absent: none",
	"estate.package_servers[].fqdn":            "a server of an unknown domain is recognised in any domain",
	"estate.package_servers[].packages.plugin": "absent: no status row", "estate.package_servers[].packages.scan": "absent: no status row", "estate.package_servers[].packages.tools": "absent: no status row",
	"estate.server.hierarchy_child":       "decision 5: recorded runs are evaluated",
	"input.packages.plugin.last_run":      "absent: no run",
	"input.packages.scan.last_run":        "absent: no run",
	"input.packages.tools.last_run":       "absent: no run",
	"input.packages.plugin":               "absent: no event",
	"input.packages.scan":                 "absent: no event",
	"input.packages.tools":                "absent: no event",
	"input.os_name":                       "a client with the plug-in counts as a Windows computer",
	"estate.patch_import.last_run_at":     "null: no run is recorded",
	"estate.patch_import.last_success_at": "null: no run succeeded",
}

// fieldChanges set fields to null, or leave them out, in all objects and in one.
func fieldChanges(g *rand.Rand, one bool) (out []lawChange) {
	paths := slices.Concat(nullable(reflect.TypeFor[snapshot.Estate](), "estate"), nullable(reflect.TypeFor[snapshot.Client](), "input"))
	for _, path := range paths {
		if facts[path] != "" {
			continue
		}
		out = append(out, lawChange{name: "field " + path, change: func(d *lawDoc) {
			d.at(path, func(object map[string]any, name string) { delete(object, name) })
		}})
		if !one {
			continue
		}
		out = append(out, lawChange{name: "one field " + path, change: func(d *lawDoc) {
			var objects []map[string]any
			name := ""
			d.at(path, func(object map[string]any, n string) { objects, name = append(objects, object), n })
			if len(objects) > 0 {
				delete(objects[g.IntN(len(objects))], name)
			}
		}})
	}
	return out
}

// rowChanges take away a row of each list while the section that it is of is partial.
func rowChanges(g *rand.Rand) (out []lawChange) {
	remove := func(list []any) ([]any, string) {
		i := g.IntN(len(list))
		guid := ""
		if object, ok := list[i].(map[string]any); ok {
			guid, _ = object["guid"].(string)
		}
		return slices.Delete(slices.Clone(list), i, i+1), guid
	}
	add := func(name string, change func(*lawDoc) string) {
		c := lawChange{name: "row of " + name}
		c.change = func(d *lawDoc) { change(d) }
		out = append(out, c)
	}
	for _, name := range rule.EstateSections {
		add(name, func(d *lawDoc) (guid string) {
			d.sections[name] = snapshot.Partial
			if list, ok := d.estate[name].([]any); ok && len(list) > 0 {
				d.estate[name], guid = remove(list)
			}
			return guid
		})
	}
	for _, s := range rule.Subsections {
		if s.Name == rule.LastRunSection || s.OnDemand {
			continue
		}
		add(s.Name, func(d *lawDoc) string {
			d.sections[s.Name] = snapshot.Partial
			for _, path := range s.Fields {
				var objects []map[string]any
				field := ""
				d.at(path, func(object map[string]any, n string) { objects, field = append(objects, object), n })
				if len(objects) == 0 {
					continue
				}
				object := objects[g.IntN(len(objects))]
				switch v := object[field].(type) {
				case []any:
					if len(v) > 0 {
						object[field], _ = remove(v)
					}
				case map[string]any: // packages of a package server
					for _, role := range slices.Sorted(maps.Keys(v)) {
						delete(v, role)
						break
					}
				default:
					object[field] = nil
				}
			}
			return ""
		})
	}
	add("clients", func(d *lawDoc) (guid string) {
		d.sections["clients"] = snapshot.Partial
		if len(d.clients) > 0 {
			d.clients, guid = remove(d.clients)
		}
		return guid
	})
	add(rule.LastRunSection, func(d *lawDoc) string {
		d.sections[rule.LastRunSection] = snapshot.Partial
		if len(d.clients) == 0 {
			return ""
		}
		packages, _ := d.clients[g.IntN(len(d.clients))].(map[string]any)["packages"].(map[string]any)
		for _, p := range packages {
			delete(p.(map[string]any), "last_run")
		}
		return ""
	})
	return out
}

// checkLaw takes things away from a snapshot and compares the answers.
func checkLaw(t *testing.T, p *rule.Pack, what string, doc *lawDoc, only string, changes []lawChange) {
	t.Helper()
	before := answersOf(t, p, doc.text(t), only)
	for _, c := range changes {
		less := doc.clone(t)
		gone := guidsOf(less)
		c.change(less)
		for guid := range guidsOf(less) {
			delete(gone, guid)
		}
		taken := "\x00"
		for guid := range gone {
			taken = guid
		}
		if reflect.DeepEqual(less, doc) {
			continue
		}
		for _, breach := range breaches(before, answersOf(t, p, less.text(t), only), taken, only != "") {
			t.Errorf("%s without %s: %s", what, c.name, breach)
		}
	}
}

// guidsOf are the GUIDs of rows of sections and of clients.
func guidsOf(d *lawDoc) map[string]bool {
	out := map[string]bool{}
	for _, list := range append(slices.Collect(maps.Values(d.estate)), any(d.clients)) {
		rows, _ := list.([]any)
		for _, row := range rows {
			if guid, ok := row.(map[string]any)["guid"].(string); ok {
				out[guid] = true
			}
		}
	}
	return out
}

var loadAllOnce = sync.OnceValues(func() (*rule.Pack, error) {
	return rule.LoadPack(rule.Source{Name: "builtin", FS: policies.FS}, rule.Source{Name: "examples", FS: os.DirFS("../examples")})
})

func lawPack(t testing.TB) *rule.Pack {
	t.Helper()
	p, err := loadAllOnce()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// lawDemo is the demo estate.
func lawDemo(t *testing.T) *lawDoc {
	t.Helper()
	doc := &lawDoc{sections: allCollected()}
	for line := range strings.Lines(string(demoSnapshot(t))) {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatal(err)
		}
		kind := record["kind"]
		delete(record, "kind")
		switch kind {
		case kindEstateRecord:
			doc.estate = record
		case kindClientRecord:
			doc.clients = append(doc.clients, record)
		}
	}
	delete(doc.sections, scanLogSection)
	delete(doc.sections, "package_servers.agent_folder")
	return doc
}

// TestLawDemo takes every section and field away from the demo estate.
func TestLawDemo(t *testing.T) {
	doc := lawDemo(t)
	g := rand.New(rand.NewPCG(1, 1))
	changes := slices.Concat(sectionChanges(), rowChanges(g))
	switch {
	case testing.Short():
		changes = changes[:10]
	case *estates > 0:
		changes = append(changes, fieldChanges(g, false)...)
	}
	checkLaw(t, lawPack(t), "demo", doc, "", changes)
}

// NS-LIC-002 and NS-LIC-006 answer what does not need the section that is missing.
func TestLicenceCounts_missingSection(t *testing.T) {
	changes := map[string]lawChange{}
	for _, c := range sectionChanges() {
		changes[c.name] = c
	}
	has := func(set map[string]bool, rule string) bool {
		return slices.ContainsFunc(slices.Collect(maps.Keys(set)), func(key string) bool { return strings.HasPrefix(key, rule+" ") })
	}
	before := answersOf(t, lawPack(t), lawDemo(t).text(t), "")
	for _, tt := range []struct {
		section string
		found   bool   // whether NS-LIC-002 has findings
		why     string // what NS-LIC-002 says is unknown
		holders result.Verdict
	}{
		{"clients.inventory", true, "section clients.inventory: denied", before.verdicts["NS-LIC-006"]},
		{"clients.addresses", false, "they disagree, but it is unknown in which site the computers are", before.verdicts["NS-LIC-006"]},
		{"subnets", false, "they disagree, but it is unknown in which site the computers are", before.verdicts["NS-LIC-006"]},
	} {
		t.Run(tt.section, func(t *testing.T) {
			doc := lawDemo(t)
			changes["section "+tt.section+" denied"].change(doc)
			got := answersOf(t, lawPack(t), doc.text(t), "")
			if has(got.violations, "NS-LIC-002") != tt.found || !strings.Contains(got.why["NS-LIC-002"], tt.why) {
				t.Errorf("NS-LIC-002: %s %v\n%s", got.verdicts["NS-LIC-002"], has(got.violations, "NS-LIC-002"), got.why["NS-LIC-002"])
			}
			if got.verdicts["NS-LIC-006"] != tt.holders {
				t.Errorf("NS-LIC-006: got %s, want %s\n%s", got.verdicts["NS-LIC-006"], tt.holders, got.why["NS-LIC-006"])
			}
		})
	}
}

const (
	kindEstateRecord = "estate"
	kindClientRecord = "client"
)

// TestLawRandom takes every section, field and row away from random estates.
func TestLawRandom(t *testing.T) {
	p := lawPack(t)
	for _, seed := range seeds(2) {
		g := rand.New(rand.NewPCG(seed, 17))
		doc := randomLawDoc(g)
		changes := slices.Concat(sectionChanges(), rowChanges(g), fieldChanges(g, true))
		checkLaw(t, p, fmt.Sprintf("estate %d", seed), doc, "", changes)
		if t.Failed() {
			return
		}
	}
}

// randomLawDoc makes an estate whose parts refer to each other, with values that rules
// tell apart, and some unknown ones.
func randomLawDoc(g *rand.Rand) *lawDoc {
	d := &lawDoc{sections: allCollected()}
	d.estate = lawObject(g, reflect.TypeFor[snapshot.Estate](), "estate", 0).(map[string]any)
	// A platform before 8.5.5032 cannot prevent downloads.
	if server, _ := d.estate["server"].(map[string]any); server["version"] == "7.5.3153" || server["version"] == "8.5.3073" {
		d.at("estate.sites[].prevent_downloads", func(site map[string]any, name string) {
			if site[name] != nil {
				site[name] = []any{}
			}
		})
	}
	// An import that failed is not the last one that succeeded.
	if runs, _ := d.estate["patch_import"].(map[string]any); runs["last_run_succeeded"] == false && runs["last_success_at"] == runs["last_run_at"] && runs["last_run_at"] != nil {
		runs["last_success_at"] = "2014-02-27T00:00:00Z"
	}
	for i := range 2 + g.IntN(8) {
		c := lawObject(g, reflect.TypeFor[snapshot.Client](), "input", i).(map[string]any)
		delete(c, "location")
		delete(c, "events")
		agree(c)
		d.clients = append(d.clients, c)
	}
	return d
}

// agree makes a client's fields agree with each other: one that is not managed has no
// agents, inventory that never came has no age, and a download event has one: without a
// status, an event without an age is no event by the format.
func agree(c map[string]any) {
	plugin, _ := c["plugin"].(map[string]any)
	if managed, known := c["managed"].(bool); plugin != nil && known && !managed {
		plugin["installed"], plugin["version"] = nil, nil
	}
	if task, _ := c["task_agent"].(map[string]any); task != nil && c["managed"] == false {
		task["registered_at"], task["registration_age_days"] = nil, nil
	}
	packages, _ := c["packages"].(map[string]any)
	for _, value := range packages {
		if event, _ := value.(map[string]any); event["status"] != nil && event["status_age_days"] == nil {
			event["status_age_days"] = 1
		}
	}
	inventory, _ := c["inventory"].(map[string]any)
	if returned, known := inventory["patch_returned"].(bool); known && !returned {
		inventory["patch_at"], inventory["patch_age_days"] = nil, nil
	}
}

// lawValues are what fields hold; a path stands for all that end in it.
var lawValues = map[string][]any{
	"server.version": {"7.5.3153", "8.6.1", "8.5.3073"}, "plugin_version": {"7.5.3153", "8.6.1"},
	"product": {"Patch"}, "vendor_policies[].name": {"Microsoft Vendor Policy", "Red Hat Vendor Policy", "Other"},
	"package_assignment.type": {"all", "individual", "site"}, "role": {"plugin_install", "plugin_policy", "vulnerability_analysis", "vulnerability_analysis"},
	"packages[].role": {"plugin", "scan", "tools"}, "log_errors[].package": {"plugin", "scan", "tools"},
	"schedules[].type": {"daily", "Daily", "once"}, "repeat_minutes": {0, 60, 240, 480}, "host": {"ns", "ps0.x", "ps1.x", "ps2", "cdn"},
	"fqdn": {"ps0.x", "ps1.x", "ps2.x"}, "package_servers[].packages.plugin.status": {"ready", "pending", "invalid"},
	"package_servers[].packages.scan.status": {"ready", "pending", "not_ready"}, "package_servers[].packages.tools.status": {"ready", "ready", "pending"},
	"revision": {"1", "1", "2"}, "prevent_downloads[]": {"Ns", "ExtPs"}, "cidr": {"10.0.0.0/8", "10.1.0.0/16", "10.1.0.0/24", "10.2.0.0/24", "10.1.0.0/24"},
	"addresses[]": {"10.1.0.5/24", "10.2.0.7/24", "10.1.9.9/24", "192.168.0.1/24"}, "input.os_name": {"Windows 7", "Windows Server 2008", "Red Hat Linux"},
	"package_servers[].os_name": {"Windows 7", "Windows Server 2008"}, "input.status": {"Active", "Active", "Active", "Retired"},
	"packages.plugin.status": {"downloaded", "failed", "pending"}, "packages.scan.status": {"downloaded", "failed", "pending"}, "packages.tools.status": {"downloaded", "failed", "pending"},
	"return_code": {0, 1603, 3010}, "inactive_holders[].status": {"Retired", "Active", "Disposed"}, "version": {"7.5.3153", "7.1.1", "8.6.1"}, "agent_version": {"7.5.3153", "7.1.1"},
	"subnets[].sites[]": {testGUID(501), testGUID(502), testGUID(503)}, "package_servers[].sites[]": {testGUID(501), testGUID(502)},
	"package_assignment.package_servers[]": {testGUID(301), testGUID(302), testGUID(399)}, "filters[]": {"D3BA9CA7-5E71-4D76-B961-1BA0B436AACB", testGUID(801)},
	"target_filters[]": {"D3BA9CA7-5E71-4D76-B961-1BA0B436AACB", testGUID(801)}, "plugin_policies[]": {testGUID(201), testGUID(202)},
	"holders[]": {testGUID(1), testGUID(2)}, "orphans[]": {testGUID(901)}, "domain": {"CORP", "LAB"},
}

// lawRows are the GUIDs of sections' rows and how many there are at most.
var lawRows = map[string][2]int{
	"estate.sites": {501, 3}, "estate.subnets": {601, 5}, "estate.package_servers": {301, 3}, "estate.policies": {201, 3}, "estate.packages": {401, 3},
	"estate.vendor_policies": {211, 2}, "estate.filters": {801, 2}, "estate.licences.inactive_holders": {11, 2}, "estate.patch_import.bulletins_without_packages": {21, 1},
	"estate.patch_import.bulletins_unknown": {23, 0},
}

func lawObject(g *rand.Rand, t reflect.Type, path string, number int) any {
	switch {
	case t.Kind() == reflect.Pointer:
		return lawObject(g, t.Elem(), path, number)
	case t == reflect.TypeFor[snapshot.Time]():
		return []string{"2014-02-28T23:59:59Z", "2014-03-01T00:00:00Z"}[g.IntN(2)]
	case t.Kind() == reflect.Slice:
		rows, isTable := lawRows[path]
		n := g.IntN(3)
		if isTable {
			n = rows[1]
			if path != "estate.sites" { // subnets refer to all of them
				n -= g.IntN(2) * min(rows[1], 1)
			}
		}
		list := []any{}
		for i := range n {
			one := lawObject(g, t.Elem(), path+"[]", i)
			if object, ok := one.(map[string]any); ok && isTable {
				object["guid"] = testGUID(rows[0] + i)
			}
			if !slices.ContainsFunc(list, func(v any) bool { return reflect.DeepEqual(v, one) }) {
				list = append(list, one)
			}
		}
		return list
	case t.Kind() == reflect.Struct:
		out := map[string]any{}
		for _, f := range reflect.VisibleFields(t) {
			name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			inner := path + "." + name
			optional := f.Type.Kind() == reflect.Pointer || strings.Contains(options, "omit")
			if optional && path != "estate" && g.IntN(12) == 0 {
				continue
			}
			out[name] = lawObject(g, f.Type, inner, number)
			switch {
			case inner == "estate.filters[].guid" && number == 1:
				out[name] = "D3BA9CA7-5E71-4D76-B961-1BA0B436AACB"
			case inner == "estate.packages[].role":
				out[name] = []string{"plugin", "scan", "tools"}[number]
			case inner == "estate.subnets[].cidr":
				out[name] = lawValues["cidr"][number]
			}
		}
		if filters, known := out["target_filters"].([]any); known && out["has_target"] != nil {
			out["has_target"] = len(filters) > 0 // a collector reads both from the same rows
		}
		if _, ok := out["succeeded"]; ok && out["return_code"] != nil {
			out["succeeded"] = out["return_code"] != 1603
		}
		return out
	}
	best := ""
	for suffix := range lawValues {
		if strings.HasSuffix(path, suffix) && len(suffix) > len(best) {
			best = suffix
		}
	}
	switch {
	case path == "input.guid":
		return testGUID(1 + number)
	case path == "estate.server.guid":
		return testGUID(100)
	case strings.HasSuffix(path, "guid"):
		return testGUID(700 + number)
	case path == "estate.package_servers[].name":
		return fmt.Sprintf("PS%d", number)
	case path == "estate.server.name":
		return "NS"
	case best != "":
		return lawValues[best][g.IntN(len(lawValues[best]))]
	case t.Kind() == reflect.Bool:
		return g.IntN(3) > 0
	case t.Kind() == reflect.Int:
		return []int{1, 2, 3, 5, 20, 50}[g.IntN(6)]
	}
	return fmt.Sprintf("N%d", number)
}

// TestLawExamples takes every section and field away from the worked examples of all
// rules.
func TestLawExamples(t *testing.T) {
	if testing.Short() {
		t.Skip("some thousand evaluations")
	}
	p, every, position := lawPack(t), 12, 0
	if *estates > 0 {
		every = 1
	}
	ids := map[string]string{}
	for _, r := range p.Rules {
		ids[strings.TrimSuffix(filepath.Base(r.File), ".rego")] = r.ID
	}
	for _, folder := range []string{"../policies", "../examples"} {
		err := filepath.WalkDir(folder, func(name string, e fs.DirEntry, err error) error {
			id := ids[strings.TrimSuffix(filepath.Base(name), ".yaml")]
			if err != nil || e.IsDir() || filepath.Ext(name) != ".yaml" || id == "" {
				return err
			}
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			var file struct {
				Examples []struct {
					Name    string
					Params  map[string]any
					Estate  map[string]any
					Clients []any
				}
			}
			if err := yaml.Unmarshal(text, &file); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			g := rand.New(rand.NewPCG(3, 3))
			for _, ex := range file.Examples {
				if position++; len(ex.Params) > 0 || len(ex.Estate) == 0 || position%every != 0 {
					continue
				}
				doc := (&lawDoc{estate: ex.Estate, clients: ex.Clients, sections: allCollected()}).clone(t)
				for section := range doc.sections {
					if _, there := doc.estate[section]; !there && slices.Contains(rule.EstateSections, section) {
						doc.sections[section] = snapshot.Denied
					}
				}
				checkLaw(t, p, id+" "+ex.Name, doc, id, slices.Concat(sectionChanges(), rowChanges(g), fieldChanges(g, true)))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
