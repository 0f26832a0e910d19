package binding

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"gopkg.in/yaml.v3"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/collector/cmdb/tsql"
)

// TestShippedQueriesOnlyRead by the same check that users' queries pass.
func TestShippedQueriesOnlyRead(t *testing.T) {
	for _, b := range All() {
		if err := tsql.Check(b.Query); err != nil {
			t.Errorf("%s: %v", b.Section, err)
		}
		objects, err := tsql.Objects(b.Query)
		if err != nil {
			t.Fatal(err)
		}
		want, got := map[string]bool{}, map[string]bool{}
		for _, o := range b.Objects {
			want[strings.ToLower(o.Name)] = true
		}
		for _, name := range objects {
			got[strings.ToLower(name.Plain())] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: objects (-head comment +query):\n%s", b.Section, diff)
		}
		query := b.Query
		if b.Section == LicenceRows {
			query = strings.Replace(query, "    liu.*,\n", "", 1)
		}
		columns, err := tsql.Columns(query)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(b.Columns, columns); diff != "" {
			t.Errorf("%s: columns (-head comment +query):\n%s", b.Section, diff)
		}
	}
}

func parseBindings(t *testing.T, text, dir string) (*Set, error) {
	t.Helper()
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(text), &node); err != nil {
		t.Fatal(err)
	}
	return Parse(&node, filepath.Join(dir, "own.yaml"))
}

func TestParseBindings(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "sites.sql"), []byte("\xEF\xBB\xBF-- ours\r\nSELECT s.Id AS SiteId, s.Title FROM dbo.Sites s;\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	utf16le := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune("SELECT s.[Größe] AS guid, s.x AS cidr FROM Netze s")) {
		utf16le = append(utf16le, byte(u), byte(u>>8))
	}
	if err := os.WriteFile(filepath.Join(dir, "subnets.sql"), utf16le, 0o600); err != nil {
		t.Fatal(err)
	}
	set, err := parseBindings(t, `
sites: {file: sites.sql, columns: {guid: SiteId, name: Title}}
subnets: {file: subnets.sql}
licences: {parameters: {product: Other Product}}
clients.licence:
  sql: |
    SELECT x.Computer AS [key]
    FROM Licences x
    WHERE x.Kind = @kind AND x.Product LIKE @product
    ORDER BY x.Computer
  parameters: {kind: 7}
policies:
  values: {Software Update Plug-in Install: Plug-in d'installation}
  xpaths: {triggers: //plan/trigger}
vendor_policies:
  - versions: ">=8.5"
    xpaths: {assignment_type: //assign/@type}
    maps: {assignment_type: {"5": all, Six: site}}
  - versions: ">=7, <8"
    values: {Altiris.PatchManagementCore.Policies.PatchManagementVendorPolicy%: Our.Type%}
`, dir)
	if err != nil {
		t.Fatal(err)
	}
	old, current, unknown := set.Choose("7.5.3153"), set.Choose("8.5.3073.0"), set.Choose("")
	sites := old["sites"]
	if sites.Evidence() != "user" || sites.ColumnName("guid") != "SiteId" || sites.Objects[0].Name != "dbo.Sites" || sites.Origin() != "own.yaml:2" || sites.Fills == "" {
		t.Errorf("%+v", sites)
	}
	if !strings.Contains(old["subnets"].Query, "Größe") {
		t.Error(old["subnets"].Query)
	}
	if old["licences"].values["product"] != "Other Product" || old["licences"].Evidence() != "user" || len(old["licences"].Values) != len(Shipped()["licences"].Values) {
		t.Errorf("%+v", old["licences"])
	}
	if diff := cmp.Diff(map[string]any{"kind": int64(7)}, old["clients.licence"].values); diff != "" {
		t.Error(diff)
	}
	p := old["policies"]
	if p.values["value1"] != "Plug-in d'installation" || !strings.Contains(p.Query, "= @value1 THEN 'plugin_install'") || p.XPaths["triggers"] != "//plan/trigger" || p.XPaths["type"] != "@type" {
		t.Errorf("%+v", p)
	}
	if strings.Contains(Shipped()["policies"].Query, "@value1") || Shipped()["policies"].XPaths["triggers"] == "//plan/trigger" {
		t.Error("the shipped binding was changed")
	}
	v := current["vendor_policies"]
	if v.XPaths["assignment_type"] != "//assign/@type" || *v.Mapped("assignment_type", "SIX") != "site" || v.Mapped("assignment_type", "0") != nil {
		t.Errorf("%+v", v)
	}
	if got := old["vendor_policies"].values["value1"]; got != "Our.Type%" {
		t.Error(got)
	}
	if got := unknown["vendor_policies"].Evidence(); got == "user" {
		t.Error("a binding for certain versions was chosen for an unknown one")
	}
	if set, err := parseBindings(t, "", dir); err != nil || set != ShippedSet() {
		t.Error(err)
	}
	if len(set.All()) != len(All())+7 {
		t.Error(len(set.All()))
	}
}

func TestParseBindingsRefuses(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"bad.sql": "SELECT guid, name\nFROM a\nDELETE FROM a", "deep.yaml": "bindings: deep.yaml", "other.yaml": "binding: {}"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for text, want := range map[string]string{
		"[]":                                "line 1: bindings must be a mapping: sections and how each is filled",
		"\nsite: {}":                        `line 2: bindings: unknown section "site"; did you mean "sites"?`,
		"colours: {}":                       `unknown section "colours"; use one of clients, clients.addresses,`,
		"sites: {}":                         "line 1: bindings.sites is empty; use columns, file,",
		"sites:":                            "line 1: bindings.sites must be a mapping",
		"sites: x":                          "line 1: bindings.sites must be a mapping",
		"sites: {sql: SELECT 1}\nsites: {}": `line 2: bindings: "sites" is in line 1 too`,
		"sites: {query: SELECT 1}":          `line 1: bindings.sites: unknown key "query"; use one of columns, file, maps,`,
		"sites: {sqk: SELECT 1}":            `unknown key "sqk"; did you mean "sql"?`,
		"sites: {sql: x, file: y}":          "sql and file exclude each other",
		"sites: {sql: [a]}":                 "line 1: bindings.sites.sql must be a text",
		"sites:\n  sql: DROP TABLE x":       "line 2: bindings.sites.sql: line 1, column 1: it begins with DROP; a binding is one SELECT statement that only reads",
		"sites: {file: bad.sql}":            "bad.sql: line 3, column 1: DELETE is not allowed",
		"sites: {file: none.sql}":           "line 1: bindings.sites.file: open ",
		"sites: {sql: 'SELECT * FROM a'}":   "it returns *; name the columns one by one",
		"sites: {sql: SELECT guid FROM a}":  `line 1: bindings.sites: the query returns no column "name", which the section needs`,
		"sites: {sql: 'SELECT guid, name, x AS Name FROM a'}":                `the query returns 2 columns named "name"`,
		"sites: {sql: 'SELECT guid, name FROM s.d.b.a'}":                     "s.d.b.a is on another server",
		"sites: {sql: 'SELECT guid, name FROM a', columns: {gid: x}}":        `the section has no column "gid"; did you mean "guid"?`,
		"sites: {sql: 'SELECT guid, name FROM a', columns: {guid: x}}":       `the query returns no column "x"`,
		"sites: {columns: {guid: x}}":                                        "columns is for a query of your own",
		"sites: {sql: 'SELECT guid, name FROM a WHERE b = @c'}":              "the query has a parameter @c without a value; add it under parameters. nscheck itself has values for @database, @product",
		"licences: {parameters: {produkt: x}}":                               "line 1: bindings.licences.parameters: the query has no parameter @produkt; it has @product",
		"sites: {parameters: {product: x}}":                                  "the query has no parameter @product; it has none",
		"licences: {parameters: {product: [x]}}":                             "must be a text, a number, true or false",
		"policies: {values: {Altiris: x}}":                                   "the query compares nothing with 'Altiris'; it has 'Altiris.PatchManagementCore.Policies.PatchAgentPolicy%', 'Software",
		"policies: {values: {plugin_install: x}}":                            "the query compares nothing with 'plugin_install'",
		"sites: {xpaths: {a: //b}}":                                          `the section reads no setting "a"; it reads none`,
		"policies: {xpaths: {trigger: //b}}":                                 `the section reads no setting "trigger"; did you mean "triggers"?`,
		"policies: {xpaths: {triggers: '//['}}":                              `line 1: bindings.policies.xpaths.triggers: "//[" is not an XPath`,
		"sites: {maps: {a: {b: c}}}":                                         `the section maps no column "a"; it reads none`,
		"vendor_policies: {maps: {assignment_type: {'1': al}}}":              `unknown value "al"; did you mean "all"?`,
		"sites: {versions: eight}":                                           `line 1: bindings.sites.versions: "eight" is not a range of versions`,
		"server: {versions: '>=8'}":                                          "the version is read from section server, so its binding cannot depend on it",
		"licences: [{parameters: {product: a}}, {parameters: {product: b}}]": "the binding before this one has no versions and is always chosen",
		"clients.licence: {sql: 'SELECT a AS [key] FROM b'}":                 "it has no ORDER BY; a query about clients orders its rows by the computer's GUID",
		"nothing.yaml": "line 1: bindings: read bindings: open ",
		"deep.yaml":    "a file of bindings has a mapping under the key bindings and nothing else",
		"other.yaml":   `a file of bindings has a mapping under the key bindings and nothing else, not "binding"`,
	} {
		if _, err := parseBindings(t, text, dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n%v\nwant an error with %q", text, err, want)
		}
	}
}

func FuzzParseBindings(f *testing.F) {
	f.Add("sites: {sql: 'SELECT guid, name FROM a'}")
	f.Add("licences: {parameters: {product: 1.5}}")
	f.Add("policies: [{versions: '<8', values: {a: b}, xpaths: {triggers: //a}}, {maps: {a: {b: c}}}]")
	f.Add("a: &x {sql: *x}")
	f.Fuzz(func(t *testing.T, text string) {
		var node yaml.Node
		if yaml.Unmarshal([]byte(text), &node) != nil || resolveAlias(&node) != nil && resolveAlias(&node).Kind == yaml.ScalarNode {
			return
		}
		set, err := Parse(&node, filepath.Join(t.TempDir(), "own.yaml"))
		if err != nil {
			return
		}
		for _, b := range set.All() {
			if err := tsql.Check(b.Query); err != nil {
				t.Errorf("%s: %v", b.Section, err)
			}
		}
	})
}

func TestGrants(t *testing.T) {
	set, err := parseBindings(t, `
sites: {sql: 'SELECT a AS guid, b AS name FROM [Odd]]Name]'}
subnets: {sql: 'SELECT a AS guid, b AS cidr FROM dbo.[Sub nets] JOIN dbo.x ON 1 = 1'}
filters: [{versions: '>=9', sql: 'SELECT guid, name FROM DBO.Filters'}]
`, "")
	if err != nil {
		t.Fatal(err)
	}
	script, err := set.Grants("My]CMDB", `CORP\it's`)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"USE [My]]CMDB];\n", "    GRANT SELECT ON [dbo].[Odd]]Name] TO [nscheck_reader];\n", "IF OBJECT_ID(N'[dbo].[Odd]]Name]') IS NOT NULL\n",
		"    GRANT SELECT ON [dbo].[Sub nets] TO [nscheck_reader];\n", "    GRANT SELECT ON [dbo].[x] TO [nscheck_reader];\n",
		"    GRANT SELECT ON [DBO].[Filters] TO [nscheck_reader];\n", "    GRANT SELECT ON [dbo].[vItem] TO [nscheck_reader];\n",
		`    CREATE USER [CORP\it's] FOR LOGIN [CORP\it's];` + "\n", `EXEC sp_addrolemember N'nscheck_reader', N'CORP\it''s';` + "\n",
	} {
		if !strings.Contains(script, want) {
			t.Errorf("it has no %q", want)
		}
	}
	for _, never := range []string{"sys", "INFORMATION_SCHEMA"} {
		if strings.Contains(script, "["+never+"]") {
			t.Errorf("it grants rights on %s", never)
		}
	}
	if _, err := set.Grants("", "a\nb"); err == nil {
		t.Error("a login of two lines was taken")
	}
	var none *Set
	if script, err := none.Grants("", ""); err != nil || strings.Contains(script, "USE ") || strings.Contains(script, "CREATE USER") {
		t.Errorf("%s %v", script, err)
	}
}
