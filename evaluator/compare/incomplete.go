package compare

import (
	"slices"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/settings"
	"github.com/nscheck/nscheck/snapshot"
)

// whyIncomplete says why it cannot be told what lies between the two sides for a
// rule. What neither side could judge, and what no setting that differs has
// anything to do with, is as unknown as before: it leaves the answer complete.
// So does what only the base could not judge, unless a full base is demanded.
func (d *Difference) whyIncomplete(rule int) []string {
	var out []string
	base, head := &d.base.Rules[rule], &d.head.Rules[rule]
	if head.Verdict == result.Disabled {
		return nil // nobody asks
	}
	n := d.Rules[rule].lost
	if d.Limits.FullBase {
		n = d.Rules[rule].Findings[result.Incomparable]
	}
	if n > 0 {
		out = append(out, result.Count(n, "finding")+" of one side that the other could not judge")
	}
	names := d.blame.namesOf(head.ID)
	touched := slices.ContainsFunc(d.Settings, func(s settings.Setting) bool {
		return !s.Observed && (mayRead(names, &s) || d.blame.reads(head.ID, &s))
	})
	for _, r := range []*result.RuleResult{base, head} {
		if r.Verdict == result.Errored {
			out = append(out, r.Reasons[0].Msg)
		}
	}
	for _, reason := range head.Reasons {
		if head.Verdict != result.Errored && head.Verdict != result.NotApplicable && head.Verdict != result.NoSource && d.makesIncomplete(rule, reason, touched, names) {
			out = append(out, reason.Msg)
		}
	}
	if n := d.Rules[rule].unknown; n > 0 {
		out = append(out, "it is unknown of "+result.Count(n, "client")+" of which it was known")
	}
	return append(out, d.newlyUnknown(rule, names)...)
}

// makesIncomplete reports whether a reason of the head leaves open what the change
// does: one that the base does not have, or one that the change has to do with.
func (d *Difference) makesIncomplete(rule int, reason result.Reason, touched bool, names map[string]bool) bool {
	base := &d.base.Rules[rule]
	before := slices.ContainsFunc(base.Reasons, func(r result.Reason) bool {
		return r.Section == reason.Section && (r.Msg == reason.Msg || reason.Section != "" && !d.sameClients)
	})
	switch {
	case !before:
		return d.sameClients || !neverAsked(base) || d.Limits.FullBase
	case !touched:
		return false
	case !reason.Uncounted || !d.sameClients:
		return true
	case d.countsFacts(d.head.trail.Pack.Rules[rule]):
		return false // the change says nothing of what is known of clients
	}
	// Computers that may be clients matter in a site without any other.
	return slices.ContainsFunc(d.head.trail.Estate.Sites, func(site snapshot.Site) bool {
		if !d.mayBePopulated(site.GUID) {
			return false
		}
		f := result.Finding{Rule: base.ID, Resource: result.Resource{Type: "site", GUID: site.GUID, Name: site.Name}}
		near := d.blame.about(&f)
		return slices.ContainsFunc(d.Settings, func(s settings.Setting) bool {
			return !s.Observed && s.Section != "server" && mayRead(names, &s) && d.blame.relates(&s, &f, near)
		})
	})
}

// newlyUnknown lists the objects of the estate that the rule cannot judge on the
// head: those that it could judge before, and those that a setting which
// differs has to do with.
func (d *Difference) newlyUnknown(rule int, names map[string]bool) []string {
	id := d.Rules[rule].ID
	var out []string
	moves := d.sameClients && d.countsFacts(d.head.trail.Pack.Rules[rule])
	asked := !neverAsked(&d.base.Rules[rule]) || d.Limits.FullBase
	for _, object := range d.head.trail.Unsure[id] {
		if moves && counting(object) && slices.ContainsFunc(d.base.trail.Unsure[id], counting) {
			continue // what is unknown of clients is as unknown as before, wherever they are counted
		}
		known := asked && !slices.ContainsFunc(d.base.trail.Unsure[id], object.Same)
		f := result.Finding{Rule: id, Resource: object}
		near := d.blame.about(&f)
		site := object.Type == "site"
		related := slices.ContainsFunc(d.Settings, func(s settings.Setting) bool {
			return !s.Observed && mayRead(names, &s) && s.Section != "server" && !(site && s.Section == "subnets") && d.blame.relates(&s, &f, near)
		})
		if site { // a subnet matters by what it brings
			related = related || d.arrived[object.GUID] || !slices.Equal(d.base.trail.serversAt(object.GUID), d.head.trail.serversAt(object.GUID))
		}
		if known || related {
			out = append(out, "it is unknown of "+object.Type+" "+object.Name)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	const shown = 5
	if more := len(out) - shown; more > 0 {
		out = append(out[:shown], "and "+result.Count(int64(more), "further object"))
	}
	return out
}

// counting reports whether clients are counted by such an object.
func counting(object result.Resource) bool { return object.Type == "site" || object.Type == "subnet" }

// serversAt are the package servers of a site.
func (t *trail) serversAt(site string) []string {
	var out []string
	for i := range t.Estate.PackageServers {
		ps := &t.Estate.PackageServers[i]
		if slices.Contains(evaluator.SitesOfServer(ps, t.Networks), site) {
			out = append(out, ps.GUID)
		}
	}
	slices.Sort(out)
	return out
}

// discount counts the new findings that do not count.
func (d *Difference) discount() error {
	if len(d.Waivers) == 0 && d.head.Summary.Rules[result.Warn] == 0 {
		return nil
	}
	for c, err := range d.All() {
		switch {
		case err != nil:
			return err
		case c.BaselineState != result.New:
		case c.Waiver != nil:
			d.Waived = result.AddCount(d.Waived, c.Severity, 1)
		case d.head.OnlyWarns(c.Rule):
			d.Warnings = result.AddCount(d.Warnings, c.Severity, 1)
		}
	}
	return nil
}
