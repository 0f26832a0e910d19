package evaluator

import (
	"github.com/nscheck/nscheck/evaluator/result"
	"sync/atomic"
)

// judgement is what one rule says about some clients.
type judgement struct {
	id       uint32 // 0 where nothing was found
	outcome  outcome
	findings []clientFinding
	stems    []result.Stem // of the findings
	tally    []int         // positions in the run's tallies
}

func (j *judgement) isSilent() bool {
	return len(j.findings) == 0 && len(j.outcome.unknown) == 0 && len(j.tally) == 0 && j.outcome.uncounted == ""
}

// evidenceOf is what the rows of some clients prove.
type evidenceOf struct {
	id uint32
	evidence
}

// programs are the questions that all workers ask about clients.
type programs struct {
	rules    []*shared[*judgement]
	evidence *shared[*evidenceOf]
	ids      atomic.Uint32
	tallies  tallies
}

func (r *run) newPrograms(rules []*clientRule) *programs {
	p := &programs{tallies: tallies{ids: map[string]int{}}}
	for _, c := range rules {
		s := newShared(&c.program, func(sets map[string]any, s *streamed) (*judgement, error) {
			return p.judgement(c, sets, s)
		}, (*judgement).isSilent)
		s.rule = c
		p.rules = append(p.rules, s)
	}
	if r.evidence != nil {
		p.evidence = newShared(r.evidence, func(values map[string]any, _ *streamed) (*evidenceOf, error) {
			e, err := readEvidence(values)
			return &evidenceOf{p.ids.Add(1), e}, err
		}, func(*evidenceOf) bool { return false })
	}
	return p
}

func (p *programs) judgement(c *clientRule, sets map[string]any, s *streamed) (*judgement, error) {
	out, err := c.judge(sets, s.has)
	if err != nil {
		return nil, err
	}
	j := &judgement{outcome: out}
	for _, v := range out.violations {
		j.findings = append(j.findings, clientFinding{
			Rule: c.index, Msg: v.Msg, Path: v.Path, Expected: v.Expected, Actual: v.Actual,
		})
	}
	if len(j.findings) > 0 {
		j.id = p.ids.Add(1)
		j.stems = clientStems(c.rule, j.findings)
	}
	for _, key := range out.tally {
		j.tally = append(j.tally, p.tallies.of(c.index, key))
	}
	return j, nil
}
