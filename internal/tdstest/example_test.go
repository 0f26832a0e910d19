package tdstest_test

import (
	"database/sql"
	"errors"
	"fmt"

	mssql "github.com/microsoft/go-mssqldb"

	"github.com/nscheck/nscheck/internal/tdstest"
)

func Example() {
	srv, err := tdstest.New(tdstest.Options{Encryption: tdstest.EncryptRequired})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()
	srv.Handle(tdstest.Word("vComputer"), tdstest.Answer{
		Columns: []tdstest.Column{{Name: "Name", Type: "nvarchar(64)"}, {Name: "Seen", Type: "datetime"}},
		Rows:    tdstest.Rows([]any{"LEEDS-01", "2024-02-29 12:00:00"}, []any{"LEEDS-02", nil}),
	})
	srv.Fail(tdstest.Word("vComputer"), tdstest.Deadlock().Once())

	db, err := sql.Open("sqlserver", srv.DSN("app name=nscheck"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	for range 2 {
		var name string
		err := db.QueryRow("SELECT Name, Seen FROM vComputer").Scan(&name, new(any))
		var e mssql.Error
		if errors.As(err, &e) {
			fmt.Println("error", e.Number)
			continue
		}
		fmt.Println(name, err)
	}
	for _, e := range srv.Log() {
		if e.Kind != tdstest.KindAttention { // which QueryRow may send when it closes
			fmt.Println(e.Kind, e.SQL)
		}
	}
	// Output:
	// error 1205
	// LEEDS-01 <nil>
	// batch SELECT Name, Seen FROM vComputer
	// batch SELECT Name, Seen FROM vComputer
}
