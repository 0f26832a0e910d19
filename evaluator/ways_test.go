package evaluator

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/packtest"
	"github.com/nscheck/nscheck/snapshot"
)

// wayPlatform is a platform without unknowns, as the model of the ways sees it.
type wayPlatform struct {
	sites       map[string][]string // of each package server
	constrained map[string]bool
	task        map[string]bool
	assigned    map[string]bool
	prevented   map[string]bool // sites whose clients may not download from the Notification Server
}

// open reports whether packages reach a site, over package servers that allowed
// accepts: an unconstrained one that is assigned them gets them from the Notification
// Server, a constrained one from another one of its sites.
func (k wayPlatform) open(site string, allowed func(server string) bool) bool {
	has := map[string]bool{}
	for range k.sites {
		for server, sites := range k.sites {
			if !allowed(server) || !k.assigned[server] {
				continue
			}
			gives := func(other string) bool {
				return other != server && has[other] && slices.ContainsFunc(sites, func(s string) bool { return slices.Contains(k.sites[other], s) })
			}
			if !k.constrained[server] || slices.ContainsFunc(slices.Collect(maps.Keys(k.sites)), gives) {
				has[server] = true
			}
		}
	}
	for server, sites := range k.sites {
		if has[server] && slices.Contains(sites, site) {
			return true
		}
	}
	return false
}

// wayEstate is a small random estate and all platforms that it may be of.
type wayEstate struct {
	doc       map[string]any
	platforms []wayPlatform
	servers   []string
	sites     []string
}

func randomWayEstate(seed uint64) wayEstate {
	g := rand.New(rand.NewPCG(seed, 15))
	e := wayEstate{sites: []string{"S1", "S2", "S3"}}
	maybe := func() *bool {
		values := []*bool{nil, new(bool), new(bool), new(bool)}
		*values[3] = true
		*values[2] = true
		if seed%2 == 0 {
			values = values[1:] // every second estate is known in full
		}
		return values[g.IntN(len(values))]
	}
	var servers []any
	constrained, task, sites := map[string]*bool{}, map[string]*bool{}, map[string][]string{}
	var stray string
	for i := range 1 + g.IntN(4) {
		name := fmt.Sprintf("P%d", i)
		e.servers = append(e.servers, name)
		constrained[name], task[name], sites[name] = maybe(), maybe(), []string{}
		for _, site := range e.sites {
			if g.IntN(5) < 2 {
				sites[name] = append(sites[name], site)
			}
		}
		if seed%2 == 1 && g.IntN(8) == 0 {
			stray = name
		}
		servers = append(servers, map[string]any{"guid": name, "name": name, "constrained": constrained[name], "task_service": task[name]})
	}
	var policies []any
	var choices []policyChoice
	for i := range g.IntN(3) {
		c := policyChoice{enabled: maybe(), kind: []string{"all", "individual", "individual", "site"}[g.IntN(4)], list: map[string]bool{}}
		var list []string
		for _, name := range e.servers {
			if g.IntN(2) == 0 {
				list = append(list, name)
				c.list[name] = true
			}
		}
		assignment := map[string]any{"type": c.kind, "package_servers": append([]string{}, list...)}
		if seed%2 == 1 && g.IntN(6) == 0 {
			assignment["type"], c.kind = nil, ""
		}
		choices = append(choices, c)
		policies = append(policies, map[string]any{"guid": fmt.Sprint("V", i), "name": fmt.Sprint("Vendor ", i), "enabled": c.enabled, "package_assignment": assignment})
	}
	e.doc = wayDocument(servers, policies, sites, e.sites, stray)
	e.platforms = complete(e, constrained, task, sites, choices, stray)
	e.addDirect(g, seed%2 == 0)
	return e
}

// addDirect adds to the estate what decides whether clients of a site may download from
// the Notification Server itself: the setting of the site, and the version, before which
// there was none.
func (e *wayEstate) addDirect(g *rand.Rand, known bool) {
	settings := []any{nil, []any{}, []any{"Ns"}, []any{"ExtPs"}, []any{"ExtPs", "Ns"}}
	version := []any{"8.6.1", "8.5.5032", "8.5.3073", "7.5.3153", nil}[g.IntN(5)]
	older := version == "8.5.3073" || version == "7.5.3153"
	if known {
		settings = settings[1:]
	}
	sites := []any{}
	for _, site := range e.sites {
		setting := settings[g.IntN(len(settings))]
		document := map[string]any{"guid": site, "name": site}
		if setting != nil { // snapshots leave out a list that is unknown
			document["prevent_downloads"] = setting
		}
		sites = append(sites, document)
		choices := []bool{false, true}
		if list, ok := setting.([]any); ok {
			choices = []bool{slices.Contains(list, any("Ns"))}
		} else if older {
			choices = []bool{false}
		}
		var next []wayPlatform
		for _, k := range e.platforms {
			for _, prevented := range choices {
				k.prevented = maps.Clone(k.prevented)
				k.prevented[site] = prevented
				next = append(next, k)
			}
		}
		e.platforms = next
	}
	estate := e.doc["estate"].(map[string]any)
	estate["sites"], estate["server"] = sites, map[string]any{"guid": "NS", "name": "NS", "version": version}
}

// policyChoice is a vendor policy; an empty kind is unknown.
type policyChoice struct {
	enabled *bool
	kind    string
	list    map[string]bool
}

func wayDocument(servers, policies []any, sites map[string][]string, all []string, stray string) map[string]any {
	members := map[string]any{}
	for _, site := range all {
		list := []any{}
		for _, name := range slices.Sorted(maps.Keys(sites)) {
			if slices.Contains(sites[name], site) {
				list = append(list, name)
			}
		}
		members[site] = list
	}
	unplaced := map[string]any{}
	if stray != "" {
		unplaced[stray] = true
	}
	return map[string]any{
		"estate": map[string]any{"package_servers": servers, "vendor_policies": slices.Concat([]any{}, policies)},
		"index": map[string]any{
			"names": map[string]any{}, "package_server_sites": sites, "site_package_servers": members, "unplaced_package_servers": unplaced,
		},
		"params": map[string]any{"other_vendors": []any{"Red Hat"}},
	}
}

// complete lists every platform that agrees with what is known of an estate.
func complete(e wayEstate, constrained, task map[string]*bool, sites map[string][]string, policies []policyChoice, stray string) []wayPlatform {
	out := []wayPlatform{{sites: sites, constrained: map[string]bool{}, task: map[string]bool{}, assigned: map[string]bool{}, prevented: map[string]bool{}}}
	vary := func(change func(k wayPlatform) []wayPlatform) {
		var next []wayPlatform
		for _, k := range out {
			next = append(next, change(k)...)
		}
		out = next
	}
	set := func(m map[string]bool, name string, value bool) map[string]bool {
		m = maps.Clone(m)
		m[name] = value
		return m
	}
	for _, name := range e.servers {
		vary(func(k wayPlatform) (next []wayPlatform) {
			for _, c := range values(constrained[name]) {
				for _, t := range values(task[name]) {
					next = append(next, wayPlatform{k.sites, set(k.constrained, name, c), set(k.task, name, t), k.assigned, k.prevented})
				}
			}
			return next
		})
	}
	for _, p := range policies {
		vary(func(k wayPlatform) (next []wayPlatform) {
			for _, on := range values(p.enabled) {
				for _, kind := range kinds(p.kind) {
					assigned := maps.Clone(k.assigned)
					for _, name := range e.servers {
						assigned[name] = assigned[name] || on && (kind != "individual" || p.list[name])
					}
					next = append(next, wayPlatform{k.sites, k.constrained, k.task, assigned, k.prevented})
				}
			}
			return next
		})
	}
	if stray != "" {
		vary(func(k wayPlatform) (next []wayPlatform) {
			for mask := range 1 << len(e.sites) {
				sites := maps.Clone(k.sites)
				for i, site := range e.sites {
					if mask>>i&1 == 1 && !slices.Contains(sites[stray], site) {
						sites[stray] = append(slices.Clone(sites[stray]), site)
					}
				}
				next = append(next, wayPlatform{sites, k.constrained, k.task, k.assigned, k.prevented})
			}
			return next
		})
	}
	return out
}

func values(b *bool) []bool {
	if b == nil {
		return []bool{false, true}
	}
	return []bool{*b}
}

func kinds(kind string) []string {
	if kind == "" {
		return []string{"all", "individual"}
	}
	return []string{kind}
}

// wayNames are the answers of the library.
var wayNames = []string{
	"closed", "closed_by_assignment", "closed_by_constraint", "ns_closed", "ns_open", "only_without_task_services", "open", "open_with_task_services",
}

// wayAnswers are the sites that the library names, by the name of the answer.
func wayAnswers(t *testing.T, pack *rule.Pack, doc map[string]any) map[string][]string {
	t.Helper()
	ctx := t.Context()
	plain, err := rule.ToDocument(doc)
	if err != nil {
		t.Fatal(err)
	}
	guard := newGuard(ctx, Options{})
	e := newEngine(pack, plain.(map[string]any), time.Unix(0, 0), guard)
	defer e.release()
	names := wayNames
	q, err := e.prepare(ctx, rule.WaysPackage, names)
	if err != nil {
		t.Fatal(err)
	}
	bindings, err := q.eval(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string][]string{}
	for _, name := range names {
		var sites []string
		if err := reread(bindings[name], &sites); err != nil {
			t.Fatal(err)
		}
		answers[name] = slices.Sorted(slices.Values(sites))
	}
	return answers
}

// modelAnswers are the same by the model: what holds on every platform that the estate
// may be of.
func (e wayEstate) modelAnswers() map[string][]string {
	every := func(holds func(k wayPlatform, site string) bool) []string {
		var out []string
		for _, site := range e.sites {
			if !slices.ContainsFunc(e.platforms, func(k wayPlatform) bool { return !holds(k, site) }) {
				out = append(out, site)
			}
		}
		return out
	}
	all := func(string) bool { return true }
	// A site that has no package server for sure is a question of its own.
	members := func(k wayPlatform, site string) (list []string) {
		for server, sites := range k.sites {
			if slices.Contains(sites, site) {
				list = append(list, server)
			}
		}
		return list
	}
	closed := func(k wayPlatform, site string) bool {
		return len(members(e.platforms[0], site)) > 0 && !k.open(site, all)
	}
	freely := func(k wayPlatform) wayPlatform {
		k.assigned = map[string]bool{}
		for server := range k.sites {
			k.assigned[server] = true
		}
		return k
	}
	unbound := func(k wayPlatform) wayPlatform { k.constrained = map[string]bool{}; return k }
	return map[string][]string{
		"closed":               every(closed),
		"closed_by_constraint": every(func(k wayPlatform, site string) bool { return closed(freely(k), site) }),
		"closed_by_assignment": every(func(k wayPlatform, site string) bool { return closed(unbound(k), site) }),
		"open":                 every(func(k wayPlatform, site string) bool { return k.open(site, all) }),
		"ns_open":              every(func(k wayPlatform, site string) bool { return !k.prevented[site] }),
		"ns_closed":            every(func(k wayPlatform, site string) bool { return k.prevented[site] }),
		"open_with_task_services": every(func(k wayPlatform, site string) bool {
			return k.open(site, func(server string) bool { return k.task[server] })
		}),
		"only_without_task_services": every(func(k wayPlatform, site string) bool {
			return closed(wayPlatform{k.sites, k.constrained, k.task, mapAnd(k.assigned, k.task), k.prevented}, site) && !closed(k, site) &&
				slices.ContainsFunc(members(k, site), func(server string) bool { return k.task[server] })
		}),
	}
}

func mapAnd(a, b map[string]bool) map[string]bool {
	out := map[string]bool{}
	for k := range a {
		out[k] = a[k] && b[k]
	}
	return out
}

// TestWaysAgreeWithTheModel compares the library of ways with a model that walks each
// platform which agrees with what is known. Estates without unknowns must agree to the
// letter. With unknowns the library may leave a site undecided that the model decides,
// but must never say more.
func TestWaysAgreeWithTheModel(t *testing.T) {
	pack := packtest.Builtin(t)
	decided := map[string]int{}
	for seed := range uint64(400) {
		e := randomWayEstate(seed)
		got, want := wayAnswers(t, pack, e.doc), e.modelAnswers()
		if seed%2 == 0 {
			for name := range want {
				if diff := cmp.Diff(want[name], got[name], cmp.Transformer("empty", func(s []string) []string { return append([]string{}, s...) })); diff != "" {
					t.Fatalf("seed %d: %s (-model +library):\n%s\n%v", seed, name, diff, e.doc)
				}
			}
		}
		for name, sites := range got {
			for _, site := range sites {
				decided[name]++
				if !slices.Contains(want[name], site) {
					t.Fatalf("seed %d: %s has %s, and not every platform agrees\n%v", seed, name, site, e.doc)
				}
			}
		}
	}
	for _, name := range wayNames {
		if decided[name] < 5 {
			t.Errorf("%s was decided %d times: the estates are too tame", name, decided[name])
		}
	}
}

// TestExplainWays shows the ways of the sites of a client, from the settings.
func TestExplainWays(t *testing.T) {
	const text = `estate:
  server: {name: NS01, version: 7.5.3153}
  vendor_policies:
    - {guid: 00000000-0000-0000-0000-000000000001, name: Vendor, enabled: true, package_assignment: {type: individual, package_servers: [00000000-0000-0000-0000-000000000003]}}
  package_servers:
    - {guid: 00000000-0000-0000-0000-000000000002, name: PS1, constrained: false, sites: [00000000-0000-0000-0000-000000000004], addresses: []}
    - {guid: 00000000-0000-0000-0000-000000000003, name: PS2, constrained: true, sites: [00000000-0000-0000-0000-000000000004], addresses: []}
  sites: [{guid: 00000000-0000-0000-0000-000000000004, name: Leeds}]
  subnets: [{guid: 00000000-0000-0000-0000-000000000005, cidr: 10.1.0.0/24, sites: [00000000-0000-0000-0000-000000000004]}]
clients:
  - {guid: 00000000-0000-0000-0000-000000000006, name: X, status: Active, addresses: [10.1.0.7/24]}
`
	leeds := result.Resource{Type: "site", GUID: "00000000-0000-0000-0000-000000000004", Name: "Leeds"}
	want := []result.SiteWays{{Site: leeds, Hops: []result.Hop{
		{GUID: "00000000-0000-0000-0000-000000000002", Name: "PS1", Receives: "no", From: []string{}, Breaks: []string{"Vendor does not enable PS1"}, Unknown: []string{}},
		{GUID: "00000000-0000-0000-0000-000000000003", Name: "PS2", Receives: "no", From: []string{}, Unknown: []string{},
			Breaks: []string{"PS2 is constrained, and no package server of its sites can give it packages"}},
	}}}
	e := explained(t, text)
	if diff := cmp.Diff(want, e.Ways); diff != "" || e.WaysUnknown != nil {
		t.Errorf("(-want +got):\n%s%v", diff, e.WaysUnknown)
	}
	policies := regexp.MustCompile(`(?m)^.*(vendor_policies:|name: Vendor).*\n`)
	e = explained(t, policies.ReplaceAllString(text, ""))
	if e.Ways != nil || len(e.WaysUnknown) != 1 || e.WaysUnknown[0].Msg != "section vendor_policies is not in the snapshot" {
		t.Errorf("without vendor policies: %v, %v", e.Ways, e.WaysUnknown)
	}
}

// explained evaluates a document by the built-in rules and explains client X.
func explained(t *testing.T, text string) *result.Explanation {
	t.Helper()
	snap, err := snapshot.NewReader(strings.NewReader(text), "doc.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Evaluate(context.Background(), packtest.Builtin(t), snap, Options{
		Watch: func(c *snapshot.Client) bool { return c.Name == "X" },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	return r.Watched
}
