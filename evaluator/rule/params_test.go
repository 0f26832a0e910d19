package rule

import (
	"strings"
	"testing"

	"github.com/nscheck/nscheck/internal/acme"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/policies"
)

func TestParameters(t *testing.T) {
	files := map[string]string{
		"a.rego":      strings.Replace(acme.Rule, `site.name == "X"`, `site.name in data.params.names`, 1),
		"params.yaml": "names: [X, Y]\nlimit: 3\nsince: 2014-01-01\nworse: {a: 1}\n",
	}
	tests := []struct{ name, value, want string }{
		{"names", "[Z]", ""},
		{"limit", "4.5", ""},
		{"limit", "18446744073709551615", ""},
		{"limit", "-5", ""}, // a pack without a schema checks kinds only
		{"since", "2015-02-03", ""},
		{"since", "8.10", ""}, // a text, for its default is one
		{"since", "true", `parameter since must be a text, not the boolean "true"`},
		{"limits", "4", `there is no parameter "limits"; known are limit, names, since, worse`},
		{"limit", "many", `parameter limit must be a number, not the text "many"`},
		{"limit", "2014-01-01", `parameter limit must be a number, not the text "2014-01-01"`},
		{"limit", "", `parameter limit must be a number, and no value is given`},
		{"limit", ".nan", `parameter limit: ".nan" is not a value: line 1: .nan is not a number that rules can reckon with`},
		{"limit", "-.inf", `-.inf is not a number that rules can reckon with`},
		{"limit", "1\n---\n2", `a second YAML document begins here, and only one is read`},
		{"names", "X", `parameter names must be a list, such as [Leeds, York], not the text "X"`},
		{"names", "[X", `parameter names: "[X" is not a value`},
		{"names", "[{1: 2}]", `parameter names: "[{1: 2}]" is not a value: line 1: the key 1 is not a text; put it in quotes`},
		{"names", "&a [*a]", `is not a value: `},
		{"worse", "{a: 1, a: 2}", `the key "a" is repeated, it is first in line 1; remove one`},
	}
	for _, tt := range tests {
		p := mustPack(t, files)
		err := p.SetParam(tt.name, tt.value, "--param")
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%s=%s: %v", tt.name, tt.value, err)
		case tt.want == "" && !cmp.Equal(p.Info.ChangedParams, []string{tt.name}):
			t.Errorf("%s=%s: changed parameters are %v", tt.name, tt.value, p.Info.ChangedParams)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s=%s: got %v, want %s", tt.name, tt.value, err, tt.want)
		}
	}
}

// A version such as 8.10 must not become the number 8.1.
func TestTextsThatLookLikeNumbers(t *testing.T) {
	p := mustPack(t, map[string]string{"a.rego": acme.Rule, "params.yaml": "minimum: \"8.6\"\n"})
	for _, value := range []string{"8.10", "8", "8.6.3268", `"8.10"`, " 8.10 "} {
		if err := p.SetParam("minimum", value, "--param"); err != nil {
			t.Fatal(err)
		}
		if got, want := p.Info.Params["minimum"], strings.Trim(value, `" `); got != want {
			t.Errorf("minimum=%s is %#v, want %q", value, got, want)
		}
	}
}

func TestANumberForATextInAFile(t *testing.T) {
	p := mustPack(t, map[string]string{"a.rego": acme.Rule, "params.yaml": "minimum: \"8.6\"\n"})
	err := p.SetParamNode("minimum", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!float", Value: "8.10"}, "nscheck.yaml:2")
	if want := "parameter minimum must be a text, not the number 8.10; write it in quotes"; errorText(err) != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestParametersOfTheBuiltinRules(t *testing.T) {
	tests := []struct{ name, value, want string }{
		{"required_packages", "[scan]", ""},
		{"clock_tolerance_days", "0", ""},
		{"required_packages", "[]", "parameter required_packages must have 1 entry or more, not 0"},
		{"required_packages", "[scan, foo]", `parameter required_packages[1] must be one of plugin, scan, tools, not "foo"`},
		{"required_packages", "[scan, scan]", "parameter required_packages names an entry twice"},
		{"clock_tolerance_days", "-5", "parameter clock_tolerance_days must be 0 or more, not -5"},
		{"clock_tolerance_days", "1.5", "parameter clock_tolerance_days must be a whole number, not 1.5"},
		{"plugin_filter", "d3ba9ca7", "parameter plugin_filter must look like"},
		{"licences_owned", "5650", ""},
		{"licences_owned", "null", ""},
		{"licences_owned", "many", `parameter licences_owned must be null or a whole number, not "many"`},
		{"licences_owned", "-1", "parameter licences_owned must be 0 or more, not -1"},
		{"other_vendors", `[""]`, "parameter other_vendors[0] must have 1 character or more, not 0"},
	}
	p, err := LoadPack(Source{Name: "builtin", FS: policies.FS})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		err := p.SetParam(tt.name, tt.value, "--param")
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s=%s: got %v, want %s", tt.name, tt.value, err, tt.want)
		}
	}
}

func TestParameterFiles(t *testing.T) {
	const schema = `{"properties": {"limit": {"type": "integer", "minimum": 1}}}`
	tests := []struct{ name, params, schema, want string }{
		{"good", "limit: 3", schema, ""},
		{"empty", "", "", ""},
		{"a default that the schema refuses", "limit: 0", schema, "house/params.yaml: parameter limit must be 1 or more, not 0"},
		{"a parameter that is none", "limits: 3", schema, `house/schemas/params.json describes the parameter "limit", which params.yaml does not have`},
		{"a schema that is none", "limit: 3", `{"properties": 3}`, "house/schemas/params.json: "},
		{"a schema elsewhere", "limit: 3", `{"$ref": "http://127.0.0.1/x.json"}`, "a schema of parameters must stand alone"},
		{"no default", "limit:", "", "house/params.yaml: parameter limit has no default"},
		{"a default that is unknown", "limit: null", `{"properties": {"limit": {"type": ["null", "integer"]}}}`, ""},
		{"no default where the schema wants one", "limit:", schema, "house/params.yaml: parameter limit must be a whole number, not null"},
		{"a list", "[limit]", "", "house/params.yaml must name parameters and their values, and is a list"},
		{"two documents", "limit: 3\n---\nlimit: 4\n", "", "house/params.yaml: line 2, column 1: a second YAML document begins here, and only one is read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{"a.rego": acme.Rule, "params.yaml": tt.params}
			if tt.schema != "" {
				files["schemas/params.json"] = tt.schema
			}
			_, err := packOf(files)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestSchemaOfAParameterThatRefersToItself(t *testing.T) {
	_, err := packOf(map[string]string{"a.rego": acme.Rule, "params.yaml": "a: 1\n", "schemas/params.json": `{"properties": {"a": {"$ref": "#/properties/a"}}}`})
	if want := "parameter a cannot be checked, for its schema refers to itself without an end"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}
