package fields

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/policies"
	"github.com/nscheck/nscheck/snapshot"
)

func builtin(t *testing.T) (*rule.Pack, []Field) {
	t.Helper()
	pack, err := rule.LoadPack(rule.Source{Name: "builtin", FS: policies.FS})
	if err != nil {
		t.Fatal(err)
	}
	list, err := List(pack)
	if err != nil {
		t.Fatal(err)
	}
	return pack, list
}

// TestEveryFieldIsDescribed holds schemas and bindings to saying all that is shown.
func TestEveryFieldIsDescribed(t *testing.T) {
	_, list := builtin(t)
	paths := map[string]bool{}
	for _, f := range list {
		if paths[f.Path] {
			t.Errorf("%s is listed twice", f.Path)
		}
		paths[f.Path] = true
		leaf := !slices.ContainsFunc(list, func(o Field) bool { return len(o.steps) > len(f.steps) && covers(f.steps, o.steps) })
		switch {
		case f.Meaning == "":
			t.Errorf("%s has no meaning; comment the Go type, or describe it in the schema", f.Path)
		case f.Unit == "" && strings.Contains(f.Type, "number"):
			t.Errorf("%s has no unit; give the Go field a tag jsonschema_extras:\"unit=…\"", f.Path)
		case leaf && f.Source == "" && f.Type != "object" && !f.copy && f.steps[0] != "index":
			t.Errorf("nothing says where %s is read from; name it in the head comment of a query as \"-- field: …\"", f.Path)
		case f.Source == fromCMDB && (f.Evidence == "" || len(f.Columns) == 0):
			t.Errorf("%s has no evidence or columns", f.Path)
		}
	}
	for _, path := range []string{"input.guid", "data.estate.sites[].name", "data.index.site_package_servers", "data.totals.sites[a GUID].clients", "data.params.required_packages"} {
		if !paths[path] {
			t.Errorf("%s is not listed", path)
		}
	}
}

// TestBindingsNameFields finds head comments that name what is no field.
func TestBindingsNameFields(t *testing.T) {
	_, list := builtin(t)
	for _, b := range binding.All() {
		for _, bound := range b.Fields {
			steps := strings.Split(bound.Path, ".")
			known := slices.ContainsFunc(list, func(f Field) bool { return len(f.steps) == len(steps) && covers(steps, f.steps) })
			if !known {
				t.Errorf("%s fills %s, and there is no such field", b.Section, bound.Path)
			}
		}
	}
}

func TestFind(t *testing.T) {
	_, list := builtin(t)
	tests := []struct{ path, first, refusal string }{
		{"", "input", ""},
		{"data", "input", ""},
		{"input.packages.plugin", "input.packages.plugin", ""},
		{"packages.plugin.status", "input.packages.plugin.status", ""},
		{"estate.sites", "data.estate.sites", ""},
		{"data.estate.sites[_].name", "data.estate.sites[].name", ""},
		{"data.estate.sites[i][j].name", "data.estate.sites[].name", ""},
		{"sites", "data.estate.sites", ""},
		{"index.sites.name", "data.index.sites[a GUID].name", ""},
		{`data.totals.sites["x"].clients`, "data.totals.sites[a GUID].clients", ""},
		{"params.other_vendors", "data.params.other_vendors", ""},
		{" input ", "input", ""},
		{"input.plugin.instaled", "", "rules can read no input.plugin.instaled; did you mean input.plugin.installed?"},
		{"sites.package_servers", "", "rules can read no sites.package_servers; did you mean data.index.site_package_servers?"},
		{"estate.sites.constrained", "", "rules can read no estate.sites.constrained; did you mean data.estate.package_servers[].constrained?"},
		{"input.agent.nothing_like_it", "", "rules can read no input.agent.nothing_like_it; input.agent has version"},
		{"zzz", "", `rules can read no zzz; "nscheck schema" lists all`},
		{"..", "", `rules can read no ..; "nscheck schema" lists all`},
		{"*", "", `rules can read no *; "nscheck schema" lists all`},
		{strings.Repeat("x", 100000), "", "rules can read no " + strings.Repeat("x", 100000) + `; "nscheck schema" lists all`},
	}
	for _, tt := range tests {
		found, err := Find(list, tt.path)
		switch {
		case tt.refusal != "":
			if err == nil || err.Error() != tt.refusal {
				t.Errorf("%.50s: %v", tt.path, err)
			}
		case err != nil:
			t.Errorf("%s: %v", tt.path, err)
		case found[0].Path != tt.first:
			t.Errorf("%s: the first is %s", tt.path, found[0].Path)
		}
	}
}

// TestStockOPATakesTheSchemas has the stock opa command check a custom rule with the
// schemas as they are written for it.
func TestStockOPATakesTheSchemas(t *testing.T) {
	pack, _ := builtin(t)
	schemas, err := pack.Schemas()
	if err != nil {
		t.Fatal(err)
	}
	schemas["snapshot"] = snapshot.Schema()
	dir := t.TempDir()
	for name, text := range schemas {
		if err := os.WriteFile(filepath.Join(dir, name+".json"), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const rule = `# METADATA
# schemas: [{input: schema.client}, {data.estate: schema.estate}, {data.params: schema.params}, {data.totals: schema.totals}, {data.index: schema.index}]
package acme.rule

violation contains {"msg": site.name} if {
	input.plugin.installed == true
	some site in data.estate.sites
	data.totals.sites[site.guid].clients > data.params.large_estate_clients
	count(data.index.site_package_servers[site.guid]) == 0
}
`
	check := func(text string) (string, error) {
		file := filepath.Join(t.TempDir(), "rule.rego")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("go", "tool", "opa", "check", "--strict", "--schema", dir, file).CombinedOutput()
		return string(out), err
	}
	if out, err := check(rule); err != nil {
		t.Errorf("a good rule: %v\n%s", err, out)
	}
	for from, to := range map[string]string{
		"input.plugin.installed": "input.plugin.instaled", "site.name": "site.nam", "large_estate_clients": "large_estate",
		"].clients": "].client", "site_package_servers": "site_servers",
	} {
		if out, err := check(strings.Replace(rule, from, to, 1)); err == nil || !strings.Contains(out, "undefined ref") {
			t.Errorf("%s is not found: %v\n%s", to, err, out)
		}
	}
}
