package cmdb

import (
	"fmt"
	"slices"

	"github.com/nscheck/nscheck/snapshot"
)

// serverSections are about package servers.
var serverSections = []estateSection{
	{"package_servers", []column{{"guid", guidKind}, {"name", textKind}, {"dns_suffix", textKind}, {"os_name", textKind}, {"agent", textKind}, {"version", textKind}}, fillPackageServers},
	{"package_servers.constrained", []column{{"guid", guidKind}, {"constrained", boolKind}}, fillConstrained},
	{"package_servers.addresses", []column{{"guid", guidKind}, {"address", textKind}, {"mask", textKind}}, fillServerAddresses},
	{"package_servers.sites", []column{{"guid", guidKind}, {"site", guidKind}}, fillServerSites},
	{"package_servers.packages", []column{{"guid", guidKind}, {"role", textKind}, {"status", textKind}, {"status_time", timeKind}, {"revision", textKind}}, fillServerPackages},
	{"package_servers.basic_inventory_age_days", []column{{"guid", guidKind}, {"basic_at", timeKind}}, fillServerInventory},
	{"package_servers.task_registration_age_days", []column{{"guid", guidKind}, {"registered_at", timeKind}}, fillServerRegistration},
}

// siteServer is a computer with site services, before it is known whether the
// package service is among them.
type siteServer struct {
	snapshot.PackageServer
	packageService bool
	taskService    bool
}

// fillPackageServers gathers the rows of each site server, one an agent.
func fillPackageServers(e *estateBuilder, _ *Binding, rows [][]cell) error {
	var order []guid
	found := make(map[guid]*siteServer)
	for _, row := range rows {
		if !row[0].known {
			continue
		}
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
			server.AgentVersion = newer(server.AgentVersion, row[5].textOrNil())
		case "package":
			server.packageService = true
		case "task":
			server.taskService = true
		}
	}
	servers := []snapshot.PackageServer{}
	taskKnown := slices.ContainsFunc(order, func(id guid) bool { return found[id].taskService })
	for _, id := range order {
		if server := found[id]; server.packageService {
			if taskKnown { // else the agent has another name here, and nothing tells who has it
				server.TaskService = &server.taskService
			}
			servers = append(servers, server.PackageServer)
		}
	}
	if others := e.besideServer(order); len(servers) == 0 && others > 0 {
		return &sectionError{snapshot.Failed, fmt.Sprintf("collect package_servers: computers have site services, %d of them beside the Notification Server, but none has an agent that is known as the package service; section \"package_servers\" needs a query that knows its name here", others)}
	}
	sortByName(servers, func(p *snapshot.PackageServer) (string, string) { return p.Name, p.GUID })
	e.estate.PackageServers = servers
	e.servers = index(servers, func(p *snapshot.PackageServer) string { return p.GUID })
	return nil
}

// besideServer counts the computers that are not the Notification Server, which
// has site services in every estate.
func (e *estateBuilder) besideServer(computers []guid) int {
	others := 0
	for _, id := range computers {
		if server := e.estate.Server; server == nil || *server.GUID != id.String() {
			others++
		}
	}
	return others
}

func fillConstrained(e *estateBuilder, _ *Binding, rows [][]cell) error {
	seen := make(map[guid]bool)
	var doubtful []guid
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

func fillServerAddresses(e *estateBuilder, _ *Binding, rows [][]cell) error {
	lists := make(map[guid]*addressList)
	for id := range e.servers {
		lists[id] = new(addressList)
	}
	for _, row := range rows {
		list := lists[row[0].guid]
		if prefix, ok := parseAddress(&row[1], &row[2]); ok && list != nil {
			list.add(prefix, false)
		}
	}
	for id, server := range e.servers {
		server.Addresses = lists[id].texts()
	}
	return nil
}

func fillServerSites(e *estateBuilder, _ *Binding, rows [][]cell) error {
	for _, server := range e.servers {
		server.Sites = []string{}
	}
	for _, row := range rows {
		if server := e.servers[row[0].guid]; server != nil && row[1].known {
			server.Sites = insertSorted(server.Sites, row[1].guid.String())
		}
	}
	return nil
}

func fillServerPackages(e *estateBuilder, b *Binding, rows [][]cell) error {
	for _, server := range e.servers {
		server.Packages = &snapshot.ServerPackages{}
	}
	type at struct {
		server guid
		role   string
	}
	newest := make(map[at]int64)
	for _, row := range rows {
		server := e.servers[row[0].guid]
		if server == nil {
			continue
		}
		slot := serverPackage(server.Packages, row[1].text)
		place := at{row[0].guid, row[1].text}
		if last, ok := newest[place]; slot == nil || ok && last >= row[3].num {
			continue
		}
		newest[place] = row[3].num
		*slot = &snapshot.ServerPackage{
			Status:        b.mapped("status", row[2].text),
			StatusAgeDays: e.age(e.at(&row[3])),
			Revision:      row[4].textOrNil(),
		}
	}
	return nil
}

func serverPackage(p *snapshot.ServerPackages, role string) **snapshot.ServerPackage {
	switch role {
	case "plugin":
		return &p.Plugin
	case "scan":
		return &p.Scan
	case "tools":
		return &p.Tools
	}
	return nil
}

func fillServerInventory(e *estateBuilder, _ *Binding, rows [][]cell) error {
	return e.youngest(rows, func(s *snapshot.PackageServer) **int { return &s.BasicInventoryAgeDays })
}

func fillServerRegistration(e *estateBuilder, _ *Binding, rows [][]cell) error {
	return e.youngest(rows, func(s *snapshot.PackageServer) **int { return &s.TaskRegistrationAgeDays })
}

// youngest fills an age from rows of GUID and time, by the newest time.
func (e *estateBuilder) youngest(rows [][]cell, field func(*snapshot.PackageServer) **int) error {
	for _, row := range rows {
		server, age := e.servers[row[0].guid], e.age(e.at(&row[1]))
		if server == nil || age == nil {
			continue
		}
		if slot := field(server); *slot == nil || **slot > *age {
			*slot = age
		}
	}
	return nil
}
