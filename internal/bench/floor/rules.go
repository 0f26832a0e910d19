package main

import (
	"bytes"
)

// The client rules of the built-in pack.
const (
	packageNotDownloaded = iota
	packageRunFailed
	scanWithoutInventory
	patchInventoryOld
	clientAway
	pluginOlder
	pluginNotReady
	taskAgentStale
	clockAhead
	scanNotCompleted
	pluginWithoutLicence
	noPluginPolicy
	agentOutdated
	severalPluginPolicies
	pluginPoliciesNotWorking
	rules
)

var ids = [rules]string{
	"NS-CLI-001", "NS-CLI-002", "NS-CLI-003", "NS-CLI-004", "NS-CLI-005", "NS-CLI-006", "NS-CLI-007", "NS-CLI-008",
	"NS-CLI-009", "NS-CLI-010", "NS-LIC-001", "NS-POL-009", "NS-POL-010", "NS-POL-011",
	"NS-POL-015",
}

// The defaults of the parameters.
const (
	patchMaxAge    = 30
	basicMaxAge    = 14
	taskMaxAge     = 30
	clockTolerance = 1
)

// tally counts by rule.
type tally struct{ violations, unknowns [rules]int64 }

func (t *tally) add(o *tally) {
	for i := range rules {
		t.violations[i] += o.violations[i]
		t.unknowns[i] += o.unknowns[i]
	}
}

type count struct {
	Violations int64 `json:"violations"`
	Unknowns   int64 `json:"unknowns"`
}

func (t *tally) counts() map[string]count {
	out := map[string]count{}
	for i, id := range ids {
		out[id] = count{t.violations[i], t.unknowns[i]}
	}
	return out
}

// judge judges one client after the other.
type judge struct {
	server, plugin []byte // versions that the Notification Server has
	tally          *tally
	found          []byte
	c              *client
}

func (j *judge) violation(rule int, on string) {
	j.tally.violations[rule]++
	j.found = append(j.found, `{"rule":"`...)
	j.found = append(j.found, ids[rule]...)
	j.found = append(j.found, `","guid":"`...)
	j.found = append(j.found, j.c.guid...)
	j.found = append(j.found, `","name":"`...)
	j.found = append(j.found, j.c.name...)
	j.found = append(j.found, `","on":"`...)
	j.found = append(j.found, on...)
	j.found = append(j.found, "\"}\n"...)
}

func (j *judge) client(c *client) {
	j.c = c
	j.packages()
	j.inventories()
	j.versions()
	j.task()
	j.clock()
	j.scanLog()
	j.licence()
}

func (c *client) active() bool { return string(c.status) == "Active" }

func (c *client) hasPlugin() bool { return c.active() && c.installed == yes }

// activeDoubt tells whether a client cannot be judged, a question of the rule
// being open or not.
func (c *client) activeDoubt(open bool) bool {
	return c.status == nil || c.active() && open
}

// pluginDoubt is the same for rules about clients with the plug-in.
func (c *client) pluginDoubt(open bool) bool {
	without := c.installed == no || c.installed == unknown && c.managed == no
	return !without && c.activeDoubt(open || c.installed == unknown)
}

func (j *judge) packages() {
	c := j.c
	var arrived, missing [roles]bool
	shown, asked, succeeded := true, false, true
	for role := range c.packages {
		d := &c.packages[role]
		status := string(d.status)
		arrived[role] = status == "downloaded" || d.ran || role == plugin && c.installed == yes
		missing[role] = !arrived[role] && (status == "failed" || status == "pending")
		shown = shown && arrived[role]
		asked = asked || !arrived[role] && !missing[role]
		succeeded = succeeded && (missing[role] || d.succeeded == yes || c.purged(role))
	}
	s := &c.packages[scan]
	neverRan := string(s.status) == "downloaded" && !s.ran && c.returned == no
	if c.hasPlugin() {
		for role := range c.packages {
			if missing[role] {
				j.violation(packageNotDownloaded, roleNames[role])
			}
			if c.packages[role].succeeded == no {
				j.violation(packageRunFailed, roleNames[role])
			}
		}
		if neverRan {
			j.violation(packageRunFailed, "scan")
		}
		if missing[scan] && missing[tools] {
			j.violation(pluginNotReady, "packages")
		}
		if s.succeeded == yes && c.returned == no {
			j.violation(scanWithoutInventory, "inventory")
		}
	}
	if !shown && c.pluginDoubt(asked) {
		j.tally.unknowns[packageNotDownloaded]++
	}
	if !arrived[scan] && !arrived[tools] && c.pluginDoubt(asked) {
		j.tally.unknowns[pluginNotReady]++
	}
	if !succeeded && c.pluginDoubt(unsettled(c, &missing, neverRan)) {
		j.tally.unknowns[packageRunFailed]++
	}
	didNotRun := s.succeeded == no || !s.ran && c.returned == no
	if c.returned != yes && !didNotRun && c.pluginDoubt(c.returned == unknown || s.succeeded != yes) {
		j.tally.unknowns[scanWithoutInventory]++
	}
}

// purged reports whether a run is missing although the client's licence and fresh
// inventory come of scans that work.
func (c *client) purged(role int) bool {
	return !c.packages[role].ran && c.licence == yes && c.returned != no && c.patchAge != unknownAge && c.patchAge <= patchMaxAge
}

var roleNames = [roles]string{"plugin", "scan", "tools"}

// unsettled tells whether of the last run of some package nothing is known.
func unsettled(c *client, missing *[roles]bool, neverRan bool) bool {
	for role := range c.packages {
		if c.packages[role].succeeded == unknown && !missing[role] && !(role == scan && neverRan) && !c.purged(role) {
			return true
		}
	}
	return false
}

func (j *judge) inventories() {
	c := j.c
	never := c.returned == no
	patchUnknown := !never && c.patchAge == unknownAge
	patchOld := !never && c.patchAge > patchMaxAge
	basicUnknown, basicOld := c.basicAge == unknownAge, c.basicAge > basicMaxAge
	basicFresh := !basicUnknown && !basicOld
	if c.hasPlugin() {
		if patchOld && basicFresh {
			j.violation(patchInventoryOld, "inventory")
		}
		if (patchOld || never) && basicOld {
			j.violation(clientAway, "inventory")
		}
	}
	doubt := c.pluginDoubt(patchUnknown || basicUnknown)
	if (patchOld || patchUnknown) && !basicOld && doubt {
		j.tally.unknowns[patchInventoryOld]++
	}
	if (patchOld || never || patchUnknown) && !basicFresh && doubt {
		j.tally.unknowns[clientAway]++
	}
}

func (j *judge) versions() {
	c := j.c
	older, known := olderVersion(c.pluginVersion, j.plugin)
	if c.hasPlugin() && older {
		j.violation(pluginOlder, "plugin")
	}
	if (older || !known) && c.pluginDoubt(!known) {
		j.tally.unknowns[pluginOlder]++
	}
	older, known = olderVersion(c.agentVersion, j.server)
	foreign := c.os != nil && !bytes.Contains(bytes.ToLower(c.os), []byte("windows"))
	if c.installed == yes || c.managed == no || foreign || known && !older {
		return
	}
	open := c.installed == unknown || c.os == nil || !known
	if c.active() && c.installed == no && !open {
		j.violation(agentOutdated, "agent")
	}
	if c.activeDoubt(open) {
		j.tally.unknowns[agentOutdated]++
	}
}

func (j *judge) task() {
	c := j.c
	never := c.taskAge == unknownAge
	if c.active() && c.taskAge > taskMaxAge {
		j.violation(taskAgentStale, "task_agent")
	}
	recent := !never && c.taskAge <= taskMaxAge
	if !recent && !(never && c.managed == no) && c.activeDoubt(never) {
		j.tally.unknowns[taskAgentStale]++
	}
}

func (j *judge) clock() {
	c := j.c
	future, undated := false, false
	look := func(age int32) {
		undated = undated || age == unknownAge
		future = future || age != unknownAge && age < -clockTolerance
	}
	for role := range c.packages {
		d := &c.packages[role]
		if d.event && (d.age != unknownAge || d.status != nil) {
			look(d.age)
		}
		if d.ran {
			look(d.runAge)
		}
	}
	if c.active() && future {
		j.violation(clockAhead, "packages")
	}
	if (future || undated) && c.activeDoubt(!future) {
		j.tally.unknowns[clockAhead]++
	}
}

func (j *judge) scanLog() {
	c := j.c
	known, patchKnown := c.scanAge != unknownAge, c.patchAge != unknownAge
	if known && (c.scanAge > patchMaxAge || patchKnown && c.scanAge > c.patchAge) {
		return
	}
	open := c.scanCompleted == unknown || !known || c.returned != no && (!patchKnown || c.patchAge == c.scanAge)
	if c.hasPlugin() && c.scanCompleted == no && !open {
		j.violation(scanNotCompleted, "scan_log")
	}
	if c.scanCompleted != yes && c.pluginDoubt(open) {
		j.tally.unknowns[scanNotCompleted]++
	}
}

func (j *judge) licence() {
	c := j.c
	if c.hasPlugin() {
		if c.licence == no {
			j.violation(pluginWithoutLicence, "licence")
		}
		if c.policies == 0 {
			j.violation(noPluginPolicy, "plugin_policies")
		}
		if c.policies > 1 {
			j.violation(severalPluginPolicies, "plugin_policies")
		}
	}
	if c.licence != yes && c.pluginDoubt(c.licence == unknown) {
		j.tally.unknowns[pluginWithoutLicence]++
	}
	noneWorks := c.policies == 1 && c.policyOff
	if noneWorks && c.hasPlugin() {
		j.violation(pluginPoliciesNotWorking, "plugin_policies")
	}
	if (noneWorks || c.policies > 0 && !c.inFilter) && c.pluginDoubt(!noneWorks) {
		j.tally.unknowns[pluginPoliciesNotWorking]++
	}
	if c.policies != 1 && c.pluginDoubt(false) {
		rule := noPluginPolicy
		if c.policies > 1 {
			rule = severalPluginPolicies
		}
		j.tally.unknowns[rule]++
	}
}
