package cmdb

import (
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/snapshot"
)

// userBindings reads a text as the bindings of a configuration.
func userBindings(t *testing.T, text string) *binding.Set {
	t.Helper()
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(text), &node); err != nil {
		t.Fatal(err)
	}
	set, err := binding.Parse(&node, filepath.Join(t.TempDir(), "own.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// TestOverride collects with bindings of a user's.
func TestOverride(t *testing.T) {
	e := small(t)
	db := openEstate(t, e)
	collect := func(text string) *memory {
		set := userBindings(t, text)
		m := new(memory)
		source := Database{DB: db, Now: e.Now, Origin: snapshot.Origin{Kind: "demo", Database: e.Database.Name}}
		if _, err := Collect(t.Context(), source, m, Options{Bindings: set, TempDir: t.TempDir()}); err != nil {
			t.Fatal(err)
		}
		return m
	}
	plain := collect("")
	m := collect(`
sites:
  sql: WITH s AS (SELECT Guid, Name FROM vRM_Site_Item) SELECT Guid AS g, 'Site ' || s.Name AS n FROM s WHERE s.Name <> @not
  columns: {guid: g, name: n}
  parameters: {not: Nowhere}
subnets: [{versions: ">=99", sql: "SELECT a AS guid, b AS cidr FROM c"}]
policies: {values: {Microsoft Vulnerability Analysis Policy: Other}}
`)
	if s := m.section(t, "sites"); s.Evidence != "user" || s.Status != snapshot.Collected || s.QuerySHA256 == plain.section(t, "sites").QuerySHA256 {
		t.Errorf("%+v", s)
	}
	if len(m.estate.Sites) == 0 || m.estate.Sites[0].Name != "Site "+plain.estate.Sites[0].Name {
		t.Errorf("%+v", m.estate.Sites)
	}
	if s := m.section(t, "subnets"); s.Evidence != "I" || s.Status != snapshot.Collected {
		t.Errorf("%+v", s)
	}
	if s := m.section(t, "policies"); s.Rows >= plain.section(t, "policies").Rows {
		t.Errorf("%d rows, %d without the override", s.Rows, plain.section(t, "policies").Rows)
	}
}

// TestNoBindingForTheVersion: the manifest reports it, and nothing else changes.
func TestNoBindingForTheVersion(t *testing.T) {
	var all []*binding.Binding
	for _, b := range binding.All() {
		if b.Section == "sites" || b.Section == "key_order" {
			newer, err := binding.ParseQuery(strings.Replace(b.Query, "\n", "\n-- versions: >=99\n", 1))
			if err != nil {
				t.Fatal(err)
			}
			b = newer
		}
		all = append(all, b)
	}
	set := binding.NewSet(all)
	e, m := small(t), new(memory)
	if _, err := Collect(t.Context(), Database{DB: openEstate(t, e), Now: e.Now}, m, Options{Bindings: set, TempDir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	s := m.section(t, "sites")
	if s.Status != snapshot.Missing || !strings.HasPrefix(s.Error, "collect sites: it is bound for versions >=99 and the server's version is ") {
		t.Errorf("%+v", s)
	}
	if s := m.section(t, "clients"); s.Status != snapshot.Missing {
		t.Errorf("%+v", s)
	}
	if s := m.section(t, "subnets"); s.Status != snapshot.Collected {
		t.Errorf("%+v", s)
	}
}
