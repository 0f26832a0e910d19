package evaluator

import (
	"fmt"

	opaversion "github.com/open-policy-agent/opa/v1/version"
)

// result puts everything together.
func (r *run) result() (*Result, error) {
	c := newCauses(r.pack, r.found)
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
		findings:    r.spool,
		resolve:     c.findings,
		estate:      r.found,
	}
	for i, rule := range r.pack.Rules {
		res.Rules = append(res.Rules, r.ruleResult(rule, r.states[i]))
	}
	res.Summary = summarise(res.Rules)
	res.Summary.ClientsWithFindings = r.harmed
	res.Watched = r.explain(c)
	return res, nil
}

// ruleResult settles a rule's verdict. It is pass only where nothing was
// found, nothing is unknown and nothing is incomplete.
func (r *run) ruleResult(rule *Rule, s *ruleState) RuleResult {
	res := RuleResult{
		ID: rule.ID, Title: rule.Title, Severity: rule.Severity, Scope: rule.Scope, Step: rule.Step,
		Findings: s.findings, Reasons: s.reasons, Unknown: s.unknown.list(), Needs: rule.Needs,
		Remediation: rule.remediationFor(r.version), Verdict: s.verdict, Params: r.pack.changedParams(rule),
	}
	if s.verdict != "" {
		return res
	}
	res.Reasons = append(res.Reasons, r.coll.incomplete(&rule.needs)...)
	readsClients := rule.Scope == ClientScope || rule.needs.totals
	if readsClients && r.coll.clients == 0 {
		res.Reasons = append(res.Reasons, Reason{Section: "clients", Msg: "the snapshot has no clients"})
	}
	if rule.needs.totals && r.totals.noStatus > 0 {
		res.Reasons = append(res.Reasons, Reason{Section: "clients", Msg: fmt.Sprintf(
			"the status of %d computers is unknown, so they were not counted as clients", r.totals.noStatus)})
	}
	switch {
	case s.findings > 0:
		res.Verdict = Fail
	case len(res.Reasons) > 0 || len(res.Unknown) > 0:
		res.Verdict = NotEvaluated
	default:
		res.Verdict = Pass
	}
	return res
}

func summarise(rules []RuleResult) Summary {
	s := Summary{Rules: map[Verdict]int{}, Findings: map[Severity]int64{}}
	for _, r := range rules {
		s.Rules[r.Verdict]++
		s.Unknown += r.UnknownCount()
		if r.Findings > 0 {
			s.Findings[r.Severity] += r.Findings
		}
	}
	return s
}
