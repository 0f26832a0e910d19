package rule

import (
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/nscheck/nscheck/internal/acme"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/policies"
)

// packOf loads rules from texts, and params.yaml where the name says so.
func packOf(files map[string]string) (*Pack, error) {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return LoadPack(Source{Name: "house", FS: fsys})
}

func mustPack(t *testing.T, files map[string]string) *Pack {
	t.Helper()
	p, err := packOf(files)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var loadBuiltin = sync.OnceValues(func() (*Pack, error) {
	return LoadPack(Source{Name: "builtin", FS: policies.FS})
})

// builtinPack are the built-in rules, which all tests share.
func builtinPack(t testing.TB) *Pack {
	t.Helper()
	p, err := loadBuiltin()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestLoadBuiltin(t *testing.T) {
	p, err := LoadPack(Source{Name: "builtin", FS: policies.FS})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range p.Rules {
		if len(r.Needs) == 0 {
			t.Errorf("%s needs nothing", r.ID)
		}
	}
	if !p.Evidence {
		t.Error("the library of evidence is not found")
	}
}

func TestLoadRefuses(t *testing.T) {
	replaced := func(old, new string) map[string]string {
		text := strings.Replace(acme.Rule, old, new, 1)
		if text == acme.Rule {
			t.Fatalf("%q is not in the rule", old)
		}
		return map[string]string{"a.rego": text}
	}
	client := func(old, new string) map[string]string {
		return map[string]string{"a.rego": strings.Replace(acme.ClientRule, old, new, 1)}
	}
	tallied := func(reads string) map[string]string {
		files := replaced(`site.name == "X"`, reads)
		files["b.rego"] = acme.ClientRule + "\ntally contains [\"brew_heads\", input.name]\n"
		return files
	}
	tests := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"nothing at all", map[string]string{}, "there is no .rego file in it"},
		{"only a library", map[string]string{"a.rego": "package lib.x\n\nf(x) := x\n"}, "no package defines violation"},
		{"no metadata", map[string]string{"a.rego": "package x\n\nviolation contains {} if false\n"}, "house/a.rego:1:1: it defines violation but has no METADATA before its package"},
		{"a rule of another tool", map[string]string{"a.rego": "package main\n\ndeny contains \"x\" if false\n"}, "no package defines violation; house/a.rego defines deny, and nscheck reads violation"},
		{"an id without violation", replaced("violation contains", "violations contains"), "house/a.rego:11:1: it has an id but no \"violation contains … if\"; it defines violations, and nscheck reads violation"},
		{"no id", replaced("#   id: ACME-SITE-001\n", ""), "the rule has no id"},
		{"an odd id", replaced("ACME-SITE-001", "site three"), `id "site three" does not look like NS-SITE-003`},
		{"no title", replaced("# title: Site is called X\n", ""), "ACME-SITE-001 has no title"},
		{"no description", replaced("# description: Sites called X confuse people.\n", ""), "has no description"},
		{"an unknown severity", replaced("low", "bad"), `severity "bad" is not one of critical`},
		{"an unknown scope", replaced("scope: estate", "scope: world"), `scope "world" is neither estate nor client`},
		{"an unknown step", replaced(`step: "+"`, `step: "9"`), `step "9" is not a step of the article`},
		{"a step that is a number", replaced(`step: "+"`, `step: 5`), "custom.step must be a text in quotes, not 5"},
		{"no remediation", replaced("#   remediation: [{text: Rename it.}]\n", ""), "has no remediation"},
		{"a remediation without text", replaced("{text: Rename it.}", "{ref: KB1}"), "custom.remediation[0]: text is missing"},
		{"a remediation with more", replaced("{text: Rename it.}", "{text: a, url: b}"), `custom.remediation[0]: unknown key "url"`},
		{"a bad version range", replaced("{text: Rename it.}", "{text: a, versions: soon}"), `remediation 1: "soon" is not a version range`},
		{"an effective day that is none", replaced("#   step:", "#   effective_on: soon\n#   step:"), `custom.effective_on: "soon" is not a date such as 2026-01-31`},
		{"an unknown key", replaced("#   step:", "#   author: me\n#   step:"), "house/a.rego:9:5: unknown key custom.author; there are aliases, alternatives, chain, "},
		{"no schema", replaced("# schemas: [{data.estate: schema.estate}]\n", ""), "lacks \"schemas: [{data.estate: schema.estate}]\""},
		{"explains without chain", replaced("#   step:", "#   explains: [NS-LIC-001]\n#   step:"), "has no place in the chain of causes"},
		{"chain without explains", replaced("#   step:", "#   chain: 10\n#   step:"), "explains no rule"},
		{"a chain that is no number", replaced("#   step:", "#   explains: [A]\n#   chain: 1.5\n#   step:"), "custom.chain must be a whole number above zero, not 1.5"},
		{"explains a rule that is none", replaced("#   step:", "#   explains: [NS-LIC-001]\n#   chain: 10\n#   step:"), "it explains NS-LIC-001, but there is no such rule; ids that begin with NS- are those of the built-in rules, which are not loaded"},
		{"explains a rule of its own that is none", replaced("#   step:", "#   explains: [ACME-SITE-009]\n#   chain: 10\n#   step:"), "it explains ACME-SITE-009, but there is no such rule"},
		{"a misspelt section", replaced("data.estate.sites", "data.estate.sitez"), "house/a.rego:14:27: `data.estate.sitez` does not exist; did you mean `sites`?\n        some site in data.estate.sitez\n"},
		{"a misspelt field", replaced(`site.name == "X"`, `site.nam == "X"`), "house/a.rego:15:7: `site.nam` does not exist; did you mean `name`?\n        site.nam == \"X\"\n             ^"},
		{"a misspelt table", replaced(`site.name == "X"`, `data.index.sitez[site.guid]`), "`data.index.sitez` does not exist; did you mean `sites`?"},
		{"a misspelt total", replaced(`site.name == "X"`, `data.totals.sitez[site.guid]`), "`data.totals.sitez` does not exist; did you mean `sites`?"},
		{"all of an index", replaced(`site.name == "X"`, `count(data.index) > 0`), "it reads all of data.index"},
		{"a misspelt parameter", replaced(`site.name == "X"`, `data.params.limit > 3`), "house/a.rego:15:14: ACME-SITE-001: `data.params.limit` does not exist; there is nothing in it"},
		{"a document that is none", replaced(`site.name == "X"`, `data.clients`), "house/a.rego:15:7: ACME-SITE-001: `data.clients` is not defined by any rule"},
		{"input in an estate rule", replaced(`site.name == "X"`, `input.name == "X"`), "a rule of scope estate has no input"},
		{"totals in a client rule", client(`input.name == "X"`, `data.totals.clients > 3`), "a rule of scope client cannot read data.totals"},
		{"a misspelt field of a client", client(`input.name`, `input.plugin.instaled`), "house/a.rego:13:49: `input.plugin.instaled` does not exist; did you mean `installed`?"},
		{"a syntax error", replaced("if {", "if {{"), "house/a.rego:"},
		{"the network", replaced(`site.name == "X"`, `http.send({"method": "get", "url": site.name})`), "rules cannot call http.send: it may answer otherwise"},
		{"the clock", replaced(`site.name == "X"`, `time.now_ns() > 3`), "rules cannot call time.now_ns: it may answer otherwise"},
		{"the clock in a template string", replaced(`site.name == "X"`, "site.name\n\t$\"it is {time.now_ns()}\" != \"\""), "house/a.rego:16:11: rules cannot call time.now_ns: it may answer otherwise"},
		{"the network replaced", replaced(`site.name == "X"`, `site.name == "X" with http.send as 1`), "must reference existing input, data, or a function; what rules cannot call, such as http.send and time.now_ns, is none"},
		{"chance", replaced(`site.name == "X"`, `rand.intn("x", 2) == 1`), "rules cannot call rand.intn: it may answer otherwise"},
		{"two rules of one id", map[string]string{"a.rego": acme.Rule, "b.rego": strings.Replace(acme.Rule, "called_x", "called_y", 1)}, "house/a.rego and house/b.rego both claim the id ACME-SITE-001"},
		{"a violation that is one object", replaced(`violation contains {"msg": "X", "resource": {"type": "site", "name": site.name}}`, `violation := {"msg": "X"}`), `house/a.rego:13:1: violation must be a set; write "violation contains … if"`},
		{"a violation that is true", replaced(`violation contains {"msg": "X", "resource": {"type": "site", "name": site.name}}`, `violation`), "house/a.rego:13:1: violation must be a set"},
		{"a violation that is an object", replaced(`violation contains {"msg": "X", "resource": {"type": "site", "name": site.name}}`, `violation[site.name] := {"msg": "X"}`), "house/a.rego:13:1: violation must be a set"},
		{"a violation by parts", replaced(`violation contains`, `violation.sites contains`), "house/a.rego:13:1: violation must be a set"},
		{"an unknown with a default", map[string]string{"a.rego": acme.Rule + "\ndefault unknown := []\n"}, "house/a.rego:18:1: unknown must be a set"},
		{"a tally that is no set", map[string]string{"a.rego": acme.ClientRule + "\ntally := [\"a\"]\n"}, "house/a.rego:15:1: tally must be a set"},
		{"a misspelt unknown", map[string]string{"a.rego": acme.Rule + "\nunknowns contains {\"msg\": \"?\"}\n"}, "house/a.rego:18:1: a rule defines violation, unknown, tally, affects, not_applicable, no_source, and not unknowns; begin the names of its helpers with _; did you mean `unknown`?"},
		{"metadata of a rule in a library", map[string]string{"a.rego": strings.NewReplacer("violation contains", "violations contains", "#   id: ACME-SITE-001\n", "").Replace(acme.Rule)}, "it looks like a rule but has no"},
		{"unknown without violation", map[string]string{"a.rego": "package x\n\nunknown contains {} if false\n"}, "it looks like a rule but has no"},
		{"a rule's unknown in another file", map[string]string{"a.rego": acme.Rule, "b.rego": "package acme.site.called_x\n\nunknown contains {}\n"}, "share the package acme.site.called_x; one rule, one package, one file"},
		{"a rule's helpers in another file", map[string]string{"a.rego": acme.Rule, "b.rego": "package acme.site.called_x\n\n_x := 1\n"}, "house/a.rego and house/b.rego share the package acme.site.called_x; one rule, one package, one file"},
		{"a package in the place of the estate", map[string]string{"a.rego": acme.Rule, "b.rego": "package estate\n\nsites := []\n"}, "house/b.rego:1:1: the package estate would take the place of what was collected, for data.estate is a document of nscheck; choose a package that does not begin with estate"},
		{"a package inside the index", map[string]string{"a.rego": acme.Rule, "b.rego": "package index.sites\n\nx := 1\n"}, "the package index.sites would take the place of what was collected"},
		{"a package in the place of parameters", map[string]string{"a.rego": acme.Rule, "b.rego": "package params\n\nx := 1\n"}, "the package params would take"},
		{"a package in the place of counts", map[string]string{"a.rego": acme.Rule, "b.rego": "package totals[\"tally\"]\n\nx := 1\n"}, "the package totals.tally would take"},
		{"a definition inside another package", map[string]string{"a.rego": acme.Rule, "b.rego": "package acme.site\n\ncalled_x.violation contains {}\n"}, "house/b.rego:3:1: it defines acme.site.called_x.violation, which reaches into the package acme.site.called_x"},
		{"an ending in capitals", map[string]string{"a.rego": acme.Rule, "B.REGO": acme.Rule}, "house/B.REGO would not be read; write its ending as .rego"},
		{"a pack file of another ending", map[string]string{"a.rego": acme.Rule, "pack.yml": "name: a"}, "load rules from house: house/pack.yml would not be read; call it pack.yaml"},
		{"a pack file in other letters", map[string]string{"a.rego": acme.Rule, "Pack.Yaml": "name: a"}, "house/Pack.Yaml would not be read; call it pack.yaml"},
		{"two pack files", map[string]string{"a.rego": acme.Rule, "pack.yaml": "name: a\nversion: 1.0.0\n", "pack.yml": "name: a"}, "house/pack.yml would not be read; call it pack.yaml"},
		{"parameters of another ending", map[string]string{"a.rego": acme.Rule, "params.yml": "a: 1"}, "house/params.yml would not be read; parameters stand in params.yaml at the top of the folder"},
		{"parameters in a folder", map[string]string{"a.rego": acme.Rule, "sub/params.yaml": "a: 1"}, "house/sub/params.yaml would not be read"},
		{"a misspelt field below a table", replaced(`site.name == "X"`, `data.index.sites[site.guid].nam == "X"`), "`data.index.sites[site.guid].nam` does not exist; did you mean `name`?"},
		{"a misspelt field of a role", replaced(`site.name == "X"`, `data.index.packages.scan.versoin == "X"`), "`data.index.packages.scan.versoin` does not exist; there are codebases, enabled, "},
		{"a misspelt count", replaced(`site.name == "X"`, `data.totals.sites[site.guid].clientz > 3`), "`data.totals.sites[site.guid].clientz` does not exist; did you mean `clients`?"},
		{"a misspelt count of a variable", replaced(`site.name == "X"`, `some total in data.totals.sites`+"\n\ttotal.clientz > 3"), "house/a.rego:16:8: `total.clientz` does not exist; did you mean `clients`?"},
		{"a misspelt tally", tallied(`data.totals.tally.brew_head["X"] > 3`), "house/a.rego:15:20: ACME-SITE-001: `data.totals.tally.brew_head` is counted by no rule that is loaded; did you mean `brew_heads`?"},
		{"a misspelt tally of a variable", tallied("counts := data.totals.tally\n\tcounts.brew_head.X > 3"), "`data.totals.tally.brew_head` is counted by no rule that is loaded; did you mean `brew_heads`?"},
		{"a tally that nobody counts", replaced(`site.name == "X"`, `data.totals.tally["a b"] > 3`), "`data.totals.tally[\"a b\"]` is counted by no rule that is loaded"},
		{"a key that is a constant", replaced(`site.name == "X"`, `data.index.sites["00000000-0000-0000-0000-000000000501"].name == "X"`), "cannot be looked up by a text that stands in the rule; use a GUID in a variable"},
		{"a misspelt section in a client rule", client(`input.name == "X"`, `data.estate.sitez[_].name == "X"`), "`data.estate.sitez` does not exist"},
		{"a misspelt field in a library", map[string]string{"a.rego": acme.Rule, "lib.rego": "package acme.lib\n\nnames contains site.nam if some site in data.estate.sites\n"}, "house/lib.rego:3:21: `site.nam` does not exist; did you mean `name`?"},
		{"a misspelt field of a client in a library", map[string]string{"a.rego": acme.Rule, "lib.rego": "package acme.lib\n\nf if input.plugin.instaled\n"}, "house/lib.rego:3:19: `input.plugin.instaled` does not exist"},
		{"a schema of its own", replaced("{data.estate: schema.estate}", "{data.estate: {type: object}}"), "house/a.rego:4:13: its METADATA gives data.estate a schema of its own; it is described by schema.estate"},
		{"another document's schema", replaced("{data.estate: schema.estate}", "{data.estate: schema.client}"), "its METADATA gives data.estate a schema of its own"},
		{"a schema of a rule", replaced("violation contains", "# METADATA\n# schemas: [{data.estate: {type: object}}]\nviolation contains"), "its METADATA gives data.estate a schema of its own"},
		{"a schema of a part", replaced("[{data.estate: schema.estate}]", "[{data.estate: schema.estate}, {data.estate.sites: {type: array}}]"), "its METADATA has a schema for data.estate.sites"},
		{"broken parameters", map[string]string{"a.rego": acme.Rule, "params.yaml": "a: [1"}, "house/params.yaml: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := packOf(tt.files)
			if err == nil {
				t.Fatalf("loaded; want an error with %q", tt.want)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestNeedsAreDerived(t *testing.T) {
	library := "package acme.lib\n\nservers(site) := data.index.site_package_servers[site]\n"
	estate := strings.Replace(acme.Rule, `site.name == "X"`, `count(data.acme.lib.servers(site.guid)) == data.totals.sites[site.guid].clients`, 1)
	client := strings.Replace(acme.ClientRule, `input.name == "X"`, `not _licensed`, 1) +
		"\n_licensed if input.licence.in_use == true\n\nunknown contains {\"msg\": \"?\"} if input.location.site == null\n"
	whole := strings.NewReplacer("CLI-001", "CLI-002", "called_x", "whole", `input.name == "X"`, `object.get(input, ["name"], "") == "X"`).Replace(acme.ClientRule)
	p := mustPack(t, map[string]string{"lib.rego": library, "a.rego": estate, "b.rego": client, "c.rego": whole})
	want := map[string][]string{
		"ACME-SITE-001": {"clients", "clients.addresses", "package_servers", "package_servers.addresses", "package_servers.sites", "sites", "subnets", "subnets.sites"},
		"ACME-CLI-001":  {"clients", "clients.addresses", "clients.licence", "subnets", "subnets.sites"},
		"ACME-CLI-002": {"clients", "clients.addresses", "clients.agents", "clients.filters", "clients.inventory",
			"clients.licence", "clients.packages", "clients.plugin_policies", "clients.task_agent"},
	}
	for id, sections := range want {
		r, ok := p.Rule(id)
		if !ok {
			t.Fatalf("no rule %s", id)
		}
		if diff := cmp.Diff(sections, r.Needs); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
}

func TestTalliesAreNeeded(t *testing.T) {
	reader := strings.Replace(acme.Rule, `site.name == "X"`, `data.totals.tally.unlicensed > 3`, 1)
	counter := acme.ClientRule + "\ntally contains [\"unlicensed\"] if input.licence.in_use == false\n"
	p := mustPack(t, map[string]string{"a.rego": reader, "b.rego": counter})
	r, _ := p.Rule("ACME-SITE-001")
	if diff := cmp.Diff([]string{"clients", "clients.licence", "sites"}, r.Needs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRemediationByVersion(t *testing.T) {
	text := strings.Replace(acme.Rule, "[{text: Rename it.}]",
		`[{versions: ">=7, <7.1.8400", text: old}, {versions: ">=7.1.8400, <8", text: middle}, {versions: ">=8", text: new}]`, 1)
	p := mustPack(t, map[string]string{"a.rego": text})
	for version, want := range map[string]string{
		"7.1.8200": "old", "7.1.8400": "middle", "7.10.1": "middle", "7.5.3153.0": "middle", "8.5.5032": "new", "6.2.3693": "", "": "old middle new", "seven": "old middle new",
	} {
		var got []string
		for _, m := range p.Rules[0].RemediationFor(version) {
			got = append(got, m.Text)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("version %q: got %v, want %s", version, got, want)
		}
	}
}

// The built-in rules are neither held to the schemas nor searched for misspelt
// annotations when they are loaded.
func TestTheBuiltinRulesAreSound(t *testing.T) {
	if _, err := LoadPack(Source{Name: "copy", FS: copyFS(t, policies.FS, policies.Schemas)}); err != nil {
		t.Error(err)
	}
}

// copyFS is a copy of the rules that is not taken for the built-in ones.
func copyFS(t *testing.T, from ...fs.FS) fs.FS {
	t.Helper()
	dir := t.TempDir()
	for _, f := range from {
		if err := os.CopyFS(dir, f); err != nil {
			t.Fatal(err)
		}
	}
	return os.DirFS(dir)
}
