package evaluator

import (
	"fmt"
	"slices"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	opaversion "github.com/open-policy-agent/opa/v1/version"
)

// result puts everything together.
func (r *run) result() (*result.Result, error) {
	hashes := newObjectHashes(r.estate, r.coll.estate, r.nets)
	for _, rule := range r.pack.Rules {
		r.annotations.annotateEstate(rule, r.found[rule.ID], hashes)
	}
	c := newCauses(r.pack, r.found, r.annotations)
	list, unexplained, err := c.summarise(r.spool, r.version)
	if err != nil {
		return nil, err
	}
	res := &result.Result{
		Format: result.Format,
		Tool:   result.Tool{Name: "nscheck", Version: r.opts.ToolVersion, OPA: opaversion.Version},
		Snapshot: result.SnapshotInfo{
			SHA256: r.snap.SHA256(), Manifest: r.snap.Manifest(), Server: r.estate.Server,
			Clients: r.coll.clients, ActiveClients: r.totals.clients,
		},
		Pack:        r.pack.Info,
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
func (r *run) ruleResult(rule *rule.Rule, s *ruleState, waived int64) result.RuleResult {
	res := result.RuleResult{
		ID: rule.ID, Title: rule.Title, Severity: rule.Severity, Scope: rule.Scope, Step: rule.Step, Explains: rule.Explains, Chain: rule.Chain,
		Findings: s.findings, Waived: waived, EffectiveOn: rule.EffectiveOn, Reasons: s.reasons, AffectsUnknown: s.affectsUnknown, Unknown: s.unknown.list(), Needs: rule.Needs,
		Remediation: rule.RemediationFor(r.version), Verdict: s.verdict, Params: r.pack.ChangedParams(rule),
		Definition: rule, SeverityChange: rule.SeverityChange, SwitchedOff: rule.SwitchedOff,
	}
	if rule.SwitchedOff != nil { // even where it counted for others
		res.Verdict, res.Reasons, res.Unknown, res.AffectsUnknown = result.Disabled, switchedOff(rule), nil, nil
		return res
	}
	if s.verdict != "" {
		res.Accept(rule.AcceptedUnknown)
		return res
	}
	res.Reasons = addNew(res.Reasons, r.coll.incomplete(&rule.VerdictNeeds), nil)
	if s.findings > 0 {
		res.DecidedBy = r.pack.ParamsOf(rule)
		res.AffectsUnknown = addNew(res.AffectsUnknown, r.coll.incomplete(&rule.AffectedNeeds), res.Reasons)
	}
	res.Reasons = append(res.Reasons, r.uncountedClients(rule)...)
	switch {
	case s.findings > waived && rule.EffectiveOn > r.asOf:
		res.Verdict = result.Warn
	case s.findings > waived:
		res.Verdict = result.Fail
	case s.findings > 0:
		res.Verdict = result.Waived
	case len(res.Reasons) > 0 || len(res.Unknown) > 0:
		res.Verdict = result.NotEvaluated
	default:
		res.Verdict = result.Pass
	}
	r.settleSource(rule, &res)
	res.Accept(rule.AcceptedUnknown)
	return res
}

// dated reports whether anything in the result rests on the day as of which it is
// judged.
func (r *run) dated() bool {
	return r.opts.AsOf != "" || slices.ContainsFunc(r.pack.Rules, func(rule *rule.Rule) bool { return rule.EffectiveOn != "" })
}

// addNew adds the reasons whose sections are told of neither in the list nor
// elsewhere.
func addNew(list, more, elsewhere []result.Reason) []result.Reason {
	for _, reason := range more {
		same := func(told result.Reason) bool { return told.Section == reason.Section }
		if !slices.ContainsFunc(list, same) && !slices.ContainsFunc(elsewhere, same) {
			list = append(list, reason)
		}
	}
	return list
}

// uncountedClients tells where a rule that reads clients, or counts of them,
// saw fewer than there may be: finding nothing among them says little.
func (r *run) uncountedClients(rl *rule.Rule) []result.Reason {
	if rl.Scope != rule.ClientScope && !rl.VerdictNeeds.Totals {
		return nil
	}
	if r.coll.clients == 0 {
		return []result.Reason{{Section: "clients", Msg: "the snapshot has no clients"}}
	}
	var reasons []result.Reason
	if n := r.totals.noStatus; rl.VerdictNeeds.Totals && n > 0 {
		reasons = append(reasons, result.Reason{Section: "clients", Uncounted: true, Msg: fmt.Sprintf(
			"not counted as clients, for their status is unknown: %s", result.Count(n, "computer"))})
	}
	if n := r.totals.noAddress; rl.VerdictNeeds.Totals && rl.VerdictNeeds.Client["addresses"] && n > 0 {
		reasons = append(reasons, result.Reason{Section: "clients.addresses", Uncounted: true, Msg: fmt.Sprintf(
			"not counted where they are, for their addresses were not collected: %s", result.Count(n, "client"))})
	}
	if n := r.onlyPerhaps(); n > 0 && rl.ReadsPlaces() {
		reasons = append(reasons, result.Reason{Section: "server", Uncounted: true, Msg: fmt.Sprintf(
			"%s (sites, subnets, networks): the only client may be the Notification Server, whose GUID is unknown", result.Count(n, "place"))})
	}
	if n := r.notCountedFor(rl); n > 0 {
		reasons = append(reasons, result.Reason{Section: "clients", Uncounted: true, Msg: fmt.Sprintf(
			"not counted, for what is counted of them was not collected: %s", result.Count(n, "computer"))})
	}
	switch {
	case r.totals.clients == 0:
		reasons = append(reasons, result.Reason{Section: "clients", Msg: "no computer in the snapshot is an Active client"})
	case r.totals.clients == r.unrecognisedServers():
		reasons = append(reasons, result.Reason{Section: "server", Uncounted: true, Msg: "the only Active client in the snapshot may be the Notification Server, whose GUID is unknown"})
	}
	return reasons
}

// notCountedFor is how often a computer was left out of a tally that the rule may
// read.
func (r *run) notCountedFor(rule *rule.Rule) (n int64) {
	for _, other := range r.pack.Rules {
		if other.CountsFor(rule) {
			n += r.leftOutFor(rule, other)
		}
	}
	return n
}

// leftOutFor is how many computers one rule left out of what another one reads.
func (r *run) leftOutFor(reader, counter *rule.Rule) (n int64) {
	if reader.VerdictNeeds.Tally.Any || counter.TallyKeys.Any {
		return r.totals.uncounted[counter.ID]
	}
	for key := range reader.VerdictNeeds.Tally.Named {
		n = max(n, r.totals.uncounted[uncountedKey(counter.ID, key)])
	}
	return n
}

func summarise(rules []result.RuleResult) result.Summary {
	s := result.Summary{Rules: map[result.Verdict]int{}, Findings: map[rule.Severity]int64{}}
	for _, r := range rules {
		s.Rules[r.Verdict]++
		s.Unknown += r.UnknownCount()
		if r.Findings > 0 {
			s.Findings[r.Severity] += r.Findings
		}
		if r.Waived > 0 {
			s.Waived = result.AddCount(s.Waived, r.Severity, r.Waived)
		}
		if r.Verdict == result.Warn {
			s.Warnings = result.AddCount(s.Warnings, r.Severity, r.Findings-r.Waived)
		}
	}
	return s
}
