package evaluator

import (
	"context"
	"maps"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// Session is what rules read of a snapshot, for questions that no rule asks.
type Session struct {
	// Documents are estate, index, params and totals; clients are counted.
	Documents map[string]any
	// Client is one client as rules of scope client read it; nil where there is none.
	Client map[string]any
	// Of the client.
	Resource result.Resource
}

// NewSession reads a snapshot and counts its clients, also by the tallies of the
// pack's rules. Choose chooses the client, as in [TryOptions]; nil means the first.
func NewSession(ctx context.Context, pack *rule.Pack, snap Snapshot, choose func(*snapshot.Client) bool, progress func(int64)) (*Session, error) {
	r, err := newRun(ctx, pack, snap, Options{Progress: progress})
	if err != nil {
		return nil, err
	}
	defer r.engine.release()
	ctx = r.ctx
	defer r.discard()
	r.only = map[*rule.Rule]bool{}
	for _, rl := range pack.Rules {
		if rl.Defines(rule.TallyOutput) {
			r.only[rl] = true
		}
	}
	r.sampling = &sampling{rule: -1, choose: choose, limit: 1}
	if err := r.judgeClients(ctx); err != nil {
		return nil, err
	}
	r.countTallies()
	params, err := rule.ToDocument(pack.Info.Params)
	if err != nil {
		return nil, err
	}
	totals, err := rule.ToDocument(r.totalsDocument())
	if err != nil {
		return nil, err
	}
	s := &Session{Documents: map[string]any{
		"estate": r.coll.estate, "params": params, "index": r.index(), "totals": totals,
	}}
	if kept := r.sampling.explained(); kept != nil && (choose == nil || r.sampling.chosen != nil) {
		s.Client, s.Resource = maps.Clone(kept.input.fields), kept.resource()
	}
	return s, nil
}
