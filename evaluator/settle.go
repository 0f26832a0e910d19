package evaluator

import (
	"fmt"
	"slices"

	opaversion "github.com/open-policy-agent/opa/v1/version"
)

// result puts everything together.
func (r *run) result() (*Result, error) {
	hashes := newObjectHashes(r.estate, r.coll.estate, r.nets)
	for _, rule := range r.pack.Rules {
		r.annotations.annotateEstate(rule, r.found[rule.ID], hashes)
	}
	c := newCauses(r.pack, r.found, r.annotations)
	list, unexplained, err := c.summarise(r.spool, r.version)
	if err != nil {
		return nil, err
	}
	res := &Result{
		Format: ResultFormat,
		Tool:   Tool{Name: "nscheck", Version: r.opts.ToolVersion, OPA: opaversion.Version},
		Snapshot: SnapshotInfo{
			SHA256: r.snap.SHA256(), Manifest: r.snap.Manifest(), Server: r.estate.Server,
			Clients: r.coll.clients, ActiveClients: r.totals.clients,
		},
		Pack:        r.pack.info,
		Causes:      list,
		Unexplained: unexplained,
		Sites:       r.sites(),
		Timings:     r.timings(),
	}
	for i, rule := range r.pack.Rules {
		res.Rules = append(res.Rules, r.ruleResult(rule, r.states[i], r.annotations.waived[rule.ID]))
	}
	if r.dated() {
		res.AsOf = r.asOf
	}
	if err := r.annotations.finish(res); err != nil {
		return nil, err
	}
	res.Summary = summarise(res.Rules)
	res.Summary.ClientsWithFindings = r.harmed
	r.finishObserving()
	res.Hold(r.found, c.clientFindings(r.spool), r.spool.close)
	res.Watched, err = r.explain(c)
	return res, err
}

// ruleResult settles a rule's verdict. It is pass only where nothing was
// found, nothing is unknown and nothing is incomplete.
func (r *run) ruleResult(rule *Rule, s *ruleState, waived int64) RuleResult {
	res := RuleResult{
		ID: rule.ID, Title: rule.Title, Severity: rule.Severity, Scope: rule.Scope, Step: rule.Step, Explains: rule.Explains, Chain: rule.Chain,
		Findings: s.findings, Waived: waived, EffectiveOn: rule.EffectiveOn, Reasons: s.reasons, AffectsUnknown: s.affectsUnknown, Unknown: s.unknown.list(), Needs: rule.Needs,
		Remediation: rule.remediationFor(r.version), Verdict: s.verdict, Params: r.pack.changedParams(rule),
		Definition: rule, SeverityChange: rule.SeverityChange, SwitchedOff: rule.SwitchedOff,
	}
	if rule.SwitchedOff != nil { // even where it counted for others
		res.Verdict, res.Reasons, res.Unknown, res.AffectsUnknown = Disabled, switchedOff(rule), nil, nil
		return res
	}
	if s.verdict != "" {
		res.accept(rule.AcceptedUnknown)
		return res
	}
	res.Reasons = addNew(res.Reasons, r.coll.incomplete(&rule.needs), nil)
	if s.findings > 0 {
		res.DecidedBy = r.pack.paramsOf(rule)
		res.AffectsUnknown = addNew(res.AffectsUnknown, r.coll.incomplete(&rule.harms), res.Reasons)
	}
	res.Reasons = append(res.Reasons, r.uncountedClients(rule)...)
	switch {
	case s.findings > waived && rule.EffectiveOn > r.asOf:
		res.Verdict = Warn
	case s.findings > waived:
		res.Verdict = Fail
	case s.findings > 0:
		res.Verdict = Waived
	case len(res.Reasons) > 0 || len(res.Unknown) > 0:
		res.Verdict = NotEvaluated
	default:
		res.Verdict = Pass
	}
	r.settleSource(rule, &res)
	res.accept(rule.AcceptedUnknown)
	return res
}

// dated reports whether anything in the result rests on the day as of which it is
// judged.
func (r *run) dated() bool {
	return r.opts.AsOf != "" || slices.ContainsFunc(r.pack.Rules, func(rule *Rule) bool { return rule.EffectiveOn != "" })
}

// addNew adds the reasons whose sections are told of neither in the list nor
// elsewhere.
func addNew(list, more, elsewhere []Reason) []Reason {
	for _, reason := range more {
		same := func(told Reason) bool { return told.Section == reason.Section }
		if !slices.ContainsFunc(list, same) && !slices.ContainsFunc(elsewhere, same) {
			list = append(list, reason)
		}
	}
	return list
}

// uncountedClients tells where a rule that reads clients, or counts of them,
// saw fewer than there may be: finding nothing among them says little.
func (r *run) uncountedClients(rule *Rule) []Reason {
	if rule.Scope != ClientScope && !rule.needs.totals {
		return nil
	}
	if r.coll.clients == 0 {
		return []Reason{{Section: "clients", Msg: "the snapshot has no clients"}}
	}
	var reasons []Reason
	if n := r.totals.noStatus; rule.needs.totals && n > 0 {
		reasons = append(reasons, Reason{Section: "clients", uncounted: true, Msg: fmt.Sprintf(
			"not counted as clients, for their status is unknown: %s", count(n, "computer"))})
	}
	if n := r.totals.noAddress; rule.needs.totals && rule.needs.client["addresses"] && n > 0 {
		reasons = append(reasons, Reason{Section: "clients.addresses", uncounted: true, Msg: fmt.Sprintf(
			"not counted where they are, for their addresses were not collected: %s", count(n, "client"))})
	}
	if n := r.onlyPerhaps(); n > 0 && rule.readsPlaces() {
		reasons = append(reasons, Reason{Section: "server", uncounted: true, Msg: fmt.Sprintf(
			"%s (sites, subnets, networks): the only client may be the Notification Server, whose GUID is unknown", count(n, "place"))})
	}
	if n := r.notCountedFor(rule); n > 0 {
		reasons = append(reasons, Reason{Section: "clients", uncounted: true, Msg: fmt.Sprintf(
			"not counted, for what is counted of them was not collected: %s", count(n, "computer"))})
	}
	switch {
	case r.totals.clients == 0:
		reasons = append(reasons, Reason{Section: "clients", Msg: "no computer in the snapshot is an Active client"})
	case r.totals.clients == r.unrecognisedServers():
		reasons = append(reasons, Reason{Section: "server", uncounted: true, Msg: "the only Active client in the snapshot may be the Notification Server, whose GUID is unknown"})
	}
	return reasons
}

// notCountedFor is how often a computer was left out of a tally that the rule may
// read.
func (r *run) notCountedFor(rule *Rule) (n int64) {
	for _, other := range r.pack.Rules {
		if other.countsFor(rule) {
			n += r.leftOutFor(rule, other)
		}
	}
	return n
}

// leftOutFor is how many computers one rule left out of what another one reads.
func (r *run) leftOutFor(reader, counter *Rule) (n int64) {
	if reader.needs.tally.any || counter.counts.any {
		return r.totals.uncounted[counter.ID]
	}
	for key := range reader.needs.tally.named {
		n = max(n, r.totals.uncounted[uncountedKey(counter.ID, key)])
	}
	return n
}

func summarise(rules []RuleResult) Summary {
	s := Summary{Rules: map[Verdict]int{}, Findings: map[Severity]int64{}}
	for _, r := range rules {
		s.Rules[r.Verdict]++
		s.Unknown += r.UnknownCount()
		if r.Findings > 0 {
			s.Findings[r.Severity] += r.Findings
		}
		if r.Waived > 0 {
			s.Waived = plus(s.Waived, r.Severity, r.Waived)
		}
		if r.Verdict == Warn {
			s.Warnings = plus(s.Warnings, r.Severity, r.Findings-r.Waived)
		}
	}
	return s
}
