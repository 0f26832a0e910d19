package tdstest

import (
	"database/sql"
	"fmt"
	"io"
	"testing"
)

// sixColumns are rows as the product reads them by the million.
func sixColumns(n int) Answer {
	const different = 1024
	rows := make([][]any, different)
	for i := range rows {
		g := guidBytes
		g[15] = byte(i)
		rows[i] = []any{g, fmt.Sprint("CLIENT-", i), "example.com", "Windows Server 2019", date(2024, 5, 6, 7, 8, i%60, 0), i}
	}
	return Answer{
		Columns: []Column{
			{Name: "Guid", Type: "uniqueidentifier"}, {Name: "Name", Type: "nvarchar(64)"}, {Name: "Domain", Type: "nvarchar(64)"},
			{Name: "OS Name", Type: "nvarchar(128)"}, {Name: "Seen", Type: "datetime"}, {Name: "N", Type: "int"},
		},
		Rows: func(yield func([]any, error) bool) {
			for i := range n {
				if !yield(rows[i%different], nil) {
					return
				}
			}
		},
	}
}

// BenchmarkServe is the serving side alone: rows to packets to nowhere.
func BenchmarkServe(b *testing.B) {
	a := sixColumns(b.N)
	cols := make([]column, len(a.Columns))
	for i, c := range a.Columns {
		cols[i], _ = newColumn(c)
	}
	w := &tokenWriter{packetWriter: newPacketWriter(io.Discard, 51)}
	w.begin(packetReply)
	b.ReportAllocs()
	b.ResetTimer()
	for row := range a.Rows {
		if err := w.row(cols, row, true); err != nil {
			b.Fatal(err)
		}
		if err := w.commit(); err != nil {
			b.Fatal(err)
		}
	}
	w.end()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkClient is the same to go-mssqldb, both ends on this machine.
func BenchmarkClient(b *testing.B) {
	for _, mode := range []string{"disable", "true"} {
		b.Run(mode, func(b *testing.B) {
			srv := Start(b, Options{})
			srv.Handle(Any(), sixColumns(b.N))
			db := open(b, srv, "encrypt="+mode, "packet size=32767")
			rows, err := db.Query("SELECT six FROM t")
			if err != nil {
				b.Fatal(err)
			}
			defer rows.Close()
			b.ReportAllocs()
			b.ResetTimer()
			var to [6]sql.RawBytes
			for rows.Next() {
				if err := rows.Scan(&to[0], &to[1], &to[2], &to[3], &to[4], &to[5]); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
