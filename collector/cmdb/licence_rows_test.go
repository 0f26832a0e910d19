package cmdb

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/fixtures"
	"github.com/nscheck/nscheck/snapshot"
)

const otherProduct = "11111111-1111-1111-1111-111111111111"

// execAll runs statements on the fixture.
func execAll(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func listRows(t *testing.T, db *sql.DB, e *fixtures.Estate, product string) *LicenceList {
	t.Helper()
	source := Database{DB: db, Now: e.Now, UTCOffset: e.UTCOffset(), Origin: snapshot.Origin{Kind: "demo", Database: e.Database.Name}}
	list, err := ListLicences(t.Context(), source, Options{Product: product})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestListLicences_severalProducts lists each holder under its own product.
func TestListLicences_severalProducts(t *testing.T) {
	e := small(t)
	db := openEstate(t, e)
	before := listRows(t, db, e, "").Rows
	execAll(t, db,
		"INSERT INTO [vProduct] VALUES ('"+otherProduct+"', 'Altiris Patch Management for Linux')",
		"INSERT INTO [vProduct] VALUES ('22222222-2222-2222-2222-222222222222', 'Unused')",
		"INSERT INTO [LicenseInUse] SELECT '"+otherProduct+"', [Guid] FROM [vComputer] WHERE [Name] = 'LDS-PC1'",
	)
	for product, want := range map[string][2]int{ // rows, products
		"":                                  {len(before), 1},
		DefaultProduct:                      {len(before), 1},
		"Altiris Patch%":                    {len(before) + 1, 2},
		"%":                                 {len(before) + 1, 3 + len(e.OtherProducts)},
		otherProduct:                        {1, 1},
		"11111111%":                         {1, 1},
		"Unused":                            {0, 1},
		"nothing":                           {0, 0},
		"altiris patch management solution": {len(before), 1},
	} {
		list := listRows(t, db, e, product)
		if got := [2]int{len(list.Rows), len(list.Products)}; got != want {
			t.Errorf("%q: %d rows of %d products, want %v", product, got[0], got[1], want)
		}
		for _, r := range list.Rows {
			if linux := r.ProductGUID == otherProduct; linux != (r.Product == "Altiris Patch Management for Linux") {
				t.Errorf("%q: %+v is under a wrong product", product, r)
			}
		}
	}
}

// TestListLicences_columns returns every column of LicenseInUse, whatever its
// name, and the validity that a binding adds.
func TestListLicences_columns(t *testing.T) {
	e := small(t)
	db := openEstate(t, e)
	execAll(t, db,
		"ALTER TABLE [LicenseInUse] ADD COLUMN [Status] nvarchar(9)",
		"ALTER TABLE [LicenseInUse] ADD COLUMN [Since] datetime",
		"UPDATE [LicenseInUse] SET [Status] = 'x'",
	)
	list := listRows(t, db, e, "")
	if d := cmp.Diff([]string{"LicensingPolicyGuid", "ResourceGuid", "Status", "Since"}, list.Columns); d != "" {
		t.Error(d)
	}
	for _, r := range list.Rows {
		if r.Values[2] == nil || *r.Values[2] != "x" || r.Values[3] != nil || r.Active && *r.Status != "Active" {
			t.Errorf("%+v", r)
		}
	}
	if list.ExpiryBound || list.TrialBound {
		t.Errorf("%+v", list)
	}
	set := userBindings(t, `licence_rows:
  sql: |
    SELECT vp.[Name] AS [product], vp.[Guid] AS [product_guid], liu.[ResourceGuid] AS [guid], NULL AS [name], NULL AS [domain],
      NULL AS [active], NULL AS [status], liu.[Since] AS [expires_at], 1 AS [trial], liu.[Status] AS [Status2]
    FROM [vProduct] vp LEFT JOIN [LicenseInUse] liu ON liu.[LicensingPolicyGuid] = vp.[Guid] WHERE vp.[Name] LIKE @product
`)
	execAll(t, db, "UPDATE [LicenseInUse] SET [Since] = '2014-03-01 12:00:00'")
	source := Database{DB: db, Now: e.Now, UTCOffset: e.UTCOffset(), Origin: snapshot.Origin{Database: e.Database.Name}}
	list, err := ListLicences(t.Context(), source, Options{Bindings: set})
	if err != nil {
		t.Fatal(err)
	}
	want := time.Date(2014, 3, 1, 12, 0, 0, 0, time.UTC).Add(-e.UTCOffset())
	if r := list.Rows[0]; !list.ExpiryBound || !list.TrialBound || !r.ExpiresAt.Equal(want) || !*r.Trial || !slices.Equal(list.Columns, []string{"Status2"}) {
		t.Errorf("%+v %+v", list, r)
	}
}

// TestListLicences_statuses lists a holder with several statuses once.
func TestListLicences_statuses(t *testing.T) {
	row := func(active, status driver.Value) []driver.Value {
		return []driver.Value{"Patch", otherProduct, orphanHolder, "PC1", nil, active, status}
	}
	for name, c := range map[string]struct {
		rows [][]driver.Value
		want string
	}{
		"equal":     {[][]driver.Value{row(nil, "Retired"), row(nil, "Retired")}, "Retired"},
		"different": {[][]driver.Value{row(nil, "Retired"), row(nil, "Disposed")}, ""},
		"unknown":   {[][]driver.Value{row(nil, nil), row(nil, "Disposed")}, ""},
		"active":    {[][]driver.Value{row(orphanHolder, "Active"), row(orphanHolder, "In Stock")}, "Active"},
	} {
		f := &fakeServer{sections: map[string]answer{binding.LicenceRows: {columns: []string{"product", "product_guid", "guid", "name", "domain", "active", "status"}, rows: c.rows}}}
		list, err := ListLicences(t.Context(), Database{DB: sql.OpenDB(f), Now: time.Now()}, Options{})
		if err != nil || len(list.Rows) != 1 {
			t.Fatalf("%s: %v, %+v", name, err, list)
		}
		got := ""
		if s := list.Rows[0].Status; s != nil {
			got = *s
		}
		if got != c.want {
			t.Errorf("%s: status %q, want %q", name, got, c.want)
		}
	}
}

const orphanHolder = "33333333-3333-3333-3333-333333333333"

// TestListLicences_denied lists the holders if only some columns may be read,
// and says which table is absent if the query cannot run at all.
func TestListLicences_denied(t *testing.T) {
	f := &fakeServer{sections: map[string]answer{binding.LicenceRows: {
		err: mssqlError{columnDenied, "The SELECT permission was denied on the column 'Key' of the object 'LicenseInUse'"},
		then: &answer{
			columns: []string{"product", "product_guid", "guid", "name", "domain", "active", "status"},
			rows:    [][]driver.Value{{"Patch", otherProduct, orphanHolder, "PC1", nil, nil, nil}},
		},
	}}}
	list, err := ListLicences(t.Context(), Database{DB: sql.OpenDB(f), Now: time.Now()}, Options{})
	if err != nil || len(list.Rows) != 1 || len(list.Columns) != 0 || !strings.Contains(strings.Join(list.Notes, "\n"), "may not read all columns") {
		t.Errorf("%v, %+v", err, list)
	}
	_, err = ListLicences(t.Context(), Database{DB: sql.OpenDB(&fakeServer{}), Now: time.Now()}, Options{})
	if !NotListed(err) {
		t.Errorf("%v", err)
	}
}

// TestSeveralProducts_notEvaluated holds that licences of several products are
// never counted or attributed together.
func TestSeveralProducts_notEvaluated(t *testing.T) {
	for name, c := range map[string]struct {
		change  string
		product string
		names   string
	}{
		"everything":       {"", "%", "Altiris Inventory Solution, Altiris Patch Management Solution"},
		"a common prefix":  {"INSERT INTO [vProduct] VALUES ('" + otherProduct + "', 'Altiris Patch Management for Linux')", "Altiris Patch%", "several products match: Altiris Patch Management Solution, Altiris Patch Management for Linux"},
		"one name twice":   {"INSERT INTO [vProduct] VALUES ('" + otherProduct + "', 'Altiris Patch Management Solution')", "", "several products of one name match, so only a GUID distinguishes them: Altiris Patch Management Solution"},
		"a part of a GUID": {"INSERT INTO [vProduct] VALUES ('" + otherProduct + "', 'Linux'), ('11111111-2222-2222-2222-222222222222', 'Mac')", "11111111-%", "several products match: Linux, Mac"},
	} {
		e := small(t)
		e.OtherProducts = []string{"Altiris Inventory Solution"}
		db := openEstate(t, e)
		if c.change != "" {
			execAll(t, db, c.change)
		}
		m := new(memory)
		source := Database{DB: db, Now: e.Now, UTCOffset: e.UTCOffset(), Origin: snapshot.Origin{Database: e.Database.Name}}
		if _, err := Collect(t.Context(), source, m, Options{Product: c.product, TempDir: t.TempDir()}); err != nil {
			t.Fatal(err)
		}
		for _, section := range []string{"licences", "licences.inactive_holders", "licences.same_name", "clients.licence"} {
			if s := m.section(t, section); s.Status != snapshot.Failed {
				t.Errorf("%s: %+v", name, s)
			}
		}
		for _, section := range []string{"licences", "clients.licence"} {
			if s := m.section(t, section); !strings.Contains(s.Error, c.names) {
				t.Errorf("%s: %+v", name, s)
			}
		}
		if m.estate.Licences != nil || slices.ContainsFunc(m.clients, func(c *snapshot.Client) bool { return c.Licence != nil }) {
			t.Errorf("%s: licences of several products are in the snapshot", name)
		}
	}
}

// TestSeveralProducts_message names at most ten products.
func TestSeveralProducts_message(t *testing.T) {
	var several products
	for i := range 2 * maxProducts {
		several.add(&cell{known: true, text: fmt.Sprintf("P%03d", i)}, nil)
	}
	if got := severalProducts("licences", several).Error(); !strings.Contains(got, "P009 and 90 more; set") || strings.Contains(got, "P010") {
		t.Error(got)
	}
}
