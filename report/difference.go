package report

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/settings"
)

// DifferenceDocument is a difference as JSON; difference.schema.json is made
// from it.
type DifferenceDocument struct {
	*compare.Difference
	// What the command exits with, and under which limits.
	Exit Exit `json:"exit"`
	// The findings that are not on both sides: those of the estate by rule, new ones of clients, then those of clients that are gone.
	Findings []compare.Compared `json:"findings,omitempty"`
}

// DifferenceJSON writes a difference as one JSON object, the findings last.
func DifferenceJSON(out io.Writer, d *compare.Difference, exit Exit) error {
	w := bufio.NewWriter(out)
	head, err := encodeJSON(DifferenceDocument{Difference: d, Exit: exit}, "  ")
	if err != nil {
		return err
	}
	w.Write(bytes.TrimSuffix(head, []byte("\n}")))
	w.WriteString(",\n  \"findings\": [")
	separator := "\n    "
	for f, err := range d.All() {
		if err != nil {
			return err
		}
		line, err := encodeJSON(f, "")
		if err != nil {
			return err
		}
		w.WriteString(separator)
		w.Write(line)
		separator = ",\n    "
	}
	if separator != "\n    " {
		w.WriteString("\n  ")
	}
	w.WriteString("]\n}\n")
	return w.Flush()
}

const (
	// settingsShown is how many settings a report for people lists.
	settingsShown = 20
	// comparedShown is how many findings of one rule and state it lists.
	comparedShown = 5
)

// DifferenceTable writes a difference for people: what the answer is, what
// changed, what is new because of it, what is fixed, and what is unknown.
func DifferenceTable(out io.Writer, d *compare.Difference, o Options, exit Exit) error {
	w := newWriter(out, o)
	w.differenceHead(d)
	w.remarks(d.Remarks)
	w.configured(d.Pack.Packs, d.Configured)
	w.settings(d.Settings)
	lists, err := comparedLists(d)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		state   result.BaselineState
		heading string
	}{{result.New, "NEW FINDINGS"}, {result.Absent, "FIXED"}, {result.Incomparable, "INCOMPARABLE"}} {
		w.comparedFindings(d, part.heading, part.state, lists[part.state])
	}
	w.incomplete(d)
	w.waivers(d.Waivers, plural(total(d.Waived), "new finding"))
	w.switchedOff(d.Configured)
	w.line("")
	w.differenceEnd(d, exit)
	return w.out.Flush()
}

func (w *writer) differenceHead(d *compare.Difference) {
	lead, body := comparedLead(d)
	w.put(block{lead: lead, body: body})
	for _, fact := range comparedFacts(d) {
		w.put(block{body: fact})
	}
}

// settings lists what was set otherwise; of what was observed otherwise it says
// how much there is.
func (w *writer) settings(list []settings.Setting) {
	var set []settings.Setting
	observed := 0
	for _, s := range list {
		if s.Observed {
			observed++
		} else {
			set = append(set, s)
		}
	}
	w.heading("SETTINGS")
	if len(set) == 0 {
		w.item(2, "no setting differs")
	}
	for i, s := range set {
		if i == settingsShown {
			w.cut = true
			w.item(2, fmt.Sprintf("and %d more", len(set)-i))
			break
		}
		w.item(2, settingText(&s))
	}
	if observed > 0 {
		w.item(2, fmt.Sprintf("%d observed values also differ", observed))
	}
}

// comparedLists are the first findings of each rule by what became of them.
func comparedLists(d *compare.Difference) (map[result.BaselineState]map[string][]compare.Compared, error) {
	out := map[result.BaselineState]map[string][]compare.Compared{}
	for c, err := range d.All() {
		if err != nil {
			return nil, err
		}
		rules := out[c.BaselineState]
		if rules == nil {
			rules = map[string][]compare.Compared{}
			out[c.BaselineState] = rules
		}
		if len(rules[c.Rule]) < comparedShown {
			rules[c.Rule] = append(rules[c.Rule], c)
		}
	}
	return out, nil
}

func (w *writer) comparedFindings(d *compare.Difference, heading string, state result.BaselineState, lists map[string][]compare.Compared) {
	rules := slices.DeleteFunc(slices.Clone(d.Rules), func(r compare.RuleDifference) bool { return r.Findings[state] == 0 })
	if len(rules) == 0 {
		return
	}
	slices.SortStableFunc(rules, func(a, b compare.RuleDifference) int {
		return slices.Index(rule.Severities, a.Severity) - slices.Index(rule.Severities, b.Severity)
	})
	w.heading(heading)
	for _, r := range rules {
		w.line("")
		w.put(block{
			at: 2, indent: findingIndent, label: string(r.Severity), labels: severityColors(r.Severity),
			lead: r.ID, body: fmt.Sprintf("%s %s: %s", r.ID, r.Title, plural(r.Findings[state], "finding")),
		})
		if state == result.New {
			w.decidedBy(&d.Pack, r.DecidedBy)
		}
		shown := lists[r.ID]
		for i := range shown {
			w.comparedFinding(&shown[i])
		}
		if rest := r.Findings[state] - int64(len(shown)); rest > 0 {
			w.cut = true
			w.item(findingIndent, fmt.Sprintf("and %d more", rest))
		}
	}
}

func (w *writer) comparedFinding(c *compare.Compared) {
	body := Message(c.Msg)
	if c.Resource.Type == "client" {
		body += " (" + Name(c.Resource.Name) + ")"
	}
	body += waiverRemark(&c.Finding)
	w.item(findingIndent, body)
	if lapsed := lapsedText(&c.Finding); lapsed != "" {
		w.put(block{indent: findingIndent + 2, body: lapsed})
	}
	switch {
	case c.LapsedWaiver != nil && len(c.Settings) == 0:
	case c.Reason != "":
		w.put(block{indent: findingIndent + 2, body: Message(c.Reason)})
	case len(c.Settings) == 0:
		w.put(block{indent: findingIndent + 2, body: "the rule reads none of the settings that differ"})
	default:
		w.blamed(c)
	}
	if c.BaselineState == result.New && c.Waiver == nil {
		w.put(block{indent: findingIndent + 2, body: "fingerprint " + shortPrint(&c.Finding)})
	}
}

// blamed writes the setting behind a finding, or says that it may be any of
// several.
func (w *writer) blamed(c *compare.Compared) {
	w.put(block{indent: findingIndent + 2, lead: c.Rule, body: fmt.Sprintf("%s for %s: %s", c.Rule, Name(c.Resource.Name), blameText(c.Settings, ""))})
}

func (w *writer) incomplete(d *compare.Difference) {
	began := false
	for _, r := range d.Rules {
		if len(r.Incomplete) == 0 {
			continue
		}
		if !began {
			began = true
			w.heading("NOT EVALUATED")
		}
		w.line("")
		w.put(block{indent: 2, lead: r.ID, body: r.ID + " " + r.Title})
		for _, reason := range r.Incomplete {
			w.item(2, Message(reason))
		}
	}
}

func (w *writer) differenceEnd(d *compare.Difference, exit Exit) {
	if w.cut {
		w.put(block{body: "Lists are shortened; -f json=FILE writes them in full."})
	}
	if total(d.Findings[result.New]) > total(d.Waived)+total(d.Warnings) {
		w.howToPass(acceptByPrint)
	}
	w.put(block{body: fmt.Sprintf("Exit status %d: %s.", exit.Status, comparedMeaning(d, exit))})
}

// comparedMeaning says what the exit status of a comparison says.
func comparedMeaning(d *compare.Difference, exit Exit) string {
	counting := ""
	if len(d.Waived)+len(d.Warnings) > 0 {
		counting = " that counts"
	}
	switch {
	case exit.Status == result.ExitFindings:
		return strings.Join(d.Failures(exit.FailOn), "; ")
	case exit.Status == result.ExitTrouble:
		return "a rule broke"
	case exit.Status == result.ExitIncomplete:
		return strings.Join(d.Doubts(), "; ")
	case d.Incomplete():
		counting += "; what was not evaluated is allowed"
	}
	return "no new finding at or above " + string(exit.FailOn) + counting
}
