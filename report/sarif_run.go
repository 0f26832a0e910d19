package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/snapshot"
)

type sarifRun struct {
	Tool        sarifTool         `json:"tool"`
	Invocations []sarifInvocation `json:"invocations"`
	ColumnKind  string            `json:"columnKind"`
	Properties  sarifProvenance   `json:"properties"`
}

// sarifProvenance describes the snapshot and the rules.
type sarifProvenance struct {
	SnapshotSHA256 string           `json:"snapshotSha256"`
	CollectedAt    string           `json:"collectedAt,omitempty"`
	AsOf           rule.Date        `json:"asOf,omitempty"`
	Server         *snapshot.Server `json:"server,omitempty"`
	Clients        int64            `json:"clients"`
	ActiveClients  int64            `json:"activeClients"`
	PackSHA256     string           `json:"packSha256"`
	Params         map[string]any   `json:"changedParams,omitempty"`
	Summary        result.Summary   `json:"summary"`
}

func newSarifProvenance(r *compare.Outcome) sarifProvenance {
	p := sarifProvenance{
		SnapshotSHA256: r.Snapshot.SHA256, Server: r.Snapshot.Server, Clients: r.Snapshot.Clients, ActiveClients: r.Snapshot.ActiveClients,
		AsOf: r.AsOf, PackSHA256: r.Pack.SHA256, Summary: r.Summary,
	}
	if m := r.Snapshot.Manifest; m != nil {
		p.CollectedAt = m.CollectedAt.Format(time.RFC3339)
	}
	for _, name := range r.Pack.ChangedParams {
		if p.Params == nil {
			p.Params = map[string]any{}
		}
		p.Params[name] = r.Pack.Params[name]
	}
	return p
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string            `json:"name"`
	Version        string            `json:"version"`
	InformationURI string            `json:"informationUri"`
	Rules          []sarifRule       `json:"rules"`
	Notifications  []sarifDescriptor `json:"notifications"`
}

type sarifRule struct {
	ID                   string              `json:"id"`
	DeprecatedIDs        []string            `json:"deprecatedIds,omitempty"`
	ShortDescription     sarifMessage        `json:"shortDescription"`
	FullDescription      sarifMessage        `json:"fullDescription"`
	Help                 sarifHelp           `json:"help"`
	HelpURI              string              `json:"helpUri,omitempty"`
	DefaultConfiguration sarifConfiguration  `json:"defaultConfiguration"`
	Properties           sarifRuleProperties `json:"properties"`
}

type sarifHelp struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown"`
}

type sarifConfiguration struct {
	Enabled *bool  `json:"enabled,omitempty"` // true where it is not there
	Level   string `json:"level"`
	Rank    int    `json:"rank"`
}

type sarifRuleProperties struct {
	Severity rule.Severity  `json:"severity"`
	Scope    rule.Scope     `json:"scope"`
	Step     string         `json:"step"`
	Verdict  result.Verdict `json:"verdict"`
	Params   map[string]any `json:"params,omitempty"`
	Decided  map[string]any `json:"decidedBy,omitempty"`
	Tags     []string       `json:"tags"`
}

type sarifDescriptor struct {
	ID               string       `json:"id"`
	ShortDescription sarifMessage `json:"shortDescription"`
}

type sarifInvocation struct {
	ExecutionSuccessful        bool                `json:"executionSuccessful"`
	ExitCode                   int                 `json:"exitCode"`
	ExitCodeDescription        string              `json:"exitCodeDescription"`
	RuleConfigurationOverrides []sarifOverride     `json:"ruleConfigurationOverrides,omitempty"`
	ToolExecutionNotifications []sarifNotification `json:"toolExecutionNotifications"`
}

type sarifNotification struct {
	Level          string         `json:"level"`
	Message        sarifMessage   `json:"message"`
	Descriptor     sarifReference `json:"descriptor"`
	AssociatedRule sarifReference `json:"associatedRule"`
}

type sarifReference struct {
	ID    string `json:"id"`
	Index int    `json:"index"`
}

// sarifDescriptors are the kinds of notifications.
var sarifDescriptors = []sarifDescriptor{
	{"error", sarifMessage{"The rule broke."}},
	{"not_evaluated", sarifMessage{"The rule was not evaluated, or not in full."}},
	{"affects_unknown", sarifMessage{"Which clients the findings of the rule affect is unknown."}},
	{"unknown", sarifMessage{"The rule could not evaluate some objects."}},
	{"not_applicable", sarifMessage{"The rule is for other versions of the platform, or another set-up."}},
	{"no_source", sarifMessage{"No source was given that has what the rule needs."}},
	{"disabled", sarifMessage{"The configuration disables the rule."}},
	{"severity_change", sarifMessage{"The configuration changes the severity of the rule."}},
	{"accepted_unknown", sarifMessage{"The configuration accepts what the rule cannot evaluate."}},
}

func newSarifRun(r *compare.Outcome, o Options) sarifRun {
	status := o.exit(r).Status
	run := sarifRun{
		Tool: sarifTool{Driver: sarifDriver{
			Name: r.Tool.Name, Version: r.Tool.Version, InformationURI: "https://github.com/nscheck/nscheck", Notifications: sarifDescriptorsOf(r),
			Rules: []sarifRule{},
		}},
		Invocations: []sarifInvocation{{
			ExecutionSuccessful: status != result.ExitTrouble,
			ExitCode:            status, ExitCodeDescription: exitMeaning(r, o),
			ToolExecutionNotifications: []sarifNotification{},
		}},
		ColumnKind: "unicodeCodePoints",
		Properties: newSarifProvenance(r),
	}
	for i, rule := range r.Rules {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, newSarifRule(rule))
		invocation := &run.Invocations[0]
		invocation.RuleConfigurationOverrides = append(invocation.RuleConfigurationOverrides, sarifOverrides(rule, i)...)
		notes := &invocation.ToolExecutionNotifications
		*notes = append(*notes, sarifNotifications(rule, i)...)
	}
	run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRemarkRules(r)...)
	return run
}

// sarifNotifications describe why a rule has no full verdict.
func sarifNotifications(rule result.RuleResult, index int) []sarifNotification {
	var out []sarifNotification
	add := func(level string, kind int, msg string) {
		out = append(out, sarifNotification{
			Level: level, Message: sarifMessage{sarifText(msg)},
			Descriptor: sarifReference{sarifDescriptors[kind].ID, kind}, AssociatedRule: sarifReference{rule.ID, index},
		})
	}
	level, kind := "warning", 1
	switch rule.Verdict {
	case result.Errored:
		level, kind = "error", 0
	case result.NotApplicable:
		level, kind = "note", 4
	case result.NoSource:
		level, kind = "note", 5
	case result.Disabled:
		level, kind = "note", 6
	}
	for _, reason := range rule.Reasons {
		add(level, kind, reason.Msg)
	}
	if rule.SeverityChange != nil {
		add("note", 7, "severity "+rule.SeverityChange.Described(rule.Severity))
	}
	for _, a := range rule.AcceptedUnknown {
		add("note", 8, "unknown accepted: "+a.Described())
	}
	for _, reason := range rule.AffectsUnknown {
		add("warning", 2, reason.Msg)
	}
	for _, u := range rule.Unknown {
		add("warning", 3, fmt.Sprintf("%s (%s)", u.Msg, names(u.Sample, u.Count)))
	}
	if len(out) == 0 && rule.Verdict != result.Pass && rule.Verdict != result.Fail {
		add(level, kind, sarifDescriptors[kind].ShortDescription.Text)
	}
	return out
}

func newSarifRule(rule result.RuleResult) sarifRule {
	out := sarifRule{
		ID: rule.ID, ShortDescription: sarifMessage{sarifText(rule.Title)}, FullDescription: sarifMessage{sarifText(rule.Title)},
		DefaultConfiguration: sarifDefault(rule),
		Properties: sarifRuleProperties{
			Severity: rule.Severity, Scope: rule.Scope, Step: rule.Step, Verdict: rule.Verdict, Params: rule.Params, Decided: rule.DecidedBy,
			Tags: []string{"configuration", string(rule.Scope)},
		},
	}
	var text, markdown []string
	say := func(plain, marked string) { text, markdown = append(text, sarifText(plain)), append(markdown, marked) }
	if d := rule.Definition; d != nil {
		out.DeprecatedIDs = d.Aliases
		out.FullDescription.Text = sarifText(unwrap(d.Description))
		for _, paragraph := range paragraphs(d.Description) {
			say(paragraph, markdownText(paragraph))
		}
	}
	for _, m := range rule.Remediation {
		lead := "What to do"
		if len(rule.Remediation) > 1 && m.Versions != "" {
			lead += " in versions " + m.Versions
		}
		say(lead+":", "**"+markdownText(lead)+"**")
		for _, paragraph := range paragraphs(m.Text) {
			say(paragraph, markdownText(paragraph))
		}
		if m.Ref != "" {
			say("See "+m.Ref, "See "+markdownText(m.Ref))
		}
	}
	if d := rule.Definition; d != nil {
		for _, related := range d.Related {
			if out.HelpURI == "" && strings.HasPrefix(related.Ref, "https://") {
				out.HelpURI = related.Ref
			}
			say(strings.TrimSpace("See "+related.Ref+" "+related.Description), strings.TrimSpace("See "+markdownText(related.Ref)+" "+markdownText(related.Description)))
		}
	}
	out.Help = sarifHelp{strings.Join(text, "\n\n"), strings.Join(markdown, "\n\n")}
	return out
}

// sarifRank is a severity as a number from 0 to 100, as SARIF ranks results.
var sarifRank = map[rule.Severity]int{
	rule.Critical: 100, rule.High: 80, rule.Medium: 50, rule.Low: 20, rule.Info: 0,
}

// sarifLevel is a severity in SARIF's words.
func sarifLevel(s rule.Severity) string {
	switch s {
	case rule.Critical, rule.High:
		return "error"
	case rule.Medium:
		return "warning"
	}
	return "note"
}
