package compare

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// Baseline is an earlier result to compare findings with. Of its findings it
// keeps only fingerprints, for there may be millions.
type Baseline struct {
	file    *result.File
	prints  []result.Fingerprint // sorted
	waived  map[result.Fingerprint]result.WaiverUse
	results map[string]*result.RuleResult
}

// ReadBaseline reads an earlier result.
func ReadBaseline(name string) (*Baseline, error) {
	file, err := result.Open(name)
	if err != nil {
		return nil, err
	}
	b := &Baseline{file: file, results: map[string]*result.RuleResult{}, waived: map[result.Fingerprint]result.WaiverUse{}}
	for i := range file.Rules {
		b.results[file.Rules[i].ID] = &file.Rules[i]
	}
	for f, err := range file.Findings() {
		if err != nil {
			return nil, err
		}
		print, ok := result.ParseFingerprint(f.Fingerprint)
		if !ok {
			return nil, fmt.Errorf("read %s: a finding of %s has no fingerprint, so nothing can be compared with it", name, f.Rule)
		}
		b.prints = append(b.prints, print)
		if f.Waiver != nil {
			b.waived[print] = *f.Waiver
		}
	}
	slices.SortFunc(b.prints, result.Fingerprint.Compare)
	return b, nil
}

// check returns an [*IncomparableError] if the baseline is not an earlier result of
// the same estate: nothing would be new against it.
func (b *Baseline) check(pack *rule.Pack, server *snapshot.Server, manifest *snapshot.Manifest) error {
	var problems []string
	base := &result.SnapshotInfo{Server: b.file.Snapshot.Server}
	if other := otherServer(base.Server, server); other != "" {
		problems = append(problems, strings.NewReplacer("the base is", "the baseline is", "the head of", "the snapshot of").Replace(other))
	}
	if m := b.file.Snapshot.Manifest; m != nil && m.CollectedAt != nil && manifest != nil {
		problems = append(problems, older("the snapshot", manifest.CollectedAt.Time, "that of the baseline", m.CollectedAt.Time)...)
	}
	known := false
	for id := range b.results {
		_, ok := pack.Rule(id)
		known = known || ok
	}
	if !known {
		problems = append(problems, "the baseline was evaluated by none of these rules")
	}
	if len(problems) == 0 {
		return nil
	}
	return &IncomparableError{problems}
}

// find is the position of a fingerprint; -1 where the baseline does not have it.
func (b *Baseline) find(print result.Fingerprint) int {
	i, found := slices.BinarySearchFunc(b.prints, print, result.Fingerprint.Compare)
	if !found {
		return -1
	}
	return i
}

// Against is a baseline to compare the findings of evaluations with.
type Against struct {
	Baseline *Baseline
	// FailOnNew makes only findings count that the baseline does not have.
	FailOnNew bool
	// Anyway compares also if the baseline is not of the same estate.
	Anyway bool
}

// begin starts to compare the findings of one evaluation.
func (a *Against) begin(pack *rule.Pack, estate *snapshot.Estate, manifest *snapshot.Manifest) (*comparing, error) {
	if err := a.Baseline.check(pack, estate.Server, manifest); err != nil && !a.Anyway {
		return nil, err
	}
	b := a.Baseline
	c := &comparing{
		Baseline: b, failOnNew: a.FailOnNew, pack: pack, before: map[string]*result.RuleResult{}, now: map[string]*result.RuleResult{},
		seen: make([]bool, len(b.prints)), fresh: map[rule.Severity]int64{}, doubts: map[rule.Severity]int64{},
	}
	for id, r := range b.results {
		c.before[pack.PresentID(id)] = r
	}
	c.counts = result.BaselineCounts{
		File: b.file.Name, ToolVersion: b.file.Tool.Version, SnapshotSHA256: b.file.Snapshot.SHA256, SameRules: b.file.Pack.SHA256 == pack.Info.SHA256,
	}
	return c, nil
}

// comparing compares the findings of one evaluation with a baseline.
type comparing struct {
	*Baseline
	failOnNew bool
	pack      *rule.Pack
	before    map[string]*result.RuleResult // the baseline's, by the present id
	now       map[string]*result.RuleResult // by id; known once all rules are settled
	seen      []bool                        // by position in prints
	fresh     map[rule.Severity]int64       // new findings that count, by severity
	doubts    map[rule.Severity]int64       // findings that cannot be compared and would count, by severity
	counts    result.BaselineCounts
}

// Annotate sets the state of a finding against the baseline.
func (c *comparing) Annotate(f *result.Finding, id *result.FindingID, first bool) {
	f.BaselineState = c.state(f, id.Prints, first)
	if w := c.waiverOf(id.Prints); w != nil && f.Waiver == nil {
		f.LapsedWaiver = &result.LapsedWaiver{WaiverUse: *w, Msg: cmp.Or(id.Lapsed, "it no longer covers the object of the finding")}
	}
}

// waiverOf returns the waiver that covered a finding in the baseline; nil if none did.
func (c *comparing) waiverOf(prints []result.Fingerprint) *result.WaiverUse {
	for _, p := range prints {
		if c.find(p) >= 0 {
			if w, ok := c.waived[p]; ok {
				return &w
			}
			return nil
		}
	}
	return nil
}

// state compares a finding, which has several fingerprints where its rule had
// other ids. A finding that a waiver covered in the baseline and none covers now is new.
func (c *comparing) state(f *result.Finding, prints []result.Fingerprint, counting bool) result.BaselineState {
	state := result.Incomparable
	if fullyJudged(c.before[f.Rule], f.Resource) {
		state = result.New
	}
	for _, p := range prints {
		i := c.find(p)
		if i < 0 {
			continue
		}
		if counting {
			c.seen[i] = true
		}
		if _, accepted := c.waived[p]; !accepted || f.Waiver != nil {
			if counting {
				c.counts.Unchanged++
			}
			return result.Unchanged
		}
		state = result.New // nobody accepts it any longer
		break
	}
	if counting {
		c.counts.Add(state, 1)
		counts := map[result.BaselineState]map[rule.Severity]int64{result.New: c.fresh, result.Incomparable: c.doubts}[state]
		if f.Waiver == nil && f.EffectiveOn == "" {
			counts[f.Severity]++
		}
	}
	return state
}

// fullyJudged reports whether a rule would have found something about an object: it
// was evaluated in full, and the object is none of those it could not judge.
func fullyJudged(r *result.RuleResult, object result.Resource) bool {
	if r == nil || !r.Found() && r.Verdict != result.Pass && r.Verdict != result.NotEvaluated || len(r.Reasons) > 0 {
		return false
	}
	for _, u := range r.Unknown {
		objects := u.Objects
		if objects == nil {
			objects = u.Sample
		}
		if u.Count > int64(len(objects)) || slices.ContainsFunc(objects, func(s result.Resource) bool { return s.GUID == object.GUID && (s.GUID != "" || s.Name == object.Name) }) {
			return false // where not all are named, it may be any
		}
	}
	return r.Verdict != result.NotEvaluated || len(r.Unknown) > 0
}

// Finish counts what the baseline has and the present result has not.
func (c *comparing) Finish(r *result.Result) error {
	for i := range r.Rules {
		c.now[r.Rules[i].ID] = &r.Rules[i]
	}
	for f, err := range c.absent() {
		if err != nil {
			return err
		}
		c.counts.Add(f.BaselineState, 1)
	}
	r.Baseline = &c.counts
	return nil
}

// mark does nothing: the evaluation annotated the findings.
func (c *comparing) mark(*result.Finding) {}

// exitStatus is that of the result, or rests on new findings alone.
func (c *comparing) exitStatus(r *result.Result, failOn rule.Severity, allowIncomplete bool) int {
	if !c.failOnNew {
		return r.ExitStatus(failOn, allowIncomplete)
	}
	if r.Summary.Rules[result.Errored] > 0 {
		return result.ExitTrouble
	}
	counted := func(findings map[rule.Severity]int64) bool {
		for severity, n := range findings {
			if n > 0 && severity.AtLeast(failOn) {
				return true
			}
		}
		return false
	}
	switch {
	case counted(c.fresh):
		return result.ExitFindings
	case allowIncomplete:
		return result.ExitClean
	case counted(c.doubts), r.Incomplete(): // it is unknown whether they are new
		return result.ExitIncomplete
	}
	return result.ExitClean
}

// incomplete reports whether anything was not evaluated, or was found of which it is
// unknown whether it is new, if only new findings count.
func (c *comparing) incomplete(r *result.Result) bool {
	return r.Incomplete() || c.failOnNew && len(c.doubts) > 0
}

// absent yields the baseline's findings that are not among the present ones.
func (c *comparing) absent() iter.Seq2[result.Finding, error] {
	return func(yield func(result.Finding, error) bool) {
		if !slices.Contains(c.seen, false) {
			return
		}
		for f, err := range c.file.Findings() {
			if err != nil {
				yield(result.Finding{}, err)
				return
			}
			print, _ := result.ParseFingerprint(f.Fingerprint)
			if i := c.find(print); i < 0 || c.seen[i] {
				continue
			}
			f.Rule = c.pack.PresentID(f.Rule)
			f.BaselineState, f.Gone, f.Cause, f.Certainty = result.Incomparable, true, "", ""
			f.Waiver, f.LapsedWaiver, f.EffectiveOn = nil, nil, ""
			if fullyJudged(c.now[f.Rule], f.Resource) {
				f.BaselineState = result.Absent
			}
			if !yield(f, nil) {
				return
			}
		}
	}
}
