package cmdb

import (
	"cmp"
	"iter"
	"slices"

	"github.com/nscheck/nscheck/snapshot"
)

// clientSections are the sections about clients, the base first.
func (c *collection) clientSections() []clientSection {
	agents := &agentFiller{}
	licences := &licenceFiller{}
	inventory := &inventoryFiller{calendar: c.calendar}
	downloads := &downloadFiller{calendar: c.calendar}
	runs := &runFiller{calendar: c.calendar}
	key := column{"key", guidKind}
	return []clientSection{
		{
			name: baseSection,
			columns: []column{
				key, {"name", textKind}, {"managed", boolKind}, {"active", boolKind},
				{"status", textKind}, {"domain", textKind}, {"os_name", textKind},
			},
			fill: fillBase,
		},
		{
			name:    "clients.agents",
			columns: []column{key, {"agent", textKind}, {"version", textKind}},
			observe: agents.see,
			fill:    agents.fill,
		},
		{
			name:     "clients.licence",
			columns:  []column{key},
			keyless:  licences.see,
			observe:  licences.see,
			complete: licences.complete,
			fill:     fillLicence,
		},
		{name: "clients.addresses", columns: []column{key, {"address", textKind}, {"mask", textKind}, {"primary", boolKind}}, fill: fillAddresses},
		{name: "clients.filters", columns: []column{key, {"filter", guidKind}}, fill: fillClientFilters},
		{name: "clients.plugin_policies", columns: []column{key, {"policy", guidKind}}, fill: fillPluginPolicies},
		{
			name:    "clients.packages",
			columns: []column{key, {"role", textKind}, {"event_time", timeKind}, {"status", textKind}},
			bind:    func(b *Binding) { downloads.binding = b },
			fill:    downloads.fill,
		},
		{
			name: "clients.packages.last_run",
			columns: []column{
				key, {"role", textKind}, {"event_time", timeKind}, {"started_at", timeKind}, {"return_code", intKind},
			},
			fill: runs.fill,
		},
		{
			name:    "clients.inventory",
			columns: []column{key, {"class", textKind}, {"modified_at", timeKind}},
			keyless: func(cells []cell) { inventory.see(cells[1].text) },
			observe: func(cells []cell) { inventory.see(cells[1].text) },
			fill:    inventory.fill,
		},
		{
			name:    "clients.task_agent",
			columns: []column{key, {"registered_at", timeKind}},
			fill:    (&taskAgentFiller{c.calendar}).fill,
		},
	}
}

var statusActive = "Active"

// fillBase takes the first row of a computer. A second one comes where it has
// two asset statuses, which then are no status.
func fillBase(client *snapshot.Client, rows iter.Seq[[]cell]) {
	first := true
	for row := range rows {
		status := row[3].textOrNil()
		if row[2].known && row[2].num != 0 {
			status = &statusActive
		}
		if !first {
			if !equal(client.Status, status) {
				client.Status = nil
			}
			continue
		}
		first = false
		client.Name = nameOr(&row[0], client.GUID)
		client.Managed = row[1].boolOrNil()
		client.Status = status
		client.Domain = row[4].textOrNil()
		client.OSName = row[5].textOrNil()
	}
}

// agentFiller tells "no plug-in" from "nothing known": a computer without any
// row has never reported its agents. And where no computer at all has an agent
// of the plug-in's name, that name is not known here, so nothing tells which
// computers have the plug-in.
type agentFiller struct{ pluginKnown bool }

func (f *agentFiller) see(cells []cell) {
	if cells[1].text == "plugin" {
		f.pluginKnown = true
	}
}

func (f *agentFiller) fill(client *snapshot.Client, rows iter.Seq[[]cell]) {
	client.Agent, client.Plugin = &snapshot.Agent{}, &snapshot.Plugin{}
	for row := range rows {
		if client.Plugin.Installed == nil && f.pluginKnown {
			client.Plugin.Installed = sharedBool(false)
		}
		switch row[0].text {
		case "core":
			client.Agent.Version = newer(client.Agent.Version, row[1].textOrNil())
		case "plugin":
			client.Plugin.Installed = sharedBool(true)
			client.Plugin.Version = newer(client.Plugin.Version, row[1].textOrNil())
		}
	}
}

// licenceFiller needs to know whether the product was found at all: where it
// was not, that a client is not listed says nothing. A product without licences
// has a row without a key.
type licenceFiller struct{ productKnown bool }

func (f *licenceFiller) see([]cell) { f.productKnown = true }

func (f *licenceFiller) complete() error {
	if !f.productKnown {
		return noProduct("clients.licence")
	}
	return nil
}

func fillLicence(client *snapshot.Client, rows iter.Seq[[]cell]) {
	inUse := false
	for range rows {
		inUse = true
	}
	client.Licence = &snapshot.LicenceUse{InUse: sharedBool(inUse)}
}

func fillAddresses(client *snapshot.Client, rows iter.Seq[[]cell]) {
	var list addressList
	for row := range rows {
		if prefix, ok := parseAddress(&row[0], &row[1]); ok {
			list.add(prefix, row[2].known && row[2].num != 0)
		}
	}
	client.Addresses = list.texts()
}

func fillClientFilters(client *snapshot.Client, rows iter.Seq[[]cell]) {
	client.Filters = guids(rows)
}

func fillPluginPolicies(client *snapshot.Client, rows iter.Seq[[]cell]) {
	client.PluginPolicies = guids(rows)
}

// guids lists the GUIDs in the first column, sorted and each once.
func guids(rows iter.Seq[[]cell]) []string {
	list := []string{}
	for row := range rows {
		if row[0].known {
			list = insertSorted(list, row[0].guid.String())
		}
	}
	return list
}

// clientPackage finds, and makes where needed, the package of a role.
func clientPackage(client *snapshot.Client, role string) *snapshot.ClientPackage {
	if client.Packages == nil {
		var all struct {
			snapshot.ClientPackages
			plugin, scan, tools snapshot.ClientPackage
		}
		client.Packages = &all.ClientPackages
		client.Packages.Plugin, client.Packages.Scan, client.Packages.Tools = &all.plugin, &all.scan, &all.tools
	}
	switch role {
	case "plugin":
		return client.Packages.Plugin
	case "scan":
		return client.Packages.Scan
	case "tools":
		return client.Packages.Tools
	}
	return nil
}

var packageRoles = []string{"plugin", "scan", "tools"}

// downloadFiller keeps the newest download event of each package.
type downloadFiller struct {
	calendar
	binding *Binding
	newest  [3]newestRow
}

// newestRow is the newest event of one package. Its place is used again for the
// next client.
type newestRow struct {
	cells []cell
	known bool
}

func (n *newestRow) take(row []cell, compare func(a, b []cell) int) {
	if !n.known || compare(row, n.cells) > 0 {
		n.cells, n.known = append(n.cells[:0], row...), true
	}
}

func (f *downloadFiller) fill(client *snapshot.Client, rows iter.Seq[[]cell]) {
	for i := range f.newest {
		f.newest[i].known = false
	}
	for row := range rows {
		if at := slices.Index(packageRoles, row[0].text); at >= 0 {
			f.newest[at].take(row, compareDownloads)
		}
	}
	for i, role := range packageRoles {
		p := clientPackage(client, role)
		if row := f.newest[i].cells; f.newest[i].known {
			p.Status = f.binding.mapped("status", row[2].text)
			p.StatusAgeDays = f.age(f.at(&row[1]))
		}
	}
}

// compareDownloads orders events by time; those of the same time by status, so
// that the choice does not depend on the order of rows.
func compareDownloads(a, b []cell) int {
	return cmp.Or(compareTimes(&a[1], &b[1]), cmp.Compare(a[2].text, b[2].text))
}

// compareTimes puts unknown times before all others.
func compareTimes(a, b *cell) int {
	if a.known != b.known {
		if a.known {
			return 1
		}
		return -1
	}
	return cmp.Compare(a.num, b.num)
}

// runFiller keeps the newest run of each package.
type runFiller struct {
	calendar
	newest [3]newestRow
}

func (f *runFiller) fill(client *snapshot.Client, rows iter.Seq[[]cell]) {
	for i := range f.newest {
		f.newest[i].known = false
	}
	for row := range rows {
		if at := slices.Index(packageRoles, row[0].text); at >= 0 {
			f.newest[at].take(row, compareRuns)
		}
	}
	for i, role := range packageRoles {
		p := clientPackage(client, role)
		row := f.newest[i].cells
		if !f.newest[i].known {
			continue
		}
		started := f.at(&row[2])
		p.LastRun = &snapshot.Run{StartedAt: started, AgeDays: f.age(started), ReturnCode: row[3].intOrNil()}
		if row[3].known {
			p.LastRun.Succeeded = sharedBool(slices.Contains(successCodes, row[3].num))
		}
	}
}

// successCodes are the exit codes of success, with and without a restart.
var successCodes = []int64{0, 1641, 3010}

func compareRuns(a, b []cell) int {
	return cmp.Or(compareTimes(&a[1], &b[1]), compareTimes(&a[2], &b[2]), cmp.Compare(a[3].num, b[3].num))
}

// inventoryFiller needs to know whether the server has the class that holds
// patch inventory under the name that was asked for. Where it has not, that a
// client has no row says nothing.
type inventoryFiller struct {
	calendar
	patchKnown bool
}

func (f *inventoryFiller) see(class string) {
	if class == "patch" {
		f.patchKnown = true
	}
}

func (f *inventoryFiller) fill(client *snapshot.Client, rows iter.Seq[[]cell]) {
	var basic, patch cell
	returned := false
	for row := range rows {
		newest := &basic
		if row[0].text == "patch" {
			newest, returned = &patch, true
		}
		if compareTimes(&row[1], newest) > 0 {
			*newest = row[1]
		}
	}
	basicAt, patchAt := f.at(&basic), f.at(&patch)
	client.Inventory = &snapshot.Inventory{
		BasicAt: basicAt, BasicAgeDays: f.age(basicAt),
		PatchAt: patchAt, PatchAgeDays: f.age(patchAt),
	}
	if f.patchKnown {
		client.Inventory.PatchReturned = sharedBool(returned)
	}
}

type taskAgentFiller struct{ calendar }

func (f *taskAgentFiller) fill(client *snapshot.Client, rows iter.Seq[[]cell]) {
	var newest cell
	for row := range rows {
		if compareTimes(&row[0], &newest) > 0 {
			newest = row[0]
		}
	}
	at := f.at(&newest)
	client.TaskAgent = &snapshot.TaskAgent{RegisteredAt: at, RegistrationAgeDays: f.age(at)}
}
