package report

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

const (
	// findingsShown is how many findings of one rule are shown, and how many
	// different messages of its clients.
	findingsShown = 5
	// namesShown is how many clients are named.
	namesShown = 5
	// maxMessages bounds how many messages of one rule are distinguished.
	maxMessages = 1000
)

// gathered is the result of reading all findings once; its size does not grow
// with the number of clients.
type gathered struct {
	estate  map[string][]result.Finding // the first of each rule
	clients map[string]*messages        // by rule id
	ends    []*end
}

// messages are the findings of one client rule by what they say.
type messages struct {
	list  map[string]*message
	count int64 // findings in list
}

type message struct {
	msg    string
	count  int64
	sample []result.Resource
}

// end is a rule at the end of the chain of causes: others explain its findings
// and it explains none. Reports begin with it.
type end struct {
	rule    result.RuleResult
	clients int64
	causes  map[causeKey]int64
	last    result.Resource
}

// causeKey identifies a cause.
type causeKey struct {
	id        string
	certainty result.Certainty
}

func gather(r *compare.Outcome) (*gathered, error) { return gatherFrom(r, r.Findings()) }

func gatherFrom(r *compare.Outcome, findings iter.Seq2[result.Finding, error]) (*gathered, error) {
	g := &gathered{estate: map[string][]result.Finding{}, clients: map[string]*messages{}, ends: chainEnds(r.Rules)}
	client := map[string]bool{}
	for _, rl := range r.Rules {
		client[rl.ID] = rl.Scope == rule.ClientScope
	}
	ends := map[string]*end{}
	for _, e := range g.ends {
		ends[e.rule.ID] = e
	}
	for f, err := range findings {
		if err != nil {
			return nil, err
		}
		if gone(f) {
			continue
		}
		if e := ends[f.Rule]; e != nil {
			e.count(f)
		}
		switch {
		case client[f.Rule]:
			if g.clients[f.Rule] == nil {
				g.clients[f.Rule] = &messages{list: map[string]*message{}}
			}
			g.clients[f.Rule].add(f)
		case len(g.estate[f.Rule]) < findingsShown:
			g.estate[f.Rule] = append(g.estate[f.Rule], f)
		}
	}
	return g, nil
}

func chainEnds(rules []result.RuleResult) []*end {
	explained := map[string]bool{}
	for _, r := range rules {
		for _, id := range r.Explains {
			explained[id] = true
		}
	}
	var out []*end
	for _, r := range rules {
		if explained[r.ID] && len(r.Explains) == 0 && r.Scope == rule.ClientScope && !setAside(r.Verdict) {
			out = append(out, &end{rule: r, causes: map[causeKey]int64{}})
		}
	}
	return out
}

// count counts the client of a finding once; the findings of a client come one
// after the other.
func (e *end) count(f result.Finding) {
	if e.clients > 0 && e.last == f.Resource {
		return
	}
	e.last = f.Resource
	e.clients++
	e.causes[causeKey{f.Cause, f.Certainty}]++
}

func (m *messages) add(f result.Finding) {
	g := m.list[f.Msg]
	if g == nil {
		if len(m.list) == maxMessages {
			return
		}
		g = &message{msg: f.Msg}
		m.list[f.Msg] = g
	}
	g.count++
	m.count++
	i, _ := slices.BinarySearchFunc(g.sample, f.Resource, byName)
	g.sample = slices.Insert(g.sample, i, f.Resource)
	g.sample = g.sample[:min(len(g.sample), namesShown)]
}

// most are the messages of most clients.
func (m *messages) most() []*message {
	var out []*message
	for _, g := range m.list {
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b *message) int {
		return cmp.Or(cmp.Compare(b.count, a.count), byName(a.sample[0], b.sample[0]), strings.Compare(a.msg, b.msg))
	})
	return out[:min(len(out), findingsShown)]
}

func byName(a, b result.Resource) int {
	return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.GUID, b.GUID))
}

// listed yields the findings and those that are gone, but for those of rules that
// there no longer are: nothing is known of such a rule.
func listed(r *compare.Outcome) iter.Seq2[result.Finding, error] {
	known := map[string]bool{}
	for _, rule := range r.Rules {
		known[rule.ID] = true
	}
	return func(yield func(result.Finding, error) bool) {
		for f, err := range r.WithAbsent() {
			if err == nil && !known[f.Rule] {
				continue
			}
			if !yield(f, err) {
				return
			}
		}
	}
}
