package evaluator

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/snapshot"
)

// maxUnknownMessages bounds how many different reasons a rule lists.
const maxUnknownMessages = 50

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
func (c *collection) missing(n *needs) []Reason {
	var reasons []Reason
	for _, name := range n.sections() {
		if r, ok := c.missingSection(name); ok {
			reasons = append(reasons, r)
		}
	}
	return reasons
}

func (c *collection) missingSection(name string) (Reason, bool) {
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
		return Reason{}, false
	case s.Status == snapshot.Partial && isClients:
		return Reason{}, false // the clients that were read can be judged
	}
	return c.reason(name, "was not collected"), true
}

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
func (c *collection) incomplete(n *needs) []Reason {
	var reasons []Reason
	for _, name := range n.sections() {
		for _, part := range c.parts(name) {
			if part.Status != snapshot.Collected {
				reasons = append(reasons, c.reason(part.Name, "was not collected in full"))
			}
		}
	}
	return reasons
}

func (c *collection) parts(name string) []snapshot.Section {
	var out []snapshot.Section
	for s, section := range c.sections {
		if s == name || strings.HasPrefix(s, name+".") && name != "clients" {
			out = append(out, section)
		}
	}
	slices.SortFunc(out, func(a, b snapshot.Section) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (c *collection) reason(name, what string) Reason {
	s, ok := c.sections[name]
	if !ok {
		return Reason{Section: name, Msg: fmt.Sprintf("section %s %s", name, what)}
	}
	r := Reason{Section: name, Status: string(s.Status), Msg: fmt.Sprintf("section %s: %s", name, s.Status)}
	if s.Error != "" {
		r.Msg += ": " + s.Error
	}
	return r
}

// unknowns groups the objects that a rule could not judge.
type unknowns struct {
	groups []Unknown
	named  int   // how many objects of a group are named; 0 means the usual number
	more   int64 // objects beyond maxUnknownMessages messages
}

func (u *unknowns) add(msg string, res Resource) {
	u.addClients(unknownClients{unknownKey{msg: msg}, 1, []Resource{res}})
}

// addClients adds clients that could not be judged for one reason.
func (u *unknowns) addClients(c unknownClients) {
	i := slices.IndexFunc(u.groups, func(g Unknown) bool { return g.Msg == c.msg })
	if i < 0 {
		if len(u.groups) == maxUnknownMessages {
			u.more += c.count
			return
		}
		u.groups = append(u.groups, Unknown{Msg: c.msg})
		i = len(u.groups) - 1
	}
	u.groups[i].Count += c.count
	for _, res := range c.sample {
		u.groups[i].Sample = sampleOf(u.groups[i].Sample, res, cmp.Or(u.named, sampleSize))
	}
}

func (u *unknowns) list() []Unknown {
	if u.more > 0 {
		return append(u.groups, Unknown{Msg: "other reasons", Count: u.more, Sample: []Resource{}})
	}
	return u.groups
}
