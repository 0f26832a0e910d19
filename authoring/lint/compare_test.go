package lint

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const comparedHead = `# METADATA
# title: T
# description: D.
# schemas: [{input: schema.client}, {data.estate: schema.estate}, {data.index: schema.index}, {data.params: schema.params}]
# custom: {id: ACME-001, severity: low, scope: client, step: "+", remediation: [{text: X}]}
package acme.compared

violation contains {"msg": "X"} if {
`

// ofInput is a helper whose input others replace.
const ofInput = `
_of_input if {
	v := input.plugin.version
	v in [8, 9]
}
`

const comparedHelpers = `}

_version := input.plugin.version

_version_or(other) := v if {
	v := input.plugin.version
	v != null
} else := other

_versions contains p.agent_version if some p in data.estate.package_servers

_below(a, b) if a < b

_known(p) if p.status == "redy"

_number(v) := n if {
	is_string(v)
	n := to_number(v)
} else := v if {
	is_number(v)
	v > 0
}

_days(v) := "none" if v == null else := sprintf("%d", [v])

_rank("ready") := 1

_rank("downloaded") := 2

_by_guid[server.guid] := server if some server in data.estate.package_servers
`

// compared is what is found in the body of a rule.
func compared(t *testing.T, code string) (got []string) {
	t.Helper()
	helpers := comparedHelpers
	if strings.Contains(code, "_of_input") {
		helpers += ofInput
	}
	files := fstest.MapFS{
		"pack.yaml":       {Data: []byte("name: acme\nversion: 1.0.0\n")},
		"params.yaml":     {Data: []byte("limit: 8.6\nversion: \"8.6\"\nnames: [a, b]\nlimits: [1, 2]\nempty: []\nanything: {a: 1}\nswitch: true\n")},
		"x/compared.rego": {Data: []byte(comparedHead + "\t" + strings.ReplaceAll(code, "; ", "\n\t") + "\n" + helpers)},
	}
	for _, p := range lintFiles(t, files, Options{}).Problems {
		if p.Severity == Error {
			t.Error(p.Text())
		}
		if slices.Contains([]string{mixedTypes, versionAsText, noMembers, unknownValue, wrongVerb}, p.Name) {
			got = append(got, p.Name+" "+p.Message)
		}
	}
	return got
}

// TestComparisons: what says nothing is found, wherever the values come from.
func TestComparisons(t *testing.T) {
	const (
		versionAndLimit = "mixed-types `<` compares input.plugin.version (a text) with data.params.limit (a number); every number is below every text, whatever they say"
		asText          = "version-as-text `<` compares input.plugin.version with %s as texts, by which 8.10 is below 8.9"
	)
	for code, want := range map[string][]string{
		`input.plugin.version < data.params.limit`:                 {versionAndLimit},
		`v := input.plugin.version; v < data.params.limit`:         {strings.Replace(versionAndLimit, "input.plugin.version", "`v`", 1)},
		`p := input.plugin; w := p; w.version < data.params.limit`: {versionAndLimit},
		`_version < data.params.limit`:                             {versionAndLimit},
		`c := input; c.plugin.version < data.params.limit`:         {versionAndLimit},
		`_version_or("0") < 8`:                                     {"mixed-types `<` compares a text with 8 (a number); every number is below every text, whatever they say"},
		`not input.plugin.version < data.params.limit`:             {versionAndLimit},
		`x := input.plugin.version < data.params.limit; x == true`: {versionAndLimit},
		`_below(input.plugin.version, data.params.limit)`:          {"mixed-types `<` compares `a` (a text) with `b` (a number); every number is below every text, whatever they say"},
		`some v in _versions; v >= 8`:                              {"mixed-types `>=` compares `v` (a text) with 8 (a number); every number is below every text, whatever they say"},
		`every v in _versions { v >= 8 }`:                          {"mixed-types `>=` compares `v` (a text) with 8 (a number); every number is below every text, whatever they say"},
		`count([1 | some v in _versions; v >= 8]) == 0`:            {"mixed-types `>=` compares `v` (a text) with 8 (a number); every number is below every text, whatever they say"},
		`some g; _by_guid[g].agent_version > 8`:                    {"mixed-types `>` compares data.estate.package_servers[_].agent_version (a text) with 8 (a number); every number is below every text, whatever they say"},
		`input.addresses > 1`:                                      {"mixed-types `>` compares input.addresses (a list) with 1 (a number); every number is below every list, whatever they say"},
		`x := data.params.switch; not x != "true"`:                 {"mixed-types `x` (a boolean) is never the same as \"true\" (a text)"},
		`input.plugin.version != data.params.limit`:                {"mixed-types input.plugin.version (a text) is never the same as data.params.limit (a number)"},
		`input.plugin.version in data.params.limits`:               {"mixed-types input.plugin.version (a text) is never the same as data.params.limits[_] (a number)"},
		`input.plugin.version in [8, 9]`: {
			"mixed-types input.plugin.version (a text) is never the same as 8 (a number)",
			"mixed-types input.plugin.version (a text) is never the same as 9 (a number)",
		},
		`object.get(input.plugin, "version", "0") < 8`: {"mixed-types `<` compares a text with 8 (a number); every number is below every text, whatever they say"},
		`sprintf("%v", [input.plugin.version]) < 8`:    {"mixed-types `<` compares a text with 8 (a number); every number is below every text, whatever they say"},
		`count(input.addresses) > "3"`:                 {"mixed-types `>` compares a number with \"3\" (a text); every number is below every text, whatever they say"},

		`input.plugin.version < "8.6"`:               {strings.Replace(asText, "%s", `"8.6"`, 1)},
		`input.plugin.version < data.params.version`: {strings.Replace(asText, "%s", "data.params.version", 1)},
		`v := input.domain; v < "8.10"`:              {"version-as-text `<` compares `v` with \"8.10\" as texts, by which 8.10 is below 8.9"},

		`{"a": 1}[k] == 1; k < 3; [1][i] == 1; i < "a"`: {"mixed-types `<` compares `i` (a number) with \"a\" (a text); every number is below every text, whatever they say"},
		`"abc" in input.name`:                           {"no-members `in` looks for a member of input.name, and a text has none"},
		`not 3 in data.params.limit`:                    {"no-members `in` looks for a member of data.params.limit, and a number has none"},

		`input.packages.scan.status == "download"`:                  {"unknown-value input.packages.scan.status is never \"download\"; did you mean \"downloaded\"?"},
		`input.packages.scan.status != "no such"`:                   {"unknown-value input.packages.scan.status is never \"no such\"; it is one of downloaded, failed, pending"},
		`input.packages[_].status == "Failed"`:                      {"unknown-value input.packages[_].status is never \"Failed\"; did you mean \"failed\"?"},
		`not input.packages.scan.status in {"failed", "ready"}`:     {"unknown-value input.packages.scan.status is never \"ready\"; it is one of downloaded, failed, pending"},
		`_known(input.packages.scan); _known(input.packages.tools)`: {"unknown-value input.packages[_].status is never \"redy\"; it is one of downloaded, failed, pending"},
		`some p in data.estate.policies; "plugin" == p.role`:        {"unknown-value data.estate.policies[_].role is never \"plugin\"; it is one of plugin_install, plugin_policy, vulnerability_analysis"},
		`some s in data.estate.sites; "NS" in s.prevent_downloads`:  {"unknown-value data.estate.sites[_].prevent_downloads[_] is never \"NS\"; did you mean \"Ns\"?"},
		`_rank(input.packages.scan.status) == 1`:                    {"unknown-value input.packages.scan.status is never \"ready\"; it is one of downloaded, failed, pending"},
		`want := "okay"; input.packages.scan.status == want`:        {"unknown-value input.packages.scan.status is never \"okay\"; it is one of downloaded, failed, pending"},
		`input.status == "active"`:                                  {`unknown-value input.status is written "Active", and not "active"`},
		`sprintf("%s", [data.params.limit]) != ""`:                  {"wrong-verb %s does not fit data.params.limit (a number)"},
		`sprintf("%5.1f", [input.plugin.version]) != ""`:            {"wrong-verb %f fits numbers, and not input.plugin.version (a text)"},
		`n := count(input.addresses); sprintf("%s", [n]) != ""`:     {"wrong-verb %s does not fit `n` (a number)"},
		`sprintf("%s%% of %d", [input.name]) != ""`:                 {"wrong-verb the format has 2 verbs for 1 value"},
		`sprintf("none", [input.name]) != ""`:                       {"wrong-verb the format has 0 verbs for 1 value"},
		`f := "%d"; sprintf(f, [input.addresses]) != ""`:            {"wrong-verb %d fits numbers, and not input.addresses (a list)"},
		`input.status in {"RETIRED", "Sold"}`:                       {`unknown-value input.status is written "Retired", and not "RETIRED"`},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(want, compared(t, code)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestComparisonsThatMaySaySomething are those that may look wrong and are not, or of
// which nobody can tell.
func TestComparisonsThatMaySaySomething(t *testing.T) {
	for _, code := range []string{
		`input.inventory.basic_age_days > data.params.limit`,
		`input.plugin.version == data.params.version`,
		`sprintf("%s %v %q %d%%", [input.name, data.params.limit, input.addresses, count(input.addresses)]) != ""`,
		`sprintf("%[1]s %[1]s", [input.name]) != ""`,
		`sprintf("%d", [data.params.anything.b]) != ""`,
		`sprintf("%d %v", data.params.limits) != ""`,
		`input.plugin.version == null`,
		`input.plugin.version < null`,
		`input.name < input.domain`,
		`input.inventory.basic_at < "2014-03-03T00:00:00Z"`,
		`_number(input.plugin.version) > 8`,
		`_days(input.inventory.basic_age_days) == "none"`,
		`_below(input.plugin.version, data.params.limit); _below(input.inventory.basic_age_days, data.params.limit); _below(data.params.names, 3)`,
		`is_number(input.plugin.version); input.plugin.version > 8`,
		`type_name(input.plugin.version) == "number"; input.plugin.version > 8`,
		`input.plugin.version in data.params.names`,
		`"8" in data.params.empty`,
		`8 in data.params.empty`,
		`data.params.anything.a == "1"`,
		`data.params.version == "9"`,
		`data.params.names[0] == "A"`,
		`"A" in data.params.names`,
		`input.packages.scan.status in {"failed", "pending"}`,
		`input.packages.scan.status in data.params.names`,
		`_known(input.packages.scan); some p in data.estate.package_servers; _known({"status": "redy"})`,
		`input.status == "In Stock"`,
		`input.status in {"Active", "Retired"}`,
		`[input.plugin.version, 8] == [8, 8]`,
		`input.plugin.version < data.params.limit with input as {"plugin": {"version": 8}}`,
		`v := input.plugin.version with input as {"plugin": {"version": 8}}; v < data.params.limit`,
		`_of_input with input as {"plugin": {"version": 8}}`,
		`_of_input with input.plugin as {"version": 8}`,
		`input.managed with input.plugin.version as 8; input.plugin.version < 8`,
		`_below(8, 9) with _version as 8; _version < 8`,
		`object.get(input, ["plugin", "version"], 8) == 8`,
		`to_number(input.plugin.version) > 8`,
		`some k, v in {"a": 1, "b": 2}; k == "a"; v < 3`,
		`some i; input.addresses[i] == "10.0.0.1/8"; i > 0`,
		`json.unmarshal("3") > "3"`,
		`x := {"a": 1, "b": "two"}; some k; x[k] == "two"; x[k] == 1`,
		`x := [1, "two"]; some i; x[i] == "two"; 1 in x; "two" in x`,
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			if got := compared(t, code); got != nil {
				t.Errorf("got %q", got)
			}
		})
	}
}
