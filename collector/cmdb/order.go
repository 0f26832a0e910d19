package cmdb

import (
	"regexp"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/guid"
	"github.com/nscheck/nscheck/snapshot"
)

// keyOrder is the order in which a server sorts GUIDs: the positions of a GUID's
// bytes, the most significant first. SQL Server begins with the last six bytes,
// SQLite compares text, other engines plain bytes. Each is a permutation, and the
// server's answer to the query key_order shows which.
type keyOrder [16]int

// sortKey has the bytes of a GUID in a server's order, so that comparing bytes
// compares as the server does.
type sortKey [16]byte

func (o *keyOrder) sortKey(g guid.GUID) sortKey {
	var k sortKey
	for i, from := range o {
		k[i] = g[from]
	}
	return k
}

func (o *keyOrder) guid(k sortKey) guid.GUID {
	var g guid.GUID
	for i, to := range o {
		g[to] = k[i]
	}
	return g
}

// tableOfKeys is the part of the shipped query key_order that makes its literals keys
// by type, with the first literal.
var tableOfKeys = regexp.MustCompile(`(?s)SELECT\s+rc\..*?UNION ALL SELECT ('[^']*')`)

// withoutKeyTable returns the shipped binding of key_order without the table, for a
// CMDB that has computers elsewhere. It assumes that keys are GUIDs; if they are
// not, rows about clients turn out to be in no order.
func withoutKeyTable(b *binding.Binding) *binding.Binding {
	alone := *b
	alone.Query = tableOfKeys.ReplaceAllString(b.Query, "SELECT CAST($1 AS uniqueidentifier) AS [key]")
	return &alone
}

var errUnknownOrder = &sectionError{snapshot.Failed, "collect clients: the server sorts GUIDs in an unknown order, and not by their text either, so its rows about clients cannot be merged"}

var lastOrder = regexp.MustCompile(`(?i)\bORDER\s+BY\s+((?:\w+\.)?(?:\[[^\]]+\]|\w+))\s*;?\s*$`)

// beginsWith matches a query that begins with WITH, which cannot be a part of
// another.
var beginsWith = regexp.MustCompile(`(?im)^\s*;*\s*WITH\s`)

// inTextOrder changes a query so that its rows are in the order of their keys' text,
// which is the same on every server. Sorting by text cannot use an index, so it is
// for servers with an unknown order. A query without an order at its end stays as it
// is: its rows will be found out of order.
func inTextOrder(query string) string {
	at := lastOrder.FindStringIndex(query)
	if at == nil {
		return query
	}
	if beginsWith.MatchString(query) {
		return lastOrder.ReplaceAllString(query, "ORDER BY CAST($1 AS char(36))")
	}
	return "SELECT q.* FROM (\n" + query[:at[0]] + "\n) q ORDER BY CAST(q.[key] AS char(36))"
}

// learnOrder reads the order from the server's answer to key_order: all zeroes first,
// then GUIDs with one byte that is not zero, once 01 and once FF, from the least to
// the most significant byte.
func learnOrder(answer []guid.GUID) (keyOrder, error) {
	var order keyOrder
	if len(answer) != 33 || answer[0] != (guid.GUID{}) {
		return order, errUnknownOrder
	}
	var seen [16]bool
	for i := range 16 {
		low, high := answer[1+2*i], answer[2+2*i]
		position := -1
		for p, b := range low {
			if b != 0 {
				position = p
			}
		}
		if position < 0 || seen[position] {
			return order, errUnknownOrder
		}
		var wantLow, wantHigh guid.GUID
		wantLow[position], wantHigh[position] = 0x01, 0xFF
		if low != wantLow || high != wantHigh {
			return order, errUnknownOrder
		}
		seen[position] = true
		order[15-i] = position
	}
	return order, nil
}
