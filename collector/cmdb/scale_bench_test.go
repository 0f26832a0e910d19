package cmdb

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"testing"

	"github.com/nscheck/nscheck/internal/tdstest"
	"github.com/nscheck/nscheck/snapshot"
)

// wireEstate is a database over the wire with that many computers.
func wireEstate(tb testing.TB, size int) Database {
	tb.Helper()
	srv := tdstest.Start(tb, tdstest.Options{})
	answerScale(srv, size)
	db, err := sql.Open("sqlserver", srv.DSN("encrypt=disable", "packet size=16384"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	return Database{DB: db, Origin: snapshot.Origin{Kind: "sqlserver", Database: "Symantec_CMDB"}, SQLServer: true}
}

// TestLargeEstateOverTheWire reads more computers than any buffer holds.
func TestLargeEstateOverTheWire(t *testing.T) {
	const size = 20_000
	m := new(memory)
	if _, err := Collect(t.Context(), wireEstate(t, size), m, Options{TempDir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	if len(m.clients) != size {
		t.Fatalf("%d clients", len(m.clients))
	}
	for _, i := range []int{0, 1, 4095, 4096, size - 1} {
		c := m.clients[i]
		name := fmt.Sprintf("SITE%03d-PC%06d", i%4096%300, i%4096) // the double repeats itself
		if c.GUID != scaleGUID(i, size).String() || c.Name != name || *c.Licence.InUse != (i%4096%10 != 0) || *c.Packages.Scan.Status != "downloaded" || !*c.Inventory.PatchReturned || len(c.Filters) != 1 {
			t.Errorf("client %d is %+v", i, c)
		}
	}
}

// One operation is one computer, with its fourteen rows.
func BenchmarkCollect(b *testing.B) {
	source := wireEstate(b, b.N)
	b.ReportAllocs()
	b.ResetTimer()
	w := snapshot.NewWriter(io.Discard)
	if _, err := Collect(context.Background(), source, w, Options{TempDir: b.TempDir()}); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkDriverAlone(b *testing.B) {
	source := wireEstate(b, b.N)
	b.ReportAllocs()
	b.ResetTimer()
	if err := readBare(context.Background(), source, new(figures)); err != nil {
		b.Fatal(err)
	}
}
