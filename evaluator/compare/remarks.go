package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/settings"
	"github.com/nscheck/nscheck/snapshot"
)

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

// AffectedBy counts the clients that a finding newly affects.
type AffectedBy struct {
	// Number of clients that it surely affects.
	Sure int64 `json:"sure"`
	// Number of clients that it may affect.
	Possible int64 `json:"possible"`
	// The first of them by name.
	Sample []result.Resource `json:"sample"`
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
