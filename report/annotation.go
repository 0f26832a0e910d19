package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// annotationsShown is how many annotations of a level are written: GitHub shows
// no more of one step.
const annotationsShown = 10

// annotation is a line that a pipeline shows next to its log.
type annotation struct {
	level string // error, warning or note
	rule  string
	title string
	msg   string
	place *result.SourceLocation
}

// annotations are what a pipeline shows: causes first, then rules that broke,
// what was not evaluated, clients without a known cause, and the other faults of
// the estate; where a baseline was given, only faults that are new.
type annotations struct {
	list   []annotation
	levels map[string]int
	kept   int // of each level, for what is no cause
	left   int // annotations beyond what is shown
	old    int // faults that the baseline has
	titles map[string]string
	digest *digest
}

func newAnnotations(r *compare.Outcome, d *digest) *annotations {
	a := &annotations{levels: map[string]int{}, titles: map[string]string{}, digest: d}
	severities := map[string]rule.Severity{}
	for _, rule := range r.Rules {
		a.titles[rule.ID], severities[rule.ID] = rule.Title, rule.Severity
	}
	remarks := remarksOf(d.difference)
	for i := range remarks {
		a.remark(&remarks[i])
	}
	a.kept = 1
	for _, c := range r.Causes {
		a.cause(c, severities[c.Rule])
	}
	a.kept = 0
	a.broken(r)
	a.notEvaluated(r)
	for _, u := range r.Unexplained {
		if !d.moved(u.Rule) {
			a.old++
			continue
		}
		msg := fmt.Sprintf("%s without a known cause: %s (%s)", plural(u.Clients, "client"), within(a.titles[u.Rule]), names(u.Sample, u.Clients))
		a.add(annotation{level: sarifLevel(severities[u.Rule]), rule: u.Rule, msg: msg})
	}
	for _, f := range d.worst {
		a.fault(f, said(f))
	}
	return a
}

// add adds an annotation if the limit of its level is not reached.
func (a *annotations) add(x annotation) {
	if a.levels[x.level] >= annotationsShown-a.kept {
		a.left++
		return
	}
	a.levels[x.level]++
	x.title = "nscheck"
	if x.rule != "" {
		x.title = x.rule + " " + a.titles[x.rule]
	}
	x.title, x.msg = clean(x.title, maxNameLength), clean(x.msg, maxMessageLength)
	a.list = append(a.list, x)
}

func (a *annotations) remark(r *compare.Remark) {
	a.add(annotation{level: remarkLevel(r), msg: remarkText(r), place: r.Location})
}

func (a *annotations) fault(f result.Finding, msg string) {
	switch {
	case f.Waiver != nil: // counted in the conclusion
	case f.BaselineState == result.Unchanged:
		a.old++
	case f.BaselineState == result.Incomparable:
		a.add(annotation{level: "warning", rule: f.Rule, msg: "Incomparable: " + msg, place: f.Location})
	default:
		if behind := a.digest.behindText(f); behind != "" {
			msg = strings.TrimSuffix(msg, ".") + "." + behind
		}
		a.add(annotation{level: sarifLevel(f.Severity), rule: f.Rule, msg: msg, place: f.Location})
	}
}

func (a *annotations) cause(c result.Cause, severity rule.Severity) {
	if c.Resource == nil && !a.digest.moved(c.Rule) {
		a.old++
		return
	}
	f := a.digest.finding(c)
	f.Rule, f.Severity = c.Rule, severity
	if c.Resource == nil && len(a.digest.states) > 0 && !a.digest.freshOf[c.Rule] {
		f.BaselineState = result.Unchanged // a fault of clients themselves, none of which is new
	}
	var leads []string
	for _, id := range c.Explains {
		leads = append(leads, within(a.titles[id]))
	}
	msg := clean(c.Msg, 500)
	if c.Certainty == result.Possible {
		msg = "Possibly: " + msg
	}
	msg = fmt.Sprintf("%s: %s. Leads to: %s.", plural(c.Clients, "client"), strings.TrimSuffix(msg, "."), strings.Join(leads, "; "))
	if c.Path != "" {
		msg += " Setting: " + setting(c) + "."
	}
	a.fault(f, msg)
}

// broken reports rules that broke: their findings are unknown.
func (a *annotations) broken(r *compare.Outcome) {
	in := incompleteRules{}
	for _, rule := range r.Rules {
		if rule.Verdict == result.Errored {
			in.add(rule.ID, reasonsOf(rule))
		}
	}
	a.incomplete("error", "Broken rules", in)
}

// notEvaluated reports rules without a full verdict, or of those that leave a
// comparison incomplete.
func (a *annotations) notEvaluated(r *compare.Outcome) {
	in := incompleteRules{}
	if d := a.digest.difference; d != nil {
		for _, rule := range d.Rules {
			in.add(rule.ID, rule.Incomplete)
		}
		a.incomplete("warning", "The effect of the change is unknown for", in)
		return
	}
	for _, rule := range r.Rules {
		if rule.Verdict == result.NotEvaluated || rule.Verdict == result.Fail {
			in.add(rule.ID, reasonsOf(rule))
		}
	}
	a.incomplete("warning", "Not evaluated, or not in full", in)
}

// incompleteRules are rules that have reasons, and the first of these.
type incompleteRules struct {
	ids    []string
	reason string
}

func (in *incompleteRules) add(rule string, reasons []string) {
	if len(reasons) == 0 {
		return
	}
	in.ids = append(in.ids, rule)
	if in.reason == "" {
		in.reason = " (" + rule + ": " + clean(reasons[0], 300) + ")"
	}
}

// incomplete names rules in one annotation.
func (a *annotations) incomplete(level, lead string, in incompleteRules) {
	if len(in.ids) > 0 {
		a.add(annotation{level: level, msg: lead + ": " + strings.Join(in.ids, ", ") + in.reason})
	}
}

// conclusion sums up, and counts what has no annotation.
func (a *annotations) conclusion(r *compare.Outcome, o Options) string {
	out := fmt.Sprintf("Exit status %d: %s.", o.exit(r).Status, exitMeaning(r, o))
	if d := a.digest.difference; d != nil {
		_, body := comparedLead(d)
		facts := comparedFacts(d)
		for i := range facts {
			facts[i] = clean(facts[i], maxMessageLength)
		}
		out = body + ". " + strings.Join(facts, ". ") + ". " + out + " The head as a whole: " + byVerdict(r) + "; findings: " + bySeverity(r) + "."
	} else {
		out = byVerdict(r) + ". Findings: " + bySeverity(r) + ". " + out
	}
	if a.left > 0 {
		out += fmt.Sprintf(" Faults not shown because of the limit: %d.", a.left)
	}
	if a.old > 0 {
		out += fmt.Sprintf(" Faults not shown because %s has them: %d.", a.digest.against(), a.old)
	}
	for _, rule := range switchedOff(r.Configured()) {
		out += " Switched off: " + rule.ID + ", " + clean(rule.Reason, 300) + "."
	}
	for _, change := range slices.Concat(severityChanges(r.Configured()), acceptances(r.Configured())) {
		out += " " + clean(change, 300) + "."
	}
	for _, rule := range withoutSource(r) {
		out += " No source: " + rule.ID + " (" + clean(strings.Join(reasonsOf(rule), "; "), 300) + ")."
	}
	for _, change := range paramChanges(r.Pack) {
		out += " Parameter changed: " + clean(change, 300) + "."
	}
	if n := a.digest.standings[waived]; n > 0 {
		out += fmt.Sprintf(" Findings waived: %d.", n)
	}
	if compared := a.digest.comparison(); compared != "" {
		out += " " + compared
	}
	return out
}
