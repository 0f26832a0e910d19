package tdstest

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
	_ "github.com/microsoft/go-mssqldb/integratedauth/ntlm"
	_ "modernc.org/sqlite"
)

// modes are the ways in which a client and the server may agree on encryption.
var modes = []string{"disable", "false", "true", "strict"}

// open connects go-mssqldb to the server.
func open(t testing.TB, srv *Server, params ...string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlserver", srv.DSN(params...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// fixture is a small database in memory.
func fixture(t testing.TB, statements ...string) Backend {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // each connection would have a memory of its own
	t.Cleanup(func() { db.Close() })
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	return SQL(db)
}

const createComputers = `CREATE TABLE vComputer (
	Guid uniqueidentifier, Name nvarchar(64), [OS Name] nvarchar(128), IsManaged bit, Seen datetime, N int)`

const fillComputers = `INSERT INTO vComputer VALUES
	('6F9619FF-8B86-D011-B42D-00C04FC964FF', 'LEEDS-01', 'Windows 10', 1, '2024-02-29 23:59:59.997', 7),
	('00000000-0000-0000-0000-000000000001', 'Zürich', NULL, 0, NULL, NULL)`

// query gives all rows of a query.
func query(t testing.TB, db *sql.DB, text string, args ...any) ([][]any, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	rows, err := db.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var out [][]any
	for rows.Next() {
		row, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			to[i] = &row[i]
		}
		if err := rows.Scan(to...); err != nil {
			return out, err
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

func mustQuery(t testing.TB, db *sql.DB, text string, args ...any) [][]any {
	t.Helper()
	rows, err := query(t, db, text, args...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return rows
}

// wantNumber checks that an error is the server's with this number.
func wantNumber(t testing.TB, err error, number int32) mssql.Error {
	t.Helper()
	var e mssql.Error
	if !errors.As(err, &e) {
		t.Fatalf("error is %v; want number %d", err, number)
	}
	if e.Number != number {
		t.Fatalf("error has number %d (%s); want %d", e.Number, e.Message, number)
	}
	return e
}

// numbers are rows of one int each, without end when n is below zero.
func numbers(n int) Answer {
	return Answer{
		Columns: []Column{{Name: "n", Type: "int"}, {Name: "text", Type: "nvarchar(50)"}},
		Rows: func(yield func([]any, error) bool) {
			row := make([]any, 2)
			for i := 0; i != n; i++ {
				row[0], row[1] = i, strings.Repeat("x", i%50)
				if !yield(row, nil) {
					return
				}
			}
		},
	}
}
