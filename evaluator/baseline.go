package evaluator

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/snapshot"
)

// Baseline is an earlier result to compare findings with. Of its findings it
// keeps only fingerprints, for there may be millions.
type Baseline struct {
	file    *ResultFile
	prints  []fingerprint // sorted
	results map[string]*RuleResult
}

// Comparison counts findings against a baseline.
type Comparison struct {
	// The baseline's file as it was named.
	File string `json:"file"`
	// Version of nscheck that made the baseline.
	ToolVersion string `json:"tool_version"`
	// SHA-256 of the snapshot that the baseline is of.
	SnapshotSHA256 string `json:"snapshot_sha256"`
	// Whether the baseline was judged by the same rules; parameters are not compared.
	SameRules bool `json:"same_rules"`
	// Number of findings that the baseline does not have.
	New int64 `json:"new"`
	// Number of findings that the baseline has too.
	Unchanged int64 `json:"unchanged"`
	// Number of the baseline's findings that are gone.
	Absent int64 `json:"absent"`
	// Number of findings of one side whose rule the other side did not evaluate, or not in full.
	Incomparable int64 `json:"incomparable"`
}

// ReadBaseline reads an earlier result.
func ReadBaseline(name string) (*Baseline, error) {
	file, err := OpenResult(name)
	if err != nil {
		return nil, err
	}
	b := &Baseline{file: file, results: map[string]*RuleResult{}}
	for i := range file.Rules {
		b.results[file.Rules[i].ID] = &file.Rules[i]
	}
	for f, err := range file.Findings() {
		if err != nil {
			return nil, err
		}
		print, ok := parseFingerprint(f.Fingerprint)
		if !ok {
			return nil, fmt.Errorf("read %s: a finding of %s has no fingerprint, so nothing can be compared with it", name, f.Rule)
		}
		b.prints = append(b.prints, print)
	}
	slices.SortFunc(b.prints, fingerprint.compare)
	return b, nil
}

// check returns an [*IncomparableError] if the baseline is not an earlier result of
// the same estate: nothing would be new against it.
func (b *Baseline) check(pack *Pack, server *snapshot.Server, manifest *snapshot.Manifest) error {
	if b == nil {
		return nil
	}
	var problems []string
	base := &SnapshotInfo{Server: b.file.Snapshot.Server}
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
func (b *Baseline) find(print fingerprint) int {
	i, found := slices.BinarySearchFunc(b.prints, print, fingerprint.compare)
	if !found {
		return -1
	}
	return i
}

// comparing is a comparison under way.
type comparing struct {
	*Baseline
	pack   *Pack
	before map[string]*RuleResult // the baseline's, by the present id
	now    map[string]*RuleResult // by id; known once all rules are settled
	seen   []bool                 // by position in prints
	fresh  map[Severity]int64     // new findings that count, by severity
	doubts map[Severity]int64     // findings that cannot be compared and would count, by severity
	counts Comparison
}

func (b *Baseline) against(p *Pack) *comparing {
	if b == nil {
		return nil
	}
	c := &comparing{Baseline: b, pack: p, before: map[string]*RuleResult{}, seen: make([]bool, len(b.prints)), fresh: map[Severity]int64{}, doubts: map[Severity]int64{}}
	for id, r := range b.results {
		c.before[c.pack.presentID(id)] = r
	}
	c.counts = Comparison{
		File: b.file.Name, ToolVersion: b.file.Tool.Version, SnapshotSHA256: b.file.Snapshot.SHA256, SameRules: b.file.Pack.SHA256 == p.info.SHA256,
	}
	return c
}

// state compares a finding, which has several fingerprints where its rule had
// other ids.
func (c *comparing) state(f *Finding, prints []fingerprint, counting bool) BaselineState {
	for _, p := range prints {
		if i := c.find(p); i >= 0 {
			if counting {
				c.seen[i] = true
				c.counts.Unchanged++
			}
			return Unchanged
		}
	}
	state := Incomparable
	if fullyJudged(c.before[f.Rule], f.Resource) {
		state = New
	}
	if counting {
		c.counts.add(state, 1)
		counts := map[BaselineState]map[Severity]int64{New: c.fresh, Incomparable: c.doubts}[state]
		if f.Waiver == nil && f.EffectiveOn == "" {
			counts[f.Severity]++
		}
	}
	return state
}

func (c *Comparison) add(state BaselineState, n int64) {
	switch state {
	case New:
		c.New += n
	case Absent:
		c.Absent += n
	case Incomparable:
		c.Incomparable += n
	}
}

// fullyJudged reports whether a rule would have found something about an object: it
// was evaluated in full, and the object is none of those it could not judge.
func fullyJudged(r *RuleResult, object Resource) bool {
	if r == nil || !r.found() && r.Verdict != Pass && r.Verdict != NotEvaluated || len(r.Reasons) > 0 {
		return false
	}
	for _, u := range r.Unknown {
		if u.Count > int64(len(u.Sample)) || slices.ContainsFunc(u.Sample, func(s Resource) bool { return s.GUID == object.GUID && (s.GUID != "" || s.Name == object.Name) }) {
			return false // where not all are named, it may be any
		}
	}
	return r.Verdict != NotEvaluated || len(r.Unknown) > 0
}

// settle counts what the baseline has and the present result has not.
func (c *comparing) settle(rules []RuleResult) (*Comparison, error) {
	c.now = map[string]*RuleResult{}
	for i := range rules {
		c.now[rules[i].ID] = &rules[i]
	}
	for f, err := range c.absent() {
		if err != nil {
			return nil, err
		}
		c.counts.add(f.BaselineState, 1)
	}
	return &c.counts, nil
}

// absent yields the baseline's findings that are not among the present ones.
func (c *comparing) absent() iter.Seq2[Finding, error] {
	return func(yield func(Finding, error) bool) {
		if !slices.Contains(c.seen, false) {
			return
		}
		for f, err := range c.file.Findings() {
			if err != nil {
				yield(Finding{}, err)
				return
			}
			print, _ := parseFingerprint(f.Fingerprint)
			if i := c.find(print); i < 0 || c.seen[i] {
				continue
			}
			f.Rule = c.pack.presentID(f.Rule)
			f.BaselineState, f.Gone, f.Waiver, f.Cause, f.Certainty = Incomparable, true, nil, "", ""
			if fullyJudged(c.now[f.Rule], f.Resource) {
				f.BaselineState = Absent
			}
			if !yield(f, nil) {
				return
			}
		}
	}
}

// Absent yields the findings of the baseline, or of the base that this result was
// compared with, that this result does not have: absent, or incomparable where
// their rule was not evaluated in full. They count for nothing. Without a baseline
// there are none.
func (r *Result) Absent() iter.Seq2[Finding, error] {
	if r.compared != nil {
		return r.compared.gone()
	}
	if r.baseline == nil {
		return func(func(Finding, error) bool) {}
	}
	return r.baseline.absent()
}
