package lint

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// found are the problems as name, place and message.
func found(r *Report) (out []string) {
	for _, p := range r.Problems {
		out = append(out, fmt.Sprintf("%s:%d:%d %s %s", strings.TrimPrefix(p.File, "house/"), p.Line, p.Column, p.Name, p.Message))
	}
	return out
}

func replaced(t *testing.T, files fstest.MapFS, name, old, new string) {
	t.Helper()
	text := string(files[name].Data)
	if !strings.Contains(text, old) {
		t.Fatalf("%q is not in %s", old, name)
	}
	files[name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(text, old, new))}
}

// TestNothingHidesWhatIsBehindIt: OPA ends with the stage of compiling that finds
// something, and so with the first file that does not parse.
func TestNothingHidesWhatIsBehindIt(t *testing.T) {
	files := house(t)
	replaced(t, files, "lib/versions.rego", "[0])", "[0]")                                                    // syntax
	replaced(t, files, "client/plugin_old.rego", "input.plugin.installed == true", "unused := 1\n\tnofun(3)") // strict, functions
	replaced(t, files, "site/no_server.rego", `"name": site.name}`, `"name": nobody}`)                        // safety
	replaced(t, files, "site/no_server.rego", "data.index.unplaced_package_servers", "data.index.unplaced")   // types, twice
	replaced(t, files, "site/no_server_test.rego", "count(rule.violation) == 1", "count(rule.violation == 1") // syntax of tests
	want := []string{
		`client/plugin_old.rego:29:2 compile assigned var unused unused`,
		"client/plugin_old.rego:30:2 compile there is no function `nofun`",
		`lib/versions.rego:8:1 syntax unexpected identifier token: expected "," or ")"`,
		"site/no_server.rego:23:19 unknown-path `data.index.unplaced` does not exist; there are address_sites, filters, names, package_server_sites, package_servers, packages, partial_sections, several_packages, site_package_servers, sites, subnet_sites, subnets, unplaced_package_servers",
		"site/no_server.rego:30:19 unknown-path `data.index.unplaced` does not exist; there are address_sites, filters, names, package_server_sites, package_servers, packages, partial_sections, several_packages, site_package_servers, sites, subnet_sites, subnets, unplaced_package_servers",
		`site/no_server.rego:36:20 compile var nobody is unsafe`,
		`site/no_server_test.rego:10:28 test-file unexpected with keyword: expected "," or ")"`,
	}
	if diff := cmp.Diff(want, found(lintFiles(t, files, Options{}))); diff != "" {
		t.Error(diff)
	}
}

// TestMisspeltFieldsEverywhere holds the search for them to all ways to get at a
// field, and the caret to the name.
func TestMisspeltFieldsEverywhere(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{`site.nme == "x"`, "`site.nme` does not exist; did you mean `name`?"},
		{`some s in data.estate.sites; s.nme == "x"`, "`s.nme` does not exist; did you mean `name`?"},
		{`every s in data.estate.sites { s.nme == "x" }`, "`s.nme` does not exist; did you mean `name`?"},
		{`every s in data.estate.sites { every q in s.subntes { q == 1 } }`, "`s.subntes` does not exist; there are guid, name, prevent_downloads"},
		{`some i; data.estate.policies[i].scheduels[_].type == "x"`, "`data.estate.policies[i].scheduels` does not exist; did you mean `schedules`?"},
		{`count([n | n := data.estate.policies[_].nme]) == 0`, "`data.estate.policies[_].nme` does not exist; did you mean `name`?"},
		{`data.estate.server.vresion == "8"`, "`data.estate.server.vresion` does not exist; did you mean `version`?"},
		{`data.estate["server"]["vresion"] == "8"`, "`data.estate.server.vresion` does not exist; did you mean `version`?"},
		{`data.index.sites[site.guid].nme == "x"`, "`data.index.sites[site.guid].nme` does not exist; did you mean `name`?"},
		{`data.totals.client == 3`, "`data.totals.client` does not exist; did you mean `clients`?"},
		{`data.params.plugin_oldest_mayor == 3`, "`data.params.plugin_oldest_mayor` does not exist; did you mean `plugin_oldest_major`?"},
		{`data.acme.lib.version.x == 3`, "ACME-SITE-001: `data.acme.lib.version` is not defined by any rule, and nscheck provides only data.estate, data.index, data.totals and data.params; did you mean `versions`?"},
	} {
		t.Run(c.code, func(t *testing.T) {
			t.Parallel()
			files := house(t)
			const old = "count(data.index.unplaced_package_servers) == 0"
			replaced(t, files, "site/no_server.rego", old, c.code)
			replaced(t, files, "site/no_server.rego", "#   - data.index: schema.index", "#   - data.index: schema.index\n#   - data.totals: schema.totals\n#   - data.params: schema.params")
			report := lintFiles(t, files, Options{})
			i := slices.IndexFunc(report.Problems, func(p Problem) bool {
				return p.Name == string(rule.FlawUnknownPath) && p.Message == c.want
			})
			if i < 0 {
				t.Fatalf("got %q", found(report))
			}
			p := report.Problems[i]
			_, name, _ := strings.Cut(p.Message, "`")
			name, _, _ = strings.Cut(name, "`")
			name = name[strings.LastIndex(name, ".")+1:]
			if at := strings.TrimPrefix(p.Source[p.Column-1:], `"`); !strings.HasPrefix(at, name) {
				t.Errorf("the caret is at %q, not at %q", at, name)
			}
		})
	}
}

// TestNoUnknown holds the search for what is taken for fine to what it can know.
func TestNoUnknown(t *testing.T) {
	for name, c := range map[string]struct{ code, want string }{
		"a field":               {`input.plugin.installed == false`, "it reads input.plugin.installed, and defines no unknown: a client of which that is not known would pass"},
		"two fields":            {`input.plugin.installed == false; input.agent.version == "7"`, "it reads input.agent.version, input.plugin.installed, and defines no unknown: a client of which they are not known would pass"},
		"by a variable":         {`p := input.plugin; p.installed == false`, "it reads input.plugin.installed, "},
		"by a helper":           {`_off`, "it reads input.plugin.installed, "},
		"by an argument":        {`_is_off(input.plugin)`, "it reads input.plugin.installed, "},
		"what may be absent":    {`input.packages.scan.last_run.succeeded == false`, "it reads input.packages.scan, input.packages.scan.last_run, input.packages.scan.last_run.succeeded, "},
		"what is always there":  {`input.name == "X"`, ""},
		"a section":             {`count(input.filters) == 0`, ""},
		"compared with null":    {`input.plugin.installed != null; input.plugin.installed == false`, ""},
		"is_null":               {`not is_null(input.plugin.installed); input.plugin.installed == false`, ""},
		"object.get":            {`object.get(input.plugin, "installed", false) == false`, ""},
		"a field of the estate": {`some p in data.estate.policies; p.enabled == false`, "it reads data.estate.policies[_].enabled, "},
		"every":                 {`every p in data.estate.policies { p.enabled == false }`, "it reads data.estate.policies[_].enabled, "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := house(t)
			text := string(files["client/plugin_old.rego"].Data)
			head, _, _ := strings.Cut(text, "package")
			files["client/plugin_old.rego"] = &fstest.MapFile{Data: []byte(head + "package acme.client.plugin_old\n\n" +
				"violation contains {\"msg\": \"X\"} if {\n\t" + strings.ReplaceAll(c.code, "; ", "\n\t") + "\n}\n\n" +
				"_off if input.plugin.installed == false\n\n_is_off(p) if p.installed == false\n")}
			var got []string
			for _, p := range lintFiles(t, files, Options{}).Problems {
				if p.Severity == Error {
					t.Error(p.Text())
				}
				if p.Name == noUnknown {
					got = append(got, p.Message)
				}
			}
			if (c.want == "") != (len(got) == 0) || len(got) > 0 && !strings.HasPrefix(got[0], c.want) {
				t.Errorf("got %q", got)
			}
		})
	}
}

// TestNoUnknownOfTables: a table that nscheck makes may leave out what is not known, and
// is then as silent as a field of null.
func TestNoUnknownOfTables(t *testing.T) {
	for code, want := range map[string]string{
		`data.totals.sites[site.guid].clients > 3`:                                                               "it reads data.totals.sites, which leaves out clients of which the site is not known, and defines no unknown: whatever those would make it find, passes",
		`count(data.index.site_package_servers[site.guid]) < 2`:                                                  "it reads data.index.site_package_servers, which leaves out package servers of which the sites are not known, and",
		`some s in data.index.package_server_sites; site.guid in s`:                                              "it reads data.index.package_server_sites, ",
		`some guid in data.index.subnet_sites[_]; guid == site.guid`:                                             "it reads data.index.subnet_sites, ",
		`_packages["scan"].guid == site.guid`:                                                                    "it reads data.index.packages, ",
		`some p in data.index.packages; p.enabled == false`:                                                      "it reads data.index.packages.plugin.enabled, data.index.packages.scan.enabled, data.index.packages.tools.enabled, and",
		`data.index.package_servers[site.guid].constrained == true`:                                              "it reads data.index.package_servers[_].constrained, ",
		`count(data.index.site_package_servers[site.guid]) < 2; count(data.index.unplaced_package_servers) == 0`: "",
		`data.totals.sites[site.guid].clients > 3; data.totals.unlocated_clients == 0`:                           "",
		`_packages["scan"].guid == site.guid; not data.index.several_packages["scan"]`:                           "",
		`data.index.sites[site.guid].name == "X"`:                                                                "",
		`data.totals.clients > 3`:                                                                                "",
		`data.totals.subnets[site.guid].clients > 3`:                                                             "",
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			files := house(t)
			head, _, _ := strings.Cut(string(files["site/no_server.rego"].Data), "package acme")
			files["site/no_server.rego"] = &fstest.MapFile{Data: []byte(head + "package acme.site.no_server\n\n" +
				"violation contains {\"msg\": \"X\"} if {\n\tsome site in data.estate.sites\n\t" + strings.ReplaceAll(code, "; ", "\n\t") + "\n}\n\n" +
				"_packages := data.index.packages\n")}
			delete(files, "site/no_server_test.rego")
			var got []string
			for _, p := range lintFiles(t, files, Options{}).Problems {
				if p.Severity == Error {
					t.Error(p.Text())
				}
				if p.Name == noUnknown {
					got = append(got, p.Message)
				}
			}
			if (want == "") != (len(got) == 0) || len(got) > 0 && !strings.HasPrefix(got[0], want) {
				t.Errorf("got %q", got)
			}
		})
	}
}

// TestFieldsOfTheLintAreThere: a document without fields would find nothing.
func TestFieldsOfTheLintAreThere(t *testing.T) {
	docs, err := documents()
	if err != nil {
		t.Fatal(err)
	}
	for _, child := range snapshot.ClientFields.Children {
		if docs["input"].Fields[child.Name] == nil {
			t.Errorf("input has no field %s", child.Name)
		}
	}
	if n := docs["data.estate"].Fields["policies"]; n == nil || n.Unsure || n.Rest == nil || !n.Rest.Fields["enabled"].Unsure || n.Rest.Fields["guid"].Unsure {
		t.Errorf("policies: %+v", n)
	}
}

func TestRunSaysWhatItCannotDo(t *testing.T) {
	_, err := Run(context.Background(), []rule.Source{{Name: "house", FS: fstest.MapFS{"a.yaml": {}}}}, Options{})
	if err == nil || err.Error() != "there is no .rego file in house; name a folder that holds rules" {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("enough"))
	if _, err := Run(ctx, []rule.Source{{Name: "house", FS: house(t)}}, Options{}); err == nil || err.Error() != "enough" {
		t.Errorf("got %v", err)
	}
}

// TestSeveralFolders: what one pack claims, another cannot.
func TestSeveralFolders(t *testing.T) {
	other := fstest.MapFS{"a/x.rego": {Data: []byte(strings.Replace(string(house(t)["site/no_server.rego"].Data), "acme.site.no_server", "other.x", 1))}}
	report, err := Run(context.Background(), []rule.Source{{Name: "house", FS: house(t)}, {Name: "other", FS: other}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"other/a/x.rego:11:5 id-collision house/site/no_server.rego and other/a/x.rego both claim the id ACME-SITE-001; ids are never reused"}
	var got []string
	for _, line := range found(report) {
		if strings.Contains(line, "id-collision") {
			got = append(got, line)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestWithin: the whole pack is looked at, and what is asked for is reported.
func TestWithin(t *testing.T) {
	files := house(t)
	replaced(t, files, "client/plugin_old.rego", "{\n\tversions", "{\n\n\tversions")
	replaced(t, files, "client/plugin_old.yaml", "case: missing", "case: unknown")
	replaced(t, files, "site/no_server.rego", "ACME-SITE-001", "ACME-CLI-001")
	client := []string{"format", "missing-case"}
	for within, want := range map[string][]string{
		"client":                      client,
		"client/plugin_old.rego":      client,
		"client/plugin_old_test.rego": client,
		"client/plugin_old.yaml":      client,
		"site":                        {"id-collision"},
		"lib/versions.rego":           nil,
		"clien":                       nil,
		".":                           {"format", "missing-case", "id-collision"},
	} {
		report := lintFiles(t, files, Options{Within: map[string][]string{"house": {within}}})
		var got []string
		for _, p := range report.Problems {
			got = append(got, p.Name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", within, diff)
		}
	}
}

func TestErrorsCannotBeSilenced(t *testing.T) {
	files := house(t)
	replaced(t, files, "lib/versions.rego", "[0])", "[0])\n\n# nscheck:ignore compile it is fine\nbroken(x) := y")
	report := lintFiles(t, files, Options{})
	want := []string{
		"lib/versions.rego:7:1 ignore-unused compile is an error, and errors cannot be silenced",
		"lib/versions.rego:8:1 compile unused argument x. (hint: use _ (wildcard variable) instead)",
		"lib/versions.rego:8:14 compile var y is unsafe",
	}
	if diff := cmp.Diff(want, found(report)); diff != "" {
		t.Error(diff)
	}
}

func TestProblemsAsJSON(t *testing.T) {
	files := house(t)
	replaced(t, files, "client/plugin_old.rego", "#   severity: medium", "#   severity: bad")
	text, err := json.MarshalIndent(lintFiles(t, files, Options{}), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "strict": false,
  "errors": 1,
  "warnings": 0,
  "advice": 0,
  "problems": [
    {
      "name": "wrong-metadata",
      "severity": "error",
      "file": "house/client/plugin_old.rego",
      "line": 13,
      "column": 5,
      "rule": "ACME-CLI-001",
      "message": "ACME-CLI-001: severity \"bad\" is not one of critical, high, medium, low, info",
      "help": "Correct the value.",
      "source": "#   severity: bad"
    }
  ],
  "silenced": []
}`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Error(diff)
	}
}

// FuzzLint: whatever stands in a folder, nothing breaks, and each problem has a
// place in it.
func FuzzLint(f *testing.F) {
	f.Add("package a\n\nviolation contains {\"msg\": \"x\"} if input.plugin.instaled\n", "examples: []", "package a_test\n")
	f.Add("# METADATA\n# custom: {id: [], remediation: [3]}\npackage a\r\n\r\nviolation contains x if {", "examples: [{name: a, case: broken}]", "test_x if { y }")
	f.Add("\xef\xbb\xbfpackage a\n# nscheck:ignore\nx := 1\nf(x) if every y in x { y.a }\n", "\x00", "")
	f.Fuzz(func(t *testing.T, r, examples, test string) {
		files := fstest.MapFS{"x/a.rego": {Data: []byte(r)}, "x/a.yaml": {Data: []byte(examples)}, "x/a_test.rego": {Data: []byte(test)}}
		report, err := Run(context.Background(), []rule.Source{{Name: "house", FS: files}}, Options{Strict: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range report.Problems {
			file := files[strings.TrimPrefix(p.File, "house/")]
			if p.Message == "" || p.Line > 0 && (file == nil || p.Line > strings.Count(string(file.Data), "\n")+1) {
				t.Errorf("%+v", p)
			}
		}
	})
}

// TestFilesOfOtherNames: what is meant to be read and is not is told, whatever else is
// wrong.
func TestFilesOfOtherNames(t *testing.T) {
	for name, want := range map[string]string{
		"pack.yml":   "pack.yml:0:0 does-not-load house/pack.yml would not be read; call it pack.yaml",
		"params.yml": "params.yml:0:0 does-not-load house/params.yml would not be read; parameters stand in params.yaml at the top of the folder",
		"lib/x.REGO": "lib/x.REGO:0:0 does-not-load house/lib/x.REGO would not be read; write its ending as .rego",
	} {
		files := house(t)
		files[name] = &fstest.MapFile{}
		if diff := cmp.Diff([]string{want}, found(lintFiles(t, files, Options{Strict: true}))); diff != "" {
			t.Error(diff)
		}
		replaced(t, files, "site/no_server.rego", "site.name]", "site.nmae]")
		if got := found(lintFiles(t, files, Options{})); len(got) != 2 || !slices.Contains(got, want) {
			t.Errorf("beside another problem: %q", got)
		}
	}
}
