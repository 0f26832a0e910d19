package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/internal/tdstest"
	"github.com/nscheck/nscheck/snapshot"
)

func refuse(number int32) tdstest.Fault {
	return tdstest.Raise(tdstest.Message{Number: number, Class: 16, State: 1, Text: "It is not allowed."})
}

// TestIsolation: the best level that the database allows is chosen, recorded
// and shown, and what cannot be had is said and is not fatal.
func TestIsolation(t *testing.T) {
	const doubtful = "rows that changed meanwhile may be missing or duplicated"
	for name, c := range map[string]struct {
		state, committed int // of sys.databases
		match            tdstest.Match
		fault            tdstest.Fault
		level            string // in the manifest
		reads            string // the level at which the server saw the queries
		notes            []string
		status           int
	}{
		"snapshot allowed":                {state: 1, committed: 1, level: "snapshot", reads: "SNAPSHOT"},
		"on its way to snapshot":          {state: 3, committed: 1, level: "read committed snapshot", reads: "READ COMMITTED"},
		"read committed snapshot only":    {committed: 1, level: "read committed snapshot", reads: "READ COMMITTED"},
		"neither":                         {level: "read uncommitted", reads: "READ UNCOMMITTED", notes: []string{doubtful, "KB158091"}},
		"snapshot refused at the start":   {state: 1, match: tdstest.Regexp(`ISOLATION LEVEL SNAPSHOT`), fault: refuse(3951), level: "read uncommitted", reads: "READ UNCOMMITTED", notes: []string{"refused isolation level snapshot (error 3951", doubtful}},
		"transaction refused":             {state: 1, match: tdstest.Regexp(`BEGIN TRAN`), fault: refuse(3952), level: "read uncommitted", reads: "READ UNCOMMITTED", notes: []string{"refused isolation level snapshot (error 3952", doubtful}},
		"snapshot refused at a view":      {state: 1, match: section("policies"), fault: refuse(3952).Once(), level: "read uncommitted", reads: "READ UNCOMMITTED", notes: []string{"refused isolation level snapshot (error 3952", doubtful, `section "policies" was read at attempt 2`}},
		"every level refused":             {match: tdstest.Regexp(`ISOLATION LEVEL`), fault: refuse(102), level: "server default", reads: "READ COMMITTED", notes: []string{"refused isolation level read uncommitted"}},
		"lock timeout refused":            {committed: 1, match: tdstest.Regexp(`LOCK_TIMEOUT`), fault: refuse(195), level: "read committed snapshot", reads: "READ COMMITTED", notes: []string{"refused SET LOCK_TIMEOUT 10000 (error 195: It is not allowed.): statements wait for locks until their own deadline"}},
		"deadlock priority refused":       {committed: 1, match: tdstest.Regexp(`DEADLOCK_PRIORITY`), fault: refuse(195), level: "read committed snapshot", reads: "READ COMMITTED", notes: []string{"refused SET DEADLOCK_PRIORITY LOW"}},
		"sys.databases refused":           {state: 1, committed: 1, match: tdstest.Word("databases"), fault: refuse(229), level: "read uncommitted", reads: "READ UNCOMMITTED", notes: []string{"refused access to sys.databases (error 229", doubtful}, status: 3},
		"deadlock inside the snapshot":    {state: 1, match: section("policies"), fault: tdstest.Deadlock().Once(), level: "snapshot", reads: "SNAPSHOT", notes: []string{`the server ended the transaction while section "policies" was read: what was read before and after it are two different states`}},
		"connection lost in the snapshot": {state: 1, match: section("clients.agents"), fault: tdstest.Cut(2).Once(), level: "snapshot", reads: "SNAPSHOT", notes: []string{`the connection was lost while section "clients.agents" was read: what was read before and after it are two different states`}},
		"lock timeout in the snapshot":    {state: 1, match: section("policies"), fault: tdstest.LockTimeout().Once(), level: "snapshot", reads: "SNAPSHOT", notes: []string{`section "policies" was read at attempt 2`}},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			d := startDouble(t, smallEstate(t), nil)
			d.allow(t, c.state, c.committed)
			if c.match != nil {
				d.Fail(c.match, c.fault)
			}
			o := collectRun(t, d)
			if o.manifest == nil || o.status != c.status || o.clients != smallClients {
				t.Fatalf("status %d, %d clients: %s", o.status, o.clients, o.stderr)
			}
			if o.manifest.Source.Isolation != c.level {
				t.Errorf("isolation %q, want %q", o.manifest.Source.Isolation, c.level)
			}
			if (len(c.notes) == 0) != (o.notes() == "") {
				t.Errorf("notes %q", o.notes())
			}
			for _, text := range c.notes {
				if !strings.Contains(o.notes(), text) || !strings.Contains(o.stderr, "Note: ") || !strings.Contains(o.stderr, text) {
					t.Errorf("no %q in %q, or not in %q", text, o.notes(), o.stderr)
				}
			}
			readAt(t, d, c.reads)
			if name != "connection lost in the snapshot" && len(d.Logins()) != 1 {
				t.Errorf("%d logins", len(d.Logins()))
			}
			held(t, d)
		})
	}
}

// readAt checks at which level the last section was read, and for a snapshot
// that it was inside a transaction.
func readAt(t *testing.T, d *double, level string) {
	t.Helper()
	log := d.Log()
	last := section("clients.task_agent")
	i := slices.IndexFunc(log, func(e tdstest.Entry) bool { return last(e.SQL) })
	if i < 0 {
		t.Fatal("the last section was not read")
	}
	if e := log[i]; e.Isolation != level || e.InTran != (level == "SNAPSHOT") {
		t.Errorf("read at %s, in a transaction %t; want %s", e.Isolation, e.InTran, level)
	}
}

// held checks that a transaction is ended, not left to the closing of the
// connection.
func held(t *testing.T, d *double) {
	t.Helper()
	log := d.Log()
	begins := slices.IndexFunc(log, func(e tdstest.Entry) bool { return e.SQL == "BEGIN TRANSACTION" })
	if begins >= 0 && log[len(log)-1].InTran && log[len(log)-1].SQL != "ROLLBACK TRANSACTION" {
		t.Errorf("the transaction was not ended; the last statement is %s", log[len(log)-1].SQL)
	}
	for _, e := range log {
		if word := strings.ToUpper(strings.Fields(e.SQL + " .")[0]); !slices.Contains([]string{"SELECT", "WITH", "--", "SET", "BEGIN", "ROLLBACK", "."}, word) {
			t.Errorf("this is not reading: %s", e.SQL)
		}
	}
}

// TestSnapshotShowsTheLevel: people see how a snapshot was read.
func TestSnapshotShowsTheLevel(t *testing.T) {
	d := startDouble(t, smallEstate(t), nil)
	o := collectRun(t, d)
	var stdout, stderr strings.Builder
	if status := run([]string{"nscheck", "snapshot", "verify", o.folder + "/estate.jsonl"}, &stdout, &stderr); status != 0 {
		t.Fatal(stderr.String())
	}
	for _, text := range []string{fmt.Sprintf("sqlserver, server %s, database Symantec_CMDB, isolation level read uncommitted", d.Addr()), "Note: read at isolation level read uncommitted"} {
		if !strings.Contains(stdout.String(), text) {
			t.Errorf("no %q in %s", text, stdout.String())
		}
	}
	if *o.manifest.Source.UTCOffsetMinutes != 60 || o.manifest.CollectedAt != *snapshot.NewTime(smallEstate(t).Now) {
		t.Errorf("%+v", o.manifest)
	}
}
