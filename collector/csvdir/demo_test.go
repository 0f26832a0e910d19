package csvdir

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/fixtures"
	"github.com/nscheck/nscheck/internal/csvtest"
	"github.com/nscheck/nscheck/internal/snapshottest"
	"github.com/nscheck/nscheck/snapshot"
)

type memory = snapshottest.Memory

// demo is opened once for all tests.
var demo = sync.OnceValues(func() (*sql.DB, error) { return fixtures.Open(context.Background()) })

var bySQL = sync.OnceValues(func() (*memory, error) {
	e, m := fixtures.Demo(), new(memory)
	db, err := demo()
	if err != nil {
		return nil, err
	}
	_, err = cmdb.Collect(context.Background(), cmdb.Database{
		DB: db, Now: e.Now, UTCOffset: e.UTCOffset(), Origin: snapshot.Origin{Kind: "demo", Database: e.Database.Name},
	}, m, cmdb.Options{})
	return m, err
})

// export writes the demo estate as CSV files.
func export(t *testing.T, d csvtest.Dialect) string {
	t.Helper()
	db, err := demo()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := csvtest.Export(t.Context(), db, fixtures.Database(), dir, d, nil); err != nil {
		t.Fatal(err)
	}
	return dir
}

// collect reads a folder; memoryLimit, where above zero, bounds the sorting.
func collect(t *testing.T, source string, memoryLimit int) (*memory, error) {
	t.Helper()
	s, err := Open(source)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if memoryLimit > 0 {
		s.folder.sortMemory = memoryLimit
	}
	m, temp := new(memory), t.TempDir()
	_, err = s.Collect(t.Context(), m, cmdb.Options{ToolVersion: "test", TempDir: temp})
	if left, _ := filepath.Glob(filepath.Join(temp, "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	return m, err
}

const demoClock = "collected_at=2014-03-03T06:00:00Z&utc_offset=+01:00"

// TestSameAsSQL: whichever way the rows were exported, they give the snapshot
// that the queries themselves give.
func TestSameAsSQL(t *testing.T) {
	want, err := bySQL()
	if err != nil {
		t.Fatal(err)
	}
	for name, d := range csvtest.Dialects(Aliases) {
		t.Run(name, func(t *testing.T) {
			m, err := collect(t, export(t, d)+"?"+demoClock+"&"+d.Settings, 0)
			if err != nil {
				t.Fatal(err)
			}
			same(t, m, want)
		})
	}
}

// same compares all but the provenance.
func same(t *testing.T, got, want *memory) {
	t.Helper()
	for i, s := range got.Manifest.Sections {
		w := want.Manifest.Sections[i]
		if s.Name != w.Name || s.Status != w.Status || s.Rows != w.Rows || s.Error != w.Error || s.Source == "" {
			t.Errorf("%+v, want %+v", s, w)
		}
	}
	if got.Manifest.CollectedAt != want.Manifest.CollectedAt || *got.Manifest.Source.UTCOffsetMinutes != 60 {
		t.Errorf("%+v", got.Manifest)
	}
	if d := cmp.Diff(want.Estate, got.Estate); d != "" {
		t.Errorf("the estate differs (-SQL +CSV):\n%s", d)
	}
	if d := cmp.Diff(want.Clients, got.Clients); d != "" {
		t.Errorf("clients differ (-SQL +CSV):\n%s", d)
	}
}

// TestSortedOnDisk: with little memory, rows go through many sorted runs.
func TestSortedOnDisk(t *testing.T) {
	want, err := bySQL()
	if err != nil {
		t.Fatal(err)
	}
	m, err := collect(t, export(t, csvtest.Dialect{Shuffled: true})+"?"+demoClock, 8<<10)
	if err != nil {
		t.Fatal(err)
	}
	same(t, m, want)
}

// TestProvenance: the manifest has the origin of a section and nothing of
// queries that were not run.
func TestProvenance(t *testing.T) {
	dir := export(t, csvtest.Dialect{})
	if err := os.Remove(filepath.Join(dir, "sites.csv")); err != nil {
		t.Fatal(err)
	}
	m, err := collect(t, dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	origin := m.Manifest.Source
	if origin.Kind != "csv" || origin.Clock != "newest_file" || origin.Server != "" || origin.Isolation != "" {
		t.Errorf("%+v", origin)
	}
	for _, s := range m.Manifest.Sections {
		if s.Source != "csv:"+dir || s.QuerySHA256 != "" || s.Evidence != "" || s.Note != "" && s.Name != "subnets.sites" {
			t.Errorf("%+v", s)
		}
	}
	if s := m.Section(t, "sites"); s.Status != snapshot.Missing || s.Error != "collect sites: there is no file sites.csv in "+dir {
		t.Errorf("%+v", s)
	}
	if m.Estate.Sites != nil {
		t.Error("the estate has sites")
	}
}
