package result

import (
	"iter"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

// Verdict is what became of one rule.
type Verdict string

// The verdicts. Only [Pass] says that everything the rule needs was known and
// nothing was found.
const (
	Pass          Verdict = "pass"
	Fail          Verdict = "fail"
	Warn          Verdict = "warn"           // something was found by a rule that does not count yet
	Waived        Verdict = "waived"         // all that was found is waived
	NotEvaluated  Verdict = "not_evaluated"  // something the rule needs is unknown or was not collected
	NotApplicable Verdict = "not_applicable" // the rule is not for this version or set-up
	NoSource      Verdict = "no_source"      // no source was named that has what the rule needs
	Disabled      Verdict = "disabled"       // the configuration switched the rule off
	Errored       Verdict = "error"          // the rule itself broke
)

// Verdicts lists all verdicts, the worst first.
var Verdicts = []Verdict{Errored, Fail, NotEvaluated, Warn, Waived, NoSource, NotApplicable, Disabled, Pass}

// Result is the outcome of one evaluation. Close releases the findings.
type Result struct {
	// Version of the result format.
	Format int `json:"format"`
	// What produced the result.
	Tool Tool `json:"tool"`
	// What was judged.
	Snapshot SnapshotInfo `json:"snapshot"`
	// What it was judged by.
	Pack rule.PackInfo `json:"pack"`
	// Day as of which waivers and the rules' effective_on were judged; absent where neither plays a part.
	AsOf rule.Date `json:"as_of,omitempty"`
	// Totals over all rules.
	Summary Summary `json:"summary"`
	// The waivers that were given, in the order of their file.
	Waivers []WaiverState `json:"waivers,omitempty"`
	// The comparison with an earlier result; absent where none was given.
	Baseline *BaselineCounts `json:"baseline,omitempty"`
	// Why clients have findings, the cause of most clients first.
	Causes []Cause `json:"causes"`
	// Clients whose findings other rules could explain and none does, by rule id.
	Unexplained []Unexplained `json:"unexplained"`
	// One entry for every rule of the pack, by id.
	Rules []RuleResult `json:"rules"`
	// The sites of the estate, by name; absent where they were not collected.
	Sites []Site `json:"sites,omitempty"`

	// Watched explains the client that was asked for; nil where none was, or it is not in the snapshot.
	Watched *Explanation `json:"-"`
	// What each rule took, the longest first.
	Timings []Timing `json:"-"`

	Estate  map[string][]Finding `json:"-"` // by rule id
	clients func() iter.Seq2[Finding, error]
	release func() error
}

// Hold makes a result yield findings: those of the estate by rule id, and those of
// clients in the order of the snapshot. Close calls release.
func (r *Result) Hold(estate map[string][]Finding, clients func() iter.Seq2[Finding, error], release func() error) {
	r.Estate, r.clients, r.release = estate, clients, release
}

// Tool identifies the program and its engine.
type Tool struct {
	// Always nscheck.
	Name string `json:"name"`
	// Version of nscheck.
	Version string `json:"version"`
	// Version of the OPA engine.
	OPA string `json:"opa"`
}

// SnapshotInfo identifies the snapshot and its provenance.
type SnapshotInfo struct {
	// SHA-256 of the snapshot file as read, in hexadecimal.
	SHA256 string `json:"sha256"`
	// Where and when the data was collected; absent for a document written by hand.
	Manifest *snapshot.Manifest `json:"manifest,omitempty"`
	// The Notification Server, where that section was collected.
	Server *snapshot.Server `json:"server,omitempty"`
	// Number of client records.
	Clients int64 `json:"clients"`
	// Number of Active clients that are neither package servers nor the Notification Server.
	ActiveClients int64 `json:"active_clients"`
}

// Summary counts.
type Summary struct {
	// Number of rules by verdict.
	Rules map[Verdict]int `json:"rules"`
	// Number of findings by severity, with those that do not count.
	Findings map[rule.Severity]int64 `json:"findings"`
	// Number of those that are waived.
	Waived map[rule.Severity]int64 `json:"waived,omitempty"`
	// Number of those that only warn, for their rules do not count yet, and are not waived.
	Warnings map[rule.Severity]int64 `json:"warnings,omitempty"`
	// Number of objects that some rule could not judge, counted once a rule.
	Unknown int64 `json:"unknown"`
	// Number of clients with at least one finding.
	ClientsWithFindings int64 `json:"clients_with_findings"`
}

// RuleResult is what became of one rule.
type RuleResult struct {
	// The rule's id, such as NS-SITE-003.
	ID string `json:"id"`
	// What the rule finds.
	Title string `json:"title"`
	// How bad a finding of the rule is.
	Severity rule.Severity `json:"severity"`
	// That the configuration changed the severity; absent where it is the rule's own.
	SeverityChange *rule.SeverityChange `json:"severity_change,omitempty"`
	// Why the configuration switched the rule off; absent where it did not.
	SwitchedOff *rule.SwitchedOff `json:"switched_off,omitempty"`
	// What the rule judges: the estate or one client.
	Scope rule.Scope `json:"scope"`
	// Step of article TECH170397; + for what goes beyond it.
	Step string `json:"step"`
	// Ids of the rules whose findings a finding of this rule can explain.
	Explains []string `json:"explains,omitempty"`
	// Position in the article's chain of causes; lower is earlier, hundreds are its links.
	Chain int `json:"chain,omitempty"`
	// The verdict.
	Verdict Verdict `json:"verdict"`
	// Number of findings.
	Findings int64 `json:"findings"`
	// Number of those that are waived.
	Waived int64 `json:"waived,omitempty"`
	// Day from which findings of the rule count; absent where they always do.
	EffectiveOn rule.Date `json:"effective_on,omitempty"`
	// Why the rule was not evaluated, not evaluated in full, without a source, not applicable, switched off, or in error.
	Reasons []Reason `json:"reasons,omitempty"`
	// Why it is not known, or not in full, which clients the findings can harm, so that not all of them are attributed.
	AffectsUnknown []Reason `json:"affects_unknown,omitempty"`
	// Objects that could not be judged, grouped by message; at most 50 messages are listed.
	Unknown []Unknown `json:"unknown,omitempty"`
	// What of the unknown the configuration accepts, in its order: it does not make the result incomplete.
	AcceptedUnknown []rule.AcceptedUnknown `json:"accepted_unknown,omitempty"`
	// Sections of the snapshot that the rule reads, derived from its code.
	Needs []string `json:"needs"`
	// What to do about a finding, for this version of the platform.
	Remediation []rule.Remediation `json:"remediation"`
	// Parameters that the rule reads, of one that found something: another value may let a finding pass.
	DecidedBy map[string]any `json:"decided_by,omitempty"`
	// Parameters that the rule reads and whose values differ from the defaults.
	Params map[string]any `json:"params,omitempty"`

	// Definition is the rule itself, for formats that describe rules.
	Definition *rule.Rule `json:"-"`
}

// UnknownCount is the number of objects that the rule could not judge.
func (r *RuleResult) UnknownCount() int64 {
	var n int64
	for _, u := range r.Unknown {
		n += u.Count
	}
	return n
}

// Reason says why a rule has no full verdict.
type Reason struct {
	// The section or field that is missing; empty where the reason is another one.
	Section string `json:"section,omitempty"`
	// Status of that section in the manifest; absent means that the snapshot does not have it.
	Status string `json:"status,omitempty"`
	// The reason in words.
	Msg string `json:"msg"`

	// Whether computers were not counted as clients, or not where they are.
	Uncounted bool `json:"-"`
}

// Unknown groups objects that a rule could not judge for the same reason.
type Unknown struct {
	// Why they could not be judged.
	Msg string `json:"msg"`
	// How many there are.
	Count int64 `json:"count"`
	// The first of them by name.
	Sample []Resource `json:"sample"`
	// All of them by name, up to 100,000; absent if the sample has them all.
	Objects []Resource `json:"objects,omitempty"`
	// How many of them the configuration accepts.
	Accepted int64 `json:"accepted,omitempty"`
}

// Cause is why some clients have findings.
type Cause struct {
	// Identity of the cause, unique in the result: the rule's id, the object's GUID or name, the package or setting where the finding names one, and possible where it is not sure, joined with colons.
	ID string `json:"id"`
	// Id of the rule whose finding is the cause.
	Rule string `json:"rule"`
	// The object that is wrong; absent where the cause is the clients' own finding.
	Resource *Resource `json:"resource,omitempty"`
	// What is wrong, in a sentence.
	Msg string `json:"msg"`
	// The setting that is wrong.
	Path string `json:"path,omitempty"`
	// What the setting should be.
	Expected any `json:"expected,omitempty"`
	// What the setting is.
	Actual any `json:"actual,omitempty"`
	// Whether the fault leaves these clients another way.
	Certainty Certainty `json:"certainty"`
	// Number of clients that have explained findings because of it.
	Clients int64 `json:"clients"`
	// Number of those clients that fixing this cause alone unblocks: no other sure cause blocks them that is not its consequence. Of a possible cause, the number that fixing it may unblock. Absent if the snapshot does not determine it.
	Unblocks *int64 `json:"unblocks,omitempty"`
	// Earlier name of unblocks; 0 if that is absent.
	Frees int64 `json:"frees"`
	// Ids of the rules whose findings it explains.
	Explains []string `json:"explains"`
	// The first of the clients by name.
	Sample []Resource `json:"sample"`
	// What to do about it.
	Remediation []rule.Remediation `json:"remediation"`
}

// Unexplained counts the clients whose findings of one rule have no known cause.
type Unexplained struct {
	// Id of the rule.
	Rule string `json:"rule"`
	// Number of clients.
	Clients int64 `json:"clients"`
	// The first of the clients by name.
	Sample []Resource `json:"sample"`
}

// Findings yields all findings: those of the estate by rule id, then those of
// the clients in the order of the snapshot. It can be called again.
func (r *Result) Findings() iter.Seq2[Finding, error] {
	return func(yield func(Finding, error) bool) {
		for _, rule := range r.Rules {
			for _, f := range r.Estate[rule.ID] {
				if !yield(f, nil) {
					return
				}
			}
		}
		for f, err := range r.clients() {
			if !yield(f, err) || err != nil {
				return
			}
		}
	}
}

// EstateFindings are the findings of a rule of scope estate.
func (r *Result) EstateFindings(rule string) []Finding { return r.Estate[rule] }

// ClientFindings yields the findings of the clients in the order of the snapshot.
func (r *Result) ClientFindings() iter.Seq2[Finding, error] { return r.clients() }

// Close removes what the result keeps on disk.
func (r *Result) Close() error { return r.release() }

// Configured are the rules that the configuration changed, by id.
func (r *Result) Configured() []ConfiguredRule {
	var out []ConfiguredRule
	for i := range r.Rules {
		if x := &r.Rules[i]; x.SwitchedOff != nil || x.SeverityChange != nil || len(x.AcceptedUnknown) > 0 {
			out = append(out, ConfiguredRule{x.ID, x.Title, x.Severity, x.SeverityChange, x.SwitchedOff, x.AcceptedUnknown})
		}
	}
	return out
}

// ConfiguredRule is a rule that the configuration switched off, or gave another
// severity.
type ConfiguredRule struct {
	// The rule's id.
	ID string `json:"id"`
	// What the rule finds.
	Title string `json:"title"`
	// How bad a finding of the rule is now.
	Severity rule.Severity `json:"severity"`
	// That the configuration changed the severity; absent where it is the rule's own.
	SeverityChange *rule.SeverityChange `json:"severity_change,omitempty"`
	// Why the configuration switched the rule off; absent where it did not.
	SwitchedOff *rule.SwitchedOff `json:"switched_off,omitempty"`
	// What of its unknown the configuration accepts; absent if nothing.
	AcceptedUnknown []rule.AcceptedUnknown `json:"accepted_unknown,omitempty"`
}

// Site is a site of the platform.
type Site struct {
	// GUID of the site.
	GUID string `json:"guid"`
	// Name of the site; its GUID where it has none.
	Name string `json:"name"`
	// Number of Active clients in it that are neither package servers nor the Notification Server; a client of several sites counts in each.
	Clients int64 `json:"clients"`
}

// Format is the version of the result format.
const Format = 1
