package tdstest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestHundredThousandRows(t *testing.T) {
	const n = 100_000
	srv := Start(t, Options{})
	srv.Handle(Word("t"), numbers(n))
	for _, mode := range modes {
		for _, size := range []string{"512", "4096", "32767"} {
			if mode != "disable" && size != "32767" {
				continue // takes long, and TLS does not see packets
			}
			db := open(t, srv, "encrypt="+mode, "packet size="+size)
			rows, err := db.Query("SELECT n, text FROM t")
			if err != nil {
				t.Fatal(err)
			}
			count, text := 0, ""
			for ; rows.Next(); count++ {
				var got int
				if err := rows.Scan(&got, &text); err != nil || got != count || len(text) != count%50 {
					t.Fatalf("%s, %s: row %d is %d %q (%v)", mode, size, count, got, text, err)
				}
			}
			if err := rows.Err(); err != nil || count != n {
				t.Errorf("%s, %s: %d rows, error %v", mode, size, count, err)
			}
			rows.Close()
		}
	}
}

func TestTenMegabyteStrings(t *testing.T) {
	big := strings.Repeat("0123456789", 1<<20)
	srv := Start(t, Options{})
	for _, c := range []struct{ mode, kind string }{
		{"disable", "nvarchar(max)"}, {"false", "varchar(max)"}, {"true", "ntext"}, {"strict", ""},
	} {
		srv.Handle(Word("big"), Answer{
			Columns: []Column{{Name: "a", Type: c.kind}, {Name: "n", Type: "int"}},
			Rows:    Rows([]any{big, 1}, []any{"", 2}, []any{nil, 3}),
		})
		got := mustQuery(t, open(t, srv, "encrypt="+c.mode), "SELECT a FROM big")
		if len(got) != 3 || got[0][0] != big || got[1][0] != "" || got[2][0] != nil || got[2][1] != int64(3) {
			t.Errorf("%s: %d rows, or a value came back changed", c.mode, len(got))
		}
	}
	mustQuery(t, open(t, srv, "encrypt=true"), "SELECT a FROM big WHERE x = @p1", big)
	log := srv.Log()
	if sent := log[len(log)-1].Args[0].Value; sent != big {
		t.Error("the parameter came changed")
	}
}

// TestAttentionWhileStreaming cancels endless answers and uses the connection
// again, many times, as the moment of the attention matters.
func TestAttentionWhileStreaming(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			srv := Start(t, Options{})
			srv.Handle(Word("endless"), numbers(-1))
			db := open(t, srv, "encrypt="+mode)
			db.SetMaxOpenConns(1)
			before := mustQuery(t, db, "SELECT @@SPID")[0][0]
			for i := range 20 {
				err := drain(cancelled(time.Duration(i)*time.Millisecond), db, "SELECT n FROM endless")
				if !errors.Is(err, context.Canceled) {
					t.Fatalf("error is %v; want the cancellation", err)
				}
				rows, err := db.Query("SELECT n FROM endless")
				if err != nil {
					t.Fatal(err)
				}
				rows.Next()
				if err := rows.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if after := mustQuery(t, db, "SELECT @@SPID")[0][0]; after != before {
				t.Errorf("session %v is followed by %v; want it reused", before, after)
			}
		})
	}
}

// TestLateAttention lets attentions cross with the ends of short answers.
func TestLateAttention(t *testing.T) {
	srv := Start(t, Options{})
	srv.Handle(Word("t"), numbers(3))
	db := open(t, srv)
	db.SetMaxOpenConns(1)
	for i := range 300 {
		drain(cancelled(time.Duration(i)*2*time.Microsecond), db, "SELECT n FROM t")
		if got := mustQuery(t, db, "SELECT n FROM t"); len(got) != 3 {
			t.Fatalf("%d rows after an attention; want 3", len(got))
		}
	}
}

func TestManyConnections(t *testing.T) {
	srv := Start(t, Options{})
	srv.Handle(Word("t"), numbers(500))
	db := open(t, srv, "encrypt=true")
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 5 {
				if got, err := query(t, db, "SELECT n FROM t WHERE a = @p1", 1); err != nil || len(got) != 500 {
					t.Errorf("%d rows, error %v", len(got), err)
				}
				srv.Log()
				srv.Handle(Word("other"), numbers(1))
			}
		})
	}
	wg.Wait()
}
