package compare

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/evaluator"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/settings"
	"github.com/nscheck/nscheck/snapshot"
)

// SettingRef is a setting that differs and may have made a finding come or go.
type SettingRef struct {
	settings.Setting
	// Whether it is of the object of the finding, or of one that the object depends on; else it is only one that the rule reads.
	Related bool `json:"related"`
}

// blame joins settings that differ with findings that came or went.
type blame struct {
	settings []settings.Setting
	sides    [2]*trail
	names    map[string]map[string]bool // by rule id
	read     map[string]*rule.RuleReads // by rule id
	near     map[string]map[string]bool // by GUID
	clients  map[string][]SettingRef    // of clients' findings, by rule id
}

func newBlame(changed []settings.Setting, base, head *trail) *blame {
	return &blame{
		settings: changed, sides: [2]*trail{base, head},
		names: map[string]map[string]bool{}, read: map[string]*rule.RuleReads{}, near: map[string]map[string]bool{}, clients: map[string][]SettingRef{},
	}
}

// of are the settings that may be behind a finding. The one that the finding
// itself names goes before all; then come those of its object and of what
// belongs to it, and where there is none, whatever else the rule reads.
func (b *blame) of(f *result.Finding) []SettingRef {
	if f.Resource.Type != "client" {
		return b.find(f)
	}
	list, ok := b.clients[f.Rule] // the same for all clients
	if !ok {
		list = b.find(f)
		b.clients[f.Rule] = list
	}
	return list
}

// behindFault are the settings that may be behind the clients that a finding newly
// affects. A finding that was there before does not name them itself: what moved
// clients into its reach, or took their other way, is of objects near it.
func (b *blame) behindFault(f *result.Finding) []SettingRef {
	list := slices.DeleteFunc(b.of(f), func(s SettingRef) bool { return s.Observed })
	if slices.ContainsFunc(list, func(s SettingRef) bool { return s.Related }) {
		return list
	}
	for _, s := range b.settings {
		if !s.Observed && slices.Contains([]string{"subnets", "sites", "package_servers"}, s.Section) && !slices.ContainsFunc(list, func(r SettingRef) bool { return r.Path == s.Path }) {
			list = append(list, SettingRef{Setting: s})
		}
	}
	return list
}

func (b *blame) find(f *result.Finding) []SettingRef {
	names := b.namesOf(f.Rule)
	list := b.findAmong(f, func(s *settings.Setting) bool { return b.reads(f.Rule, s) || s.Observed && mayRead(names, s) })
	if len(list) == 0 {
		list = b.findAmong(f, func(s *settings.Setting) bool { return mayRead(names, s) })
	}
	return list
}

func (b *blame) findAmong(f *result.Finding, read func(*settings.Setting) bool) []SettingRef {
	var exact, related, rest []SettingRef
	near := b.about(f)
	for _, s := range b.settings {
		if !read(&s) {
			continue
		}
		switch {
		case namedBy(&s, f):
			exact = append(exact, SettingRef{s, true})
		case b.relates(&s, f, near):
			related = append(related, SettingRef{s, true})
		case !s.Observed:
			rest = append(rest, SettingRef{s, false})
		}
	}
	switch {
	case len(exact) > 0:
		return exact
	case len(related) > 0:
		return settingsFirst(related)
	}
	return rest
}

// settingsFirst leaves out what was observed where a setting may be behind a
// finding: counts and statuses follow settings.
func settingsFirst(list []SettingRef) []SettingRef {
	set := slices.DeleteFunc(slices.Clone(list), func(s SettingRef) bool { return s.Observed })
	if len(set) > 0 {
		return set
	}
	return list
}

// namedBy reports whether the finding names the setting, or what it is a part of.
func namedBy(s *settings.Setting, f *result.Finding) bool {
	if slices.ContainsFunc(f.Paths, func(path string) bool { return within(s.Path, path) }) {
		return true
	}
	return s.Object.GUID == f.Resource.GUID && f.Path != "" && within(s.Path, f.Path)
}

// within reports whether one of two paths of settings is the other or a part of it.
func within(a, b string) bool {
	return a == b || strings.HasPrefix(a, b+".") || strings.HasPrefix(b, a+".")
}

// relates reports whether a setting is of an object that a finding is about.
func (b *blame) relates(s *settings.Setting, f *result.Finding, near map[string]bool) bool {
	switch {
	case s.Section == "server", s.Object.GUID != "" && near[s.Object.GUID]:
		return true
	case f.Resource.Type != "client" && objectPath(f.Path) != "" && objectPath(s.Path) == objectPath(f.Path):
		return true // the finding names a setting of that object
	case s.Section == "subnets" && f.Resource.Type != "client" && overlap(s.Object.Name, f.Resource.Name):
		return true
	case s.Section != "subnets" && s.Section != "package_servers":
		return false
	}
	// What names the object itself, such as a subnet its new site.
	return f.Resource.GUID != "" && slices.Contains(s.Refers(), f.Resource.GUID)
}

// objectPath is the object in the path of a setting, such as sites[Leeds].
func objectPath(path string) string {
	end := strings.LastIndexByte(path, ']')
	if end < 0 {
		return ""
	}
	return path[:end]
}

// overlap reports whether two networks have addresses in common.
func overlap(a, b string) bool {
	first, err := netip.ParsePrefix(a)
	second, otherErr := netip.ParsePrefix(b)
	return err == nil && otherErr == nil && first.Overlaps(second)
}

// about are the GUIDs of the object of a finding and of what belongs to it: the
// package servers and subnets of a site, the sites of a package server.
func (b *blame) about(f *result.Finding) map[string]bool {
	out := map[string]bool{}
	if f.Resource.Type == "client" {
		return out
	}
	add := func(guid string) {
		for g := range b.neighbours(guid) {
			out[g] = true
		}
	}
	add(f.Resource.GUID)
	for _, a := range f.Affects {
		add(a.Site)
		add(a.Subnet)
	}
	return out
}

// neighbours are an object and what belongs to it on either side.
func (b *blame) neighbours(guid string) map[string]bool {
	if guid == "" {
		return nil
	}
	if near, ok := b.near[guid]; ok {
		return near
	}
	near := map[string]bool{guid: true}
	b.near[guid] = near
	for _, side := range b.sides {
		for i := range side.Estate.PackageServers {
			side.joinServer(&side.Estate.PackageServers[i], guid, near)
		}
		for i := range side.Estate.Subnets {
			subnet := &side.Estate.Subnets[i]
			if slices.Contains(side.Networks.SitesOf(subnet.CIDR), guid) || slices.Contains(subnet.Sites, guid) {
				near[subnet.GUID] = true
			}
		}
	}
	return near
}

func (t *trail) joinServer(ps *snapshot.PackageServer, guid string, near map[string]bool) {
	sites := evaluator.SitesOfServer(ps, t.Networks)
	switch {
	case ps.GUID == guid:
		for _, site := range sites {
			near[site] = true
		}
	case slices.Contains(sites, guid):
		near[ps.GUID] = true
	}
}

// namesOf are the names in the code of a rule.
func (b *blame) namesOf(id string) map[string]bool {
	names, ok := b.names[id]
	if !ok {
		if rule, known := b.sides[1].Pack.Rule(id); known {
			names = b.sides[1].Pack.NamesRead(rule)
		}
		b.names[id] = names
	}
	return names
}

// reads reports whether a rule reads a setting of that object: its code looks at the
// field and has its name, and selects objects of that role. A rule that names no role
// selects all of them.
func (b *blame) reads(id string, s *settings.Setting) bool {
	read := b.readBy(id)
	name := s.Section
	if s.Field != "" {
		name += "." + s.Field
	}
	role := b.roleOf(s)
	if read.Targeting && slices.Contains(rule.TargetingSettings, name) && (s.Section != "policies" || role == rule.PluginPolicyRole) {
		return true
	}
	selected := read.Roles[s.Section]
	switch {
	case !read.Settings[name] || !mayRead(b.namesOf(id), s):
		return false
	case s.Section == "vendor_policies":
		return !slices.ContainsFunc(read.Vendors, func(vendor string) bool {
			return strings.Contains(strings.ToLower(s.Object.Name), strings.ToLower(vendor))
		})
	}
	return role == "" || len(selected) == 0 || slices.Contains(selected, role)
}

// readBy caches what a rule reads.
func (b *blame) readBy(id string) *rule.RuleReads {
	read, ok := b.read[id]
	if !ok {
		read = &rule.RuleReads{}
		if rule, known := b.sides[1].Pack.Rule(id); known {
			read = b.sides[1].Pack.SettingsReadBy(rule)
		}
		b.read[id] = read
	}
	return read
}

// roleOf returns the role of the object of a setting; empty if it has none.
func (b *blame) roleOf(s *settings.Setting) string {
	for _, side := range b.sides {
		for i := range side.Estate.Policies {
			if p := &side.Estate.Policies[i]; s.Section == "policies" && p.GUID == s.Object.GUID {
				return p.Role
			}
		}
		for i := range side.Estate.Packages {
			if p := &side.Estate.Packages[i]; s.Section == "packages" && p.GUID == s.Object.GUID {
				return p.Role
			}
		}
	}
	return ""
}

// mayRead reports whether a rule may read a setting.
func mayRead(names map[string]bool, s *settings.Setting) bool {
	if !names[s.Section] {
		return false
	}
	if s.Field == "" {
		return true
	}
	for part := range strings.SplitSeq(s.Field, ".") {
		if !names[part] {
			return false
		}
	}
	return true
}
