package evaluator

import (
	"fmt"

	"github.com/nscheck/nscheck/evaluator/rule"
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
	noStatus  int64 // computers whose status is unknown; they are not counted
	noAddress int64 // clients whose addresses were not collected
	sites     map[string]int64
	subnets   map[string]int64
	uncovered map[string]int64
	// Active computers that a tally left out, because it reads what was not collected:
	// by rule, and by rule and key.
	uncounted map[string]int64
	tally     map[string]any // nested maps, with int64 at the leaves
}

func newTotals(estate *snapshot.Estate) *totals {
	t := &totals{
		servers:   map[string]bool{},
		sites:     map[string]int64{},
		subnets:   map[string]int64{},
		uncovered: map[string]int64{},
		uncounted: map[string]int64{},
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

// countStreamed counts a client where it is; it reports whether the client's
// status is Active.
func (t *totals) countStreamed(c *streamed) (active bool) {
	known, isServer := true, false
	switch {
	case c.plain:
		known = c.decoded.client.Status != nil
		active = known && *c.decoded.client.Status == activeStatus
		isServer = t.servers[c.decoded.client.GUID]
	default:
		known = !c.scan.Is(statusField, "null")
		active = c.scan.Is(statusField, `"`+activeStatus+`"`)
		if known && !active { // it may be written with escapes
			active = c.text(statusField) == activeStatus
		}
		guid := c.scan.Text(guidField)
		isServer = t.servers[string(guid[1:len(guid)-1])]
	}
	if !isServer {
		t.count(known, active, c.place)
	}
	return active
}

// count counts a computer where it is a client.
func (t *totals) count(known, active bool, p *Place) {
	switch {
	case !known:
		t.noStatus++
	case active:
		t.clients++
		p.clients++
	}
}

// leave adds up the clients of a place. A client whose subnet is in several
// sites counts in each of them: each has to serve it.
func (t *totals) leave(p *Place) {
	n := p.clients
	p.clients = 0
	if n == 0 {
		return
	}
	switch {
	case p.Loc == nil:
		t.noAddress += n
		t.unlocated += n
	case p.Loc.Network == nil:
		t.unlocated += n
	case p.Loc.Subnet != nil:
		t.subnets[*p.Loc.Subnet] += n
	default:
		t.uncovered[*p.Loc.Network] += n
	}
	for _, site := range p.sites {
		t.sites[site] += n
	}
}

// add adds what another one counted; tallies are added by themselves.
func (t *totals) add(o *totals) {
	t.clients += o.clients
	t.unlocated += o.unlocated
	t.noStatus += o.noStatus
	t.noAddress += o.noAddress
	for _, m := range []struct{ to, from map[string]int64 }{{t.sites, o.sites}, {t.subnets, o.subnets}, {t.uncovered, o.uncovered}, {t.uncounted, o.uncounted}} {
		for k, n := range m.from {
			m.to[k] += n
		}
	}
}

// addTally counts one key of a client rule's tally n times.
func (t *totals) addTally(key []string, n int64) error {
	conflict := fmt.Errorf("tally %v is counted both by itself and as part of a longer key", key)
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
			return conflict
		}
	}
	last := key[len(key)-1]
	switch sum := m[last].(type) {
	case nil:
		m[last] = n
	case int64:
		m[last] = sum + n
	default:
		return conflict
	}
	return nil
}

// totalsDocument is data.totals. How many computers were not counted is unknown if
// clients were not collected in full, or if the status of some is unknown.
func (r *run) totalsDocument() map[string]any {
	doc := r.totals.document()
	doc["not_counted"] = r.notCountedDocument()
	if r.unrecognisedServers() > 0 {
		doc["unrecognised_servers"] = r.unrecognisedServers()
		perhaps := map[string]any{}
		for table, counts := range r.totals.places() {
			counted, empty := splitOneClient(counts)
			doc[table], perhaps[table] = clientCounts(counted), empty
		}
		doc["perhaps_empty"] = perhaps
	}
	clients, listed := r.coll.sections["clients"]
	if r.totals.noStatus > 0 || listed && clients.Status != snapshot.Collected {
		doc["uncounted_clients"] = nil
	}
	return doc
}

// unrecognisedServers is how many of the clients that were counted may be the
// Notification Server: one if a snapshot does not say which computer that is. A
// document without a manifest was written by hand and lists clients only.
func (r *run) unrecognisedServers() int64 {
	if !r.coll.manifest || r.estate.Server != nil && r.estate.Server.GUID != nil {
		return 0
	}
	return min(r.totals.clients, 1)
}

// onlyPerhaps counts the sites, subnets and networks whose only client may be the
// Notification Server.
func (r *run) onlyPerhaps() (n int64) {
	if r.unrecognisedServers() > 0 {
		for _, counts := range r.totals.places() {
			_, empty := splitOneClient(counts)
			n += int64(len(empty))
		}
	}
	return n
}

// places are the counts by place, by their table in data.totals.
func (t *totals) places() map[string]map[string]int64 {
	return map[string]map[string]int64{"sites": t.sites, "subnets": t.subnets, "uncovered_networks": t.uncovered}
}

// splitOneClient separates the places that have one client from those that have more.
func splitOneClient(counts map[string]int64) (more map[string]int64, one map[string]any) {
	more, one = map[string]int64{}, map[string]any{}
	for place, n := range counts {
		if n > 1 {
			more[place] = n
		} else {
			one[place] = true
		}
	}
	return more, one
}

// uncountedKey is where the computers are counted that a rule left out under a key.
func uncountedKey(rule, key string) string { return rule + " " + key }

// missingGroup reports whether a clause of a tally counts nobody, because what it needs
// was not collected.
func (r *run) missingGroup(g *rule.TallyGroup) bool { return len(r.coll.missing(&g.Needs)) > 0 }

// notCounted is how many Active computers a rule did not count under a key, and whether
// it counted any.
func (r *run) notCounted(index int, key string) (n int64, counted bool) {
	rule := r.pack.Rules[index]
	if r.states[index].verdict != "" || r.leavesOut(rule) {
		return 0, false
	}
	for _, g := range rule.Groups {
		if (g.Keys.Any || g.Keys.Named[key]) && r.missingGroup(&g) {
			return 0, false
		}
	}
	return r.totals.uncounted[uncountedKey(rule.ID, key)] + r.totals.uncounted[uncountedKey(rule.ID, "")], true
}

// notCountedDocument is data.totals.not_counted.
func (r *run) notCountedDocument() map[string]any {
	out := map[string]any{}
	for i, rule := range r.pack.Rules {
		for key := range rule.TallyKeys.Named {
			n, counted := r.notCounted(i, key)
			before, there := out[key]
			switch sum, _ := before.(int64); {
			case !counted:
				out[key] = nil
			case n > 0 && (!there || before != nil):
				out[key] = sum + n
			}
		}
	}
	return out
}

// leftOut is the largest number of Active computers that a tally left out.
func (t *totals) leftOut() int64 {
	most := int64(0)
	for _, n := range t.uncounted {
		most = max(most, n)
	}
	return most
}

func (t *totals) document() map[string]any {
	return map[string]any{
		"clients":              t.clients,
		"unlocated_clients":    t.unlocated,
		"uncounted_clients":    t.leftOut(),
		"not_counted":          map[string]any{},
		"unrecognised_servers": int64(0),
		"perhaps_empty":        map[string]any{"sites": map[string]any{}, "subnets": map[string]any{}, "uncovered_networks": map[string]any{}},
		"sites":                clientCounts(t.sites),
		"subnets":              clientCounts(t.subnets),
		"uncovered_networks":   clientCounts(t.uncovered),
		"tally":                t.tally,
	}
}

func clientCounts(counts map[string]int64) map[string]any {
	out := make(map[string]any, len(counts))
	for k, n := range counts {
		out[k] = map[string]any{"clients": n}
	}
	return out
}
