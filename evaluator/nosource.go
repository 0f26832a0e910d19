package evaluator

import (
	"slices"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// Some data is in no database: it is read only if a source of its kind is named, or
// not at all. A rule that cannot be answered without it has the verdict NoSource,
// which is not incomplete: nothing that was asked for is missing. A source that was
// named and gave nothing is listed in the manifest, and its rules are not evaluated.

// onDemand are the sections that only agent folders give, with how to name one.
var onDemand = map[string]string{
	scanLogSection:                 "no agent folder of a client was named as a source; name one with --source agent:DIR",
	"package_servers.agent_folder": "no agent folder of a package server was named as a source; name one with --source agent:DIR",
}

const scanLogSection = "clients.scan_log"

// splitMissing tells why a rule cannot be evaluated, and of what it needs no source
// was named.
func (r *run) splitMissing(rule *rule.Rule) (missing, unsourced []result.Reason) {
	for _, reason := range r.coll.missing(&rule.VerdictNeeds) {
		if hint := onDemand[reason.Section]; hint != "" && reason.Status == "" {
			unsourced = append(unsourced, result.Reason{Section: reason.Section, Msg: hint})
		} else {
			missing = append(missing, reason)
		}
	}
	const folder = "package_servers.agent_folder"
	if rule.VerdictNeeds.Fields.Subsections()[folder] && r.folderUnnamed() {
		unsourced = append(unsourced, result.Reason{Section: folder, Msg: onDemand[folder]})
	}
	return missing, unsourced
}

// folderUnnamed reports whether no agent folder of a package server was named.
func (r *run) folderUnnamed() bool {
	_, listed := r.coll.sections["package_servers.agent_folder"]
	return !listed && r.estate.PackageServers != nil &&
		!slices.ContainsFunc(r.estate.PackageServers, func(s snapshot.PackageServer) bool { return s.AgentFolder != nil })
}

// settleSource gives a rule about scan logs the verdict NoSource if the snapshot has
// no manifest and no client has a scan log: a document that was written by hand says
// nowhere which sources there were.
func (r *run) settleSource(rule *rule.Rule, res *result.RuleResult) {
	if res.Verdict != result.NotEvaluated || r.coll.manifest || !rule.VerdictNeeds.Client["scan_log"] || len(res.Unknown) != 1 || r.coll.clients == 0 {
		return
	}
	if u := res.Unknown[0]; u.Msg == lackMsg("scan_log") && u.Count == r.coll.clients && len(res.Reasons) == 0 {
		res.Verdict, res.Unknown = result.NoSource, nil
		res.Reasons = []result.Reason{{Section: scanLogSection, Msg: onDemand[scanLogSection]}}
	}
}
