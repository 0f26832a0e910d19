package snapshot_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

// regoSchemas loads the schemas as `opa check --schema policies/schemas` does.
func regoSchemas(t *testing.T) *ast.SchemaSet {
	t.Helper()
	set := ast.NewSchemaSet()
	for _, name := range []string{"estate", "client"} {
		text, err := os.ReadFile("../policies/schemas/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var schema any
		if err := json.Unmarshal(text, &schema); err != nil {
			t.Fatal(err)
		}
		set.Put(ast.MustParseRef("schema."+name), schema)
	}
	return set
}

func compileRego(t *testing.T, body string) error {
	t.Helper()
	module, err := ast.ParseModuleWithOpts("rule.rego", `# METADATA
# scope: package
# schemas:
#   - data.estate: schema.estate
#   - input: schema.client
package rule

`+body, ast.ParserOptions{ProcessAnnotation: true})
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	compiler := ast.NewCompiler().WithSchemas(regoSchemas(t)).WithUseTypeCheckAnnotations(true).WithStrict(true)
	compiler.Compile(map[string]*ast.Module{"rule.rego": module})
	if compiler.Failed() {
		return compiler.Errors
	}
	return nil
}

func TestSchemasTypeCheckRego(t *testing.T) {
	good := map[string]string{
		"nullable boolean": `
			a if data.estate.package_servers[_].constrained == null
			b if data.estate.package_servers[_].constrained == false
			c if data.estate.package_servers[_].constrained
			d if not data.estate.server.read_committed_snapshot`,
		"nullable text and number": `
			a if input.packages.scan.status == null
			b if input.packages.scan.status == "failed"
			c if input.packages.scan.status_age_days == null
			d if input.packages.scan.status_age_days > 30
			e if startswith(input.agent.version, "7.5")
			f if is_null(input.domain)
			g if input.domain != null`,
		"iteration": `
			violation contains x.name if {
				some x in data.estate.sites
				every s in data.estate.package_servers { not x.guid in s.sites }
			}
			n := count([s | some s in data.estate.subnets; count(s.sites) == 0])
			m := {s.guid: s.cidr | some s in data.estate.subnets}`,
		"dynamic role": `
			a contains role if {
				some role in ["plugin", "scan", "tools"]
				data.estate.package_servers[_].packages[role].status != "ready"
			}
			b contains role if {
				some role, p in input.packages
				p.last_run.return_code == 0
			}`,
		"object.get and walk": `
			a := object.get(data.estate, "sites", null)
			b := object.get(input, ["packages", "scan", "status"], null)
			c contains x if walk(data.estate, [_, x])`,
		"absent section": `
			a if not data.estate.sites
			b if not input.packages.tools`,
		"dates": `
			a := time.parse_rfc3339_ns(data.estate.patch_import.last_success_at)
			b := data.estate.vendor_policies[0].package_assignment.type
			c if data.estate.vendor_policies[_].package_assignment.type == "site"
			d := net.cidr_contains(data.estate.subnets[0].cidr, input.addresses[0])
			e := input.location.site`,
	}
	for name, body := range good {
		t.Run(name, func(t *testing.T) {
			if err := compileRego(t, body); err != nil {
				t.Errorf("does not compile: %v", err)
			}
		})
	}
}

func TestSchemasRefuseMisspeltRego(t *testing.T) {
	bad := map[string]struct{ body, want string }{
		"section":            {`a if data.estate.sitez`, "undefined ref: data.estate.sitez"},
		"field of element":   {`a if data.estate.package_servers[_].constraned`, "undefined ref: data.estate.package_servers[_].constraned"},
		"through some":       {`a if { some x in data.estate.sites; x.nmae == "Leeds" }`, "undefined ref"},
		"second reference":   {`a if data.estate.package_servers[_].packages.tools.statuz`, "undefined ref"},
		"nested":             {`a if data.estate.vendor_policies[_].package_assignment.automatic`, "undefined ref"},
		"below text":         {`a if data.estate.sites[_].name.first`, "undefined ref"},
		"client section":     {`a if input.plugins`, "undefined ref: input.plugins"},
		"client field":       {`a if input.packages.scan.last_run.exit_code == 0`, "undefined ref"},
		"location":           {`a if input.location.sit`, "undefined ref"},
		"never null":         {`a if data.estate.sites[_].guid == null`, "match error"},
		"text where number":  {`a := input.name + 1`, "invalid argument"},
		"through assignment": {`a if { x := data.estate.subnets[_]; x.cider == "10.0.0.0/8" }`, "undefined ref"},
	}
	for name, test := range bad {
		t.Run(name, func(t *testing.T) {
			err := compileRego(t, test.body)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want one with %q", err, test.want)
			}
		})
	}
}

// What OPA's type checker does not see, so that nobody relies on it: it knows
// no null, takes "or null" for any type, and does not look into every.
func TestSchemasLimits(t *testing.T) {
	for name, body := range map[string]string{
		"wrong type for a nullable": `a if data.estate.package_servers[_].constrained == "yes"`,
		"misspelt inside every":     `a if { every x in data.estate.sites { x.nmae == "Leeds" } }`,
	} {
		if err := compileRego(t, body); err != nil {
			t.Errorf("%s: OPA finds it now (%v); say so in the rule author's guide", name, err)
		}
	}
}

func TestSchemaErrorNamesFields(t *testing.T) {
	err := compileRego(t, `a if data.estate.sitez`)
	if err == nil || !strings.Contains(err.Error(), `have: "sitez"`) || !strings.Contains(err.Error(), `"sites"`) {
		t.Errorf("the error does not name the possible fields: %v", err)
	}
}
