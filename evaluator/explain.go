package evaluator

import (
	"cmp"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// watched gathers what concerns the client to explain.
type watched struct {
	input   *clientInput
	record  *clientRecord
	line    int
	outcome map[string]outcome  // of client rules, by rule id
	estate  map[string][]detail // what estate rules could not judge, by rule id
}

// watches tells whether the client is the one asked for.
func (r *run) watches(c *streamed) bool {
	if r.opts.Watch == nil {
		return false
	}
	if err := c.decode(); err != nil {
		return false // what the scan accepted, a decoder does
	}
	return r.opts.Watch(&c.decoded.client)
}

// watch keeps what the rules say about the client asked for; of several, the
// first of the snapshot. rules are the positions of the answers' rules.
func (r *run) watch(c *streamed, rec *clientRecord, rules []int) {
	w := &watched{input: c.decoded, record: rec, line: c.line, outcome: map[string]outcome{}, estate: map[string][]detail{}}
	rec.GUID, rec.Name = c.decoded.client.GUID, c.decoded.client.Name
	for i, a := range c.answers {
		if a.err == nil {
			w.outcome[r.pack.Rules[rules[i]].ID] = a.value.outcome
		}
	}
	r.watching.Lock()
	defer r.watching.Unlock()
	if r.watched == nil || w.line < r.watched.line {
		r.watched = w
	}
}

func (w *watched) addEstate(rule *rule.Rule, d detail) {
	if w != nil {
		w.estate[rule.ID] = append(w.estate[rule.ID], d)
	}
}

// explain puts together what was gathered; nil where nothing was.
func (r *run) explain(c *causes) (*result.Explanation, error) {
	w := r.watched
	if w == nil {
		return nil, nil
	}
	e := &result.Explanation{Client: w.input.client, Sites: []result.Resource{}, PackageServers: []snapshot.PackageServer{}, Checks: []result.Check{}}
	e.Client.Location = w.input.location
	near := r.near(e, w.record)
	var err error
	if e.Ways, e.WaysUnknown, err = r.ways(r.ctx, e.Sites); err != nil {
		return nil, err
	}
	for i, rl := range r.pack.Rules {
		check := result.Check{Rule: rl.ID, Title: rl.Title, Step: rl.Step, Chain: rl.Chain, End: c.isEnd(i), Verdict: r.states[i].verdict}
		switch {
		case rl.SwitchedOff != nil:
			check.Verdict, check.Msgs = result.Disabled, []string{rl.SwitchedOff.String()}
		case check.Verdict != "":
			for _, reason := range r.states[i].reasons {
				check.Msgs = append(check.Msgs, reason.Msg)
			}
		case rl.Scope == rule.ClientScope:
			settleCheck(&check, w.outcome[rl.ID].violations, w.outcome[rl.ID].unknown)
		default:
			r.checkEstate(&check, i, near, len(e.PackageServers))
		}
		e.Checks = append(e.Checks, check)
	}
	slices.SortStableFunc(e.Checks, func(a, b result.Check) int {
		return cmp.Or(strings.Compare(stepOrder(a.Step), stepOrder(b.Step)), cmp.Compare(a.Chain, b.Chain))
	})
	for _, f := range w.record.Findings {
		if a, ok := c.causeOf(w.record, f); ok && (e.Cause == nil || a.rule.Chain < r.chainOf(e.Cause.Rule)) {
			e.Cause = newCause(a, r.version)
		}
	}
	return e, nil
}

func (r *run) chainOf(id string) int {
	rule, _ := r.pack.Rule(id)
	return rule.Chain
}

// stepOrder puts the symptoms first and what goes beyond the article last.
func stepOrder(step string) string {
	switch step {
	case "symptoms":
		return "0"
	case "+":
		return "9"
	}
	return step
}

// near finds the sites and package servers of a client; it returns the GUIDs
// of all objects that concern it.
func (r *run) near(e *result.Explanation, rec *clientRecord) map[string]bool {
	near := map[string]bool{rec.GUID: true, rec.Subnet: true}
	for _, s := range r.estate.Sites {
		if slices.Contains(rec.Sites, s.GUID) {
			near[s.GUID] = true
			e.Sites = append(e.Sites, result.Resource{Type: "site", GUID: s.GUID, Name: s.Name}.Named())
		}
	}
	for i := range r.estate.PackageServers {
		ps := &r.estate.PackageServers[i]
		if slices.ContainsFunc(SitesOfServer(ps, r.nets), func(s string) bool { return slices.Contains(rec.Sites, s) }) {
			near[ps.GUID] = true
			e.PackageServers = append(e.PackageServers, *ps)
		}
	}
	return near
}

// checkEstate settles an estate rule for the client: a finding concerns it
// where one of its selectors matches, or where it is about one of the client's
// own objects.
func (r *run) checkEstate(check *result.Check, index int, near map[string]bool, servers int) {
	rule := r.pack.Rules[index]
	rec := *r.watched.record
	held := candidate{rule: rule}
	rec.Reached, rec.Arrived = 0, nil // first ask who is meant, whatever the rows show
	var violations, unknown []detail
	meant, possible := false, false
	for _, f := range r.found[rule.ID] {
		// What names no clients concerns all, unless it is about a place.
		concerned := len(f.Affects) == 0 && concerns(f.Resource, near, &rec)
		for _, s := range f.Affects {
			held.selector = s
			if held.matches(&rec) {
				concerned, meant = true, true
				possible = possible || held.matches(r.watched.record)
			}
		}
		switch {
		case f.AffectsUnknown:
			unknown = append(unknown, detail{Msg: "it is unknown whom it harms: " + f.Msg})
		case concerned:
			violations = append(violations, detail{Msg: f.Msg})
		case rec.Sites == nil:
			unknown = append(unknown, detail{Msg: "where the client is, is unknown, and elsewhere: " + f.Msg})
		default:
			check.Elsewhere = true
		}
	}
	for _, d := range r.watched.estate[rule.ID] {
		if near[d.Resource.GUID] || d.Resource.GUID == "" && (d.Resource.Type != "site" || len(rec.Sites) == 0) {
			unknown = append(unknown, detail{Msg: d.Resource.Name + ": " + d.Msg})
		}
	}
	for _, reason := range r.states[index].reasons {
		unknown = append(unknown, detail{Msg: reason.Msg})
	}
	settleCheck(check, violations, unknown)
	check.Disproved = meant && !possible
	check.Elsewhere = check.Elsewhere && check.Verdict == result.Pass
	if check.Verdict == result.Pass && !check.Elsewhere && servers == 0 && r.watched.aboutServers(rule) {
		check.Verdict, check.Msgs = result.NotApplicable, []string{"no package server is in a site of this client"}
	}
}

// aboutServers reports whether all that a rule could not judge is about package
// servers, so that it judged nothing of a client without one.
func (w *watched) aboutServers(rule *rule.Rule) bool {
	unsure := w.estate[rule.ID]
	return len(unsure) > 0 && !slices.ContainsFunc(unsure, func(d detail) bool { return d.Resource.Type != "package_server" })
}

// concerns reports whether what a rule says of an object concerns a client. A
// site without a GUID stands for no known site.
func concerns(object result.Resource, near map[string]bool, rec *clientRecord) bool {
	switch {
	case !isPlace(object.Type):
		return true
	case object.Type == "site" && object.GUID == "":
		return len(rec.Sites) == 0
	}
	return object.GUID != "" && near[object.GUID]
}

// isPlace reports whether a resource is in one place, so that it concerns only
// the clients there.
func isPlace(resource string) bool {
	return slices.Contains([]string{"site", "subnet", "network", "package_server"}, resource)
}

// settleCheck sets the verdict of a check by what concerns the client.
func settleCheck(c *result.Check, violations, unknown []detail) {
	c.Verdict = result.Pass
	if len(unknown) > 0 {
		c.Verdict = result.NotEvaluated
	}
	if len(violations) > 0 {
		c.Verdict = result.Fail
	}
	for _, d := range slices.Concat(violations, unknown) {
		c.Msgs = append(c.Msgs, d.Msg)
	}
}
