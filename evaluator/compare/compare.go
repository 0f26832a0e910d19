package compare

import (
	"context"
	"slices"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/settings"
)

// DifferenceFormat is the version of the format of differences.
const DifferenceFormat = 1

// A Difference is what lies between two results: a base and a head.
type Difference struct {
	// Version of the format.
	Format int `json:"format"`
	// What produced it.
	Tool result.Tool `json:"tool"`
	// The rules by which both sides were judged.
	Pack rule.PackInfo `json:"pack"`
	// What was there before.
	Base result.SnapshotInfo `json:"base"`
	// What is there now, or would be after the change; its hash is that of the file that was read.
	Head result.SnapshotInfo `json:"head"`
	// Settings that differ, and what was observed differently.
	Settings []settings.Setting `json:"settings"`
	// Number of edits of the change that leave everything as it is.
	Idle int `json:"idle_edits,omitempty"`
	// Findings by what became of them, and by severity.
	Findings map[result.BaselineState]map[rule.Severity]int64 `json:"counts"`
	// New findings that somebody accepted, by severity: they do not count.
	Waived map[rule.Severity]int64 `json:"waived,omitempty"`
	// New findings of rules that only warn yet, by severity: they do not count.
	Warnings map[rule.Severity]int64 `json:"warnings,omitempty"`
	// The waivers, and what has become of them on the head.
	Waivers []result.WaiverState `json:"waivers,omitempty"`
	// Day as of which waivers, and rules that only warn yet, were judged on the head.
	AsOf rule.Date `json:"as_of,omitempty"`
	// What became of the clients.
	Clients ClientChanges `json:"clients"`
	// Rules that the configuration switched off, or gave another severity, by id.
	Configured []result.ConfiguredRule `json:"configured,omitempty"`
	// Rules with findings that came or went, or whose answer is incomplete, by id.
	Rules []RuleDifference `json:"rules"`

	// What the change does beside its findings: clients that it affects, settings that no rule reads, settings that it makes unknown.
	Remarks []Remark `json:"remarks,omitempty"`
	// Folder of the configuration and waivers that decided, where that is not the present one.
	PolicyBase string `json:"policy_base,omitempty"`
	// Limits that were set for the exit status.
	Limits GateLimits `json:"limits"`
	// Why the two sides would not have been compared without --compare-anyway.
	Anyway []string `json:"compared_anyway,omitempty"`

	base, head  *Side
	sameClients bool // both sides have the clients of one snapshot
	estate      []Compared
	lapsed      map[result.Fingerprint]*result.LapsedWaiver
	waived      map[result.Fingerprint]bool // findings of the head that waivers cover
	doubtful    doubtfulClients
	arrived     map[string]bool     // sites that clients came to
	faults      []fault             // of the head's estate
	own         map[int]*AffectedBy // clients that findings of their own newly affect, by rule
	blame       *blame
	came, went  map[result.Fingerprint]result.BaselineState
}

// RuleDifference is what one rule says on both sides.
type RuleDifference struct {
	// The rule's id, such as NS-SITE-003.
	ID string `json:"id"`
	// What the rule finds.
	Title string `json:"title"`
	// How bad a finding of the rule is.
	Severity rule.Severity `json:"severity"`
	// Its verdict on the base.
	Base result.Verdict `json:"base"`
	// Its verdict on the head.
	Head result.Verdict `json:"head"`
	// Findings by what became of them.
	Findings map[result.BaselineState]int64 `json:"findings,omitempty"`
	// Parameters that decide what it finds on the head, with their values; absent where it reads none or finds nothing.
	DecidedBy map[string]any `json:"decided_by,omitempty"`
	// Why it cannot be told what the change does to it.
	Incomplete []string `json:"incomplete,omitempty"`

	unknown int64 // clients that it could judge in the base and cannot in the head
	lost    int64 // findings of the base that it cannot judge in the head
}

// Compared is a finding that is not on both sides.
type Compared struct {
	result.Finding
	// Why it can be compared with nothing.
	Reason string `json:"reason,omitempty"`
	// The settings that may have made it come or go. Where there are several, any of them may be it, or all together.
	Settings []SettingRef `json:"settings,omitempty"`
}

// Compare compares two sides that one pack evaluated. changed are the settings in which
// their estates differ. The sides must stay open as long as the difference is used.
// It returns an [*IncomparableError] if the two sides are not of one estate, unless
// limits allow that, and ends early if ctx is done.
func Compare(ctx context.Context, base, head *Side, changed []settings.Setting, limits GateLimits) (*Difference, error) {
	problems := sidesDiffer(&base.Snapshot, &head.Snapshot)
	if len(problems) > 0 && !limits.CompareAnyway {
		return nil, &IncomparableError{problems}
	}
	d := &Difference{
		Format: DifferenceFormat, Tool: head.Tool, Pack: head.Pack, Base: base.Snapshot, Head: head.Snapshot, Settings: changed,
		Waivers: head.Waivers, AsOf: head.AsOf, Configured: head.Configured(), Limits: limits, Anyway: problems,
		Findings: map[result.BaselineState]map[rule.Severity]int64{result.New: {}, result.Absent: {}, result.Unchanged: {}, result.Incomparable: {}},
		base:     base, head: head, sameClients: base.Snapshot.SHA256 != "" && base.Snapshot.SHA256 == head.Snapshot.SHA256, blame: newBlame(changed, base.trail, head.trail),
		arrived: map[string]bool{}, own: map[int]*AffectedBy{}, came: map[result.Fingerprint]result.BaselineState{}, went: map[result.Fingerprint]result.BaselineState{},
	}
	if err := d.findLapsed(); err != nil {
		return nil, err
	}
	if err := d.findWaived(); err != nil {
		return nil, err
	}
	if d.Settings == nil {
		d.Settings = []settings.Setting{}
	}
	for i := range head.Rules {
		h, b := &head.Rules[i], &base.Rules[i]
		d.Rules = append(d.Rules, RuleDifference{ID: h.ID, Title: h.Title, Severity: h.Severity, Base: b.Verdict, Head: h.Verdict, DecidedBy: h.DecidedBy, Findings: map[result.BaselineState]int64{}})
	}
	for i := range d.Rules {
		d.compareEstate(i)
	}
	if err := d.compareClients(ctx); err != nil {
		return nil, err
	}
	if lost := d.lostClients(); lost != "" {
		if d.Anyway = append(d.Anyway, lost); !limits.CompareAnyway {
			return nil, &IncomparableError{[]string{lost}}
		}
	}
	if err := d.discount(); err != nil {
		return nil, err
	}
	d.settle()
	d.remark()
	return d, nil
}

// count counts findings of one rule.
func (d *Difference) count(rule int, state result.BaselineState, n int64) {
	r := &d.Rules[rule]
	r.Findings[state] += n
	d.Findings[state][r.Severity] += n
}

// compareEstate compares the findings of an estate rule.
func (d *Difference) compareEstate(rule int) {
	id := d.Rules[rule].ID
	before, now := map[string]bool{}, map[string]bool{}
	for _, f := range d.base.EstateFindings(id) {
		before[f.Fingerprint] = true
	}
	moved := d.onlyMoves(rule)
	dropped := false
	for _, f := range d.head.EstateFindings(id) {
		now[f.Fingerprint] = true
		state := result.Unchanged
		switch print, _ := result.ParseFingerprint(f.Fingerprint); {
		case before[f.Fingerprint] && d.lapsed[print] != nil:
			state = d.take(rule, f, result.New, d.base)
		case before[f.Fingerprint]:
		case moved && len(f.Affects) == 0 && !f.AffectsUnknown:
			dropped = true // what was counted elsewhere
		default:
			state = d.take(rule, f, result.New, d.base)
		}
		d.count(rule, state, 1)
	}
	for _, f := range d.base.EstateFindings(id) {
		if !now[f.Fingerprint] && !(dropped && len(f.Affects) == 0) {
			d.count(rule, d.take(rule, f, result.Absent, d.head), 1)
		}
	}
}

// onlyMoves reports whether what an estate rule finds can only move from object to
// object: it counts facts about clients, the clients are the same on both sides,
// and it found some before. No client is worse off because it is counted elsewhere.
func (d *Difference) onlyMoves(rl int) bool {
	r := d.head.trail.Pack.Rules[rl]
	if !d.sameClients || r.Scope != rule.EstateScope || len(d.base.EstateFindings(r.ID)) == 0 {
		return false
	}
	return d.countsFacts(r)
}

// countsFacts reports whether an estate rule reads what client rules tally.
func (d *Difference) countsFacts(r *rule.Rule) bool {
	return r.Scope == rule.EstateScope && slices.ContainsFunc(d.head.trail.Pack.Rules, func(other *rule.Rule) bool { return other.CountsFor(r) })
}

// take keeps a finding of one side that the other side does not have, and returns
// what to call it: incomparable if the other side could not evaluate it.
func (d *Difference) take(rule int, f result.Finding, state result.BaselineState, other *Side) result.BaselineState {
	c := Compared{Finding: f}
	if c.Reason = d.unjudged(rule, f.Resource, other); c.Reason != "" {
		state = result.Incomparable
		if other == d.head {
			d.Rules[rule].lost++
		}
	} else {
		c.Settings = d.blame.of(&f)
	}
	c.BaselineState, c.Gone = state, other == d.head
	c.Location = locationOf(c.Settings)
	if print, ok := result.ParseFingerprint(f.Fingerprint); ok && other == d.base {
		d.came[print] = state
		c.LapsedWaiver = d.lapsed[print]
	} else if ok {
		d.went[print] = state
	}
	d.estate = append(d.estate, c)
	return state
}

// locationOf is where the first setting stands that has a place.
func locationOf(settings []SettingRef) *result.SourceLocation {
	for _, s := range settings {
		if s.Source != nil {
			return &result.SourceLocation{File: s.Source.File, Line: s.Source.Line, Column: s.Source.Column}
		}
	}
	return nil
}

// unjudged says why one side cannot tell whether it has a finding of a rule
// about an object; empty where it can.
func (d *Difference) unjudged(rule int, object result.Resource, side *Side) string {
	r := &side.Rules[rule]
	where := "the base"
	if side == d.head {
		where = "the head"
	}
	if r.Verdict == result.Errored {
		return "the rule broke on " + where
	}
	if side == d.base && d.sameClients {
		return "" // what is wrong after the change and was not known to be wrong is new
	}
	if side == d.head && slices.ContainsFunc(side.trail.Unsure[r.ID], object.Same) {
		return "it is unknown on " + where
	}
	other := d.head
	if side == d.head {
		other = d.base
	}
	for _, reason := range r.Reasons { // what both sides lack, neither judges the other by
		if r.Verdict != result.NotApplicable && r.Verdict != result.NoSource && !slices.Contains(other.Rules[rule].Reasons, reason) {
			return "not evaluated in full on " + where + ": " + reason.Msg
		}
	}
	return ""
}

// mark sets what became of a finding of the head.
func (d *Difference) mark(f *result.Finding) {
	f.BaselineState = result.Unchanged
	if print, ok := result.ParseFingerprint(f.Fingerprint); ok && d.came[print] != "" {
		f.BaselineState = d.came[print]
	}
	if f.BaselineState == result.New {
		f.Location = locationOf(d.blame.of(f))
		print, _ := result.ParseFingerprint(f.Fingerprint)
		f.LapsedWaiver = d.lapsed[print]
	}
}

// settle says of each rule whether its answer is complete, and leaves out those
// of which there is nothing to say.
func (d *Difference) settle() {
	for i := range d.Rules {
		d.Rules[i].Incomplete = d.whyIncomplete(i)
	}
	d.Rules = slices.DeleteFunc(d.Rules, func(r RuleDifference) bool {
		moved := r.Findings[result.New] + r.Findings[result.Absent] + r.Findings[result.Incomparable]
		return moved == 0 && len(r.Incomplete) == 0
	})
}
