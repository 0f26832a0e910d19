package evaluator

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// TryOptions says on what of a snapshot a rule is tried, and what is to be told.
type TryOptions struct {
	// Client chooses the client that a rule of scope client is tried on; of
	// several, the first of the snapshot. It is asked of every client, by several
	// goroutines at once. Nil means all clients.
	Client func(*snapshot.Client) bool
	// Explain asks where the clauses of the rule stopped.
	Explain bool
	// Limit bounds each list; what goes beyond it is counted.
	Limit int
	// Parallel and Progress are those of [Options].
	Parallel int
	Progress func(clients int64)
	// RuleTimeout and RuleMemory are those of [Options].
	RuleTimeout time.Duration
	RuleMemory  int64
}

// Trial is what one rule says about a snapshot, and how it came to say so.
type Trial struct {
	// Id of the rule.
	Rule string `json:"rule"`
	// What the rule finds.
	Title string `json:"title"`
	// How bad a finding is.
	Severity rule.Severity `json:"severity"`
	// What the rule judges.
	Scope rule.Scope `json:"scope"`
	// File of the rule.
	File string `json:"file"`
	// The client that the rule was tried on; absent where it was tried on the whole snapshot.
	Client *result.Resource `json:"client,omitempty"`
	// Number of clients in the snapshot.
	Clients int64 `json:"clients"`
	// What became of the rule; of a client rule that is tried on one client, for that one.
	Verdict result.Verdict `json:"verdict"`
	// Why the rule was not evaluated, or not in full.
	Reasons []result.Reason `json:"reasons,omitempty"`
	// Number of findings.
	FindingCount int64 `json:"finding_count"`
	// The first of them.
	Findings []result.Finding `json:"findings"`
	// Why it is not known whom the findings harm.
	AffectsUnknown []result.Reason `json:"affects_unknown,omitempty"`
	// Number of objects that the rule could not judge.
	UnknownCount int64 `json:"unknown_count"`
	// Those objects, by what is unknown.
	Unknown []result.Unknown `json:"unknown,omitempty"`
	// Number of different keys that the rule counted for data.totals.tally.
	TallyCount int64 `json:"tally_count,omitempty"`
	// The first of them.
	Tally []TallyEntry `json:"tally,omitempty"`
	// What print() wrote.
	Printed []Printed `json:"printed,omitempty"`
	// Number of lines that print() wrote beyond those.
	PrintedMore int64 `json:"printed_more,omitempty"`
	// Number of clients that print() was listened to for; 0 where that is the client of the trial, or the estate.
	PrintedClients int `json:"printed_clients,omitempty"`
	// Where each clause of violation and unknown stopped; absent where that was not asked for.
	Clauses []Clause `json:"clauses,omitempty"`
	// The client that clauses are about, where no client was chosen and the rule judges clients.
	ClausesClient *result.Resource `json:"clauses_client,omitempty"`
	// How often OPA evaluated the rule; clients that look the same to it share an evaluation.
	Evaluations int64 `json:"evaluations"`
	// What that took, in nanoseconds.
	Duration time.Duration `json:"duration_ns"`
}

// TallyEntry is one key that a client rule counted.
type TallyEntry struct {
	// The key.
	Key []string `json:"key"`
	// Number of clients.
	Clients int64 `json:"clients"`
}

// Ref is how a rule of scope estate reads the count, such as
// data.totals.tally.plugin["7.1.0"].
func (e TallyEntry) Ref() string {
	ref := ast.MustParseRef("data.totals.tally")
	for _, name := range e.Key {
		ref = append(ref, ast.StringTerm(name))
	}
	return ref.String()
}

// Try judges a snapshot by one rule of a pack, as [Evaluate] does, and tells how
// the rule came to its verdict. Waivers and baselines play no part. Where no
// client is the chosen one, the trial has none and no verdict.
func Try(ctx context.Context, pack *rule.Pack, snap Snapshot, rl *rule.Rule, opts TryOptions) (*Trial, error) {
	if rl.Scope == rule.EstateScope && opts.Client != nil {
		return nil, fmt.Errorf("%s judges the estate, and not one client; leave the client out", rl.ID)
	}
	r, err := newRun(ctx, pack, snap, Options{Parallel: opts.Parallel, Progress: opts.Progress, RuleTimeout: opts.RuleTimeout, RuleMemory: opts.RuleMemory})
	if err != nil {
		return nil, err
	}
	defer r.engine.release()
	ctx = r.ctx
	defer r.discard()
	index := slices.Index(pack.Rules, rl)
	r.only = pack.TriedWith(rl)
	if rl.Scope == rule.ClientScope {
		r.sampling = &sampling{rule: index, choose: opts.Client, limit: samplesOf(opts)}
	}
	if err := r.judgeClients(ctx); err != nil {
		return nil, err
	}
	result, err := r.conclude(ctx)
	if err != nil {
		return nil, err
	}
	t := r.newTrial(rl, index)
	if opts.Client != nil {
		if r.sampling.chosen == nil {
			return t, nil
		}
		t.judgeClient(r.sampling.chosen, r.states[index])
	} else if err := t.judgeAll(result, index, opts.Limit); err != nil {
		return nil, err
	}
	t.countTally(r, index)
	t.cut(opts.Limit)
	return t, r.observe(ctx, t, rl, index, opts)
}

// samplesOf is how many clients a rule is listened to for.
func samplesOf(o TryOptions) int { return min(o.Limit, maxSamples) }

// maxSamples bounds them, for each is kept in full.
const maxSamples = 100

// leavesOut tells whether a rule is not asked for.
func (r *run) leavesOut(rule *rule.Rule) bool { return r.only != nil && !r.only[rule] }

func (r *run) newTrial(rule *rule.Rule, index int) *Trial {
	timing := r.states[index].timing
	return &Trial{
		Rule: rule.ID, Title: rule.Title, Severity: rule.Severity, Scope: rule.Scope, File: rule.File,
		Clients: r.coll.clients, Findings: []result.Finding{}, Evaluations: timing.Evaluations, Duration: timing.Duration,
	}
}

// judgeClient tells what the rule says about the chosen client.
func (t *Trial) judgeClient(s *sampled, state *ruleState) {
	who := s.resource()
	t.Client = &who
	switch {
	case s.answer == nil: // the rule was not evaluated at all
		t.Verdict, t.Reasons = state.verdict, state.reasons
		return
	case s.answer.err != nil:
		t.Verdict, t.Reasons = result.Errored, []result.Reason{{Msg: "the rule broke: " + s.answer.err.Error()}}
		return
	}
	said := s.answer.value.outcome
	for _, v := range said.violations {
		t.Findings = append(t.Findings, result.Finding{
			Rule: t.Rule, Severity: t.Severity, Msg: v.Msg, Resource: who, Path: v.Path, Expected: v.Expected, Actual: v.Actual,
		})
	}
	t.FindingCount = int64(len(t.Findings))
	var list unknowns
	for _, u := range said.unknown {
		list.add(u.Msg, who)
	}
	t.Unknown, t.UnknownCount = list.list(), int64(len(said.unknown))
	for _, key := range said.tally {
		t.Tally = append(t.Tally, TallyEntry{key, 1})
	}
	switch {
	case t.FindingCount > 0:
		t.Verdict = result.Fail
	case t.UnknownCount > 0:
		t.Verdict = result.NotEvaluated
	default:
		t.Verdict = result.Pass
	}
	if said.uncounted != "" {
		t.Reasons = append(t.Reasons, result.Reason{Msg: fmt.Sprintf("the client is not counted: section %q was not collected", said.uncounted)})
	}
}

// judgeAll tells what the rule says about the whole snapshot.
func (t *Trial) judgeAll(result *result.Result, index, limit int) error {
	r := result.Rules[index]
	t.Verdict, t.Reasons, t.AffectsUnknown = r.Verdict, r.Reasons, r.AffectsUnknown
	t.Unknown, t.UnknownCount, t.FindingCount = r.Unknown, r.UnknownCount(), r.Findings
	for f, err := range result.Findings() {
		if err != nil {
			return err
		}
		if len(t.Findings) == limit {
			return nil
		}
		if f.Rule == t.Rule {
			t.Findings = append(t.Findings, f)
		}
	}
	return nil
}

// countTally lists what the rule counted over all clients.
func (t *Trial) countTally(r *run, index int) {
	if t.Client == nil {
		for _, c := range r.tallied {
			if c.rule == index {
				t.Tally = append(t.Tally, TallyEntry{c.key, c.clients})
			}
		}
	}
	t.TallyCount = int64(len(t.Tally))
}

// cut bounds the lists whose lengths are known besides.
func (t *Trial) cut(limit int) {
	t.Findings = t.Findings[:min(len(t.Findings), limit)]
	t.Unknown = t.Unknown[:min(len(t.Unknown), limit)]
	t.Tally = t.Tally[:min(len(t.Tally), limit)]
}
