package tdstest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
)

func TestErrorFaults(t *testing.T) {
	for _, c := range []struct {
		fault   Fault
		number  int32
		class   uint8
		message string
	}{
		{Denied("vComputer", "Symantec_CMDB"), 229, 14, "The SELECT permission was denied on the object 'vComputer', database 'Symantec_CMDB', schema 'dbo'."},
		{NoObject("vComputer"), 208, 16, "Invalid object name 'vComputer'."},
		{NoColumn("OS Name"), 207, 16, "Invalid column name 'OS Name'."},
		{Deadlock(), 1205, 13, "Transaction (Process ID 51) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction."},
		{LockTimeout(), 1222, 16, "Lock request time out period exceeded."},
		{Raise(Message{Number: 3952, Class: 16, State: 1, Text: "no snapshot"}), 3952, 16, "no snapshot"},
	} {
		srv := Start(t, Options{Backend: fixture(t, createComputers, fillComputers)})
		db := open(t, srv)
		srv.Fail(Word("vComputer"), c.fault)
		for _, args := range [][]any{nil, {7}} {
			text := "SELECT Name FROM [vComputer]"
			if args != nil {
				text += " WHERE N = @p1"
			}
			_, err := query(t, db, text, args...)
			e := wantNumber(t, err, c.number)
			if e.Class != c.class || e.Message != c.message {
				t.Errorf("error is class %d %q; want class %d %q", e.Class, e.Message, c.class, c.message)
			}
		}
		if got := mustQuery(t, db, "SELECT 'vComputer'"); got[0][0] != "vComputer" {
			t.Errorf("another statement gives %v", got)
		}
		srv.Heal()
		mustQuery(t, db, "SELECT Name FROM vComputer")
	}
}

func TestFaultOnceAndAfterRows(t *testing.T) {
	srv := Start(t, Options{})
	db := open(t, srv)
	srv.Handle(Word("t"), numbers(10))
	srv.Fail(Word("t"), Deadlock().First(2))
	for range 2 {
		_, err := query(t, db, "SELECT n FROM t")
		wantNumber(t, err, 1205)
	}
	if got := mustQuery(t, db, "SELECT n FROM t"); len(got) != 10 {
		t.Errorf("%d rows once the fault is used up; want 10", len(got))
	}
	srv.Fail(Word("t"), Deadlock().After(4).Once())
	rows, err := query(t, db, "SELECT n FROM t")
	if wantNumber(t, err, 1205); len(rows) != 4 {
		t.Errorf("%d rows before the error; want 4", len(rows))
	}
	srv.Fail(Word("t"), Deadlock().After(99).Once())
	rows, err = query(t, db, "SELECT n FROM t")
	if wantNumber(t, err, 1205); len(rows) != 10 {
		t.Errorf("%d rows before an error that comes after the last; want 10", len(rows))
	}
}

func TestDeadlockEndsTheTransaction(t *testing.T) {
	srv := Start(t, Options{})
	db := open(t, srv)
	srv.Fail(Word("t"), Deadlock().Once())
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	_, err = tx.Exec("SELECT n FROM t")
	wantNumber(t, err, 1205)
	if _, err := tx.Exec("SELECT 1"); err == nil {
		t.Error("the victim's transaction goes on")
	}
	tx.Rollback()
	if got := mustQuery(t, db, "SELECT @@TRANCOUNT")[0][0]; got != int64(0) {
		t.Errorf("@@TRANCOUNT is %v", got)
	}
}

func TestCut(t *testing.T) {
	for _, mode := range modes {
		for _, n := range []int{0, 5, 1000, 99999} {
			t.Run(fmt.Sprint(mode, "/", n), func(t *testing.T) {
				srv := Start(t, Options{})
				db := open(t, srv, "encrypt="+mode)
				srv.Handle(Word("t"), numbers(2000))
				srv.Fail(Word("t"), Cut(n).Once())
				rows, err := query(t, db, "SELECT n FROM t")
				var e mssql.Error
				if err == nil || errors.As(err, &e) {
					t.Errorf("error is %v; want a broken connection", err)
				}
				if len(rows) > min(n, 2000) {
					t.Errorf("%d rows came; want at most %d", len(rows), n)
				}
				if got := mustQuery(t, db, "SELECT n FROM t"); len(got) != 2000 {
					t.Errorf("%d rows after the fault; want 2000", len(got))
				}
			})
		}
	}
}

func TestStallUntilAttention(t *testing.T) {
	for _, mode := range modes {
		for _, n := range []int{0, 5} {
			t.Run(fmt.Sprint(mode, "/", n), func(t *testing.T) {
				srv := Start(t, Options{})
				db := open(t, srv, "encrypt="+mode)
				db.SetMaxOpenConns(1)
				before := mustQuery(t, db, "SELECT @@SPID")[0][0]
				srv.Handle(Word("t"), numbers(10))
				srv.Fail(Word("t"), Stall(n).Once())
				err := drain(cancelled(50*time.Millisecond), db, "SELECT n FROM t")
				if !errors.Is(err, context.Canceled) {
					t.Errorf("error is %v; want the cancellation", err)
				}
				if after := mustQuery(t, db, "SELECT @@SPID")[0][0]; after != before {
					t.Errorf("session %v is followed by %v; want it reused", before, after)
				}
				if got := mustQuery(t, db, "SELECT n FROM t"); len(got) != 10 {
					t.Errorf("%d rows afterwards; want 10", len(got))
				}
				if !attended(srv) {
					t.Error("the log has no attention")
				}
			})
		}
	}
}

// cancelled gives a context that ends after a while. It is no deadline, because
// the driver takes an exceeded one for a broken connection.
func cancelled(after time.Duration) context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(after, cancel)
	return ctx
}

func attended(srv *Server) bool {
	for _, e := range srv.Log() {
		if e.Kind == KindAttention {
			return true
		}
	}
	return false
}

func drain(ctx context.Context, db *sql.DB, text string) error {
	rows, err := db.QueryContext(ctx, text)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return rows.Err()
}

func TestSwap(t *testing.T) {
	srv := Start(t, Options{})
	db := open(t, srv)
	srv.Handle(Word("t"), numbers(5))
	for n, want := range map[int][]int64{
		0: {1, 0, 2, 3, 4}, 2: {0, 1, 3, 2, 4}, 3: {0, 1, 2, 4, 3}, 4: {0, 1, 2, 3, 4}, 9: {0, 1, 2, 3, 4},
	} {
		srv.Fail(Word("t"), Swap(n).Once())
		var got []int64
		for _, row := range mustQuery(t, db, "SELECT n FROM t") {
			got = append(got, row[0].(int64))
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("swapped at %d: %v; want %v", n, got, want)
		}
	}
}

func TestSlow(t *testing.T) {
	srv := Start(t, Options{PacketSize: minPacketSize})
	db := open(t, srv)
	db.SetMaxOpenConns(1)
	srv.Handle(Word("t"), numbers(50))
	mustQuery(t, db, "SELECT n FROM t")
	srv.Fail(Word("t"), Slow(10*time.Millisecond).Once())
	start := time.Now()
	mustQuery(t, db, "SELECT n FROM t")
	if took := time.Since(start); took < 50*time.Millisecond {
		t.Errorf("took %v; want several packets of 10 ms", took)
	}
	start = time.Now()
	mustQuery(t, db, "SELECT n FROM t")
	if took := time.Since(start); took > 40*time.Millisecond {
		t.Errorf("took %v after the fault", took)
	}
	srv.Fail(Word("t"), Slow(time.Hour).Once())
	if err := drain(cancelled(30*time.Millisecond), db, "SELECT n FROM t"); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v; want the cancellation", err)
	}
	mustQuery(t, db, "SELECT 1")
}

func TestFaultsOnTransactionsAndSettings(t *testing.T) {
	srv := Start(t, Options{})
	db := open(t, srv)
	srv.Fail(Word("SNAPSHOT"), Raise(Message{Number: 3951, Class: 16, State: 1, Text: "no snapshot here"}))
	_, err := db.BeginTx(context.Background(), &sql.TxOptions{Isolation: sql.LevelSnapshot})
	wantNumber(t, err, 3951)
	_, err = db.Exec("SET TRANSACTION ISOLATION LEVEL SNAPSHOT")
	wantNumber(t, err, 3951)
	srv.Fail(Word("COMMIT"), Raise(Message{Number: 9002, Class: 17, State: 4, Text: "The transaction log is full."}).Once())
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	wantNumber(t, tx.Commit(), 9002)
}
