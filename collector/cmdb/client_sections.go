package cmdb

import (
	"fmt"
	"iter"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/guid"
	"github.com/nscheck/nscheck/snapshot"
)

// clientFillers returns, for each section about clients, how its rows are used.
func (c *collection) clientFillers() map[string]func(*binding.Binding) clientFiller {
	return map[string]func(*binding.Binding) clientFiller{
		binding.Clients:             beginBase,
		"clients.agents":            beginAgents,
		"clients.licence":           beginLicence,
		"clients.addresses":         beginAddresses,
		"clients.filters":           beginFilters,
		"clients.plugin_policies":   beginPluginPolicies,
		"clients.packages":          c.beginDownloads,
		"clients.packages.last_run": c.beginRuns,
		"clients.inventory":         c.beginInventory,
		"clients.task_agent":        c.beginTaskAgent,
	}
}

// clientSections returns the sections about clients, the base first.
func (c *collection) clientSections() []clientSection {
	var sections []clientSection
	fillers := c.clientFillers()
	for _, l := range binding.Layouts() {
		if begin := fillers[l.Section]; begin != nil {
			sections = append(sections, clientSection{l.Section, l.Columns, begin})
		}
	}
	return sections
}

// agentFiller distinguishes "no plug-in" from "unknown". A computer without any row
// has never reported its agents. If no computer at all has an agent of the plug-in's
// name, the plug-in may have another name on this server, so it is unknown which
// computers have it.
type agentFiller struct {
	pluginKnown bool
	faults      faults
}

func beginAgents(*binding.Binding) clientFiller {
	f := &agentFiller{}
	return clientFiller{observe: f.see, fill: f.fill, faults: &f.faults}
}

func (f *agentFiller) see(cells []cell) {
	if cells[1].text == "plugin" {
		f.pluginKnown = true
	}
	if !cells[1].known && cells[2].known {
		f.faults.add(cells[0].line, "agent", "it is empty, and version %s belongs to some agent", cells[2].text)
	}
}

func (f *agentFiller) fill(client *snapshot.Client, rows iter.Seq[[]cell]) {
	client.Agent, client.Plugin = &snapshot.Agent{}, &snapshot.Plugin{}
	var core, plugin newestVersion
	unsure := false // some row may be of either agent
	for row := range rows {
		if client.Plugin.Installed == nil && f.pluginKnown {
			client.Plugin.Installed = sharedBool(false)
		}
		switch row[0].text {
		case "core":
			core.add(&row[1])
		case "plugin":
			client.Plugin.Installed = sharedBool(true)
			plugin.add(&row[1])
		}
		unsure = unsure || !row[0].known && row[1].known
	}
	if unsure {
		if plugin.version == nil && !plugin.unknown {
			client.Plugin.Installed = nil
		}
		core.unknown, plugin.unknown = true, true
	}
	client.Agent.Version, client.Plugin.Version = core.orNil(), plugin.orNil()
}

// licenceFiller checks whether the product was found at all. If it was not, a client
// without a row may hold a licence all the same. A product without licences has a row
// without a key.
type licenceFiller struct {
	productKnown bool
	products     products
	keyed        bool
	nobody       faults // rows without a key
	faults       faults
}

func beginLicence(*binding.Binding) clientFiller {
	f := &licenceFiller{}
	return clientFiller{keyless: f.seeNobody, observe: f.see, complete: f.complete, fill: f.fill, faults: &f.faults}
}

func (f *licenceFiller) see(cells []cell) {
	f.productKnown, f.keyed = true, true
	f.products.add(&cells[1], &cells[2])
}

func (f *licenceFiller) seeNobody(cells []cell) {
	f.productKnown = true
	f.products.add(&cells[1], &cells[2])
	f.nobody.add(cells[0].line, "key", "it is empty, and other rows name holders of a licence")
}

func (f *licenceFiller) complete() error {
	if len(f.products) > 1 {
		return severalProducts("clients.licence", f.products)
	}
	if !f.productKnown {
		return noProduct("clients.licence")
	}
	if f.keyed {
		f.faults = f.nobody
	}
	return nil
}

// fill leaves the licence of a client without a row unknown if some holder is not
// named.
func (f *licenceFiller) fill(client *snapshot.Client, rows iter.Seq[[]cell]) {
	inUse := false
	for range rows {
		inUse = true
	}
	client.Licence = &snapshot.LicenceUse{InUse: sharedBool(inUse)}
	if !inUse && f.faults.count > 0 {
		client.Licence.InUse = nil
	}
}

func beginAddresses(*binding.Binding) clientFiller {
	f := new(faults)
	return clientFiller{faults: f, fill: fillAddresses, observe: func(cells []cell) {
		new(addressList).addRow(&cells[1], &cells[2], false, func(column, format string, args ...any) {
			f.add(cells[0].line, column, format, args...)
		})
		if cells[1].known && !cells[3].known {
			f.add(cells[0].line, "primary", isEmptyCell)
		}
	}}
}

// fillAddresses leaves the addresses unknown if it is unknown which of several is
// the primary one: the first counts as it.
func fillAddresses(client *snapshot.Client, rows iter.Seq[[]cell]) {
	var list addressList
	primary, unsure := false, false
	for row := range rows {
		list.addRow(&row[0], &row[1], row[2].num != 0, func(string, string, ...any) {})
		primary = primary || row[2].num != 0
		unsure = unsure || row[0].known && !row[2].known
	}
	if client.Addresses = list.texts(); unsure && !primary && len(client.Addresses) > 1 {
		client.Addresses = nil
	}
}

func beginFilters(*binding.Binding) clientFiller {
	f := new(faults)
	return clientFiller{faults: f, observe: f.emptyReference("filter"), fill: func(client *snapshot.Client, rows iter.Seq[[]cell]) {
		client.Filters = guids(rows)
	}}
}

// beginPluginPolicies reads which policies target each client. A row without a key
// names a policy with unknown targets: then every client may be one of them.
func beginPluginPolicies(*binding.Binding) clientFiller {
	f, unknown := new(faults), []guid.GUID(nil)
	return clientFiller{
		faults: f, observe: f.emptyReference("policy"),
		keyless: func(cells []cell) { unknown = insertOnce(unknown, cells[1].guid) },
		notes: func() []string {
			if len(unknown) == 0 {
				return nil
			}
			return []string{fmt.Sprintf("section \"clients.plugin_policies\": which clients %d policies target is unknown, the first is %s: its target also excludes computers, in an unknown order, or it is unknown whether the policy is on", len(unknown), unknown[0])}
		},
		fill: func(client *snapshot.Client, rows iter.Seq[[]cell]) {
			if client.PluginPolicies = guids(rows); len(unknown) > 0 {
				client.PluginPolicies = nil
			}
		},
	}
}

// emptyReference finds rows with an empty second column, which should refer to
// another object.
func (f *faults) emptyReference(column string) func([]cell) {
	return func(cells []cell) {
		if !cells[1].known {
			f.add(cells[0].line, column, isEmptyCell)
		}
	}
}

// guids lists the GUIDs in the first column, sorted and each once; nil if one is
// unknown.
func guids(rows iter.Seq[[]cell]) []string {
	list := []string{}
	unknown := false
	for row := range rows {
		if unknown = unknown || !row[0].known; !unknown {
			list = insertSorted(list, row[0].guid.String())
		}
	}
	if unknown {
		return nil
	}
	return list
}

// inventoryFiller checks whether the server has the class of patch inventory under
// the expected name. If it does not, a client without a row may have returned one all
// the same.
type inventoryFiller struct {
	calendar
	patchKnown bool
	faults     faults
	lost       faults // rows that are of some computer, and do not name it
	file       func() string
}

func (c *collection) beginInventory(*binding.Binding) clientFiller {
	f := &inventoryFiller{calendar: c.calendar, file: func() string { return c.session.file }}
	return clientFiller{keyless: f.seeClass, observe: f.see, complete: f.complete, fill: f.fill, faults: &f.faults}
}

// seeClass handles a row without a key: the server has the class, and no computer has
// an inventory of it. A row with a date is about some computer.
func (f *inventoryFiller) seeClass(cells []cell) {
	f.see(cells)
	if cells[2].known {
		f.lost.add(cells[0].line, "key", "it is empty, and an inventory with a date belongs to some computer")
	}
}

func (f *inventoryFiller) complete() error {
	if f.lost.count == 0 {
		return nil
	}
	return &sectionError{snapshot.Failed, "collect clients.inventory: " + f.lost.text(f.file())}
}

func (f *inventoryFiller) see(cells []cell) {
	if cells[1].text == "patch" {
		f.patchKnown = true
	}
	if !cells[1].known {
		f.faults.add(cells[0].line, "class", isEmptyCell)
	}
}

func (f *inventoryFiller) fill(client *snapshot.Client, rows iter.Seq[[]cell]) {
	var basic, patch newestTime
	returned, unsure := false, false
	for row := range rows {
		switch row[0].text {
		case "basic":
			basic.add(&row[1])
		case "patch":
			patch.add(&row[1])
			returned = true
		default:
			unsure = true
		}
	}
	if unsure {
		basic.unknown, patch.unknown = true, true
	}
	basicAt, patchAt := f.timeOf(basic.orNone()), f.timeOf(patch.orNone())
	client.Inventory = &snapshot.Inventory{
		BasicAt: basicAt, BasicAgeDays: f.ageInDays(basicAt),
		PatchAt: patchAt, PatchAgeDays: f.ageInDays(patchAt),
	}
	if f.patchKnown && (returned || !unsure) {
		client.Inventory.PatchReturned = sharedBool(returned)
	}
}

type taskAgentFiller struct{ calendar }

func (c *collection) beginTaskAgent(*binding.Binding) clientFiller {
	return clientFiller{fill: (&taskAgentFiller{c.calendar}).fill}
}

func (f *taskAgentFiller) fill(client *snapshot.Client, rows iter.Seq[[]cell]) {
	var newest newestTime
	for row := range rows {
		newest.add(&row[0])
	}
	at := f.timeOf(newest.orNone())
	client.TaskAgent = &snapshot.TaskAgent{RegisteredAt: at, RegistrationAgeDays: f.ageInDays(at)}
}

// newestTime is the newest of several times. One that is unknown may be the
// newest, so then it is unknown.
type newestTime struct {
	time    cell
	unknown bool
}

func (n *newestTime) add(c *cell) {
	n.unknown = n.unknown || !c.known
	if compareTimes(c, &n.time) > 0 {
		n.time = *c
	}
}

func (n *newestTime) orNone() *cell {
	if n.unknown {
		return &cell{kind: binding.Time}
	}
	return &n.time
}
