package collector

import (
	"fmt"
	"strings"

	"github.com/nscheck/nscheck/collector/agent"
	"github.com/nscheck/nscheck/snapshot"
)

// matcher finds the computers of agent folders among those of a snapshot. It keeps
// nothing about other computers, of which there may be a million.
type matcher struct {
	estate *snapshot.Estate
	wanted map[string]bool // names in lower case, and GUIDs
	byName map[string][]known
	guids  map[string]bool
}

// known is a client that may be the right one.
type known struct {
	guid   string
	active bool
}

func newMatcher(reports []*agent.Report) *matcher {
	m := &matcher{wanted: make(map[string]bool), byName: make(map[string][]known), guids: make(map[string]bool)}
	for _, r := range reports {
		name := strings.ToLower(r.Computer)
		short, _, _ := strings.Cut(name, ".")
		m.wanted[name], m.wanted[short], m.wanted[r.GUID] = true, true, true
	}
	return m
}

func (m *matcher) addClient(c *snapshot.Client) {
	if m.wanted[c.GUID] {
		m.guids[c.GUID] = true
	}
	if name := strings.ToLower(c.Name); m.wanted[name] {
		m.byName[name] = append(m.byName[name], known{c.GUID, c.Status != nil && *c.Status == "Active"})
	}
}

// client returns the GUID of the client that a report is about: by GUID if the report
// has one, else by host name, without its domain if necessary. If several clients
// have the name, the only Active one is chosen.
func (m *matcher) client(r *agent.Report) (string, error) {
	if r.GUID != "" {
		if !m.guids[r.GUID] {
			return "", fmt.Errorf("%s is of computer %s, which is not in the snapshot", r.Source, r.GUID)
		}
		return r.GUID, nil
	}
	candidates := m.byName[strings.ToLower(r.Computer)]
	if short, _, ok := strings.Cut(r.Computer, "."); ok && len(candidates) == 0 {
		candidates = m.byName[strings.ToLower(short)]
	}
	if len(candidates) > 1 {
		var active []known
		for _, k := range candidates {
			if k.active {
				active = append(active, k)
			}
		}
		if len(active) == 1 {
			candidates = active
		}
	}
	switch len(candidates) {
	case 0:
		return "", fmt.Errorf("%s is of computer %s, which is not in the snapshot; set computer=NAME or guid=GUID", r.Source, r.Computer)
	case 1:
		return candidates[0].guid, nil
	}
	return "", fmt.Errorf("%s is of computer %s, and %d computers have this name; choose one with guid=GUID", r.Source, r.Computer, len(candidates))
}

// server returns the package server that a report is about: by GUID, or by name.
func (m *matcher) server(r *agent.Report) (*snapshot.PackageServer, error) {
	short, _, _ := strings.Cut(r.Computer, ".")
	var found []*snapshot.PackageServer
	for i := range m.estate.PackageServers {
		s := &m.estate.PackageServers[i]
		fqdn := s.FQDN != nil && strings.EqualFold(*s.FQDN, r.Computer)
		if r.GUID != "" && s.GUID == r.GUID || r.GUID == "" && (fqdn || strings.EqualFold(s.Name, short)) {
			found = append(found, s)
		}
	}
	who := r.Computer
	if r.GUID != "" {
		who = r.GUID
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("%s is of %s, which is not among the package servers of the snapshot", r.Source, who)
	case 1:
		return found[0], nil
	}
	return nil, fmt.Errorf("%s is of %s, and %d package servers have this name; choose one with guid=GUID", r.Source, who, len(found))
}
