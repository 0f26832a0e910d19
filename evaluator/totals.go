package evaluator

import (
	"fmt"

	"github.com/nscheck/nscheck/snapshot"
)

// activeStatus is the asset status of a computer that counts as a client.
const activeStatus = "Active"

// totals counts clients while they stream by; estate rules read it as
// data.totals. Only Active computers count that are neither package servers
// nor the Notification Server: a site that has nobody else has no clients.
type totals struct {
	servers   map[string]bool // GUIDs of the computers that do not count
	clients   int64
	unlocated int64
	uncounted int64 // Active computers that a tally left out, for it reads what was not collected
	noStatus  int64 // computers whose status is unknown; they are not counted
	noAddress int64 // clients whose addresses were not collected
	sites     map[string]int64
	subnets   map[string]int64
	uncovered map[string]int64
	tally     map[string]any // nested maps, with int64 at the leaves
}

func newTotals(estate *snapshot.Estate) *totals {
	t := &totals{
		servers:   map[string]bool{},
		sites:     map[string]int64{},
		subnets:   map[string]int64{},
		uncovered: map[string]int64{},
		tally:     map[string]any{},
	}
	for _, ps := range estate.PackageServers {
		t.servers[ps.GUID] = true
	}
	if estate.Server != nil && estate.Server.GUID != nil {
		t.servers[*estate.Server.GUID] = true
	}
	return t
}

// count counts a computer where it is a client. A client whose subnet is in
// several sites counts in each of them: each has to serve it.
func (t *totals) count(c *snapshot.Client, loc *snapshot.Location, nets *networks) {
	if t.servers[c.GUID] {
		return
	}
	if c.Status == nil {
		t.noStatus++
		return
	}
	if *c.Status != activeStatus {
		return
	}
	t.clients++
	if c.Addresses == nil {
		t.noAddress++
	}
	switch {
	case loc == nil || loc.Network == nil:
		t.unlocated++
	case loc.Subnet != nil:
		t.subnets[*loc.Subnet]++
	default:
		t.uncovered[*loc.Network]++
	}
	if len(c.Addresses) > 0 {
		for _, site := range nets.locate(c.Addresses[:1]).Sites {
			t.sites[site]++
		}
	}
}

// addTally counts one key of a client rule's tally.
func (t *totals) addTally(key []string) error {
	m := t.tally
	for _, k := range key[:len(key)-1] {
		switch next := m[k].(type) {
		case nil:
			inner := map[string]any{}
			m[k] = inner
			m = inner
		case map[string]any:
			m = next
		default:
			return fmt.Errorf("tally %v is counted both by itself and as part of a longer key", key)
		}
	}
	last := key[len(key)-1]
	switch n := m[last].(type) {
	case nil:
		m[last] = int64(1)
	case int64:
		m[last] = n + 1
	default:
		return fmt.Errorf("tally %v is counted both by itself and as part of a longer key", key)
	}
	return nil
}

func (t *totals) document() map[string]any {
	return map[string]any{
		"clients":            t.clients,
		"unlocated_clients":  t.unlocated,
		"sites":              clientCounts(t.sites),
		"subnets":            clientCounts(t.subnets),
		"uncovered_networks": clientCounts(t.uncovered),
		"tally":              t.tally,
	}
}

func clientCounts(counts map[string]int64) map[string]any {
	out := make(map[string]any, len(counts))
	for k, n := range counts {
		out[k] = map[string]any{"clients": n}
	}
	return out
}
