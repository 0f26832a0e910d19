package evaluator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/policies"
	"github.com/nscheck/nscheck/snapshot"
)

// TestUnblocksIsWhatTheFixUnblocks applies the fix of every cause of random estates,
// with all that follows from it, evaluates again, and counts the clients that no
// sure fault blocks any more. The number of the cause must be exactly that, or not
// be given.
//
// What follows from a fix is worked out by a model that knows how packages travel
// and nothing of `explains`: a package server on which a package is not ready
// because of some setting gets it once no setting is in its way.
func TestUnblocksIsWhatTheFixUnblocks(t *testing.T) {
	pack, err := rule.LoadPack(rule.Source{Name: "builtin", FS: policies.FS})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	given, withheld := 0, 0
	for _, seed := range seeds(60) {
		w := newBlockedWorld(seed)
		before := w.evaluate(t, pack)
		for _, cause := range before.result.Causes {
			if cause.Resource == nil {
				continue
			}
			r, _ := pack.Rule(cause.Rule)
			if cause.Unblocks == nil {
				if cause.Frees != 0 {
					t.Errorf("seed %d: %s frees %d although the number is unknown", seed, cause.ID, cause.Frees)
				}
				withheld++
				continue
			}
			if *cause.Unblocks != cause.Frees {
				t.Errorf("seed %d: %s unblocks %d and frees %d", seed, cause.ID, *cause.Unblocks, cause.Frees)
			}
			if r.Fix == rule.FixExternal {
				t.Errorf("seed %d: %s has a number although its fix is outside the data", seed, cause.ID)
				continue
			}
			given++
			seen[cause.Rule]++
			fixed := w.clone()
			fixed.fix(t, &cause)
			after := fixed.evaluate(t, pack)
			var unblocked []string
			for _, guid := range before.clients[cause.ID] {
				if w.unblocked(guid, before, after, &cause) {
					unblocked = append(unblocked, guid)
				}
			}
			if *cause.Unblocks != int64(len(unblocked)) {
				t.Errorf("seed %d: %s (%s) is said to unblock %d of %d clients, and unblocks %d", seed, cause.ID, cause.Msg, *cause.Unblocks, cause.Clients, len(unblocked))
			}
		}
	}
	t.Logf("%d numbers are exact, %d are not given; causes by rule: %v", given, withheld, seen)
	for _, rule := range []string{
		"NS-SITE-001", "NS-SITE-002", "NS-SITE-003", "NS-PKG-001", "NS-PKG-002", "NS-PKG-003",
		"NS-POL-001", "NS-POL-002", "NS-POL-003", "NS-POL-004", "NS-POL-005",
	} {
		if seen[rule] == 0 && len(seeds(60)) >= 60 {
			t.Errorf("no estate has a cause of %s", rule)
		}
	}
	if withheld > given/4 {
		t.Errorf("%d numbers are not given, and %d are", withheld, given)
	}
}

const worldFilter = "D3BA9CA7-5E71-4D76-B961-1BA0B436AACB"

// worldRoles are the required packages that a client can lack.
var worldRoles = []string{"scan", "tools"}

// blockedWorld is an estate with faults, and its clients.
type blockedWorld struct {
	Estate  *snapshot.Estate  `json:"estate"`
	Clients []snapshot.Client `json:"clients"`
}

type dice struct{ *rand.Rand }

func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

// newBlockedWorld makes four sites, of which the last one works, with at most two
// package servers each.
func newBlockedWorld(seed uint64) *blockedWorld {
	d := dice{rand.New(rand.NewPCG(seed, 21))}
	w := &blockedWorld{Estate: &snapshot.Estate{
		Server:         &snapshot.Server{GUID: new(testGUID(1)), Name: "NS01", Version: new("8.6.3268"), PluginVersion: new("8.6.3268"), HierarchyChild: new(false), ReadCommittedSnapshot: new(true)},
		VendorPolicies: []snapshot.VendorPolicy{}, Policies: []snapshot.Policy{}, Packages: []snapshot.Package{},
		PackageServers: []snapshot.PackageServer{}, Sites: []snapshot.Site{}, Subnets: []snapshot.Subnet{},
		Filters:     []snapshot.Filter{{GUID: worldFilter, Name: "Computers with Software Update Plug-in Installed", Members: new(12)}},
		Licences:    &snapshot.Licences{Product: "Altiris Patch Management Solution", InUse: new(1), Owned: new(9), InactiveHolders: []snapshot.LicenceHolder{}, SameName: []snapshot.SameName{}},
		PatchImport: &snapshot.PatchImport{LastRunSucceeded: new(!d.chance(8))},
	}}
	w.addPackages(d)
	w.addSites(d)
	w.addPolicies(d)
	for i := range 12 {
		w.addClient(d, i)
	}
	return w
}

func (w *blockedWorld) addPackages(d dice) {
	for i, role := range []string{"plugin", "scan", "tools"} {
		p := snapshot.Package{
			GUID: []string{testGUID(401), "6D417916-467C-46A7-A870-6D86D9345B61", "832C527C-B9C9-46FB-B1F1-2F35434FF90D"}[i],
			Name: role, Role: role, Enabled: new(!d.chance(8)), Revision: new("2"), Codebases: []snapshot.Codebase{},
		}
		if !d.chance(4) {
			p.Codebases = append(p.Codebases, snapshot.Codebase{Host: "ns01"})
		}
		w.Estate.Packages = append(w.Estate.Packages, p)
	}
}

func (w *blockedWorld) addSites(d dice) {
	for i := range 4 {
		site := snapshot.Site{GUID: testGUID(501 + i), Name: fmt.Sprintf("S%d", i+1), PreventDownloads: []string{}}
		works := i == 3
		if !works {
			site.PreventDownloads = pickOf(d, 75, []string{}, []string{"Ns"}, []string{"ExtPs"}, []string{"Ns", "ExtPs"})
		}
		w.Estate.Sites = append(w.Estate.Sites, site)
		w.Estate.Subnets = append(w.Estate.Subnets, snapshot.Subnet{GUID: testGUID(601 + i), CIDR: fmt.Sprintf("10.%d.0.0/24", i+1), Sites: []string{site.GUID}})
		servers := 1
		if !works {
			servers = pickOf(d, 50, 1, 2, 2, 0)
		}
		constrained := !works && d.chance(30)
		for n := range servers {
			w.addServer(d, i, n, works && !d.chance(10), constrained || !works && d.chance(15))
		}
	}
	w.Estate.Subnets = append(w.Estate.Subnets, snapshot.Subnet{GUID: testGUID(690), CIDR: "10.90.0.0/24", Sites: []string{}})
	if d.chance(30) { // one network in two sites
		w.Estate.Subnets = append(w.Estate.Subnets, snapshot.Subnet{GUID: testGUID(691), CIDR: "10.1.0.0/24", Sites: []string{testGUID(502)}})
	}
}

func (w *blockedWorld) addServer(d dice, site, n int, works, constrained bool) {
	name := fmt.Sprintf("ps%d%d", site+1, n+1)
	s := snapshot.PackageServer{
		GUID: testGUID(700 + 10*site + n), Name: name, FQDN: new(name + ".corp.example"), Constrained: &constrained, TaskService: new(!d.chance(10)),
		Sites: []string{}, Addresses: []string{fmt.Sprintf("10.%d.0.%d/24", site+1, n+2)}, OSName: new("Windows Server 2019"), AgentVersion: new("8.6.3268"),
		BasicInventoryAgeDays: new(0), TaskRegistrationAgeDays: new(0), Packages: &snapshot.ServerPackages{},
	}
	w.Estate.PackageServers = append(w.Estate.PackageServers, s)
	at := &w.Estate.PackageServers[len(w.Estate.PackageServers)-1]
	worst := d.chance(30) // a server that was assigned nothing
	for i := range w.Estate.Packages {
		p := &w.Estate.Packages[i]
		state := pickOf(d, 55, "ready", "pending", "none", "stale")
		switch {
		case works:
			state = "ready"
		case worst:
			state = "none"
		}
		switch state {
		case "ready":
			w.serve(at, p)
		case "stale":
			w.serve(at, p)
			(*rowOf(at, p.Role)).Revision = new("1")
		case "pending":
			*rowOf(at, p.Role) = &snapshot.ServerPackage{Status: new("pending"), StatusAgeDays: new(9), Revision: new("2")}
		}
	}
}

// serve makes a package ready on a server, which then is one of its codebases.
func (w *blockedWorld) serve(s *snapshot.PackageServer, p *snapshot.Package) {
	*rowOf(s, p.Role) = &snapshot.ServerPackage{Status: new("ready"), StatusAgeDays: new(9), Revision: p.Revision}
	if !hasCodebase(s, p) {
		p.Codebases = append(p.Codebases, snapshot.Codebase{Host: *s.FQDN})
	}
}

func hasCodebase(s *snapshot.PackageServer, p *snapshot.Package) bool {
	return slices.ContainsFunc(p.Codebases, func(c snapshot.Codebase) bool { return c.Host == *s.FQDN })
}

func rowOf(s *snapshot.PackageServer, role string) **snapshot.ServerPackage {
	return map[string]**snapshot.ServerPackage{"plugin": &s.Packages.Plugin, "scan": &s.Packages.Scan, "tools": &s.Packages.Tools}[role]
}

func (w *blockedWorld) addPolicies(d dice) {
	a := &snapshot.PackageAssignment{Type: new(pickOf(d, 50, "all", "individual", "individual", "site")), AutomaticSiteAssignment: new(false), PackageServers: []string{}}
	switch *a.Type {
	case "individual":
		for _, s := range w.Estate.PackageServers {
			if d.chance(70) {
				a.PackageServers = append(a.PackageServers, s.GUID)
			}
		}
	case "site":
		a.AutomaticSiteAssignment = new(d.chance(70))
	case "all":
		a.AutomaticSiteAssignment = new(d.chance(10))
	}
	on := !d.chance(12)
	for i := range pickOf(d, 85, 1, 2) { // two that assign alike: the rules do not say that one that works is enough
		w.Estate.VendorPolicies = append(w.Estate.VendorPolicies, snapshot.VendorPolicy{
			GUID: testGUID(801 + i), Name: fmt.Sprintf("Vendor %d", i+1), Enabled: &on,
			PackageAssignment: &snapshot.PackageAssignment{Type: a.Type, AutomaticSiteAssignment: a.AutomaticSiteAssignment, PackageServers: slices.Clone(a.PackageServers)},
		})
	}
	for i := range pickOf(d, 80, 1, 2) {
		p := snapshot.Policy{
			GUID: testGUID(811 + i), Name: fmt.Sprintf("Analysis %d", i+1), Role: "vulnerability_analysis", Enabled: new(!d.chance(15)),
			TargetFilters: []string{worldFilter}, TargetCount: new(12), Schedules: []snapshot.Schedule{{Type: new("daily"), RepeatMinutes: new(480)}},
		}
		if d.chance(10) {
			p.TargetFilters, p.TargetCount = []string{}, new(pickOf(d, 50, 0, 12))
		}
		w.Estate.Policies = append(w.Estate.Policies, p)
	}
	w.Estate.Policies = append(w.Estate.Policies, snapshot.Policy{
		GUID: testGUID(821), Name: "Default Software Update Plug-in Policy", Role: "plugin_policy", Enabled: new(true), TargetFilters: []string{worldFilter}, TargetCount: new(12), Schedules: []snapshot.Schedule{},
	})
}

func (w *blockedWorld) addClient(d dice, i int) {
	networks := []int{1, 1, 1, 2, 2, 2, 3, 3, 4, 90, 99}
	c := snapshot.Client{
		GUID: testGUID(900 + i), Name: fmt.Sprintf("C%02d", i), Status: new("Active"), Managed: new(true), OSName: new("Windows 10"),
		Agent: &snapshot.Agent{Version: new("8.6.3268")}, Plugin: &snapshot.Plugin{Installed: new(true), Version: new("8.6.3268")},
		Licence: &snapshot.LicenceUse{InUse: new(d.chance(10))}, Filters: []string{worldFilter}, PluginPolicies: []string{testGUID(821)},
		Inventory: &snapshot.Inventory{BasicAgeDays: new(0), PatchReturned: new(false)},
		TaskAgent: &snapshot.TaskAgent{RegistrationAgeDays: new(0)},
		Packages:  &snapshot.ClientPackages{Plugin: &snapshot.ClientPackage{Status: new("downloaded"), StatusAgeDays: new(9)}},
	}
	for range pickOf(d, 80, 1, 2) {
		c.Addresses = append(c.Addresses, fmt.Sprintf("10.%d.0.%d/24", networks[d.IntN(len(networks))], 100+i))
	}
	if d.chance(8) {
		c.PluginPolicies = []string{}
	}
	for _, at := range []**snapshot.ClientPackage{&c.Packages.Scan, &c.Packages.Tools} {
		*at = &snapshot.ClientPackage{Status: new(pickOf(d, 30, "downloaded", "pending", "failed")), StatusAgeDays: new(5)}
	}
	w.Clients = append(w.Clients, c)
}

// pickOf is the first value with a chance in percent, else one of the others.
func pickOf[T any](d dice, percent int, first T, others ...T) T {
	if d.chance(percent) {
		return first
	}
	return others[d.IntN(len(others))]
}

func (w *blockedWorld) clone() *blockedWorld {
	text, _ := json.Marshal(w) // it was written before
	out := &blockedWorld{}
	_ = json.Unmarshal(text, out)
	return out
}

// evaluatedWorld is what an evaluation found.
type evaluatedWorld struct {
	result  *result.Result
	faults  []result.Finding    // of the estate that can be why a client has no licence
	clients map[string][]string // by id of the cause
	chains  map[string]int
}

func (w *blockedWorld) evaluate(t *testing.T, pack *rule.Pack) *evaluatedWorld {
	t.Helper()
	text, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	snap, err := snapshot.NewReader(bytes.NewReader(text), "world.yaml")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	r, err := Evaluate(context.Background(), pack, snap, Options{ToolVersion: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	out := &evaluatedWorld{result: r, clients: map[string][]string{}, chains: map[string]int{}}
	for _, rule := range r.Rules {
		out.chains[rule.ID] = rule.Chain
		if rule.Verdict == result.Errored {
			t.Fatalf("%s: %v", rule.ID, rule.Reasons)
		}
	}
	for f, err := range r.Findings() {
		if err != nil {
			t.Fatal(err)
		}
		rule, _ := pack.Rule(f.Rule)
		switch {
		case f.Resource.Type != "client":
			if slices.Contains(rule.Explains, "NS-LIC-001") {
				out.faults = append(out.faults, f)
			}
		case f.Cause != "" && !slices.Contains(out.clients[f.Cause], f.Resource.GUID):
			out.clients[f.Cause] = append(out.clients[f.Cause], f.Resource.GUID)
		}
	}
	return out
}

// sites are those of some addresses, by the subnets that have the network.
func (w *blockedWorld) sites(addresses ...string) []string {
	set := map[string]bool{}
	for _, a := range addresses {
		network := strings.Join(strings.SplitN(a, ".", 3)[:2], ".") + ".0.0/24"
		for _, s := range w.Estate.Subnets {
			if s.CIDR == network {
				for _, site := range s.Sites {
					set[site] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func (w *blockedWorld) client(guid string) *snapshot.Client {
	return &w.Clients[slices.IndexFunc(w.Clients, func(c snapshot.Client) bool { return c.GUID == guid })]
}

// lackedBy lists the packages that a client does not have.
func lackedBy(c *snapshot.Client) []string {
	var roles []string
	for i, p := range []*snapshot.ClientPackage{c.Packages.Scan, c.Packages.Tools} {
		if *p.Status != "downloaded" {
			roles = append(roles, worldRoles[i])
		}
	}
	return roles
}

// closes reports whether a fault surely takes a package, or what is no package, from
// a client: in each of its sites if it is about sites.
func (w *blockedWorld) closes(f *result.Finding, c *snapshot.Client, role string) bool {
	takes := func(s *result.Selector) bool {
		return s.Certainty == result.Sure && (s.Package == "" || s.Package == role) && s.Subnet == "" && s.Network == ""
	}
	if slices.ContainsFunc(f.Affects, func(s result.Selector) bool { return takes(&s) && s.Site == "" }) {
		return true
	}
	sites := w.sites(c.Addresses...)
	for _, site := range sites {
		if !slices.ContainsFunc(f.Affects, func(s result.Selector) bool { return takes(&s) && s.Site == site }) {
			return false
		}
	}
	return len(sites) > 0
}

// unblocked reports whether no sure fault blocks a client any more after a fix, and
// whether it has got what it lacked.
func (w *blockedWorld) unblocked(guid string, before, after *evaluatedWorld, cause *result.Cause) bool {
	c := w.client(guid)
	missing := lackedBy(c)
	if len(c.PluginPolicies) == 0 { // its scans fail, whatever arrives
		return false
	}
	for _, f := range after.faults {
		if len(missing) == 0 && after.chains[f.Rule] < 500 { // all packages have arrived
			continue
		}
		if w.closes(&f, c, "") || slices.ContainsFunc(missing, func(role string) bool { return w.closes(&f, c, role) }) {
			return false
		}
	}
	for _, role := range missing {
		blocked := slices.ContainsFunc(before.faults, func(f result.Finding) bool { return w.closes(&f, c, role) })
		if !blocked && !w.affects(before, cause, c, role) {
			return false // it lacks the package for a reason of its own
		}
	}
	return true
}

// affects reports whether a cause can take a package from a client.
func (w *blockedWorld) affects(e *evaluatedWorld, cause *result.Cause, c *snapshot.Client, role string) bool {
	sites := w.sites(c.Addresses...)
	return slices.ContainsFunc(e.faults, func(f result.Finding) bool {
		return f.Rule == cause.Rule && f.Resource == *cause.Resource && f.Path == cause.Path && f.Msg == cause.Msg &&
			slices.ContainsFunc(f.Affects, func(s result.Selector) bool {
				return (s.Package == "" || s.Package == role) && (s.Site == "" || slices.Contains(sites, s.Site))
			})
	})
}

func (w *blockedWorld) packageOf(role string) *snapshot.Package {
	return &w.Estate.Packages[slices.IndexFunc(w.Estate.Packages, func(p snapshot.Package) bool { return p.Role == role })]
}

// reachable reports whether a package server gets packages from the Notification
// Server, or each of its sites has a server that does.
func (w *blockedWorld) reachable(s *snapshot.PackageServer) bool {
	if !*s.Constrained {
		return true
	}
	for _, own := range w.sites(s.Addresses...) {
		if !slices.ContainsFunc(w.Estate.PackageServers, func(o snapshot.PackageServer) bool {
			return !*o.Constrained && slices.Contains(w.sites(o.Addresses...), own)
		}) {
			return false
		}
	}
	return true
}

// obstacles are the settings that keep a package from a package server. A policy is
// one only where it never assigned the package, and a copy that is out of date is
// held back only by what keeps new revisions away.
func (w *blockedWorld) obstacles(s *snapshot.PackageServer, role string) []string {
	var out []string
	p, row := w.packageOf(role), *rowOf(s, role)
	stale := row != nil && *row.Status == "ready"
	if !w.reachable(s) {
		out = append(out, "constrained")
	}
	if len(p.Codebases) == 0 {
		out = append(out, "no codebase")
	}
	if !slices.ContainsFunc(w.Estate.VendorPolicies, func(v snapshot.VendorPolicy) bool { return *v.Enabled }) {
		out = append(out, "no vendor policy")
	}
	if !*p.Enabled && !stale {
		out = append(out, "disabled")
	}
	if row == nil && !hasCodebase(s, p) && !slices.ContainsFunc(w.Estate.VendorPolicies, func(v snapshot.VendorPolicy) bool { return assigns(&v, s) }) {
		out = append(out, "not assigned")
	}
	return out
}

func assigns(v *snapshot.VendorPolicy, s *snapshot.PackageServer) bool {
	a := v.PackageAssignment
	return *v.Enabled && !*a.AutomaticSiteAssignment && (*a.Type == "all" || *a.Type == "individual" && slices.Contains(a.PackageServers, s.GUID))
}

// fix changes what a cause says is wrong, and lets the packages travel.
func (w *blockedWorld) fix(t *testing.T, cause *result.Cause) {
	t.Helper()
	type place struct{ server, role string }
	held := map[place]bool{}
	for i := range w.Estate.PackageServers {
		for _, role := range worldRoles {
			s := &w.Estate.PackageServers[i]
			row := *rowOf(s, role)
			current := row != nil && *row.Status == "ready" && *row.Revision == "2"
			held[place{s.GUID, role}] = !current && len(w.obstacles(s, role)) > 0
		}
	}
	w.change(t, cause)
	for i := range w.Estate.PackageServers {
		for _, role := range worldRoles {
			s := &w.Estate.PackageServers[i]
			if held[place{s.GUID, role}] && len(w.obstacles(s, role)) == 0 {
				w.serve(s, w.packageOf(role))
			}
		}
	}
}

// change makes the setting or the observation of a cause what it should be.
func (w *blockedWorld) change(t *testing.T, cause *result.Cause) {
	t.Helper()
	e, guid := w.Estate, cause.Resource.GUID
	switch cause.Rule {
	case "NS-SITE-001":
		if guid == "" {
			e.Subnets = append(e.Subnets, snapshot.Subnet{GUID: testGUID(699), CIDR: cause.Resource.Name, Sites: []string{testGUID(504)}})
			return
		}
		for i := range e.Subnets {
			if e.Subnets[i].GUID == guid {
				e.Subnets[i].Sites = []string{testGUID(504)}
			}
		}
	case "NS-SITE-002":
		w.addWorkingServer(guid)
	case "NS-SITE-003":
		for i := range e.PackageServers {
			if slices.Contains(w.sites(e.PackageServers[i].Addresses...), guid) {
				e.PackageServers[i].Constrained = new(false)
			}
		}
	case "NS-SITE-004":
		for i := range e.PackageServers {
			if e.PackageServers[i].GUID == guid {
				e.PackageServers[i].TaskService = new(true)
			}
		}
	case "NS-SITE-008":
		for i := range e.Sites {
			if e.Sites[i].GUID == guid {
				e.Sites[i].PreventDownloads = []string{}
			}
		}
	case "NS-PKG-001", "NS-PKG-002":
		_, rest, _ := strings.Cut(cause.Path, "].packages.")
		role, _, _ := strings.Cut(rest, ".")
		for i := range e.PackageServers {
			if s := &e.PackageServers[i]; s.GUID == guid {
				w.serve(s, w.packageOf(role))
			}
		}
	case "NS-PKG-003":
		w.packageOf(cause.Resource.Name).Enabled = new(true)
	case "NS-PKG-004":
		w.addCodebase(cause)
	case "NS-POL-001", "NS-POL-002", "NS-POL-003", "NS-POL-004":
		w.repairVendorPolicy(cause)
	case "NS-POL-005":
		for i := range e.Policies {
			if p := &e.Policies[i]; p.GUID == guid {
				p.Enabled, p.TargetFilters, p.TargetCount = new(true), []string{worldFilter}, new(12)
			}
		}
	default:
		t.Fatalf("the model has no fix for %s", cause.Rule)
	}
}

// addWorkingServer assigns to a site a package server that has the packages, unless
// there is no vendor policy and no package server that has them.
func (w *blockedWorld) addWorkingServer(site string) {
	name := "new"
	s := snapshot.PackageServer{
		GUID: testGUID(799), Name: name, FQDN: new(name + ".corp.example"), Constrained: new(false), TaskService: new(true), Sites: []string{site}, Addresses: []string{},
		OSName: new("Windows Server 2019"), AgentVersion: new("8.6.3268"), BasicInventoryAgeDays: new(0), TaskRegistrationAgeDays: new(0), Packages: &snapshot.ServerPackages{},
	}
	for i := range w.Estate.VendorPolicies {
		if a := w.Estate.VendorPolicies[i].PackageAssignment; *a.Type == "individual" {
			a.PackageServers = append(a.PackageServers, s.GUID)
		}
	}
	for _, role := range []string{"plugin", "scan", "tools"} {
		elsewhere := slices.ContainsFunc(w.Estate.PackageServers, func(o snapshot.PackageServer) bool { return *rowOf(&o, role) != nil })
		if p := w.packageOf(role); len(p.Codebases) > 0 && (elsewhere || !slices.Contains(w.obstacles(&s, role), "no vendor policy")) {
			w.serve(&s, p)
		}
	}
	w.Estate.PackageServers = append(w.Estate.PackageServers, s)
}

// addCodebase gives a package a codebase: at the Notification Server, or on a package
// server of a site that has none.
func (w *blockedWorld) addCodebase(cause *result.Cause) {
	if cause.Resource.Type == "package" {
		p := w.packageOf(cause.Resource.Name)
		p.Codebases = append(p.Codebases, snapshot.Codebase{Host: "ns01"})
		return
	}
	role := strings.TrimPrefix(fmt.Sprint(cause.Expected), "a codebase of ")
	for i := range w.Estate.PackageServers {
		if s := &w.Estate.PackageServers[i]; slices.Contains(w.sites(s.Addresses...), cause.Resource.GUID) {
			w.serve(s, w.packageOf(role))
			return
		}
	}
}

func (w *blockedWorld) repairVendorPolicy(cause *result.Cause) {
	for i := range w.Estate.VendorPolicies {
		v := &w.Estate.VendorPolicies[i]
		if !strings.HasPrefix(cause.Path, "vendor_policies["+v.Name+"]") {
			continue
		}
		a := v.PackageAssignment
		switch cause.Rule {
		case "NS-POL-001":
			a.Type, a.AutomaticSiteAssignment = new("all"), new(false)
		case "NS-POL-002":
			if a.AutomaticSiteAssignment = new(false); *a.Type == "site" {
				a.Type = new("all")
			}
		case "NS-POL-003":
			for _, s := range w.Estate.PackageServers {
				if cause.Resource.Type != "site" || slices.Contains(w.sites(s.Addresses...), cause.Resource.GUID) {
					a.PackageServers = append(a.PackageServers, s.GUID)
				}
			}
		case "NS-POL-004": // on, and as the rules about its settings want it
			v.Enabled, a.AutomaticSiteAssignment = new(true), new(false)
			a.Type = new("all")
		}
	}
}
