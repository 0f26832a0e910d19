package report

import (
	"bufio"
	"bytes"
	"io"
	"iter"
	"strings"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// sarifFormat writes the result as SARIF 2.1.0: rules with help, results as
// they stream by, and what was not evaluated as notifications.
//
// Its types are its own: those of go-sarif hold all results of a run at once and
// write every default of the standard with each of them. The tests read what is
// written with go-sarif.
type sarifFormat struct{}

func (s sarifFormat) Write(out io.Writer, r *compare.Outcome, o Options) error {
	return s.write(out, r, listed(r), o)
}

func (sarifFormat) write(out io.Writer, r *compare.Outcome, findings iter.Seq2[result.Finding, error], o Options) error {
	w := bufio.NewWriter(out)
	head, err := encodeJSON(newSarifRun(r, o), "  ")
	if err != nil {
		return err
	}
	w.WriteString("{\n\"$schema\": \"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json\",\n")
	w.WriteString("\"version\": \"2.1.0\",\n\"runs\": [")
	w.Write(bytes.TrimSuffix(head, []byte("\n}")))
	w.WriteString(",\n  \"results\": [")
	results := newSarifResults(r, o)
	separator := "\n    "
	remarks := remarksOf(r.Compared())
	for i := range remarks {
		line, err := encodeJSON(results.remark(&remarks[i], len(r.Rules)), "")
		if err != nil {
			return err
		}
		w.WriteString(separator)
		w.Write(line)
		separator = ",\n    "
	}
	for f, err := range findings {
		if err != nil {
			return err
		}
		line, err := encodeJSON(results.of(f), "")
		if err != nil {
			return err
		}
		w.WriteString(separator)
		w.Write(line)
		separator = ",\n    "
	}
	w.WriteString("\n  ]\n}]\n}\n")
	return w.Flush()
}

// sarifState is a state of the standard, which has no word for what could not be
// compared.
func sarifState(s result.BaselineState) string {
	if s == result.Incomparable {
		return ""
	}
	return string(s)
}

type sarifResult struct {
	RuleID              string            `json:"ruleId"`
	RuleIndex           int               `json:"ruleIndex"`
	Kind                string            `json:"kind,omitempty"`
	Level               string            `json:"level"`
	Message             sarifMessage      `json:"message"`
	Locations           []sarifLocation   `json:"locations"`
	RelatedLocations    []sarifLocation   `json:"relatedLocations,omitempty"`
	PartialFingerprints map[string]string `json:"partialFingerprints,omitempty"`
	BaselineState       string            `json:"baselineState,omitempty"`
	// Suppressions are there for all results or for none: empty says not suppressed.
	Suppressions []sarifSuppression `json:"suppressions"`
	Properties   sarifFinding       `json:"properties"`
}

// sarifFinding is what SARIF has no place for.
type sarifFinding struct {
	Severity       rule.Severity    `json:"severity"`
	Resource       result.Resource  `json:"resource"`
	Package        string           `json:"package,omitempty"`
	Path           string           `json:"path,omitempty"`
	Expected       any              `json:"expected,omitempty"`
	Actual         any              `json:"actual,omitempty"`
	AffectsUnknown bool             `json:"affectsUnknown,omitempty"`
	Cause          string           `json:"cause,omitempty"`
	Certainty      result.Certainty `json:"certainty,omitempty"`
	EffectiveOn    rule.Date        `json:"effectiveOn,omitempty"` // it does not count before

	BaselineState result.BaselineState `json:"baselineState,omitempty"`
}

type sarifSuppression struct {
	Kind          string             `json:"kind"`
	Status        string             `json:"status"`
	Justification string             `json:"justification,omitempty"`
	Properties    sarifWaiverDetails `json:"properties"`
}

type sarifWaiverDetails struct {
	Owner   string `json:"owner,omitempty"`
	Ticket  string `json:"ticket,omitempty"`
	Expires string `json:"expires,omitempty"`
	Place   string `json:"place,omitempty"`
}

// sarifResults makes results of findings.
type sarifResults struct {
	rules      map[string]int
	causes     map[string]result.Cause
	difference *compare.Difference // nil if nothing is compared
	options    Options
}

func newSarifResults(r *compare.Outcome, o Options) *sarifResults {
	s := &sarifResults{options: o, rules: map[string]int{}, causes: map[string]result.Cause{}, difference: r.Compared()}
	for i, rule := range r.Rules {
		s.rules[rule.ID] = i
	}
	for _, c := range r.Causes {
		s.causes[c.ID] = c
	}
	return s
}

// message returns the message of a finding, with the settings that make it new.
func (s *sarifResults) message(f result.Finding) string {
	behind := behindText(s.difference, f)
	if behind == "" {
		return f.Msg
	}
	return strings.TrimSuffix(f.Msg, ".") + "." + behind
}

func (s *sarifResults) of(f result.Finding) sarifResult {
	out := sarifResult{
		RuleID: f.Rule, RuleIndex: s.rules[f.Rule], Level: sarifLevel(f.Severity), Message: sarifMessage{sarifText(s.message(f))},
		Locations:     []sarifLocation{{PhysicalLocation: sarifPlace(s.options.place(f.Location)), LogicalLocations: []sarifLogical{logicalLocation(f.Resource, f.Path)}}},
		BaselineState: sarifState(f.BaselineState),
		Suppressions:  []sarifSuppression{},
		Properties: sarifFinding{
			Severity: f.Severity, Resource: f.Resource, Package: f.Package, Path: f.Path, Expected: f.Expected, Actual: f.Actual,
			AffectsUnknown: f.AffectsUnknown, Cause: f.Cause, Certainty: f.Certainty, EffectiveOn: f.EffectiveOn,
		},
	}
	if f.BaselineState == result.Incomparable {
		out.Properties.BaselineState = f.BaselineState
	}
	if f.Gone && f.BaselineState == result.Incomparable {
		out.Kind, out.Level = "open", "none" // whether it is there is unknown
	}
	if f.Fingerprint != "" {
		// The second name is the one that GitHub's code scanning tracks alerts by.
		out.PartialFingerprints = map[string]string{"nscheckFinding/v1": f.Fingerprint, "primaryLocationLineHash": f.Fingerprint}
	}
	if w := f.Waiver; w != nil {
		out.Suppressions = append(out.Suppressions, sarifSuppression{
			Kind: "external", Status: "accepted", Justification: w.Reason,
			Properties: sarifWaiverDetails{Owner: w.Owner, Ticket: w.Ticket, Expires: w.Expires, Place: w.Place},
		})
	}
	out.RelatedLocations = s.related(&f)
	return out
}

// remark returns a remark of a comparison as a result; first is the
// index of the first rule that stands for a kind of remark.
func (s *sarifResults) remark(r *compare.Remark, first int) sarifResult {
	kind := remarkKind(r.Kind)
	severity := rule.Medium
	if r.Fails {
		severity = rule.Critical
	}
	print := remarkPrint(r)
	out := sarifResult{
		RuleID: remarkKinds[kind].id, RuleIndex: first + kind, Level: remarkLevel(r), Message: sarifMessage{sarifText(remarkText(r))},
		Locations:           []sarifLocation{{PhysicalLocation: sarifPlace(r.Location), LogicalLocations: []sarifLogical{logicalLocation(r.Resource, r.Path)}}},
		BaselineState:       string(result.New),
		PartialFingerprints: map[string]string{"nscheckRemark/v1": print, "primaryLocationLineHash": print},
		Suppressions:        []sarifSuppression{},
		Properties:          sarifFinding{Severity: severity, Resource: r.Resource, Package: r.Package, Path: r.Path, BaselineState: r.BaselineState},
	}
	for i := range r.Settings[:min(len(r.Settings), settingsShown)] {
		setting := &r.Settings[i]
		object := setting.Object
		out.RelatedLocations = append(out.RelatedLocations, sarifLocation{
			ID: i + 1, Message: &sarifMessage{sarifText("Setting: " + settingChange(&setting.Setting))}, PhysicalLocation: sarifPlace(sourceOf(&setting.Setting)),
			LogicalLocations: []sarifLogical{logicalLocation(result.Resource{Type: object.Type, GUID: object.GUID, Name: object.Name}, setting.Path)},
		})
	}
	return out
}

// sarifRemarkRules are the rules that stand for the kinds of remarks.
func sarifRemarkRules(r *compare.Outcome) []sarifRule {
	if r.Compared() == nil {
		return nil
	}
	var out []sarifRule
	for _, k := range remarkKinds {
		out = append(out, sarifRule{
			ID: k.id, ShortDescription: sarifMessage{k.title + "."}, FullDescription: sarifMessage{k.help}, Help: sarifHelp{k.help, markdownText(k.help)},
			DefaultConfiguration: sarifConfiguration{Level: "warning", Rank: sarifRank[rule.Medium]},
			Properties:           sarifRuleProperties{Severity: rule.Medium, Scope: rule.EstateScope, Step: "+", Verdict: result.Pass, Tags: []string{"gate"}},
		})
	}
	for i := range out {
		if r.Compared().CountRemarks(remarkKinds[i].kind) > 0 {
			out[i].Properties.Verdict = result.Fail
		}
	}
	return out
}

// related are the cause of a finding and the settings that make it new.
func (s *sarifResults) related(f *result.Finding) []sarifLocation {
	var out []sarifLocation
	add := func(msg string, at *result.SourceLocation, logical sarifLogical) {
		out = append(out, sarifLocation{
			ID: len(out) + 1, Message: &sarifMessage{sarifText(msg)}, PhysicalLocation: sarifPlace(s.options.place(at)), LogicalLocations: []sarifLogical{logical},
		})
	}
	if c, ok := s.causes[f.Cause]; ok && c.Resource != nil {
		lead := "Cause: "
		if f.Certainty == result.Possible {
			lead = "Possible cause: "
		}
		add(lead+c.Msg, nil, logicalLocation(*c.Resource, c.Path))
	}
	settings := behindSettings(s.difference, *f)
	for i := range settings[:min(len(settings), settingsShown)] {
		setting := &settings[i]
		lead := "Setting: "
		if len(settings) > 1 || !setting.Related {
			lead = "Possible setting: "
		}
		object := setting.Object
		add(lead+settingChange(&setting.Setting), sourceOf(&setting.Setting), logicalLocation(result.Resource{Type: object.Type, GUID: object.GUID, Name: object.Name}, setting.Path))
	}
	return out
}
