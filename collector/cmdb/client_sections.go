package cmdb

import (
	"iter"

	"github.com/nscheck/nscheck/snapshot"
)

// clientSections are the sections about clients, the base first.
func (c *collection) clientSections() []clientSection {
	key := column{"key", guidKind}
	return []clientSection{
		{baseSection, baseColumns, beginBase},
		{"clients.agents", []column{key, {"agent", textKind}, {"version", textKind}}, beginAgents},
		{"clients.licence", []column{key, {"product", textKind}, {"product_guid", guidKind}}, beginLicence},
		{"clients.addresses", []column{key, {"address", textKind}, {"mask", textKind}, {"primary", boolKind}}, always(fillAddresses)},
		{"clients.filters", []column{key, {"filter", guidKind}}, always(fillClientFilters)},
		{"clients.plugin_policies", []column{key, {"policy", guidKind}}, always(fillPluginPolicies)},
		{"clients.packages", []column{key, {"role", textKind}, {"event_time", timeKind}, {"status", textKind}}, c.beginDownloads},
		{
			"clients.packages.last_run",
			[]column{
				key, {"role", textKind}, {"event_time", timeKind}, {"started_at", timeKind}, {"return_code", intKind},
			},
			c.beginRuns,
		},
		{"clients.inventory", []column{key, {"class", textKind}, {"modified_at", timeKind}}, c.beginInventory},
		{"clients.task_agent", []column{key, {"registered_at", timeKind}}, c.beginTaskAgent},
	}
}

// always is for rows that are looked at one client at a time.
func always(fill func(*snapshot.Client, iter.Seq[[]cell])) func(*Binding) clientFiller {
	return func(*Binding) clientFiller { return clientFiller{fill: fill} }
}

// agentFiller tells "no plug-in" from "nothing known": a computer without any
// row has never reported its agents. And where no computer at all has an agent
// of the plug-in's name, that name is not known here, so nothing tells which
// computers have the plug-in.
type agentFiller struct{ pluginKnown bool }

func beginAgents(*Binding) clientFiller {
	f := &agentFiller{}
	return clientFiller{observe: f.see, fill: f.fill}
}

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
type licenceFiller struct {
	productKnown bool
	products     products
}

func beginLicence(*Binding) clientFiller {
	f := &licenceFiller{}
	return clientFiller{keyless: f.see, observe: f.see, complete: f.complete, fill: fillLicence}
}

func (f *licenceFiller) see(cells []cell) {
	f.productKnown = true
	f.products.add(&cells[1], &cells[2])
}

func (f *licenceFiller) complete() error {
	if len(f.products) > 1 {
		return severalProducts("clients.licence", f.products)
	}
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

// inventoryFiller needs to know whether the server has the class that holds
// patch inventory under the name that was asked for. Where it has not, that a
// client has no row says nothing.
type inventoryFiller struct {
	calendar
	patchKnown bool
}

func (c *collection) beginInventory(*Binding) clientFiller {
	f := &inventoryFiller{calendar: c.calendar}
	return clientFiller{keyless: f.see, observe: f.see, fill: f.fill}
}

func (f *inventoryFiller) see(cells []cell) {
	if cells[1].text == "patch" {
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

func (c *collection) beginTaskAgent(*Binding) clientFiller {
	return clientFiller{fill: (&taskAgentFiller{c.calendar}).fill}
}

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
