package tdstest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-sql/civil"
	mssql "github.com/microsoft/go-mssqldb"
)

func TestBackendAnswersWithDeclaredTypes(t *testing.T) {
	srv := Start(t, Options{Backend: fixture(t, createComputers, fillComputers)})
	db := open(t, srv)
	got := mustQuery(t, db, "SELECT Guid, Name, [OS Name], IsManaged, Seen, N FROM vComputer ORDER BY Name")
	want := [][]any{
		{guidWire, "LEEDS-01", "Windows 10", true, date(2024, 2, 29, 23, 59, 59, 997e6), int64(7)},
		{[]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, "Zürich", nil, false, nil, nil},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("rows are\n%v\nwant\n%v", got, want)
	}
	if got := mustQuery(t, db, "SELECT COUNT(*), MAX(N), NULL FROM vComputer"); !reflect.DeepEqual(got, [][]any{{int64(2), int64(7), nil}}) {
		t.Errorf("computed columns are %v", got)
	}
}

func TestBackendErrorsGetNumbers(t *testing.T) {
	srv := Start(t, Options{Backend: fixture(t, createComputers)})
	db := open(t, srv)
	for text, want := range map[string]struct {
		number  int32
		message string
	}{
		"SELECT Guid FROM vNothing":                            {208, "Invalid object name 'vNothing'."},
		"SELECT Missing FROM vComputer":                        {207, "Invalid column name 'Missing'."},
		"SELECT [No Such] FROM vComputer":                      {207, "Invalid column name 'No Such'."},
		"SELECT c.Missing FROM vComputer c":                    {207, "Invalid column name 'Missing'."},
		"SELECT FROM vComputer":                                {102, "Incorrect syntax near 'FROM'."},
		"SELECT Name FROM vComputer a, vComputer b":            {209, "Ambiguous column name 'Name'."},
		"SELECT fnVersion(Name) FROM vComputer":                {195, "'fnVersion' is not a recognized built-in function name."},
		"EXEC sp_nothing":                                      {2812, "Could not find stored procedure 'sp_nothing'."},
		"SELECT Name FROM vComputer WHERE Name = @p9 LIMIT ''": {50000, ""},
	} {
		_, err := query(t, db, text)
		e := wantNumber(t, err, want.number)
		if want.message != "" && e.Message != want.message {
			t.Errorf("%s: message is %q; want %q", text, e.Message, want.message)
		}
	}
	_, err := query(t, open(t, Start(t, Options{})), "SELECT Guid FROM vComputer")
	wantNumber(t, err, 208)
}

func TestParameters(t *testing.T) {
	when := time.Date(2024, 5, 6, 7, 8, 9, 123456700, time.FixedZone("", 2*3600))
	for _, c := range []struct{ give, want any }{
		{"", ""},
		{"Zürich 😀", "Zürich 😀"},
		{strings.Repeat("x", 5000), strings.Repeat("x", 5000)},
		{long, long},
		{mssql.VarChar("Zürich"), "ZÃ¼rich"}, // the driver sends UTF-8 where a code page is due
		{mssql.NVarCharMax("max"), "max"},
		{int8(5), int64(5)},
		{int16(-5), int64(-5)},
		{int32(-5), int64(-5)},
		{int64(1) << 62, int64(1) << 62},
		{2.5, 2.5},
		{float32(0.5), 0.5},
		{true, true},
		{nil, nil},
		{sql.NullString{}, nil},
		{sql.NullInt32{}, nil},
		{sql.NullTime{}, nil},
		{[]byte{1, 2, 0}, []byte{1, 2, 0}},
		{make([]byte, 9000), make([]byte, 9000)},
		{mssql.UniqueIdentifier(guidBytes), guidText},
		{when, when},
		{mssql.DateTime1(date(1753, 1, 1, 0, 0, 0, 0)), date(1753, 1, 1, 0, 0, 0, 0)},
		{civil.Date{Year: 9999, Month: 12, Day: 31}, date(9999, 12, 31, 0, 0, 0, 0)},
		{civil.DateTimeOf(date(1899, 12, 31, 1, 2, 3, 100)), date(1899, 12, 31, 1, 2, 3, 100)},
		{civil.Time{Hour: 23, Minute: 59, Second: 59, Nanosecond: 999999900}, date(1, 1, 1, 23, 59, 59, 999999900)},
	} {
		srv := Start(t, Options{})
		srv.Handle(Word("@a"), Answer{Affected: 1})
		if _, err := open(t, srv).Exec("SELECT @a", sql.Named("a", c.give)); err != nil {
			t.Fatalf("%T: %v", c.give, err)
		}
		e := srv.Log()[0]
		if len(e.Args) != 1 || e.Args[0].Name != "a" || e.Kind != KindRPC || e.SQL != "SELECT @a" || !same(e.Args[0].Value, c.want) {
			t.Errorf("%T %.40v came as %.200v", c.give, c.give, e)
		}
	}
}

func TestParametersReachTheBackend(t *testing.T) {
	srv := Start(t, Options{Backend: fixture(t, createComputers, fillComputers)})
	db := open(t, srv)
	for _, c := range []struct {
		where string
		args  []any
	}{
		{"Guid = @p1", []any{mssql.UniqueIdentifier(guidBytes)}},
		{"Name = @name AND N = @n", []any{sql.Named("n", 7), sql.Named("name", "LEEDS-01")}},
		{"Seen < @p1 AND IsManaged = @p2", []any{date(2024, 3, 1, 0, 0, 0, 0), true}},
	} {
		if got := mustQuery(t, db, "SELECT Name FROM vComputer WHERE "+c.where, c.args...); len(got) != 1 || got[0][0] != "LEEDS-01" {
			t.Errorf("%s gives %v", c.where, got)
		}
	}
	stmt, err := db.Prepare("SELECT Name FROM vComputer WHERE N = @p1")
	if err != nil {
		t.Fatal(err)
	}
	defer stmt.Close()
	for n, want := range map[int]error{7: nil, 8: sql.ErrNoRows} {
		var name string
		if err := stmt.QueryRow(n).Scan(&name); !errors.Is(err, want) {
			t.Errorf("prepared with %d: %v; want %v", n, err, want)
		}
	}
	result, err := db.Exec("UPDATE vComputer SET N = N + @p1", 1)
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := result.RowsAffected(); n != 2 {
		t.Errorf("%d rows affected; want 2", n)
	}
}

func TestSessionStatements(t *testing.T) {
	srv := Start(t, Options{Databases: []string{"Other"}})
	db := open(t, srv)
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for text, number := range map[string]int32{
		"SET LOCK_TIMEOUT 5000":             0,
		"SET LOCK_TIMEOUT -1":               0,
		"SET DEADLOCK_PRIORITY LOW":         0,
		"set nocount on; set xact_abort on": 0,
		"set ansi_nulls on\nset textsize 2147483647\nset language us_english": 0,
		"SET ANSI_NULLS, QUOTED_IDENTIFIER ON":                                0,
		"SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED":                    0,
		"SET TRANSACTION ISOLATION LEVEL SNAPSHOT":                            0,
		"SET TRANSACTION ISOLATION LEVEL SNAPSHOP":                            102,
		"SET LOCK_TIMEOUT soon":                                               102,
		"SET LOCK_TIMEUOT 5":                                                  195,
		"SET STATISTICS IO ON":                                                0,
		"USE [Other]":                                                         0,
		"USE Nowhere":                                                         911,
		"PRINT 'hello'":                                                       0,
		"":                                                                    0,
		" ; ":                                                                 0,
		"-- nothing":                                                          0,
	} {
		_, err := conn.ExecContext(context.Background(), text)
		if number != 0 {
			wantNumber(t, err, number)
		} else if err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	if got := srv.Log()[0]; got.Kind != KindBatch || got.User != "reader" || got.Conn < 51 {
		t.Errorf("the log begins with %+v", got)
	}
}

func TestIsolationIsRecorded(t *testing.T) {
	srv := Start(t, Options{})
	db := open(t, srv)
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, text := range []string{"SET TRANSACTION ISOLATION LEVEL SNAPSHOT", "SELECT 1", "BEGIN TRAN", "SELECT 2", "COMMIT", "SELECT 3"} {
		if _, err := conn.ExecContext(context.Background(), text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	var got []string
	for _, e := range srv.Log() {
		got = append(got, fmt.Sprint(e.SQL, " ", e.Isolation, " ", e.InTran))
	}
	want := []string{
		"SET TRANSACTION ISOLATION LEVEL SNAPSHOT READ COMMITTED false", "SELECT 1 SNAPSHOT false", "BEGIN TRAN SNAPSHOT false",
		"SELECT 2 SNAPSHOT true", "COMMIT SNAPSHOT true", "SELECT 3 SNAPSHOT false",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the log is\n%q\nwant\n%q", got, want)
	}
}

func TestTransactions(t *testing.T) {
	srv := Start(t, Options{})
	db := open(t, srv)
	for level, want := range map[sql.IsolationLevel]string{
		sql.LevelDefault: "", sql.LevelReadUncommitted: "READ UNCOMMITTED", sql.LevelSnapshot: "SNAPSHOT",
		sql.LevelSerializable: "SERIALIZABLE",
	} {
		for _, end := range []Kind{KindCommit, KindRollback} {
			start := len(srv.Log())
			tx, err := db.BeginTx(context.Background(), &sql.TxOptions{Isolation: level})
			if err != nil {
				t.Fatal(err)
			}
			var count, n int
			if err := tx.QueryRow("SELECT @@TRANCOUNT").Scan(&count); err != nil || count != 1 {
				t.Errorf("@@TRANCOUNT is %d (%v)", count, err)
			}
			if err := tx.QueryRow("SELECT @@TRANCOUNT AS n").Scan(&n); err != nil {
				t.Error(err)
			}
			finish := tx.Commit
			if end == KindRollback {
				finish = tx.Rollback
			}
			if err := finish(); err != nil {
				t.Fatal(err)
			}
			log := slices.DeleteFunc(srv.Log()[start:], func(e Entry) bool {
				return e.Kind == KindAttention // which QueryRow may send when it closes
			})
			if len(log) != 4 || log[0].Kind != KindBegin || want != "" && log[0].SQL != want || !log[1].InTran || log[3].Kind != end {
				t.Errorf("level %v: the log is %+v", level, log)
			}
		}
	}
	if got := mustQuery(t, db, "SELECT @@TRANCOUNT")[0][0]; got != int64(0) {
		t.Errorf("@@TRANCOUNT is %v after all", got)
	}
}

func TestTransactionInText(t *testing.T) {
	srv := Start(t, Options{})
	db := open(t, srv)
	for _, text := range []string{"COMMIT", "ROLLBACK TRANSACTION"} {
		_, err := db.Exec(text)
		if wantNumber(t, err, map[string]int32{"COMMIT": 3902, "ROLLBACK TRANSACTION": 3903}[text]); err == nil {
			t.Errorf("%s without a transaction succeeds", text)
		}
	}
	rows, err := db.Query("BEGIN TRAN a BEGIN TRAN; SELECT @@TRANCOUNT; COMMIT SELECT @@TRANCOUNT; SAVE TRAN x ROLLBACK SELECT @@TRANCOUNT")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []int
	for more := true; more; more = rows.NextResultSet() {
		for rows.Next() {
			var n int
			if err := rows.Scan(&n); err != nil {
				t.Fatal(err)
			}
			got = append(got, n)
		}
	}
	if !reflect.DeepEqual(got, []int{2, 1, 0}) {
		t.Errorf("@@TRANCOUNT goes %v; want 2, 1, 0 (%v)", got, rows.Err())
	}
}

// TestResetConnection shows that a pooled connection starts anew.
func TestResetConnection(t *testing.T) {
	srv := Start(t, Options{Databases: []string{"Other"}})
	db := open(t, srv)
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("USE Other; BEGIN TRAN"); err != nil {
		t.Fatal(err)
	}
	if got := mustQuery(t, db, "SELECT DB_NAME(), @@TRANCOUNT")[0]; got[0] != defaultDatabase || got[1] != int64(0) {
		t.Errorf("a reused connection is in %v with %v transactions", got[0], got[1])
	}
}

func TestRegisteredAnswers(t *testing.T) {
	srv := Start(t, Options{Backend: fixture(t, createComputers)})
	db := open(t, srv)
	srv.Handle(Word("sys.databases"), Answer{
		Columns: []Column{{Name: "snapshot_isolation_state", Type: "tinyint"}}, Rows: Rows([]any{1}),
	})
	srv.Handle(Regexp(`(?i)^select\s+top`), Answer{Columns: []Column{{Name: "a"}, {Name: "b"}}, Rows: Rows([]any{"x", 2.5})})
	srv.Handle(Exact("select  Name from [vComputer];"), BackendFunc(
		func(ctx context.Context, text string, args []sql.NamedArg) (Answer, error) {
			return Answer{}, Message{Number: 4711, Class: 16, State: 7, Text: "registered"}
		}))
	if got := mustQuery(t, db, "SELECT snapshot_isolation_state FROM [sys].[databases] WHERE name = @p1", "x"); got[0][0] != int64(1) {
		t.Errorf("got %v", got)
	}
	if got := mustQuery(t, db, "SELECT TOP 1 a, b FROM t"); got[0][0] != "x" || got[0][1] != 2.5 {
		t.Errorf("got %v", got)
	}
	_, err := query(t, db, "SELECT Name /* c */ FROM [vComputer]")
	if e := wantNumber(t, err, 4711); e.State != 7 || e.ServerName != serverName {
		t.Errorf("error is %+v", e)
	}
	srv.Handle(Word("vComputer"), Answer{Columns: []Column{{Name: "n", Type: "int"}}, Rows: Rows([]any{1}, []any{2}),
		Err: Message{Number: 8134, Class: 16, State: 1, Text: "Divide by zero error encountered."}})
	rows, err := query(t, db, "SELECT Name FROM [vComputer]")
	if wantNumber(t, err, 8134); len(rows) != 2 {
		t.Errorf("%d rows before the error; want 2", len(rows))
	}
	srv.Handle(Word("my_proc"), Answer{Columns: []Column{{Name: "n", Type: "int"}}, Rows: Rows([]any{3})})
	if got := mustQuery(t, db, "dbo.my_proc"); got[0][0] != int64(3) {
		t.Errorf("procedure gives %v", got)
	}
}

func TestBatchOfStatements(t *testing.T) {
	srv := Start(t, Options{Backend: fixture(t, createComputers, fillComputers)})
	rows, err := open(t, srv).Query("SET NOCOUNT ON SELECT 'a;b' AS [x;y]; -- c;\nSELECT Name FROM vComputer ORDER BY N DESC;")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	for more := true; more; more = rows.NextResultSet() {
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				t.Fatal(err)
			}
			got = append(got, s)
		}
	}
	if want := []string{"a;b", "LEEDS-01", "Zürich"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q; want %q", got, want)
	}
}

func TestBuiltins(t *testing.T) {
	clock := time.Date(2024, 7, 1, 12, 0, 0, 0, time.FixedZone("", 2*3600))
	srv := Start(t, Options{Now: func() time.Time { return clock }, Version: "15.0.2000.5"})
	db := open(t, srv)
	got := mustQuery(t, db, `SELECT @@VERSION, SERVERPROPERTY('ProductVersion') AS v, SYSDATETIMEOFFSET(), GETDATE(), GETUTCDATE(), 'it''s', N'ü', NULL, 42`)[0]
	want := []any{"Microsoft SQL Server (tdstest) - 15.0.2000.5 (X64)", "15.0.2000.5", clock, date(2024, 7, 1, 12, 0, 0, 0),
		date(2024, 7, 1, 10, 0, 0, 0), "it's", "ü", nil, int64(42)}
	for i := range want {
		if !same(got[i], want[i]) {
			t.Errorf("item %d is %v; want %v", i, got[i], want[i])
		}
	}
}

func TestInfoMessages(t *testing.T) {
	srv := Start(t, Options{})
	srv.Handle(Word("noisy"), Answer{
		Info:    []Message{{Number: 8153, Class: 10, State: 1, Text: "Warning: Null value is eliminated by an aggregate or other SET operation."}},
		Columns: []Column{{Name: "n", Type: "int"}}, Rows: Rows([]any{1}),
	})
	if got := mustQuery(t, open(t, srv), "SELECT n FROM noisy"); len(got) != 1 {
		t.Errorf("rows are %v", got)
	}
}

func TestSevereErrorEndsTheConnection(t *testing.T) {
	srv := Start(t, Options{})
	db := open(t, srv)
	db.SetMaxOpenConns(1)
	before := mustQuery(t, db, "SELECT @@SPID")[0][0]
	srv.Fail(Word("corrupt"), Raise(Message{Number: 823, Class: 24, State: 2, Text: "The operating system returned error 21."}))
	_, err := query(t, db, "SELECT n FROM corrupt")
	wantNumber(t, err, 823)
	var after any
	for range 3 {
		if db.QueryRow("SELECT @@SPID").Scan(&after) == nil {
			break
		}
	}
	if after == nil || after == before {
		t.Errorf("session %v is followed by %v", before, after)
	}
}

func TestLockTimeoutIsKept(t *testing.T) {
	srv := Start(t, Options{})
	rows, err := open(t, srv).Query("SELECT @@LOCK_TIMEOUT; SET LOCK_TIMEOUT 5000 SELECT @@LOCK_TIMEOUT; SET LOCK_TIMEOUT -1 SELECT @@LOCK_TIMEOUT")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []int
	for more := true; more; more = rows.NextResultSet() {
		for rows.Next() {
			var n int
			if err := rows.Scan(&n); err != nil {
				t.Fatal(err)
			}
			got = append(got, n)
		}
	}
	if !reflect.DeepEqual(got, []int{-1, 5000, -1}) {
		t.Errorf("@@LOCK_TIMEOUT goes %v", got)
	}
}

func TestServerProperties(t *testing.T) {
	db := open(t, Start(t, Options{}))
	got := mustQuery(t, db, "SELECT SERVERPROPERTY('Edition'), SERVERPROPERTY('EngineEdition'), SERVERPROPERTY('Collation'), "+
		"SERVERPROPERTY('ServerName'), SERVERPROPERTY('ProductLevel'), SERVERPROPERTY('InstanceName'), SERVERPROPERTY('Nothing')")
	want := []any{"Developer Edition (64-bit)", int64(3), "SQL_Latin1_General_CP1_CI_AS", serverName, "RTM", nil, nil}
	if !reflect.DeepEqual(got[0], want) {
		t.Errorf("properties are %v; want %v", got[0], want)
	}
}

func TestBackendTypesOfSQLite(t *testing.T) {
	lite := fixture(t, `CREATE TABLE t (a text, b blob, c boolean, d double, e integer, f "made up", g datetime2(3), h decimal(9,2), i real)`,
		`INSERT INTO t VALUES ('ü', x'0102', 1, 2.5, 9, 'free', '2024-02-29 01:02:03.456', 12.5, 0.5)`)
	srv := Start(t, Options{Backend: lite})
	db := open(t, srv)
	rows, err := db.Query("SELECT * FROM t")
	if err != nil {
		t.Fatal(err)
	}
	types, _ := rows.ColumnTypes()
	var names []string
	for _, c := range types {
		names = append(names, c.DatabaseTypeName())
	}
	rows.Close()
	if want := []string{"NVARCHAR", "VARBINARY", "BIT", "FLOAT", "INT", "NVARCHAR", "DATETIME2", "DECIMAL", "REAL"}; !reflect.DeepEqual(names, want) {
		t.Errorf("types are %q; want %q", names, want)
	}
	want := []any{"ü", []byte{1, 2}, true, 2.5, int64(9), "free", date(2024, 2, 29, 1, 2, 3, 456e6), []byte("12.50"), 0.5}
	if got := mustQuery(t, db, "SELECT * FROM t WHERE g < @p1", date(2025, 1, 1, 0, 0, 0, 0)); len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("rows are %v; want %v", got, want)
	}
}

func TestBackendRewrites(t *testing.T) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	srv := Start(t, Options{Backend: SQL(db, func(s string) string { return strings.ReplaceAll(s, "GETAGE()", "41 + 1") })})
	if got := mustQuery(t, open(t, srv), "SELECT GETAGE() AS age"); got[0][0] != int64(42) {
		t.Errorf("got %v", got)
	}
}
