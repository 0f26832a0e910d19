package evaluator

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/util"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// Snapshot is what is judged; [snapshot.Reader] satisfies it.
type Snapshot interface {
	// Manifest is nil for a document written by hand.
	Manifest() *snapshot.Manifest
	// Estate is the estate, and its JSON text.
	Estate() (*snapshot.Estate, json.RawMessage)
	// Blocks yields the clients once, many at a time.
	Blocks() iter.Seq2[*snapshot.Block, error]
	// SHA256 is the hash of all that was read; known after the last client.
	SHA256() string
}

// Options changes how a snapshot is evaluated.
type Options struct {
	// ToolVersion is the version of nscheck for the result.
	ToolVersion string
	// Watch chooses a client to explain; nil means none. It is asked of every
	// client, by several goroutines at once, and the first of the snapshot that
	// it chooses is explained.
	Watch func(*snapshot.Client) bool
	// AsOf is the day as of which waivers and the rules' effective_on are judged;
	// empty means Present.
	AsOf rule.Date
	// Present is the day where AsOf says none; empty means the day of collection,
	// and today where that is unknown.
	Present rule.Date
	// Annotators add to findings what is known of them besides the rules, in this order:
	// waivers, and then what an earlier result has.
	Annotators []result.Annotator
	// Observer sees every client with the answers about it; nil means none.
	Observer Observer
	// RuleTimeout is how long one evaluation of a rule may take; 0 means
	// [DefaultRuleTimeout].
	RuleTimeout time.Duration
	// RuleMemory is how many bytes the heap may grow by while rules are evaluated
	// before the one at work is stopped; 0 means [DefaultRuleMemory].
	RuleMemory int64
	// Progress is called now and then with the number of clients so far; nil
	// means nobody watches.
	Progress func(clients int64)
	// Parallel is how many clients are judged at once; 0 means as many as there
	// are processors.
	Parallel int
	// Plain judges every client by itself, decoded in full, and remembers
	// nothing: slow, and what the fast way is held to.
	Plain bool
	// SelfCheck judges every client whose number is a multiple of it in the plain
	// way too, and compares; 0 means none.
	SelfCheck int64
}

// Evaluate judges a snapshot by a pack. It returns an error where the work
// could not be done: the snapshot cannot be read, or ctx was cancelled. A rule
// that breaks is not such an error; its verdict is [Errored]. The caller
// closes the result. The clients' findings can be read until ctx is done.
func Evaluate(ctx context.Context, pack *rule.Pack, snap Snapshot, opts Options) (*result.Result, error) {
	run, err := newRun(ctx, pack, snap, opts)
	if err != nil {
		return nil, err
	}
	return run.judge()
}

// judge judges all clients, then the estate.
func (r *run) judge() (*result.Result, error) {
	defer r.engine.release()
	ctx := r.ctx
	if err := r.judgeClients(ctx); err != nil {
		r.discard()
		return nil, err
	}
	return r.conclude(ctx)
}

// conclude judges the estate, now that all clients are judged and counted, and
// puts everything together.
func (r *run) conclude(ctx context.Context) (*result.Result, error) {
	r.countTallies()
	err := r.judgeEstate(ctx)
	var result *result.Result
	if err == nil {
		result, err = r.result()
	}
	if err != nil {
		r.discard()
		return nil, err
	}
	return result, nil
}

// discard removes what a run that failed keeps on disk.
func (r *run) discard() { r.spool.close() }

// run is one evaluation under way.
type run struct {
	ctx         context.Context // done too where a rule cannot be stopped
	pack        *rule.Pack
	snap        Snapshot
	opts        Options
	estate      *snapshot.Estate
	version     string // of the platform; empty when unknown
	asOf        rule.Date
	coll        *collection
	nets        *Networks
	totals      *totals
	tallied     []tallyCount // by client rules
	engine      *engine
	evidence    *program
	states      []*ruleState
	annotations *annotations
	spool       *spool
	found       map[string][]result.Finding // of the estate, by rule id
	harmed      int64                       // clients with findings
	watching    sync.Mutex
	watched     *watched            // the client to explain, once it came by
	only        map[*rule.Rule]bool // the rules that are asked for; nil means all
	sampling    *sampling           // keeps clients of a rule that is tried; else nil
	named       int                 // how many objects are named of those that cannot be judged for one reason
}

// ruleState is what is known so far about one rule.
type ruleState struct {
	verdict        result.Verdict // set only where the rule is not evaluated
	reasons        []result.Reason
	clauses        clauses // what can be evaluated, where that is not all
	affectsUnknown []result.Reason
	findings       int64
	broken         int64 // clients it broke on beside the first
	unknown        unknowns
	unsure         []result.Resource // objects of the estate that it could not judge
	timing         result.Timing
}

// failOn notes that the rule broke on clients.
func (s *ruleState) failOn(f failure) {
	if s.verdict == "" {
		s.fail(f.err, "client "+f.client)
		f.clients--
	}
	s.broken += f.clients
}

func (s *ruleState) fail(err error, on string) {
	s.verdict = result.Errored
	s.reasons = []result.Reason{{Msg: fmt.Sprintf("the rule broke on %s: %v", on, err)}}
}

func newRun(ctx context.Context, pack *rule.Pack, snap Snapshot, opts Options) (*run, error) {
	estate, raw := snap.Estate()
	var doc map[string]any
	if err := util.UnmarshalJSON(raw, &doc); err != nil {
		return nil, fmt.Errorf("read the estate: %w", err)
	}
	delete(doc, "kind")
	r := &run{
		pack: pack, snap: snap, opts: opts, estate: estate,
		coll:   newCollection(snap.Manifest(), doc),
		nets:   newNetworks(estate),
		totals: newTotals(estate),
		spool:  newSpool(),
		found:  map[string][]result.Finding{},
		asOf:   asOf(opts, snap.Manifest()),
		named:  result.SampleSize,
	}
	if err := r.beginAnnotations(); err != nil {
		return nil, err
	}
	r.spool.ctx = ctx
	if estate.Server != nil && estate.Server.Version != nil {
		pack, _ := pack.Info.Params[rule.ServicePackParam].(string)
		r.version = rule.WithServicePack(*estate.Server.Version, pack)
	}
	params, err := rule.ToDocument(pack.Info.Params)
	if err != nil {
		return nil, err
	}
	docs := map[string]any{"estate": doc, "params": params, "index": r.index()}
	r.ctx = ctx
	r.engine = newEngine(pack, docs, collectedAt(snap.Manifest()), newGuard(ctx, opts))
	if pack.Evidence {
		var evidence program
		evidence, err = r.engine.prepareProgram(ctx, rule.EvidencePackage, []string{"arrived", "reached"})
		r.evidence = &evidence
	}
	if err == nil && r.evidence != nil {
		r.evidence.single.always, r.evidence.batch.always = true, true
	}
	if err != nil {
		r.engine.release()
	}
	return r, err
}

// collectedAt is the time that rules would see; a document without a manifest
// has none, and its ages are written in it.
func collectedAt(m *snapshot.Manifest) time.Time {
	if m == nil {
		return time.Unix(0, 0).UTC()
	}
	return m.CollectedAt.Time
}

// asOf is the day as of which waivers and rules are judged.
func asOf(opts Options, m *snapshot.Manifest) rule.Date {
	switch {
	case opts.AsOf != "":
		return opts.AsOf
	case opts.Present != "":
		return opts.Present
	case m != nil:
		return rule.DateOf(m.CollectedAt.Time)
	}
	return rule.Today()
}

// decideRules decides for every rule whether it can be evaluated at all.
func (r *run) decideRules(ctx context.Context) error {
	for _, rule := range r.pack.Rules {
		state := &ruleState{unknown: unknowns{named: r.named}}
		r.states = append(r.states, state)
		if r.leavesOut(rule) {
			continue
		}
		if err := r.decide(ctx, rule, state); err != nil {
			return err
		}
	}
	return nil
}

// prepareRules prepares the rules of scope client that can be evaluated.
func (r *run) prepareRules(ctx context.Context) ([]*clientRule, error) {
	if err := r.decideRules(ctx); err != nil {
		return nil, err
	}
	var rules []*clientRule
	for i, rl := range r.pack.Rules {
		if r.states[i].verdict != "" || rl.Scope != rule.ClientScope || r.leavesOut(rl) {
			continue
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("stopped after %s: %w", result.Count(r.coll.clients, "client"), context.Cause(ctx))
		}
		c, err := r.prepareClientRule(ctx, i)
		if err != nil {
			return nil, err
		}
		rules = append(rules, c)
	}
	return rules, nil
}

// timings are those of all rules that were evaluated, the longest first.
func (r *run) timings() []result.Timing {
	var out []result.Timing
	for i, rule := range r.pack.Rules {
		t := r.states[i].timing
		if t.Clients == 0 {
			continue
		}
		t.Rule, t.Scope, t.Findings = rule.ID, rule.Scope, r.states[i].findings
		out = append(out, t)
	}
	slices.SortStableFunc(out, func(a, b result.Timing) int { return cmp.Compare(b.Duration, a.Duration) })
	return out
}
