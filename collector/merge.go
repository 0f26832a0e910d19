package collector

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/collector/agent"
	"github.com/nscheck/nscheck/internal/guid"
	"github.com/nscheck/nscheck/snapshot"
)

// Sections of the manifest that agent folders fill.
const (
	scanLogSection  = "clients.scan_log"
	folderSection   = "package_servers.agent_folder"
	packagesSection = "clients.packages"
)

// merge adds the content of agent folders to a snapshot.
type merge struct {
	manifest *snapshot.Manifest
	matcher  *matcher
	clients  map[string][]func(*snapshot.Client) // changes by GUID
	roles    map[guid.GUID]string                // of the required packages
	parts    map[string]*part
	owners   map[string]string // which folder a computer's data came from
}

// part is what folders add to a section.
type part struct {
	sources  []string
	rows     int64
	problems []string
	notes    []string
}

func newMerge(m *snapshot.Manifest, matches *matcher) *merge {
	return &merge{
		manifest: m, matcher: matches,
		clients: make(map[string][]func(*snapshot.Client)), roles: packageRoles(matches.estate),
		parts: make(map[string]*part), owners: make(map[string]string),
	}
}

// packageRoles returns the roles of the required packages by GUID: of those that are
// the same on every server, and of those of the estate.
func packageRoles(e *snapshot.Estate) map[guid.GUID]string {
	roles := make(map[guid.GUID]string)
	add := func(id, role string) {
		if g, err := guid.Parse(id); err == nil {
			roles[g] = role
		}
	}
	for _, p := range snapshot.RequiredPackages() {
		add(p.GUID, p.Role)
	}
	for _, p := range e.Packages {
		add(p.GUID, p.Role)
	}
	return roles
}

func (m *merge) sectionPart(section string) *part {
	if m.parts[section] == nil {
		m.parts[section] = &part{}
	}
	return m.parts[section]
}

// failed records a folder that could not be read. It is unknown whether it belongs to
// a client or to a package server.
func (m *merge) failed(source string, err error) {
	for _, section := range []string{scanLogSection, folderSection} {
		p := m.sectionPart(section)
		p.sources = append(p.sources, source)
		p.problems = append(p.problems, err.Error())
	}
}

// add adds the report of one folder.
func (m *merge) add(r *agent.Report) {
	server := r.Server
	if r.Client {
		_, err := m.matcher.client(r)
		if found, _ := m.matcher.server(r); err != nil && found != nil {
			// Every package server has the folders of a client too.
			server = true
		} else {
			m.addReport(scanLogSection, r, m.addClient)
		}
	}
	if server {
		m.addReport(folderSection, r, m.addServer)
	}
}

func (m *merge) addReport(section string, r *agent.Report, add func(*agent.Report, *part) error) {
	p := m.sectionPart(section)
	p.sources = append(p.sources, r.Source)
	if err := add(r, p); err != nil {
		p.problems = append(p.problems, err.Error())
		return
	}
	for _, note := range r.Notes {
		p.notes = append(p.notes, r.Source+": "+note)
	}
	if r.Incomplete {
		p.problems = append(p.problems, r.Source+": not everything in it could be read, see the note")
	}
}

// isFirst reports whether a folder is the first of its computer, and adds a note if
// it is not: only the first of several folders is used.
func (m *merge) isFirst(section, guid string, r *agent.Report, p *part) bool {
	key := section + " " + guid
	if before, ok := m.owners[key]; ok {
		p.notes = append(p.notes, fmt.Sprintf("%s is of the same computer as %s and was not used", r.Source, before))
		return false
	}
	m.owners[key] = r.Source
	return true
}

func (m *merge) addClient(r *agent.Report, p *part) error {
	guid, err := m.matcher.client(r)
	if err != nil || !m.isFirst(scanLogSection, guid, r, p) {
		return err
	}
	now := m.manifest.CollectedAt.Time
	if r.ScanLog == nil {
		p.notes = append(p.notes, r.Source+": it has no STPatchAssessment.log")
	} else {
		p.rows++
	}
	arrived := make(map[string]*int)
	for g, at := range r.Arrived {
		if role, ok := m.roles[g]; ok {
			arrived[role] = ageDays(now, at)
		}
	}
	if r.Delivery {
		p.notes = append(p.notes, r.Source+": "+contentNote(arrived))
	}
	if len(arrived) > 0 {
		packages := m.sectionPart(packagesSection)
		packages.sources = append(packages.sources, r.Source)
		packages.rows++
	}
	m.clients[guid] = append(m.clients[guid], func(c *snapshot.Client) {
		if r.ScanLog != nil {
			c.ScanLog = &snapshot.ScanLog{Completed: r.ScanCompleted, AgeDays: ageDays(now, *r.ScanLog)}
		}
		for role, age := range arrived {
			markDownloaded(c, role, age)
		}
	})
	return nil
}

// contentNote lists the required packages that have content in the client's software
// delivery. An agent removes content after a time, so a package without content may
// have arrived all the same.
func contentNote(arrived map[string]*int) string {
	var there, absent []string
	for _, p := range snapshot.RequiredPackages() {
		if _, ok := arrived[p.Role]; ok {
			there = append(there, p.Name)
		} else {
			absent = append(absent, p.Name)
		}
	}
	switch {
	case len(there) == 0:
		return "Software Delivery has content of no required package"
	case len(absent) == 0:
		return "Software Delivery has content of all required packages"
	}
	return "Software Delivery has content of " + strings.Join(there, " and ") + ", and none of " + strings.Join(absent, " and ")
}

// markDownloaded marks a package as downloaded if the server has no status for it but
// its content is on the client.
func markDownloaded(c *snapshot.Client, role string, age *int) {
	if c.Packages == nil {
		c.Packages = &snapshot.ClientPackages{
			Plugin: &snapshot.ClientPackage{}, Scan: &snapshot.ClientPackage{}, Tools: &snapshot.ClientPackage{},
		}
	}
	slot := c.Packages.ForRole(role)
	if *slot == nil {
		*slot = &snapshot.ClientPackage{}
	}
	if (*slot).Status == nil {
		downloaded := "downloaded"
		(*slot).Status, (*slot).StatusAgeDays = &downloaded, age
	}
}

func (m *merge) addServer(r *agent.Report, p *part) error {
	server, err := m.matcher.server(r)
	if err != nil || !m.isFirst(folderSection, server.GUID, r, p) {
		return err
	}
	p.rows++
	server.AgentFolder = &snapshot.AgentFolder{Orphans: r.Orphans, LogErrors: m.logErrors(r)}
	return nil
}

// logErrors counts the errors about each required package.
func (m *merge) logErrors(r *agent.Report) []snapshot.LogErrors {
	if r.Errors == nil {
		return nil
	}
	list := []snapshot.LogErrors{}
	for _, role := range snapshot.PackageRoles() {
		count := snapshot.LogErrors{Package: role}
		for _, t := range r.Errors {
			about := slices.Contains(t.Roles, role) ||
				slices.ContainsFunc(t.Packages, func(g guid.GUID) bool { return m.roles[g] == role })
			if !about {
				continue
			}
			count.Count += t.Count
			if t.Newest == nil {
				continue
			}
			if age := ageDays(m.manifest.CollectedAt.Time, *t.Newest); count.AgeDays == nil || *age < *count.AgeDays {
				count.AgeDays = age
			}
		}
		if count.Count > 0 {
			list = append(list, count)
		}
	}
	return list
}

// finish writes into the manifest what the folders gave.
func (m *merge) finish() {
	copied := *m.manifest
	copied.Sections = slices.Clone(m.manifest.Sections)
	m.manifest = &copied
	for _, name := range []string{folderSection, scanLogSection} {
		p := m.parts[name]
		if p == nil {
			continue
		}
		s := snapshot.Section{
			Name: name, Source: strings.Join(p.sources, ", "), Status: snapshot.Collected, Rows: p.rows,
			Evidence: "R, I, P", Note: strings.Join(p.notes, "; "),
		}
		if len(p.problems) > 0 {
			s.Status = snapshot.Failed
			if p.rows > 0 {
				s.Status = snapshot.Partial
			}
			s.Error = "collect " + name + ": " + strings.Join(p.problems, "; ")
		}
		copied.Sections = append(copied.Sections, s)
	}
	if p := m.parts[packagesSection]; p != nil {
		m.finishPackages(p)
	}
}

// finishPackages records that some clients' packages are known from their folders. If
// the section was not collected otherwise, it has these clients only.
func (m *merge) finishPackages(p *part) {
	note := fmt.Sprintf("for %d of the computers the arrival of packages that the server does not know of is read from package folders (evidence I): %s", p.rows, strings.Join(p.sources, ", "))
	i := slices.IndexFunc(m.manifest.Sections, func(s snapshot.Section) bool { return s.Name == packagesSection })
	if i < 0 {
		return
	}
	s := &m.manifest.Sections[i]
	if s.Note != "" {
		note = s.Note + "; " + note
	}
	s.Note = note
	if s.Status != snapshot.Collected && s.Status != snapshot.Partial {
		s.Status, s.Rows = snapshot.Partial, p.rows
	}
}
