package cmdb

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/collector/cmdb/tsql"
	"github.com/nscheck/nscheck/internal/guid"
	"github.com/nscheck/nscheck/snapshot"
)

// The orders of known engines, written out as comparisons.
var knownOrders = map[string]func(a, b guid.GUID) int{
	"text": func(a, b guid.GUID) int { return bytes.Compare(a[:], b[:]) },
	"SQL Server": func(a, b guid.GUID) int {
		wireA, wireB := toWire(a), toWire(b)
		for _, i := range []int{10, 11, 12, 13, 14, 15, 8, 9, 6, 7, 4, 5, 0, 1, 2, 3} {
			if wireA[i] != wireB[i] {
				return int(wireA[i]) - int(wireB[i])
			}
		}
		return 0
	},
	"bytes as sent": func(a, b guid.GUID) int {
		wireA, wireB := toWire(a), toWire(b)
		return bytes.Compare(wireA[:], wireB[:])
	},
}

// wireBytes says where SQL Server sends each byte of a GUID's text.
var wireBytes = [16]int{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15}

func toWire(g guid.GUID) (wire [16]byte) {
	for i, at := range wireBytes {
		wire[at] = g[i]
	}
	return wire
}

// probe is the literals of key_order, sorted.
func probe(compare func(a, b guid.GUID) int) []guid.GUID {
	literals := []guid.GUID{{}}
	for i := range 16 {
		var low, high guid.GUID
		low[i], high[i] = 0x01, 0xFF
		literals = append(literals, low, high)
	}
	slices.SortFunc(literals, compare)
	return literals
}

func TestLearnOrder(t *testing.T) {
	for name, compare := range knownOrders {
		order, err := learnOrder(probe(compare))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		seed := uint32(1)
		random := func() (g guid.GUID) {
			for i := range g {
				seed = seed*1664525 + 1013904223
				g[i] = byte(seed >> 24)
			}
			return g
		}
		for range 2000 {
			a, b := random(), random()
			b[seed%16] = a[seed%16]
			want, got := compare(a, b), compareKeys(order.sortKey(a), order.sortKey(b))
			if (want < 0) != (got < 0) || (want > 0) != (got > 0) {
				t.Fatalf("%s: %s and %s compare %d, want %d", name, a, b, got, want)
			}
			if back := order.guid(order.sortKey(a)); back != a {
				t.Fatalf("%s: %s came back as %s", name, a, back)
			}
		}
	}
}

func TestLearnOrderRefuses(t *testing.T) {
	good := probe(knownOrders["text"])
	descending := slices.Clone(good)
	slices.Reverse(descending)
	signed := slices.Clone(good)
	signed[1], signed[2] = signed[2], signed[1]
	doubled := slices.Clone(good)
	doubled[3], doubled[4] = doubled[1], doubled[2]
	for name, answer := range map[string][]guid.GUID{
		"nothing": nil, "short": good[:32], "descending": descending, "signed bytes": signed, "a byte twice": doubled,
		"two zeroes": append([]guid.GUID{{}}, good[:32]...),
	} {
		if order, err := learnOrder(answer); err == nil {
			t.Errorf("%s: %v", name, order)
		}
	}
}

func TestInTextOrder(t *testing.T) {
	for query, want := range map[string]string{
		"SELECT a AS [key] FROM t ORDER BY t.[a b];\n":          "SELECT q.* FROM (\nSELECT a AS [key] FROM t \n) q ORDER BY CAST(q.[key] AS char(36))",
		"-- x\nWITH c AS (SELECT 1) SELECT k FROM c ORDER BY k": "-- x\nWITH c AS (SELECT 1) SELECT k FROM c ORDER BY CAST(k AS char(36))",
		"SELECT a FROM t": "SELECT a FROM t",
		"SELECT a FROM (SELECT TOP 1 b FROM t ORDER BY b) x": "SELECT a FROM (SELECT TOP 1 b FROM t ORDER BY b) x",
	} {
		if got := inTextOrder(query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

// TestOrderWithoutTable: users with clients in other tables need not bind key_order,
// whether its table is not there or may not be read.
func TestOrderWithoutTable(t *testing.T) {
	for name, refusal := range map[string]mssqlError{
		"missing": {invalidObject, "Invalid object name 'RM_ResourceComputer'."},
		"denied":  {permissionDenied, "The SELECT permission was denied"},
	} {
		f := newFake("SQL Server")
		f.change("key_order", func(a *answer) {
			literals := *a
			*a = answer{err: refusal, then: &literals}
		})
		m, err := collectFake(t, f, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if s := m.section(t, "clients"); s.Status != snapshot.Collected || len(m.clients) != len(ids) {
			t.Errorf("%s: %+v, %d clients", name, s, len(m.clients))
		}
	}
	query := withoutKeyTable(binding.Shipped()["key_order"]).Query
	if err := tsql.Check(query); err != nil {
		t.Error(err)
	}
	want := "SELECT CAST('00000000-0000-0000-0000-000000000000' AS uniqueidentifier) AS [key]\nUNION ALL SELECT '01000000-0000-0000-0000-000000000000'\n"
	if !strings.Contains(query, "\n"+want) || strings.Count(query, "SELECT") != 33 || !strings.HasSuffix(strings.TrimSpace(query), "ORDER BY [key]") {
		t.Error(query)
	}
}

// TestOrderUnknownWithoutTable: where the literals alone cannot be sorted either,
// the first answer is more specific.
func TestOrderUnknownWithoutTable(t *testing.T) {
	f := newFake("SQL Server")
	f.change("key_order", func(a *answer) {
		*a = answer{err: mssqlError{invalidObject, "Invalid object name 'RM_ResourceComputer'."}, then: &answer{err: mssqlError{8169, "Conversion failed."}}}
	})
	m, err := collectFake(t, f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s := m.section(t, "clients"); s.Status != snapshot.Missing || !strings.Contains(s.Error, `collect key_order: table or view "RM_ResourceComputer" does not exist`) {
		t.Errorf("%+v", s)
	}
}
