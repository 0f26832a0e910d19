package cmdb

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/guid"
	"github.com/nscheck/nscheck/snapshot"
)

// serverSections are about package servers.
var serverSections = map[string]fillFunc{
	"package_servers":                            fillPackageServers,
	"package_servers.constrained":                fillConstrained,
	"package_servers.addresses":                  fillServerAddresses,
	"package_servers.sites":                      fillServerSites,
	"package_servers.packages":                   fillServerPackages,
	"package_servers.basic_inventory_age_days":   fillServerInventory,
	"package_servers.task_registration_age_days": fillServerRegistration,
}

// siteServer is a computer with site services, before it is known whether the
// package service is among them.
type siteServer struct {
	snapshot.PackageServer
	packageService bool
	taskService    bool
	core           newestVersion
	rows           int
	blank          int  // the last line without an agent
	versioned      bool // such a line has a version
}

// fillPackageServers gathers the rows of each site server, one an agent.
func fillPackageServers(e *estateBuilder, _ *binding.Binding, rows [][]cell) error {
	var order []guid.GUID
	found := make(map[guid.GUID]*siteServer)
	for _, row := range rows {
		server := found[row[0].guid]
		if server == nil {
			server = &siteServer{PackageServer: snapshot.PackageServer{
				GUID: row[0].guid.String(), Name: objectName(row), OSName: row[3].textOrNil(),
			}}
			if row[1].known && row[2].known {
				fqdn := row[1].text + "." + row[2].text
				server.FQDN = &fqdn
			}
			found[row[0].guid] = server
			order = append(order, row[0].guid)
		}
		switch row[4].text {
		case "core":
			server.core.add(&row[5])
		case "package":
			server.packageService = true
		case "task":
			server.taskService = true
		}
		server.rows++
		if !row[4].known {
			server.blank = max(server.blank, row[0].line)
		}
		server.versioned = server.versioned || !row[4].known && row[5].known
	}
	servers := []snapshot.PackageServer{}
	taskKnown := slices.ContainsFunc(order, func(id guid.GUID) bool { return found[id].taskService })
	for _, id := range order {
		server := found[id]
		// A computer without any of the agents has one row without an agent.
		unsure := server.blank > 0 && (server.rows > 1 || server.versioned)
		if unsure {
			e.faults.add(server.blank, "agent", "it is empty, and the row is about an agent of %s", server.Name)
			server.core.unknown = true
		}
		if server.packageService {
			server.AgentVersion = server.core.orNil()
			if taskKnown && (server.taskService || !unsure) { // else the agent has another name here, and it is unknown which servers have it
				server.TaskService = &server.taskService
			}
			servers = append(servers, server.PackageServer)
		}
	}
	if others := e.besideServer(order); len(servers) == 0 && others > 0 {
		return &sectionError{snapshot.Failed, fmt.Sprintf("collect package_servers: computers have site services, %d of them in addition to the Notification Server, but none has an agent with the known name of the package service; section \"package_servers\" needs a query with its name on this server", others)}
	}
	sortByName(servers, func(p *snapshot.PackageServer) (string, string) { return p.Name, p.GUID })
	e.estate.PackageServers = servers
	e.servers = index(servers, func(p *snapshot.PackageServer) string { return p.GUID })
	return nil
}

// besideServer counts the computers that are not the Notification Server, which
// has site services in every estate.
func (e *estateBuilder) besideServer(computers []guid.GUID) int {
	others := 0
	for _, id := range computers {
		if server := e.estate.Server; server == nil || *server.GUID != id.String() {
			others++
		}
	}
	return others
}

func fillConstrained(e *estateBuilder, _ *binding.Binding, rows [][]cell) error {
	seen := make(map[guid.GUID]bool)
	var doubtful []guid.GUID
	for _, row := range rows {
		server := e.servers[row[0].guid]
		if server == nil {
			continue
		}
		constrained := row[1].boolOrNil()
		if seen[row[0].guid] && !equal(server.Constrained, constrained) {
			constrained = nil // two rows contradict each other
			doubtful = insertOnce(doubtful, row[0].guid)
		}
		server.Constrained, seen[row[0].guid] = constrained, true
	}
	e.contradicted("package_servers.constrained", "constrained", doubtful)
	return nil
}

func fillServerAddresses(e *estateBuilder, _ *binding.Binding, rows [][]cell) error {
	lists := make(map[guid.GUID]*addressList)
	for id := range e.servers {
		lists[id] = new(addressList)
	}
	for _, row := range rows {
		list := lists[row[0].guid]
		if list == nil {
			continue // of a site server that is not a package server
		}
		list.addRow(&row[1], &row[2], false, func(column, format string, args ...any) {
			e.faults.add(row[0].line, column, format, args...)
		})
	}
	absent, first := 0, ""
	for id, server := range e.servers {
		if lists[id].rows > 0 {
			server.Addresses = lists[id].texts()
		} else if absent++; first == "" || server.Name < first {
			first = server.Name
		}
	}
	if absent > 0 && len(rows) > 0 { // every server has an address
		return &sectionError{snapshot.Partial, fmt.Sprintf("collect package_servers.addresses: no row for %d of %d package servers, the first %s; their addresses are unknown", absent, len(e.servers), first)}
	}
	return nil
}

func fillServerSites(e *estateBuilder, _ *binding.Binding, rows [][]cell) error {
	for _, server := range e.servers {
		server.Sites = []string{}
	}
	unknown := make(map[*snapshot.PackageServer]bool)
	for _, row := range rows {
		switch server := e.servers[row[0].guid]; {
		case server == nil: // another site server
		case !row[1].known:
			e.faults.add(row[0].line, "site", "it is empty for package server %s", server.Name)
			unknown[server] = true
		default:
			server.Sites = insertSorted(server.Sites, row[1].guid.String())
		}
	}
	for server := range unknown {
		server.Sites = nil
	}
	return nil
}

func fillServerPackages(e *estateBuilder, b *binding.Binding, rows [][]cell) error {
	for _, server := range e.servers {
		server.Packages = &snapshot.ServerPackages{}
	}
	type at struct {
		server guid.GUID
		role   string
	}
	statuses := make(map[at][][]cell)
	for _, row := range rows {
		server := e.servers[row[0].guid]
		if server == nil {
			continue
		}
		if !row[1].known {
			e.faults.add(row[0].line, "role", "it is empty for package server %s", server.Name)
			for _, role := range packageRoles {
				statuses[at{row[0].guid, role}] = append(statuses[at{row[0].guid, role}], nil)
			}
			continue
		}
		place := at{row[0].guid, row[1].text}
		statuses[place] = append(statuses[place], row)
	}
	for place, rows := range statuses {
		if slot := e.servers[place.server].Packages.ForRole(place.role); slot != nil {
			*slot = e.serverStatus(b, rows)
		}
	}
	return nil
}

// serverStatus is the newest status of a package on a server. If it is unknown
// which that is, what its rows do not agree on is unknown. A nil row may be
// about the package.
func (e *estateBuilder) serverStatus(b *binding.Binding, rows [][]cell) *snapshot.ServerPackage {
	newest, undated := rows[0], false
	for _, row := range rows {
		if row == nil {
			return &snapshot.ServerPackage{}
		}
		undated = undated || !row[3].known
		if cmp.Or(cmp.Compare(row[3].num, newest[3].num), compareCells(newest[2:], row[2:])) > 0 {
			newest = row
		}
	}
	status := &snapshot.ServerPackage{
		Status:        b.Mapped("status", newest[2].text),
		StatusAgeDays: e.ageInDays(e.timeOf(&newest[3])),
		Revision:      newest[4].textOrNil(),
	}
	if !undated || len(rows) == 1 {
		return status
	}
	status.StatusAgeDays = nil
	for _, row := range rows {
		if !equal(status.Status, b.Mapped("status", row[2].text)) {
			status.Status = nil
		}
		if !equal(status.Revision, row[4].textOrNil()) {
			status.Revision = nil
		}
	}
	return status
}

func fillServerInventory(e *estateBuilder, _ *binding.Binding, rows [][]cell) error {
	return e.youngest(rows, func(s *snapshot.PackageServer) **int { return &s.BasicInventoryAgeDays })
}

func fillServerRegistration(e *estateBuilder, _ *binding.Binding, rows [][]cell) error {
	return e.youngest(rows, func(s *snapshot.PackageServer) **int { return &s.TaskRegistrationAgeDays })
}

// youngest fills an age from rows of GUID and time, by the newest time. A row
// without a time may be the newest, so then the age is unknown.
func (e *estateBuilder) youngest(rows [][]cell, field func(*snapshot.PackageServer) **int) error {
	undated := make(map[*snapshot.PackageServer]bool)
	for _, row := range rows {
		server, age := e.servers[row[0].guid], e.ageInDays(e.timeOf(&row[1]))
		if server == nil {
			continue
		}
		if age == nil {
			undated[server] = true
			continue
		}
		if slot := field(server); *slot == nil || **slot > *age {
			*slot = age
		}
	}
	for server := range undated {
		*field(server) = nil
	}
	return nil
}
