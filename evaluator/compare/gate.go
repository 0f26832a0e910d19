package compare

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/settings"
	"github.com/nscheck/nscheck/snapshot"
)

// GateLimits are what a comparison allows.
type GateLimits struct {
	// Number of clients that may be newly affected for sure.
	AllowAffected int64 `json:"allow_affected"`
	// Whether clients that may be newly affected are allowed.
	AllowPossiblyAffected bool `json:"allow_possibly_affected"`
	// Whether a changed setting that no rule reads fails the comparison.
	FailOnUncovered bool `json:"fail_on_uncovered"`
	// Whether findings that the base could not evaluate leave the answer incomplete.
	FullBase bool `json:"full_base"`
	// Whether two sides that are not of one estate are compared.
	CompareAnyway bool `json:"compare_anyway"`
}

// AffectedBy counts the clients that a finding newly affects.
type AffectedBy struct {
	// Number of clients that it surely affects.
	Sure int64 `json:"sure"`
	// Number of clients that it may affect.
	Possible int64 `json:"possible"`
	// The first of them by name.
	Sample []result.Resource `json:"sample"`
}

// The kinds of remarks.
const (
	RemarkAffected  = "newly_affected"    // clients are newly affected
	RemarkUncovered = "uncovered_setting" // no rule reads a setting that differs
	RemarkUnknown   = "unknown_setting"   // the change makes a setting unknown
	RemarkStopped   = "stopped_policy"    // the change stops an install policy
	RemarkPolicy    = "let_pass"          // only the new configuration lets it pass
)

// Remark is what a comparison has to say beside its findings.
type Remark struct {
	// Kind of remark.
	Kind string `json:"kind" jsonschema:"enum=newly_affected,enum=uncovered_setting,enum=unknown_setting,enum=stopped_policy,enum=let_pass"`
	// Whether the exit status is 1 because of it, and others of its kind.
	Fails bool `json:"fails"`
	// Whether the exit status is 3 because of it, unless something fails.
	Incomplete bool `json:"incomplete"`
	// The remark in a sentence.
	Msg string `json:"msg"`
	// Id of the rule whose finding affects clients.
	Rule string `json:"rule,omitempty"`
	// What became of that finding.
	BaselineState result.BaselineState `json:"baseline_state,omitempty"`
	// The object of the finding or of the setting.
	Resource result.Resource `json:"resource"`
	// Role of the required package that the finding is about.
	Package string `json:"package,omitempty"`
	// The setting that the finding or the remark is about.
	Path string `json:"path,omitempty"`
	// The clients that the finding newly affects; absent in other kinds.
	Clients *AffectedBy `json:"clients,omitempty"`
	// The settings that may be behind it.
	Settings []SettingRef `json:"settings,omitempty"`
	// Place of the first of them in a file.
	Location *result.SourceLocation `json:"location,omitempty"`
}

// IncomparableError reports that two sides are not of one estate, or not in order.
type IncomparableError struct{ Problems []string }

func (e *IncomparableError) Error() string { return strings.Join(e.Problems, "; ") }

// sidesDiffer lists why two snapshots should not be compared.
func sidesDiffer(base, head *result.SnapshotInfo) []string {
	var out []string
	if s := otherServer(base.Server, head.Server); s != "" {
		out = append(out, s)
	}
	if b, h := base.Manifest, head.Manifest; b != nil && h != nil {
		out = append(out, older("the head", h.CollectedAt.Time, "the base", b.CollectedAt.Time)...)
	}
	return out
}

func otherServer(base, head *snapshot.Server) string {
	if base == nil || head == nil {
		return ""
	}
	same := strings.EqualFold(base.Name, head.Name)
	if base.GUID != nil && head.GUID != nil {
		same = strings.EqualFold(*base.GUID, *head.GUID)
	}
	if same {
		return ""
	}
	return fmt.Sprintf("the base is of the Notification Server %s, the head of %s", describeServer(base), describeServer(head))
}

func describeServer(s *snapshot.Server) string {
	if s.GUID == nil {
		return s.Name
	}
	return s.Name + " (" + *s.GUID + ")"
}

func older(head string, now time.Time, base string, before time.Time) []string {
	if !now.Before(before) {
		return nil
	}
	const layout = "2006-01-02 15:04:05Z"
	return []string{fmt.Sprintf("%s was collected on %s, before %s on %s", head, now.UTC().Format(layout), base, before.UTC().Format(layout))}
}

// lostClients says that the head has lost most clients of the base; empty if it
// has not.
func (d *Difference) lostClients() string {
	kept, base, head := d.Clients.Base-d.Clients.Gone, d.base.Snapshot.ActiveClients, d.head.Snapshot.ActiveClients
	switch {
	case d.sameClients:
	case d.Clients.Gone > kept:
		return fmt.Sprintf("the head has %d of the %s of the base", kept, result.Count(d.Clients.Base, "client record"))
	case head*2 < base:
		return fmt.Sprintf("the head has %s, the base %d", result.Count(head, "Active client"), base)
	}
	return ""
}

// remark adds the remarks: clients by the finding that affects them, then settings.
func (d *Difference) remark() {
	for i := range d.faults {
		f := &d.faults[i]
		if f.clients.Sure+f.clients.Possible == 0 {
			continue
		}
		clients := f.clients
		r := Remark{
			Kind: RemarkAffected, Rule: f.rule.ID, Resource: f.finding.Resource, Package: f.finding.Package, Path: f.finding.Path, Clients: &clients, BaselineState: f.state,
			Settings: d.behindFault(f), Fails: clients.Sure > 0 && d.affectedFail(),
			Incomplete: clients.Possible > 0 && !d.Limits.AllowPossiblyAffected,
		}
		if r.BaselineState == "" {
			r.BaselineState = result.Unchanged
		}
		r.Msg = clients.describe() + ": " + f.finding.Msg
		d.Remarks = append(d.Remarks, r)
	}
	d.remarkOwn()
	for _, s := range d.Settings {
		if s.Observed {
			continue
		}
		ref := []SettingRef{{Setting: s, Related: true}}
		object := result.Resource{Type: s.Object.Type, GUID: s.Object.GUID, Name: s.Object.Name}
		if !d.covered(&s) {
			d.Remarks = append(d.Remarks, Remark{
				Kind: RemarkUncovered, Fails: d.Limits.FailOnUncovered, Resource: object, Path: s.Path, Settings: ref,
				Msg: "No rule reads " + s.Path + ", so its effect was not evaluated",
			})
		}
		if d.sameClients && madeUnknown(&s) {
			d.Remarks = append(d.Remarks, Remark{
				Kind: RemarkUnknown, Incomplete: true, Resource: object, Path: s.Path, Settings: ref,
				Msg: "The change makes " + s.Path + " unknown, so its effect was not evaluated",
			})
		}
		if role := d.lastOfRole(&s); role != "" {
			d.Remarks = append(d.Remarks, Remark{
				Kind: RemarkUnknown, Incomplete: true, Resource: object, Path: s.Path, Settings: ref,
				Msg: "The change removes " + s.Path + ", the last object with the role " + role + ", so its effect was not evaluated",
			})
		}
	}
	d.remarkStopped()
	for i := range d.Remarks {
		d.Remarks[i].Location = locationOf(d.Remarks[i].Settings)
	}
}

// remarkOwn adds the clients that are newly affected by findings of their own, by rule.
func (d *Difference) remarkOwn() {
	for i, rule := range d.head.trail.Pack.Rules {
		clients := d.own[i]
		if clients == nil {
			continue
		}
		r := Remark{
			Kind: RemarkAffected, Rule: rule.ID, Clients: clients, BaselineState: result.New, Fails: d.affectedFail(),
			Settings: d.blame.of(&result.Finding{Rule: rule.ID, Resource: result.Resource{Type: "client"}}),
			Msg:      clients.describe() + ": " + rule.Title, Resource: result.Resource{Type: "estate", Name: rule.ID},
		}
		if len(r.Settings) > 0 {
			s := &r.Settings[0]
			r.Resource, r.Path = result.Resource{Type: s.Object.Type, GUID: s.Object.GUID, Name: s.Object.Name}, s.Path
		}
		d.Remarks = append(d.Remarks, r)
	}
}

// lastOfRole returns the role of an object that a change removes, if it leaves no
// other object with this role; else an empty text. Whether the estate can do without
// it is unknown, because objects are recognised by their names.
func (d *Difference) lastOfRole(s *settings.Setting) string {
	if !d.sameClients || s.Change != settings.Removed {
		return ""
	}
	role := d.blame.roleOf(s)
	head := d.head.trail.Estate
	left := slices.ContainsFunc(head.Policies, func(p snapshot.Policy) bool { return s.Section == "policies" && p.Role == role }) ||
		slices.ContainsFunc(head.Packages, func(p snapshot.Package) bool { return s.Section == "packages" && p.Role == role })
	if left {
		return ""
	}
	return role
}

// remarkStopped adds the plug-in install policies that worked on the base and no longer
// do on the head. Rules look at the head alone: no target is needed while every computer
// has the plug-in, and one policy that works is enough. The change still takes the
// plug-in from computers that the policy was for, now or later.
func (d *Difference) remarkStopped() {
	for i := range d.base.trail.Estate.Policies {
		base := &d.base.trail.Estate.Policies[i]
		if base.Role != "plugin_install" || whyStopped(base) != "" || d.head.trail.Estate.Policies == nil {
			continue
		}
		why := "is gone"
		if at := slices.IndexFunc(d.head.trail.Estate.Policies, func(p snapshot.Policy) bool { return strings.EqualFold(p.GUID, base.GUID) }); at >= 0 {
			why = whyStopped(&d.head.trail.Estate.Policies[at])
		}
		found := slices.ContainsFunc(d.estate, func(c Compared) bool {
			return !c.Gone && strings.EqualFold(c.Resource.GUID, base.GUID)
		})
		if why == "" || found {
			continue
		}
		r := Remark{
			Kind: RemarkStopped, Incomplete: true, Resource: result.Resource{Type: "policy", GUID: base.GUID, Name: base.Name}, Path: "policies[" + base.Name + "]",
			Msg: "The change stops " + base.Name + ": it " + why + ". Which computers would have got the plug-in from it was not evaluated",
		}
		for _, s := range d.Settings {
			if s.Section == "policies" && strings.EqualFold(s.Object.GUID, base.GUID) && !s.Observed && !s.IsName() {
				r.Settings = append(r.Settings, SettingRef{Setting: s, Related: true})
			}
		}
		d.Remarks = append(d.Remarks, r)
	}
}

// whyStopped returns what is known to keep an install policy from its work; empty if
// nothing is.
func whyStopped(p *snapshot.Policy) string {
	switch {
	case p.Enabled != nil && !*p.Enabled:
		return "is off"
	case p.TargetFilters != nil && len(p.TargetFilters) == 0,
		p.TargetFilters == nil && p.HasTarget != nil && !*p.HasTarget:
		return "has no target"
	case p.Schedules != nil && len(p.Schedules) == 0:
		return "has no schedule"
	}
	return ""
}

// behindFault are the settings behind the clients that a fault newly affects.
func (d *Difference) behindFault(f *fault) []SettingRef {
	if f.state == result.New {
		return d.blame.of(f.finding)
	}
	return d.blame.behindFault(f.finding)
}

func (a *AffectedBy) describe() string {
	switch {
	case a.Possible == 0:
		return result.Count(a.Sure, "client") + " newly affected"
	case a.Sure == 0:
		return result.Count(a.Possible, "client") + " possibly newly affected"
	}
	return fmt.Sprintf("%s newly affected, %d more possibly", result.Count(a.Sure, "client"), a.Possible)
}

// affectedFail reports whether more clients are newly affected than allowed.
func (d *Difference) affectedFail() bool { return d.Clients.Harmed.Sure > d.Limits.AllowAffected }

// affectedUnclear reports whether clients may be newly affected and that is not
// allowed.
func (d *Difference) affectedUnclear() bool {
	return d.Clients.Harmed.Possible > 0 && !d.Limits.AllowPossiblyAffected
}

// CountRemarks counts the remarks of a kind.
func (d *Difference) CountRemarks(kind string) (n int64) {
	for i := range d.Remarks {
		if d.Remarks[i].Kind == kind {
			n++
		}
	}
	return n
}

// covered reports whether some rule that was evaluated reads a setting of such an
// object. The name of an object is not a setting.
func (d *Difference) covered(s *settings.Setting) bool {
	if s.IsName() {
		return true
	}
	return slices.ContainsFunc(d.head.Rules, func(r result.RuleResult) bool {
		return r.Verdict != result.Disabled && r.Verdict != result.NotApplicable && r.Verdict != result.NoSource && d.blame.reads(r.ID, s)
	})
}

// madeUnknown reports whether a setting was known and is unknown now, or a part of
// it.
func madeUnknown(s *settings.Setting) bool {
	return s.Change == settings.Changed && hasNull(s.To) && !hasNull(s.From)
}

func hasNull(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case []any:
		return slices.ContainsFunc(v, hasNull)
	case map[string]any:
		for _, inner := range v {
			if hasNull(inner) {
				return true
			}
		}
	}
	return false
}

// findWaived finds the findings of the head that waivers cover.
func (d *Difference) findWaived() error {
	if len(d.head.Waivers) == 0 {
		return nil
	}
	d.waived = map[result.Fingerprint]bool{}
	for f, err := range d.head.Findings() {
		if err != nil {
			return err
		}
		if print, ok := result.ParseFingerprint(f.Fingerprint); ok && f.Waiver != nil {
			d.waived[print] = true
		}
	}
	return nil
}

// findLapsed finds the waivers that covered a finding on the base and no longer
// cover it on the head.
func (d *Difference) findLapsed() error {
	if len(d.base.Waivers) == 0 {
		return nil
	}
	waived := map[result.Fingerprint]*result.WaiverUse{}
	for f, err := range d.base.Findings() {
		if err != nil {
			return err
		}
		if print, ok := result.ParseFingerprint(f.Fingerprint); ok && f.Waiver != nil {
			waived[print] = f.Waiver
		}
	}
	if len(waived) == 0 {
		return nil
	}
	d.lapsed = map[result.Fingerprint]*result.LapsedWaiver{}
	for f, err := range d.head.Findings() {
		if err != nil {
			return err
		}
		print, _ := result.ParseFingerprint(f.Fingerprint)
		if w := waived[print]; w != nil && f.Waiver == nil {
			d.lapsed[print] = &result.LapsedWaiver{WaiverUse: *w, Msg: d.whyLapsed(w.Place)}
		}
	}
	return nil
}

// whyLapsed says why the waiver at a place no longer covers a finding.
func (d *Difference) whyLapsed(place string) string {
	for i := range d.head.Waivers {
		if w := &d.head.Waivers[i]; w.Place == place && !w.Holds() && w.Msg != "" {
			return w.Msg
		}
	}
	return "it no longer covers the object of the finding"
}

// doubtfulClients are the sites of computers that may be clients.
type doubtfulClients struct {
	sites    map[string]bool
	anywhere bool // some may be in any site
}

// noteDoubtful notes where a computer of the head is that is not known to be a
// client, or a client of which that is not known.
func (p *pairing) noteDoubtful(h *track) {
	if !h.noStatus && (!h.active || h.addresses != nil) || p.reach[1].servers[unpackGUID(h.guid)] {
		return
	}
	where, err := p.reach[1].locator.At(h.addresses)
	if err != nil || where.Loc == nil || where.Loc.Sites == nil {
		p.d.doubtful.anywhere = true
		return
	}
	if p.d.doubtful.sites == nil {
		p.d.doubtful.sites = map[string]bool{}
	}
	for _, site := range where.Loc.Sites {
		p.d.doubtful.sites[site] = true
	}
}

// mayBePopulated reports whether a site that is not known to have clients may have
// some.
func (d *Difference) mayBePopulated(site string) bool {
	return d.head.trail.SiteClients[site] == 0 && (d.doubtful.anywhere || d.doubtful.sites[site])
}

// neverAsked reports whether a rule was not evaluated for any object.
func neverAsked(r *result.RuleResult) bool {
	switch r.Verdict {
	case result.NotApplicable, result.NoSource, result.Disabled, result.Errored:
		return true
	}
	return r.Verdict == result.NotEvaluated && len(r.Reasons) > 0 && len(r.Unknown) == 0
}

// LapsedWaivers counts the findings whose waiver has lapsed.
func (d *Difference) LapsedWaivers() int64 { return int64(len(d.lapsed)) }

// newCounting counts the new findings that count from a severity upwards.
func (d *Difference) newCounting(failOn rule.Severity) (n int64) {
	for severity, all := range d.Findings[result.New] {
		if severity.AtLeast(failOn) {
			n += all - d.Waived[severity] - d.Warnings[severity]
		}
	}
	return n
}

// Failures lists in words why the exit status is 1; none if it is not.
func (d *Difference) Failures(failOn rule.Severity) []string {
	var out []string
	if d.newCounting(failOn) > 0 {
		out = append(out, "new findings at or above "+string(failOn))
	}
	if d.affectedFail() {
		affected := result.Count(d.Clients.Harmed.Sure, "client") + " newly affected"
		if d.Limits.AllowAffected > 0 {
			affected += fmt.Sprintf(", %d allowed", d.Limits.AllowAffected)
		}
		out = append(out, affected)
	}
	if n := d.CountRemarks(RemarkUncovered); d.Limits.FailOnUncovered && n > 0 {
		out = append(out, result.Count(n, "changed setting")+" not covered by any rule")
	}
	return out
}

// Doubts lists in words why the exit status is 3 unless something fails; none if it
// is not.
func (d *Difference) Doubts() []string {
	var out []string
	if d.affectedUnclear() {
		out = append(out, result.Count(d.Clients.Harmed.Possible, "client")+" possibly newly affected")
	}
	if d.Incomplete() {
		out = append(out, "something was not evaluated")
	}
	return out
}

// HeadFindings yields the findings of the head, each with what became of it.
func (d *Difference) HeadFindings() iter.Seq2[result.Finding, error] { return d.head.Findings() }
