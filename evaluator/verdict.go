package evaluator

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// maxUnknownMessages bounds how many different reasons a rule lists.
const maxUnknownMessages = 50

// maxObjects bounds how many objects are listed that a rule could not evaluate for
// one reason, so that memory does not grow with clients beyond some ten megabytes.
const maxObjects = 100_000

// collection knows how well each section of a snapshot was got.
type collection struct {
	sections map[string]snapshot.Section
	manifest bool
	estate   map[string]any // the estate document
	clients  int64
}

func newCollection(m *snapshot.Manifest, estate map[string]any) *collection {
	c := &collection{manifest: m != nil, sections: map[string]snapshot.Section{}, estate: estate}
	if m != nil {
		for _, s := range m.Sections {
			c.sections[s.Name] = s
		}
	}
	return c
}

// missing tells why a rule cannot be evaluated at all; nil when it can.
func (c *collection) missing(n *rule.Needs) []result.Reason {
	var reasons []result.Reason
	for _, name := range n.Sections() {
		if r, ok := c.missingSection(name); ok {
			reasons = append(reasons, r)
		}
	}
	return reasons
}

func (c *collection) missingSection(name string) (result.Reason, bool) {
	if sub := rule.SubsectionOf(name); sub != nil {
		return c.missingSubsection(sub)
	}
	isClients := name == "clients" || strings.HasPrefix(name, "clients.")
	if !isClients {
		if _, ok := c.estate[name]; !ok {
			return c.reason(name, "is not in the snapshot"), true
		}
	}
	s, ok := c.sections[name]
	switch {
	case !ok && c.manifest && !c.anyPart(name):
		return c.reason(name, "is not in the snapshot's manifest"), true
	case !ok, s.Status == snapshot.Collected:
		return result.Reason{}, false
	case s.Status == snapshot.Partial && isClients:
		return result.Reason{}, false // the clients that were read can be judged
	}
	return c.reason(name, "was not collected"), true
}

// missingSubsection tells why the fields that a subsection fills say nothing.
func (c *collection) missingSubsection(sub *rule.Subsection) (result.Reason, bool) {
	if _, told := c.missingSection(parentOf(sub.Name)); told {
		return result.Reason{}, false
	}
	s, ok := c.sections[sub.Name]
	switch {
	case !ok && !sub.OnDemand && c.listsSubsections() && !c.holds(sub):
		return c.reason(sub.Name, "is not in the snapshot's manifest"), true
	case !ok, s.Status == snapshot.Collected:
		return result.Reason{}, false
	case s.Status == snapshot.Partial && (sub.Absence != rule.AsNone || sub.Name == rule.LastRunSection):
		return result.Reason{}, false // what is there is a fact, and what is not is unknown
	}
	return c.reason(sub.Name, "was not collected"), true
}

// listsSubsections reports whether the manifest is one that lists subsections. One
// that was written by hand may list sections only, and means all that is in them.
func (c *collection) listsSubsections() bool {
	for name := range c.sections {
		if sub := rule.SubsectionOf(name); sub != nil && !sub.OnDemand {
			return true
		}
	}
	return false
}

// holds reports whether the estate has anything in the fields of a subsection. It is
// false for one about clients.
func (c *collection) holds(sub *rule.Subsection) bool {
	var within func(value any, path []string) bool
	within = func(value any, path []string) bool {
		if list, ok := value.([]any); ok && len(path) > 0 {
			return slices.ContainsFunc(list, func(v any) bool { return within(v, path) })
		}
		if len(path) == 0 {
			return value != nil
		}
		object, _ := value.(map[string]any)
		return object != nil && within(object[path[0]], path[1:])
	}
	return slices.ContainsFunc(sub.Fields, func(field string) bool {
		path, isEstate := strings.CutPrefix(strings.ReplaceAll(field, "[]", ""), "estate.")
		return isEstate && within(map[string]any(c.estate), strings.Split(path, "."))
	})
}

// parentOf is the section that a subsection belongs to.
func parentOf(name string) string { return name[:strings.LastIndexByte(name, '.')] }

// anyPart reports whether the section was got in parts, such as
// clients.packages.runs.
func (c *collection) anyPart(name string) bool {
	for s := range c.sections {
		if strings.HasPrefix(s, name+".") {
			return true
		}
	}
	return false
}

// incomplete lists the parts of what a rule needs that were not got in full
// though the rule could be evaluated.
func (c *collection) incomplete(n *rule.Needs) []result.Reason {
	var reasons []result.Reason
	for _, name := range n.Sections() {
		for _, part := range c.parts(name) {
			if part.Status != snapshot.Collected {
				reasons = append(reasons, c.reason(part.Name, "was not collected in full"))
			}
		}
	}
	return reasons
}

// partialSections are the names of the sections of which rows may be missing.
func (c *collection) partialSections() map[string]any {
	out := map[string]any{}
	for name, section := range c.sections {
		if section.Status == snapshot.Partial {
			out[name] = true
		}
	}
	return out
}

func (c *collection) parts(name string) []snapshot.Section {
	var out []snapshot.Section
	for s, section := range c.sections {
		if s == name || strings.HasPrefix(s, name+".") && name != "clients" && rule.SubsectionOf(s) == nil {
			out = append(out, section)
		}
	}
	slices.SortFunc(out, func(a, b snapshot.Section) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (c *collection) reason(name, what string) result.Reason {
	s, ok := c.sections[name]
	if !ok {
		return result.Reason{Section: name, Msg: fmt.Sprintf("section %s %s", name, what)}
	}
	r := result.Reason{Section: name, Status: string(s.Status), Msg: fmt.Sprintf("section %s: %s", name, s.Status)}
	if s.Error != "" {
		r.Msg += ": " + s.Error
	}
	return r
}

// unknowns groups the objects that a rule could not judge.
type unknowns struct {
	groups []result.Unknown
	named  int            // how many objects of a group are named; 0 means the usual number
	more   result.Unknown // what is beyond maxUnknownMessages messages
}

func (u *unknowns) add(msg string, res result.Resource) {
	one := []result.Resource{res}
	u.addClients(unknownClients{unknownKey{msg: msg}, 1, one, one})
}

// addClients adds clients that could not be judged for one reason.
func (u *unknowns) addClients(c unknownClients) {
	group := &u.more
	if i := slices.IndexFunc(u.groups, func(g result.Unknown) bool { return g.Msg == c.msg }); i >= 0 {
		group = &u.groups[i]
	} else if len(u.groups) < maxUnknownMessages {
		u.groups = append(u.groups, result.Unknown{Msg: c.msg})
		group = &u.groups[len(u.groups)-1]
	}
	group.Count += c.count
	if room := maxObjects - len(group.Objects); room > 0 {
		group.Objects = append(group.Objects, c.objects[:min(room, len(c.objects))]...)
	}
	for _, res := range c.sample {
		group.Sample = result.AddSampleOf(group.Sample, res, cmp.Or(u.named, result.SampleSize))
	}
}

func (u *unknowns) list() []result.Unknown {
	groups := u.groups
	if u.more.Count > 0 {
		u.more.Msg = "other reasons"
		groups = append(slices.Clip(groups), u.more)
	}
	for i := range groups {
		g := &groups[i]
		if slices.SortFunc(g.Objects, result.CompareNames); int64(len(g.Sample)) == g.Count {
			g.Objects = nil
		}
	}
	return groups
}
